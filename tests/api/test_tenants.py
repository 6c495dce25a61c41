"""Keys, routes and objects, each with each: who may gets in, who may not does not, and nobody hears of another's shelf."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest
from guarded import bearing, calling, give_key
from sample_shelf import NOTES
from tenants_house import MARKS, OWNERS, build_house, things

from medrag.catalogue import Catalogue
from medrag.errors import ShelfRefused
from medrag.settings import Settings
from medrag_api.app import create_app
from medrag_api.security.scopes import SCOPES, TABLE, access_of, paths_of

TENANTS = ("", "acme", "bolt", "*")


@pytest.fixture(scope="module")
def shared_house(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Everyone's notes and pairs, and the same kinds of works for each of two tenants."""
    return build_house(tmp_path_factory.mktemp("house"))


@dataclass(frozen=True)
class Trial:
    """A call, and whose the thing is that it is about; None: it is about nobody's in particular."""

    method: str
    template: str
    path: str
    owner: str | None
    body: Any = None


BODIES: dict[str, Any] = {
    "/ask": {"question": "When is metformin stopped with zyxacmium or zyxboltane?"},
    "/search": {"query": "metformin zyxacmium zyxboltane eGFR", "top_k": 50},
    "/interactions": {"drugs": ["warfarin", "ibuprofen", "metformin"]},
    "/consultations": {},
    "/feedback": {"answer": "ans_" + "0" * 24, "helpful": True},
    "/shelf/{id}/withdraw": {"reason": "a trial"},
    "/shelf/{id}/publish": {},
    "/v1/chat/completions": {
        "model": "medrag",
        "messages": [{"role": "user", "content": "Metformin and eGFR?"}],
    },
}
#: What the parameters of a query must hold for a route to answer at all.
QUERIES = {"/drugs": "?q=warfarin", "/drugs/suggest": "?q=zyx", "/console/drugs": "?q=zyxacmium"}
DIFFS = "?before=1&after=1"


def trials(settings: Settings) -> list[Trial]:
    """Every route, and where it is about a thing, with a thing of each owner's."""
    told = []
    with closing(Catalogue(settings.catalogue)) as catalogue:
        held = {owner: things(catalogue, owner) for owner in OWNERS}
    for method, template in paths_of(create_app(settings).routes):
        body = BODIES.get(template, {}) if method in ("POST", "PATCH") else None
        query = DIFFS if template.endswith("/diff") else QUERIES.get(template, "")
        owners = [owner for owner in OWNERS if template in held[owner]]
        for owner in owners:
            path = (
                template[: template.index("{")] + held[owner][template] + template[template.index("}") + 1 :]
            )
            told.append(Trial(method, template, path + query, owner, body))
        if not owners:
            path = template.replace("{", "").replace("}", "")
            told.append(Trial("POST" if method == "*" else method, template, path + query, None, body))
    # The line of events of a job that waits never ends; the guard's own tests hold lines.
    return [trial for trial in told if not (trial.template.endswith("/events"))]


#: What a tenant may look at and not touch, and what moves the whole shelf.
OF_ALL = frozenset({"/shelf/{id}/withdraw", "/shelf/{id}/publish"})
WHOLE = frozenset(
    {"/shelf/{id}/rollback", "/console/shelf/rollback", "/console/golden", "/console/compared"}
) | {path for _, path in TABLE if path.startswith("/console/operator")}
JOBS = frozenset({"/jobs/{id}", "/console/jobs/{id}", "/answers/{id}"})


def expected(trial: Trial, scope: str | None, tenant: str) -> str:
    """open, 401, 403, 404 or in: who is let in may still be told that what it sent is wrong."""
    access = access_of(trial.method, trial.template) or access_of("*", trial.template)
    assert access is not None
    if access.open:
        return "open"
    if scope is None:
        return "401"
    if not access.lets(frozenset({scope})):
        return "403"
    if trial.template in WHOLE:
        return "in" if tenant == "*" else "403"
    if trial.owner is None or tenant in ("*", trial.owner):
        return "in"
    if trial.template in JOBS:
        return "404"
    if trial.owner == "":
        return "403" if trial.template in OF_ALL else "in"
    return "404"


def judge(trial: Trial, wanted: str, tenant: str, reply: httpx.Response) -> str:
    """What is wrong with a reply; "" when nothing is."""
    status = reply.status_code
    right = {
        "open": status not in (403, 500),
        "401": status == 401,
        "403": status == 403,
        "404": status == 404,
        "in": status not in (401, 403, 500, 503) and (status != 404 or trial.owner is None),
    }[wanted]
    if not right:
        return f"{trial.method} {trial.path} of {trial.owner!r} by {tenant!r}: {status}, not {wanted}"
    hidden = [mark for owner, mark in MARKS.items() if tenant not in (owner, "*")]
    # A page says again what stands in its own address.
    leaked = [mark for mark in hidden if mark in reply.text.lower() and mark not in trial.path]
    return f"{trial.method} {trial.path} tells {tenant!r} of {leaked}" if leaked else ""


