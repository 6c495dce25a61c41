"""The operator's pages: levels that alerts interrupt from, keys that are shown once, the audit log; for admins alone."""

from __future__ import annotations

import re
from contextlib import closing

import httpx
import pytest
from clinical_records import call, medicine
from guarded import bearing, calling, give_key
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, text
from test_console import Elements
from test_hooks import SIGN, cards, stated
from test_http import send

from medrag.catalogue import Catalogue
from medrag.catalogue.alert_levels import LEVELS, AlertLevels, Level
from medrag.catalogue.alerts import AlertCard, AlertCounts, Alerts
from medrag.errors import InputRefused
from medrag.settings import Settings
from medrag.vocabulary import SEVERITY_ORDER
from medrag_api.hooks.levels import changes, indicator_of, interrupts, level_in_force

MAJOR = call([medicine("d1", "warfarin", "draft")], [medicine("m1", "ibuprofen")])
WORST = call([medicine("d1", "simvastatin", "draft")], [medicine("m1", "clarithromycin")])
#: A page of this console, as a browser names it.
HERE = {"origin": "http://127.0.0.1:8000"}
KEY = re.compile(r"medrag_k[0-9a-f]{12}_[A-Za-z0-9_-]{43}")


@given(st.sampled_from(LEVELS))
def test_no_level_silences_the_gravest_or_what_has_no_grade(level: Level) -> None:
    assert indicator_of("contraindicated", level) == "critical"
    assert interrupts("unknown", level)


@given(st.sampled_from(SEVERITY_ORDER), st.integers(0, len(LEVELS) - 2))
def test_a_lower_level_never_silences(severity: str, at: int) -> None:
    assert interrupts(severity, LEVELS[at]) <= interrupts(severity, LEVELS[at + 1])


@pytest.mark.parametrize("level", ["off", "none", "", "unknown"])
def test_there_is_no_level_above_contraindicated(settings: Settings, level: str) -> None:
    with closing(Catalogue(settings.catalogue)) as catalogue:
        with pytest.raises(InputRefused, match="contraindicated"):
            AlertLevels(catalogue).choose(level, "local", "because")
        with pytest.raises(InputRefused, match="reason"):
            AlertLevels(catalogue).choose("major", "local", "  ")
    with pytest.raises(ValueError, match="hooks_interrupt_from"):
        Settings(home=settings.home, hooks_interrupt_from=level)


def test_below_the_level_a_finding_is_shown_and_said_not_to_interrupt(standing_copy: Settings) -> None:
    calm = standing_copy.model_copy(update={"hooks_interrupt_from": "contraindicated"})
    before, after = cards(standing_copy, MAJOR), cards(calm, MAJOR)
    assert [card["indicator"] for card in stated(before)] == ["warning"]
    (quiet,) = stated(after)
    assert quiet["indicator"] == "info" and "overrideReasons" not in quiet
    assert quiet["detail"] == stated(before)[0]["detail"]
    note = next(card for card in after if "without interrupting" in card["summary"])
    assert note["indicator"] == "info" and "contraindicated" in note["detail"]
    assert [card["indicator"] for card in stated(cards(calm, WORST))] == ["critical"]


def test_what_an_operator_chooses_counts_from_the_next_call_on(standing_copy: Settings) -> None:
    async def choose(client: httpx.AsyncClient) -> list[str]:
        told = []
        for level, reason in (("", ""), ("contraindicated", "too many"), ("contraindicated", " ")):
            if level:
                form = {"level": level, "reason": reason}
                reply = await client.post("/console/operator/level", data=form, headers=HERE)
                told.append(str(reply.status_code))
            found = (await client.post(SIGN, json=MAJOR)).json()["cards"]
            told += [card["indicator"] for card in stated(found)]
        return told

    assert calling(standing_copy, choose) == ["warning", "303", "info", "422", "info"]
    with closing(Catalogue(standing_copy.catalogue)) as catalogue:
        (chosen,) = AlertLevels(catalogue).all()
        assert (chosen.level, chosen.who, chosen.reason) == ("contraindicated", "local", "too many")
        assert level_in_force(standing_copy, catalogue) == "contraindicated"


def test_what_a_level_would_change_is_told_before_it_is_set(settings: Settings) -> None:
    shown = {
        AlertCard("1", "drug_drug", "contraindicated", "critical", ("r1",)): 2,
        AlertCard("2", "drug_drug", "major", "warning", ("r2", "r3")): 5,
        AlertCard("3", "food", "moderate", "warning", ("r4",)): 7,
        AlertCard("4", "drug_drug", "unknown", "warning", ("r5",)): 11,
        AlertCard("5", "food", "minor", "info", ("r6",)): 13,
        AlertCard("6", "not-checked", "", "warning", ("card/not-checked",)): 17,
        AlertCard("7", "coverage", "", "info", ("card/coverage",)): 19,
    }
    with closing(Catalogue(settings.catalogue)) as catalogue:
        Alerts(catalogue).count({("2026-01-01", "s"): AlertCounts(10, 42)}, shown)
        told = changes(catalogue, "moderate")
        page = calling(settings, lambda client: client.get("/console/operator?level=major"))
    assert {level: change.interruptive for level, change in told.items()} == {
        "contraindicated": 30,
        "major": 35,
        "moderate": 42,
        "minor": 55,
    }
    assert {rule.rule for rule in told["contraindicated"].silent} == {"r2", "r3", "r4"}
    assert {rule.rule for rule in told["minor"].loud} == {"r6"}
    assert told["moderate"].silent == told["moderate"].loud == ()
    assert told["major"].per_thousand == 3500
    words = Elements(page.text).words
    assert page.status_code == 200
    assert "4,200" in words and "r4" in words


