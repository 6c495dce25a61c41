"""What is sent twice with an Idempotency-Key is done once; what callers say of answers and findings is counted, not who."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from guarded import bearing, calling, give_key
from sqlalchemy import inspect, select, update

from medrag.catalogue import Catalogue
from medrag.catalogue.feedback import Feedbacks, Tally
from medrag.catalogue.jobs import Jobs
from medrag.catalogue.once import Once, Replied
from medrag.catalogue.schema import feedback, once
from medrag.errors import KeyReused, RequestRunning
from medrag.settings import Settings
from medrag_api.hooks.counting import alert_burden

KEY = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}
NOTE = {
    "title": "Notes",
    "publisher": "We",
    "published": "2024-01-01",
    "jurisdiction": "GB",
    "language": "en",
}


def tally_of(settings: Settings) -> list[Tally]:
    with closing(Catalogue(settings.catalogue)) as catalogue:
        return Feedbacks(catalogue, days=365).tally()


def job_count(settings: Settings) -> int:
    with closing(Catalogue(settings.catalogue)) as catalogue:
        return len(Jobs(catalogue).last(200))


@pytest.mark.parametrize(
    ("path", "body", "other"),
    [
        ("/ingest", {"targets": ["ansm"]}, {"targets": ["ansm"], "stage": True}),
        ("/shelf/all/publish", {}, {"force": "a reason"}),
        ("/shelf/kidney-notes@1/withdraw", {"reason": "one"}, {"reason": "two"}),
    ],
)
def test_a_request_sent_again_makes_no_second_job(
    standing_copy: Settings, path: str, body: dict[str, Any], other: dict[str, Any]
) -> None:
    async def said(client: httpx.AsyncClient) -> None:
        first = await client.post(path, json=body, headers=KEY)
        again = await client.post(path, json=body, headers=KEY)
        assert first.status_code == again.status_code == 202
        assert again.content == first.content and again.headers["location"] == first.headers["location"]
        assert "idempotency-replayed" not in first.headers and again.headers["idempotency-replayed"] == "true"
        reused = await client.post(path, json=other, headers=KEY)
        assert reused.status_code == 422
        assert reused.json()["errors"][0]["field"] == "idempotency-key"
        fresh = await client.post(path, json=body)
        assert fresh.json()["id"] != first.json()["id"]

    calling(standing_copy, said)
    assert job_count(standing_copy) == 2


def test_a_form_sent_again_is_known_by_what_it_holds(standing_copy: Settings) -> None:
    import json

    async def said(client: httpx.AsyncClient) -> None:
        def form(words: bytes) -> dict[str, Any]:
            return {"files": {"file": ("a.md", words)}, "data": {"about": json.dumps(NOTE)}}

        first = await client.post("/ingest", headers=KEY, **form(b"# One\n\nWords."))
        again = await client.post("/ingest", headers=KEY, **form(b"# One\n\nWords."))
        assert first.status_code == again.status_code == 202 and again.content == first.content
        assert (await client.post("/ingest", headers=KEY, **form(b"# Two"))).status_code == 422

    calling(standing_copy, said)
    assert job_count(standing_copy) == 1
    assert len(list((standing_copy.home / "incoming").iterdir())) == 1


def test_a_rollback_sent_again_goes_back_once(standing_copy: Settings) -> None:
    async def said(client: httpx.AsyncClient) -> list[httpx.Response]:
        with closing(Catalogue(standing_copy.catalogue)) as catalogue:
            current = catalogue.current()
        assert current is not None
        path, body = f"/shelf/{current.id}/rollback", {"reason": "again"}
        return [await client.post(path, json=body, headers=KEY) for _ in range(2)]

    first, again = calling(standing_copy, said)
    assert (first.status_code, first.content) == (again.status_code, again.content)


def test_what_failed_is_tried_again(standing_copy: Settings) -> None:
    async def said(client: httpx.AsyncClient) -> list[int]:
        bad = {"answer": "ans_" + "0" * 24, "helpful": True, "comment": "Mr Smith", "keep_comment": True}
        return [(await client.post("/feedback", json=bad, headers=KEY)).status_code for _ in range(2)]

    assert calling(standing_copy, said) == [422, 422]


def test_keys_of_two_callers_are_two(standing_copy: Settings) -> None:
    one, _ = give_key(standing_copy, "publish")
    two, _ = give_key(standing_copy, "publish")

    async def said(client: httpx.AsyncClient) -> list[str]:
        told = [
            await client.post("/shelf/all/publish", json={}, headers=KEY | bearing(text))
            for text in (one, two, one)
        ]
        return [reply.json()["id"] for reply in told]

    first, second, again = calling(standing_copy, said)
    assert first == again != second


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "\u00e9"])
def test_a_key_of_other_signs_is_refused(standing_copy: Settings, key: str) -> None:
    async def said(client: httpx.AsyncClient) -> httpx.Response:
        return await client.post(
            "/shelf/all/publish", json={}, headers={"Idempotency-Key": key.encode("latin-1")}
        )

    reply = calling(standing_copy, said)
    assert reply.status_code == 422 and reply.json()["errors"][0]["field"] == "idempotency-key"


def test_one_under_way_is_not_begun_twice_and_one_cut_off_is_begun_anew(settings: Settings) -> None:
    with closing(Catalogue(settings.catalogue, create=True)) as catalogue:
        kept = Once(catalogue, hours=1)
        assert kept.begin("k" * 64, "r" * 64) is None
        with pytest.raises(RequestRunning):
            kept.begin("k" * 64, "r" * 64)
        with pytest.raises(KeyReused):
            kept.begin("k" * 64, "s" * 64)
        age(catalogue, timedelta(minutes=16))
        assert kept.begin("k" * 64, "r" * 64) is None
        kept.end("k" * 64, Replied(202, {"location": "/jobs/1"}, "{}"))
        age(catalogue, timedelta(minutes=16))
        assert kept.begin("k" * 64, "r" * 64) == Replied(202, {"location": "/jobs/1"}, "{}")
        age(catalogue, timedelta(hours=2))
        assert kept.begin("k" * 64, "s" * 64) is None


def age(catalogue: Catalogue, by: timedelta) -> None:
    before = (datetime.now(UTC) - by).isoformat(timespec="milliseconds")
    with catalogue.writing() as connection:
        connection.execute(update(once).values(began=before))


def test_feedback_is_counted_and_overrides_join_those_of_cards(standing_copy: Settings) -> None:
    async def said(client: httpx.AsyncClient) -> None:
        report = (await client.post("/interactions", json={"drugs": ["warfarin", "ibuprofen"]})).json()
        finding = report["findings"][0]
        about = {
            "kind": finding["kind"],
            "severity": finding["severity"],
            "assertions": [item["id"] for item in finding["assertions"]],
        }
        told = {"finding": about, "outcome": "overridden", "reason": "will-monitor"}
        for _ in range(2):
            assert (await client.post("/feedback", json=told)).status_code == 201
        accepted = {"finding": about, "outcome": "accepted", "helpful": True}
        assert (await client.post("/feedback", json=accepted)).status_code == 201
        answer = {"answer": "ans_" + "0" * 24, "helpful": False, "reason": "incomplete"}
        words = answer | {"comment": "The dose is missing.", "keep_comment": True}
        assert (await client.post("/feedback", json=words)).status_code == 201
        page = await client.get("/console/operator", headers={"accept-language": "zh"})
        for shown in ("不完整", "将予监测", "没有帮助", "The dose is missing."):
            assert shown in page.text

    calling(standing_copy, said)
    burden = alert_burden(standing_copy)
    assert burden.rules and all((r.accepted, r.overridden) == (1, 2) for r in burden.rules)
    assert burden.rules[0].reasons == {"will-monitor": 2} and burden.rules[0].override_rate == 2 / 3
    tally = {(t.about, t.helpful, t.reason): t.times for t in tally_of(standing_copy)}
    assert tally == {
        ("finding", None, "will-monitor"): 2,
        ("finding", True, ""): 1,
        ("answer", False, "incomplete"): 1,
    }
    with closing(Catalogue(standing_copy.catalogue)) as catalogue:
        rows = catalogue.all(select(feedback))
        assert {len(row["day"]) for row in rows} == {10}
        assert [row["comment"] for row in rows if row["comment"]] == ["The dose is missing."]
        assert Feedbacks(catalogue, days=1).comments()[0].reason == "incomplete"
        with catalogue.writing() as connection:
            columns = {column["name"] for column in inspect(connection).get_columns("feedback")}
    assert columns == {"id", "tenant", "day", "answer", "card", "helpful", "reason", "comment"}


ANSWER = {"answer": "ans_" + "0" * 24}
FINDING = {"finding": {"kind": "food", "severity": "minor", "assertions": ["cumulative/bleeding"]}}
HELD = "a_" + "0" * 24


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "answer"),
        (ANSWER, "helpful"),
        (ANSWER | FINDING | {"helpful": True}, "answer"),
        (ANSWER | {"outcome": "overridden"}, "outcome"),
        (ANSWER | {"helpful": True, "reason": "will-monitor"}, "reason"),
        (FINDING | {"outcome": "accepted", "reason": "other"}, "reason"),
        (ANSWER | {"helpful": True, "comment": "words"}, "comment"),
        (ANSWER | {"helpful": True, "comment": "My patient fell.", "keep_comment": True}, "comment"),
        (ANSWER | {"helpful": True, "comment": "Zhang Wei, 13812345678", "keep_comment": True}, "comment"),
        ({"answer": "Zhang Wei", "helpful": True}, "answer"),
        ({"finding": FINDING["finding"] | {"assertions": [HELD]}, "helpful": True}, "finding.assertions"),
        (
            {"finding": FINDING["finding"] | {"assertions": ["nhs/n9434765919"]}, "helpful": True},
            "finding",
        ),
        (
            {"finding": FINDING["finding"] | {"assertions": ["a b/c"]}, "helpful": True},
            "finding.assertions.0",
        ),
        (ANSWER | {"helpful": True, "who": "me"}, "who"),
    ],
)
def test_feedback_that_does_not_fit_is_refused_and_not_kept(
    standing_copy: Settings, body: dict[str, Any], field: str
) -> None:
    async def said(client: httpx.AsyncClient) -> httpx.Response:
        return await client.post("/feedback", json=body)

    reply = calling(standing_copy, said)
    assert reply.status_code == 422 and reply.json()["errors"][0]["field"] == field
    assert "Zhang" not in reply.text and "patient fell" not in reply.text
    assert tally_of(standing_copy) == []