def run_matrix(settings: Settings, keys: list[tuple[str | None, str | None, str]]) -> tuple[int, list[str]]:
    """Calls everything with every key (text, scope, tenant); how many calls, and what was wrong."""
    every, faults, calls = trials(settings), [], 0

    async def all_of_them(client: httpx.AsyncClient) -> None:
        nonlocal calls
        for text, scope, tenant in keys:
            headers = bearing(text) if text else {}
            for trial in every:
                how = {"json": trial.body} if trial.body is not None else {}
                reply = await client.request(trial.method, trial.path, headers=headers, **how)
                calls += 1
                if fault := judge(trial, expected(trial, scope, tenant), tenant, reply):
                    faults.append(f"{scope}: {fault}")

    calling(settings, all_of_them)
    return calls, faults


def outsiders(settings: Settings) -> list[tuple[str | None, str | None, str]]:
    late, _ = give_key(settings, "admin", tenant="acme", days=-1)
    return [(None, None, ""), ("medrag_wrong", None, ""), (late, None, "")]


def test_who_may_gets_in_and_nobody_hears_of_anothers_shelf(shared_house: Settings) -> None:
    held = [("admin", tenant) for tenant in TENANTS] + [("ask", "acme"), ("publish", "bolt")]
    keys = [(give_key(shared_house, s, tenant=t, per_minute=99_999)[0], s, t) for s, t in held]
    calls, faults = run_matrix(shared_house, [*outsiders(shared_house), *keys])
    assert not faults, "\n".join(faults)
    assert calls > 400


@pytest.mark.slow
def test_every_scope_of_every_tenant(shared_house: Settings) -> None:
    keys = [
        (give_key(shared_house, scope, tenant=tenant, per_minute=99_999)[0], scope, tenant)
        for scope in SCOPES
        for tenant in TENANTS
    ]
    calls, faults = run_matrix(shared_house, [*outsiders(shared_house), *keys])
    print(f"{calls} calls, {len(faults)} wrong")
    assert not faults, "\n".join(faults)


def test_what_is_anothers_is_told_as_what_is_not(shared_house: Settings) -> None:
    """An id of another tenant's thing and one of nothing get the same words."""
    text, _ = give_key(shared_house, "admin", tenant="bolt")
    with closing(Catalogue(shared_house.catalogue)) as catalogue:
        held = things(catalogue, "acme")

    async def ask(client: httpx.AsyncClient) -> list[str]:
        told = []
        for template, thing in held.items():
            if template.endswith(("publish", "withdraw")):
                continue
            query = DIFFS if template.endswith("/diff") else ""
            replies = []
            for identifier in (thing, thing[:-3] + "000"):
                start, end = template.index("{"), template.index("}") + 1
                path = template[:start] + identifier + template[end:] + query
                reply = await client.get(path, headers=bearing(text))
                said = reply.text.partition('"instance"')[0].replace(identifier, "")
                replies.append((reply.status_code, said))
            if replies[0] != replies[1] or replies[0][0] != 404:
                told.append(f"{template}: {replies}")
        return told

    assert calling(shared_house, ask) == []


def test_each_tenant_is_answered_from_its_own_shelf(shared_house: Settings) -> None:
    asked = {"drugs": ["warfarin", "ibuprofen"]}
    keys = {tenant: give_key(shared_house, "check", "ask", tenant=tenant)[0] for tenant in TENANTS}

    async def ask(client: httpx.AsyncClient) -> dict[str, tuple[set[str], set[str]]]:
        told = {}
        for tenant, key in keys.items():
            headers = bearing(key)
            report = (await client.post("/interactions", json=asked, headers=headers)).json()
            sources = {a["source"] for f in report["findings"] for a in f["assertions"]} - {"medrag-facts"}
            query = {"query": "metformin eGFR stopped", "top_k": 20}
            hits = (await client.post("/search", json=query, headers=headers)).json()["hits"]
            told[tenant] = (sources, {hit["document"]["title"] for hit in hits})
        return told

    told = calling(shared_house, ask)
    assert told[""][0] == {"pair-list"}
    assert told["acme"][0] == {"pair-list", "acme-pairs"}
    assert told["*"][0] == {"pair-list", "acme-pairs", "bolt-pairs"}
    assert "Notes on zyxboltane" in told["bolt"][1] and "Notes on zyxacmium" not in told["bolt"][1]


def test_a_work_does_not_change_hands(shared_house: Settings) -> None:
    with closing(Catalogue(shared_house.catalogue)) as catalogue:
        for work in (replace(NOTES, tenant="bolt"), replace(NOTES, id="acme-notes")):
            with pytest.raises(ShelfRefused):
                catalogue.put_work(work)