def test_the_pages_are_for_admins_of_the_whole_shelf(standing_copy: Settings) -> None:
    admin, _ = give_key(standing_copy, "admin", tenant="*")
    acme, _ = give_key(standing_copy, "admin", tenant="acme")
    clerk, _ = give_key(standing_copy, "ask", "check", "ingest", "publish", tenant="*")

    async def knock(client: httpx.AsyncClient) -> list[list[int]]:
        pages = ("/console/operator", "/console/operator/keys", "/console/operator/audit")
        return [
            [(await client.get(page, headers=bearing(key))).status_code for page in pages]
            for key in (admin, acme, clerk)
        ]

    assert calling(standing_copy, knock) == [[200] * 3, [403] * 3, [403] * 3]


def test_a_key_is_given_once_replaced_and_ended(
    standing_copy: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("medrag_api.security.callers.FRESH_S", 0.0)

    async def keep(client: httpx.AsyncClient) -> None:
        await client.get("/")
        form = {"name": "the app", "tenant": "", "days": "30", "per_minute": ""}
        clerk = await client.post("/console/operator/keys", data={**form, "scope": "ask"}, headers=HERE)
        assert clerk.status_code == 422
        reply = await client.post("/console/operator/keys", data={**form, "scope": "admin"}, headers=HERE)
        assert reply.headers["cache-control"] == "no-store"
        (first,) = set(KEY.findall(reply.text))
        admin = bearing(first)
        assert (await client.get("/console/operator/keys")).status_code == 401
        page = await client.get("/console/operator/keys", headers=admin)
        assert "the app" in page.text and not KEY.findall(page.text)
        for wrong in ({"days": "0"}, {"days": "x"}, {"scope": "root"}, {"tenant": "A b"}, {"tenant": "acme"}):
            told = {**form, "scope": "ask", **wrong}
            bad = await client.post("/console/operator/keys", data=told, headers=admin)
            assert bad.status_code == 422 and not KEY.findall(bad.text), wrong
        made = await client.post(
            "/console/operator/keys", data={**form, "scope": ["ask", "check"]}, headers=admin
        )
        (app,) = set(KEY.findall(made.text))
        identifier = app.split("_")[1]
        here = f"/console/operator/keys/{identifier}"
        again = await client.post(f"{here}/replace", data={"overlap_hours": "0"}, headers=admin)
        (fresh,) = set(KEY.findall(again.text))
        assert (await client.get("/shelf", headers=bearing(app))).status_code == 401
        assert (await client.get("/shelf", headers=bearing(fresh))).status_code == 200
        ended = await client.post(
            f"/console/operator/keys/{fresh.split('_')[1]}/revoke", headers=admin, follow_redirects=False
        )
        assert ended.status_code == 303
        assert (await client.get("/shelf", headers=bearing(fresh))).status_code == 401
        assert (await client.post(f"{here}x/revoke", headers=admin)).status_code == 404

    calling(standing_copy, keep)
    for file in standing_copy.home.rglob("*"):
        if file.is_file():
            assert not KEY.search(file.read_bytes().decode("latin-1"))


def test_the_log_is_shown_counted_and_proved(standing_copy: Settings) -> None:
    everything = standing_copy.model_copy(update={"audit": "all"})
    calling(everything, lambda client: client.get("/drugs/suggest?q=warf"))

    async def prove(client: httpx.AsyncClient) -> tuple[str, int]:
        page = await client.get("/console/operator/audit")
        assert "GET /drugs/suggest" in Elements(page.text).words
        assert "this machine" in Elements((await client.get("/console/operator/keys")).text).words
        wrong = await client.post("/console/operator/audit", data={"anchor": "x"}, headers=HERE)
        proved = await client.post("/console/operator/audit", data={"anchor": ""}, headers=HERE)
        return Elements(proved.text).words, wrong.status_code

    words, wrong = calling(everything, prove)
    assert "Sound" in words and wrong == 422
    engine = create_engine(everything.catalogue)
    with engine.begin() as connection:
        connection.execute(text("UPDATE audit SET who = 'k0' WHERE seq = 1"))
    engine.dispose()
    words, _ = calling(everything, prove)
    assert "Broken" in words and "record 1 is not as it was written" in words


@pytest.mark.parametrize("act", ["level", "keys", "audit", "keys/k0/revoke", "keys/k0/replace"])
def test_a_page_of_another_site_changes_nothing_here(standing_copy: Settings, act: str) -> None:
    headers = {"origin": "https://evil.example"}
    assert send(standing_copy, "POST", f"/console/operator/{act}", headers=headers).status_code == 403
