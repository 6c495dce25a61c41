"""The container file and the compose files: what runs is medrag's own, without privileges, and cannot write but to its home."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from typing import Any

import click
import pytest
from deployed import COMPOSE, CONTAINERFILE, DEPLOY, ROOT, Container, compose, composed, instructions, pods

from medrag.settings import Settings
from medrag_api.cli import main
from medrag_api.security.scopes import OPEN, TABLE

VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


def test_the_image_is_made_in_two_stages_of_one_exact_base() -> None:
    told = instructions(CONTAINERFILE.read_text(encoding="utf-8"))
    base = next(rest for word, rest in told if word == "ARG" and rest.startswith("BASE="))
    assert re.fullmatch(r"BASE=\S+:\d+\.\d+-slim(@sha256:[0-9a-f]{64})?", base)
    assert [rest for word, rest in told if word == "FROM"] == ["${BASE} AS build", "${BASE}"]


def test_the_last_stage_runs_as_nobody_in_particular() -> None:
    told = instructions(CONTAINERFILE.read_text(encoding="utf-8"))
    last = told[max(n for n, (word, _) in enumerate(told) if word == "FROM") :]
    said = dict(last)
    user = int(said["USER"].partition(":")[0])
    assert user >= 10_000
    assert ("VOLUME", '["/var/lib/medrag"]') in last and (
        "EXPOSE",
        str(Settings.model_fields["port"].default),
    ) in last
    assert json.loads(said["ENTRYPOINT"]) == ["medrag"]
    check = said["HEALTHCHECK"]
    assert TABLE["GET", re.search(r"8000(/[a-z/]+)", check)[1]] is OPEN  # type: ignore[index]
    copied = [rest for word, rest in last if word == "COPY"]
    assert copied == ["--from=build /opt/medrag /opt/medrag"]


def test_everything_copied_is_there_and_no_secret_is() -> None:
    text = CONTAINERFILE.read_text(encoding="utf-8")
    sent = (DEPLOY / "Containerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    for word, rest in instructions(text):
        if word == "COPY" and "--from" not in rest:
            for source in shlex.split(rest)[:-1]:
                assert (ROOT / source).exists(), source
                assert f"!{source}" in sent
        assert not (word in ("ENV", "ARG") and re.search(r"KEY|SECRET|PASSWORD|TOKEN", rest))


def test_the_pinned_torch_is_the_one_of_make() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    pinned = re.search(r"^TORCH := (\S+)$", makefile, re.MULTILINE)
    assert pinned and ("ARG", f"TORCH={pinned[1]}") in instructions(CONTAINERFILE.read_text(encoding="utf-8"))


def test_what_is_trimmed_is_not_what_medrag_needs() -> None:
    done = subprocess.run(
        [sys.executable, str(DEPLOY / "trim.py"), "--dry-run"], capture_output=True, text=True, check=True
    )
    trimmed = set(done.stdout.split())
    assert {"pytest", "mypy", "ruff", "hypothesis"} & trimmed
    assert not trimmed & {"medrag", "fastapi", "uvicorn", "torch", "sqlalchemy", "pip", "llama-index-core"}


def clustered() -> list[Container]:
    told = []
    for name, pod in pods():
        for item in pod["containers"]:
            names = {one["name"]: one.get("value", "") for one in item.get("env", ())}
            mounts = tuple(one["mountPath"] for one in item["volumeMounts"])
            told.append(
                Container(
                    f"pod {name}", item["name"], item["image"], tuple(item.get("args", ())), names, mounts
                )
            )
    return told


EVERY = [*composed(), *clustered()]
OURS = [one for one in EVERY if one.is_ours]


def called(one: Container) -> str:
    return f"{one.where}-{one.name}"


@pytest.mark.parametrize("one", EVERY, ids=called)
def test_every_image_is_an_exact_one(one: Container) -> None:
    tag = one.image.partition("@")[0].rpartition(":")[2]
    assert re.match(r"v?\d+\.\d+", tag) and "latest" not in one.image
    assert not one.is_ours or tag == VERSION


@pytest.mark.parametrize("one", OURS, ids=called)
def test_every_setting_is_one_of_medrags(one: Container) -> None:
    known = {"MEDRAG_" + name.upper() for name in Settings.model_fields}
    assert set(one.environment) <= known
    assert "/var/lib/medrag" in one.mounts


@pytest.mark.parametrize("one", [one for one in OURS if one.arguments], ids=called)
def test_every_command_is_one_of_medrags(one: Container) -> None:
    with click.Context(main) as context:
        command = main.get_command(context, one.arguments[0])
        assert command is not None
        command.make_context(one.arguments[0], list(one.arguments[1:]), parent=context).close()


def settings_from(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in [name for name in os.environ if name.startswith("MEDRAG_")]:
        monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, re.sub(r"\$\{[A-Z_]+:\?\}", "QUJD", str(value)))
    return Settings()


@pytest.mark.parametrize("one", OURS, ids=called)
def test_the_settings_can_be_read(one: Container, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_from(one.environment, monkeypatch)
    if settings.catalogue_url:
        from sqlalchemy.engine import make_url

        assert make_url(settings.catalogue_url).drivername == "postgresql+pg8000"
    if settings.graph_url:
        from medrag_graph.stores.address import address_of

        assert address_of(settings)


@pytest.mark.parametrize("path", COMPOSE, ids=lambda path: path.name)
def test_every_service_is_kept_small(path: Any) -> None:
    for name, service in compose(path)["services"].items():
        assert service["cap_drop"] == ["ALL"] and service["security_opt"] == ["no-new-privileges:true"], name
        assert int(service["user"].partition(":")[0]) > 0, name
        assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory", "pids"}, name
        assert service["healthcheck"]["test"] and service["restart"] == "unless-stopped", name
        assert service.get("read_only") is True or name == "neo4j", name
        assert not service.get("privileged") and "network_mode" not in service, name
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ())), name
        waited = service.get("depends_on", {})
        assert all(how == {"condition": "service_healthy"} for how in waited.values()), name


@pytest.mark.parametrize("path", COMPOSE, ids=lambda path: path.name)
def test_no_secret_stands_in_a_compose_file(path: Any) -> None:
    for service in compose(path)["services"].values():
        for name, value in service.get("environment", {}).items():
            if re.search(r"KEY|SECRET|PASSWORD|AUTH|CATALOGUE_URL", name):
                assert re.search(r"\$\{[A-Z0-9_]+:\?\}", str(value)), name


@pytest.mark.parametrize("path", COMPOSE, ids=lambda path: path.name)
def test_every_health_check_asks_a_route_that_is_open(path: Any) -> None:
    service = compose(path)["services"]["medrag"]
    asked = re.search(r"8000(/[a-z/]+)", service["healthcheck"]["test"][-1])
    assert asked and TABLE["GET", asked[1]] is OPEN
    assert f":{service['command'][4]}:" in f":{service['ports'][0].rpartition(':')[2]}:"


@pytest.mark.parametrize("path", COMPOSE, ids=lambda path: path.name)
def test_compose_files_keep_the_specification(path: Any) -> None:
    compose_spec = pytest.importorskip("compose_spec")
    text = json.dumps(compose(path)).replace("${MEDRAG_MIRROR_FOLDER:-./mirror}", "./mirror")
    assert set(compose_spec.PyCompose.from_json(text).service_names()) == set(compose(path)["services"])
    with pytest.raises(ValueError, match="read_onyl"):
        compose_spec.PyCompose.from_json(text.replace('"read_only"', '"read_onyl"'))
