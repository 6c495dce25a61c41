"""Keys: every route has a scope, wrong keys open nothing, limits hold, sessions are signed, the server stays at home."""

from __future__ import annotations

import asyncio
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from guarded import bearing, calling, give_key, statuses

from medrag.catalogue import Catalogue
from medrag.catalogue.keys import Keys
from medrag.errors import Unavailable, UsageError
from medrag.settings import Settings
from medrag_api.app import create_app
from medrag_api.cli import main
from medrag_api.security.callers import KeyRing, make_key
from medrag_api.security.guard import body_within
from medrag_api.security.limits import Streams
from medrag_api.security.scopes import SCOPES, TABLE, Doorplan, access_of, paths_of
from medrag_api.security.secret import read_secret
from medrag_api.security.sessions import COOKIE, open_session, session_key
from medrag_api.serve import check_reach

QUESTION = {"question": "At what eGFR is metformin stopped?"}


def test_every_route_has_its_scope(settings: Settings) -> None:
    found = paths_of(create_app(settings).routes)
    assert len(found) > 40
    assert [place for place in found if access_of(*place) is None] == []


def test_only_what_must_be_is_open(settings: Settings) -> None:
    """Discovery too: clients of CDS Hooks and FHIR look at what there is before they have a key."""
    opened = {path for (_, path), access in TABLE.items() if access.open}
    assert opened == {
        "/cds-services",
        "/fhir/metadata",
        "/health/live",
        "/health/ready",
        "/console/login",
        "/console/logout",
        "/console/static/{name}",
        "/console/language/{language}",
    }


def test_the_plan_finds_what_the_routing_finds(settings: Settings) -> None:
    plan = Doorplan(create_app(settings).routes)
    for method, template in paths_of(create_app(settings).routes):
        filled = template.replace("{", "").replace("}", "")
        place = plan.place(method, filled)
        assert place is not None and place.template == template
    assert plan.place("GET", "/nothing/here") is None
    assert plan.place("PUT", "/ask") is None


def test_a_route_the_table_forgot_lets_nobody_in(standing_copy: Settings) -> None:
    text, _ = give_key(standing_copy, "admin")

    async def run() -> int:
        app = create_app(standing_copy)

        @app.get("/forgotten")
        def forgotten() -> dict[str, str]:
            return {"said": "too much"}

        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://m") as client:
            return (await client.get("/forgotten", headers=bearing(text))).status_code

    assert asyncio.run(run()) == 403


def test_wrong_keys_are_all_told_the_same(standing_copy: Settings) -> None:
    text, key = give_key(standing_copy, "ask")
    late, _ = give_key(standing_copy, "ask", days=-1)
    gone, ended = give_key(standing_copy, "ask")
    with closing(Catalogue(standing_copy.catalogue)) as catalogue:
        Keys(catalogue).revoke(ended.id)
    stranger, _ = make_key(read_secret(standing_copy, make=False), ["ask"])
    flipped = text[:-1] + ("A" if text[-1] != "A" else "B")
    wrong = [
        "",
        "x",
        flipped,
        stranger,
        late,
        gone,
        text + "x",
        key.id,
        key.digest,
        f"medrag_{key.id}_",
        "é" * 9,
    ]

    async def ask(client: httpx.AsyncClient) -> list[tuple[int, str, str]]:
        told = []
        for held in [None, *wrong]:
            headers = {} if held is None else {"Authorization": f"Bearer {held}".encode()}
            reply = await client.post("/ask", json=QUESTION, headers=headers)
            body = reply.json() | {"instance": ""}
            told.append((reply.status_code, str(body), reply.headers["www-authenticate"]))
        told.append(((await client.post("/ask", json=QUESTION, headers=bearing(text))).status_code, "", ""))
        return told

    *refused, right = calling(standing_copy, ask)
    assert right[0] == 200
    assert len(set(refused)) == 1
    assert refused[0][0] == 401
    assert refused[0][2].startswith("Bearer")


def test_without_keys_this_machine_needs_none_and_others_are_not_served(
    standing_copy: Settings, standing_open: Settings
) -> None:
    ask = ("POST", "/ask", {"json": QUESTION})
    live = ("GET", "/health/live", {})
    assert statuses(standing_copy, [ask, live]) == [200, 200]
    assert statuses(standing_open, [ask, live]) == [401, 200]


def test_binding_elsewhere_needs_a_key_that_stands(settings: Settings) -> None:
    away = settings.model_copy(update={"host": "0.0.0.0"})
    check_reach(settings)
    with pytest.raises(UsageError, match="keys"):
        check_reach(away)
    give_key(settings, "ask", days=-1)
    with pytest.raises(UsageError, match="none stands"):
        check_reach(away)
    give_key(settings, "ask")
    check_reach(away)


