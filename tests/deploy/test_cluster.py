"""The cluster's files: by the schemas of Kubernetes, by the restricted standard of its pods, and by each other."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from deployed import CLUSTER, DEPLOY, objects, pods

from medrag_api.security.scopes import OPEN, TABLE

#: The oldest and newest releases the files are held to.
RELEASES = ("1.28", "1.33")


def named(item: dict[str, Any]) -> str:
    return f"{item['kind']}-{item['metadata']['name']}"


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("item", objects(), ids=named)
def test_every_object_keeps_the_schema_and_nothing_else_stands_in_it(
    item: dict[str, Any], release: str
) -> None:
    kubernetes_validate = pytest.importorskip("kubernetes_validate")
    kubernetes_validate.validate(item, release, strict=True)


def test_the_schema_is_one_that_refuses() -> None:
    kubernetes_validate = pytest.importorskip("kubernetes_validate")
    item = objects("Deployment")[0]
    broken = {**item, "spec": {**item["spec"], "replica": 3}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(broken, RELEASES[0], strict=True)


@pytest.mark.parametrize("pod", pods(), ids=lambda pod: pod[0])
def test_every_pod_keeps_the_restricted_standard(pod: tuple[str, dict[str, Any]]) -> None:
    """Pod Security Standards, "restricted", and a root that cannot be written."""
    _, told = pod
    security = told["securityContext"]
    assert security["runAsNonRoot"] is True and security["runAsUser"] > 0 and security["runAsGroup"] > 0
    assert security["seccompProfile"] == {"type": "RuntimeDefault"}
    assert told["automountServiceAccountToken"] is False
    assert not any(told.get(name) for name in ("hostNetwork", "hostPID", "hostIPC"))
    assert all({"emptyDir", "persistentVolumeClaim"} & set(volume) for volume in told["volumes"])
    for container in told["containers"]:
        own = container["securityContext"]
        assert own == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        resources = container["resources"]
        assert {"cpu", "memory"} <= set(resources["limits"]) and {"cpu", "memory"} <= set(
            resources["requests"]
        )


@pytest.mark.parametrize("item", [*objects("Deployment"), *objects("StatefulSet")], ids=named)
def test_what_serves_is_asked_how_it_is_and_is_there_several_times(item: dict[str, Any]) -> None:
    spec = item["spec"]
    assert spec["replicas"] >= 3
    labels = spec["template"]["metadata"]["labels"]
    assert spec["selector"]["matchLabels"] == labels
    budgets = [
        one["spec"]
        for one in objects("PodDisruptionBudget")
        if one["spec"]["selector"]["matchLabels"] == labels
    ]
    assert (
        len(budgets) == 1
        and budgets[0].get("minAvailable", spec["replicas"] - budgets[0].get("maxUnavailable", 0))
        < spec["replicas"]
    )
    for container in spec["template"]["spec"]["containers"]:
        ports = {port["name"]: port["containerPort"] for port in container["ports"]}
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            asked = container[probe]["httpGet"]
            assert asked["port"] in ports
            assert item["metadata"]["name"] != "medrag" or TABLE["GET", asked["path"]] is OPEN


def test_the_doors_listen_where_the_probes_ask() -> None:
    (container,) = objects("Deployment")[0]["spec"]["template"]["spec"]["containers"]
    arguments = container["args"]
    assert int(arguments[arguments.index("--port") + 1]) == container["ports"][0]["containerPort"]
    assert container["readinessProbe"]["httpGet"]["path"] == "/health/ready"
    assert container["livenessProbe"]["httpGet"]["path"] == "/health/live"


def test_what_a_pod_names_is_declared() -> None:
    claims = {item["metadata"]["name"] for item in objects("PersistentVolumeClaim")}
    maps = {item["metadata"]["name"] for item in objects("ConfigMap")}
    accounts = {item["metadata"]["name"] for item in objects("ServiceAccount")}
    for name, told in pods():
        for volume in told["volumes"]:
            assert volume.get("persistentVolumeClaim", {"claimName": "medrag-home"})["claimName"] in claims
        assert told.get("serviceAccountName", "medrag") in accounts, name
        for container in told["containers"]:
            assert {one["configMapRef"]["name"] for one in container.get("envFrom", ())} <= maps
            declared = {volume["name"] for volume in told["volumes"]} | {"storage"}
            assert {mount["name"] for mount in container["volumeMounts"]} <= declared


def test_secrets_are_named_and_never_held() -> None:
    assert not objects("Secret")
    readme = (DEPLOY / "README.md").read_text(encoding="utf-8")
    for name, told in pods():
        for container in told["containers"]:
            for one in container.get("env", ()):
                secret = one.get("valueFrom", {}).get("secretKeyRef")
                assert secret is None or f"--from-literal={secret['key']}=" in readme, name
                hidden = any(part in one["name"] for part in ("KEY", "SECRET", "PASSWORD", "CATALOGUE_URL"))
                assert not hidden or secret is not None, one["name"]


def test_the_desk_has_what_the_doors_have() -> None:
    held = dict(pods())
    (desk,), (doors,) = held["medrag-desk"]["containers"], held["medrag"]["containers"]
    for same in ("image", "envFrom", "env", "volumeMounts", "securityContext"):
        assert desk[same] == doors[same]


def test_every_service_has_pods_behind_it() -> None:
    behind = [item["spec"]["template"] for item in (*objects("Deployment"), *objects("StatefulSet"))]
    for item in objects("Service"):
        chosen = [t for t in behind if t["metadata"]["labels"] == item["spec"]["selector"]]
        ports = {port["name"] for t in chosen for c in t["spec"]["containers"] for port in c["ports"]}
        assert {port["targetPort"] for port in item["spec"]["ports"]} <= ports
    service = objects("StatefulSet")[0]["spec"]["serviceName"]
    assert service in {
        item["metadata"]["name"] for item in objects("Service") if item["spec"].get("clusterIP") == "None"
    }


def test_nobody_is_let_through_but_by_name() -> None:
    policies = {item["metadata"]["name"]: item["spec"] for item in objects("NetworkPolicy")}
    assert policies["nobody"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    for name in ("medrag", "qdrant", "medrag-desk"):
        spec = policies[name]
        assert spec["podSelector"]["matchLabels"] == {"app.kubernetes.io/name": name}
        assert all("from" in rule and "ports" in rule for rule in spec.get("ingress", ()))
        assert all("ports" in rule for rule in spec["egress"])
    assert [rule["ports"] for rule in policies["medrag"]["ingress"]] == [[{"port": 8000, "protocol": "TCP"}]]


def test_one_command_applies_all_but_the_desk() -> None:
    told = yaml.safe_load((DEPLOY / "kubernetes" / "kustomization.yaml").read_text(encoding="utf-8"))
    assert set(told["resources"]) == {path.name for path in CLUSTER} - {"kustomization.yaml", "desk.yaml"}
    assert {item["metadata"].get("namespace", told["namespace"]) for item in objects()} == {told["namespace"]}