def test_a_key_is_nowhere_in_the_home(settings: Settings) -> None:
    text, key = give_key(settings, "ask")
    proof = text.split("_", 2)[2].encode()
    held = b"".join(file.read_bytes() for file in settings.home.rglob("*") if file.is_file())
    with closing(Catalogue(settings.catalogue)) as catalogue:
        held += repr(Keys(catalogue).all()).encode()
    assert key.id.encode() in held
    assert proof not in held and text.encode() not in held
    assert (settings.home / "secret").stat().st_mode & 0o077 == 0


def test_who_lost_the_secret_lets_nobody_in(settings: Settings) -> None:
    text, _ = give_key(settings, "ask")
    (settings.home / "secret").unlink()
    with pytest.raises(Unavailable, match="secret"):
        KeyRing(settings).refresh()
    assert statuses(settings, [("POST", "/ask", {"json": QUESTION, "headers": bearing(text)})]) == [503]
    assert not (settings.home / "secret").exists()


def test_keys_of_another_secret_open_nothing(settings: Settings) -> None:
    text, _ = give_key(settings, "ask")
    ring = KeyRing(settings)
    ring.refresh()
    assert ring.caller_of(text) is not None
    other = settings.model_copy(update={"secret": type(settings.secret)("QUFB" * 11)})
    ring = KeyRing(other)
    ring.refresh()
    assert ring.caller_of(text) is None


def test_scopes_open_their_rooms_alone(standing_copy: Settings) -> None:
    held = {scope: give_key(standing_copy, scope)[0] for scope in SCOPES}
    rooms: dict[str, tuple[str, str, dict[str, Any]]] = {
        "ask": ("POST", "/ask", {"json": QUESTION}),
        "check": ("POST", "/interactions", {"json": {"drugs": ["warfarin", "aspirin"]}}),
        "ingest": ("POST", "/ingest", {"json": {"targets": []}}),
        "publish": ("POST", "/shelf/no@1/withdraw", {"json": {"reason": ""}}),
        "admin": ("GET", "/metrics", {}),
    }
    for scope, key in held.items():
        calls = [(m, p, {**how, "headers": bearing(key)}) for m, p, how in rooms.values()]
        told = dict(zip(rooms, statuses(standing_copy, calls), strict=True))
        for room, status in told.items():
            # What is let in fails for its own reasons, which are not the guard's.
            inside = room == scope or scope == "admin" or (room == "admin" and status == 404)
            assert (status not in (401, 403)) is inside, (scope, room, status)


def test_a_keys_requests_are_counted(standing_copy: Settings) -> None:
    slow, _ = give_key(standing_copy, "check", per_minute=3)
    fast, _ = give_key(standing_copy, "check", per_minute=1000)

    async def drum(client: httpx.AsyncClient) -> tuple[list[int], int, int]:
        replies = [await client.get("/drugs?q=x", headers=bearing(slow)) for _ in range(5)]
        other = await client.get("/drugs?q=x", headers=bearing(fast))
        return (
            [reply.status_code for reply in replies],
            int(replies[-1].headers["retry-after"]),
            other.status_code,
        )

    # A minute may end between two of them.
    for _ in range(2):
        told, wait, other = calling(standing_copy, drum)
        assert 1 <= wait <= 61
        assert other == 200
        if told == [200, 200, 200, 429, 429]:
            return
    pytest.fail(f"five requests of a key that has three a minute: {told}")


def test_a_keys_body_has_its_own_bound(standing_copy: Settings) -> None:
    small, _ = give_key(standing_copy, "ask", max_body_bytes=100)
    large = {"question": "metformin " * 50}
    calls = [("POST", "/ask", {"json": asked, "headers": bearing(small)}) for asked in (QUESTION, large)]
    assert statuses(standing_copy, calls) == [200, 413]


def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    from starlette.exceptions import HTTPException

    async def never() -> Any:
        await asyncio.sleep(60)

    async def wait() -> int:
        try:
            await body_within(never, 0.02)()
        except HTTPException as error:
            return error.status_code
        return 0

    began = time.monotonic()
    assert asyncio.run(wait()) == 408
    assert time.monotonic() - began < 30


def test_after_its_body_a_request_may_take_its_time() -> None:
    async def told() -> list[str]:
        said = iter([{"type": "http.request", "body": b"x"}, {"type": "http.disconnect"}])

        async def receive() -> Any:
            message = next(said)
            if message["type"] == "http.disconnect":
                await asyncio.sleep(0.1)
            return message

        take = body_within(receive, 0.05)
        return [(await take())["type"], (await take())["type"]]

    assert asyncio.run(told()) == ["http.request", "http.disconnect"]


def test_lines_are_counted_for_each_and_for_all() -> None:
    streams = Streams(3, 2)
    assert [streams.refusal(who) for who in ("a", "a", "a", "b", "b")] == [None, None, 429, None, 503]
    streams.release("a")
    assert streams.refusal("b") is None
    for who in ("a", "b", "b"):
        streams.release(who)
    assert not streams._open and streams._all == 0


def test_a_session_is_signed_bound_in_time_and_ends_with_its_key(standing_copy: Settings) -> None:
    text, key = give_key(standing_copy, "ask", "check")
    secret = read_secret(standing_copy, make=False)
    good = open_session(secret, key.id)
    assert session_key(secret, good) == key.id
    other = key.id[:-1] + ("0" if key.id[-1] != "0" else "1")
    assert session_key(secret, good.replace(key.id, other)) is None
    assert session_key(secret, f"{key.id}.9999999999.{'0' * 64}") is None
    assert session_key(secret, "") is None

    async def shift(client: httpx.AsyncClient) -> list[int]:
        page = {"Accept": "text/html"}
        ours = {"Origin": "http://127.0.0.1:8000"}
        theirs = {"Origin": "http://elsewhere.example"}
        form = {"drug": "warfarin"}
        told = [(await client.get("/", headers=page)).status_code]
        told.append((await client.post("/console/login", data={"key": "wrong"}, headers=ours)).status_code)
        told.append((await client.post("/console/login", data={"key": text}, headers=theirs)).status_code)
        reply = await client.post("/console/login", data={"key": text, "to": "//evil.example"}, headers=ours)
        told.append(reply.status_code)
        assert reply.headers["location"] == "/"
        cookie = reply.headers["set-cookie"].lower()
        assert "httponly" in cookie and "samesite=strict" in cookie and text not in cookie
        assert COOKIE in client.cookies
        told.append((await client.get("/", headers=page)).status_code)
        told.append((await client.post("/console/check", data=form, headers=ours)).status_code)
        told.append((await client.post("/console/check", data=form, headers=theirs)).status_code)
        told.append((await client.post("/console/check", data=form)).status_code)
        with closing(Catalogue(standing_copy.catalogue)) as catalogue:
            Keys(catalogue).revoke(key.id)
        await asyncio.sleep(1.1)
        told.append((await client.get("/", headers=page)).status_code)
        return told

    assert calling(standing_copy, shift) == [303, 401, 401, 303, 200, 200, 403, 403, 303]


def test_pages_of_other_sites_are_answered_only_where_the_settings_say_so(standing_copy: Settings) -> None:
    asked = {"Origin": "https://app.example", "Access-Control-Request-Method": "POST"}
    wanted = standing_copy.model_copy(update={"cors_origins": ("https://app.example",)})

    async def ask(client: httpx.AsyncClient) -> str | None:
        return (await client.options("/ask", headers=asked)).headers.get("access-control-allow-origin")

    assert calling(standing_copy, ask) is None
    assert calling(wanted, ask) == "https://app.example"


def test_every_response_carries_the_headers(standing_copy: Settings) -> None:
    give_key(standing_copy, "ask")

    async def look(client: httpx.AsyncClient) -> list[httpx.Response]:
        return [await client.get(path) for path in ("/health/live", "/ask", "/nowhere", "/console/login")]

    for reply in calling(standing_copy, look):
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in reply.headers["content-security-policy"]
        assert reply.headers["cache-control"] == "no-store"


def test_the_commands_make_show_replace_and_end_keys(settings: Settings) -> None:
    def run(*words: str) -> dict[str, Any]:
        import json

        said = CliRunner().invoke(
            main, [*words, "--home", str(settings.home), "--json"], standalone_mode=False
        )
        assert said.exception is None or said.exit_code == 0, said.output
        return json.loads(said.stdout)  # type: ignore[no-any-return]

    made = run("keys", "create", "--scope", "ask", "--scope", "check", "--tenant", "acme", "--name", "ward 3")
    assert made["key"].startswith(f"medrag_{made['id']}_")
    assert made["scopes"] == ["ask", "check"]
    new = run("keys", "rotate", made["id"], "--overlap-hours", "1")
    assert new["follows"] == made["id"] and new["tenant"] == "acme" and new["key"] != made["key"]
    ring = KeyRing(settings)
    ring.refresh()
    assert all(ring.caller_of(text) is not None for text in (made["key"], new["key"]))
    soon = datetime.now(UTC) + timedelta(hours=2)
    with closing(Catalogue(settings.catalogue)) as catalogue:
        assert not Keys(catalogue).get(made["id"]).stands(soon)
        assert Keys(catalogue).get(new["id"]).stands(soon)
    assert run("keys", "revoke", new["id"])["state"] == "revoked"
    listed = run("keys", "list")
    assert "digest" not in str(listed) and made["key"] not in str(listed)
    told = run("audit", "verify")
    assert told["records"] == 3 and told["sound"]
    assert run("audit", "verify", "--anchor", told["anchor"])["sound"]
    assert [item["act"].split()[1] for item in run("audit", "show")["records"]] == [
        "revoke",
        "rotate",
        "create",
    ]
