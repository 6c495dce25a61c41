"""HTTP: the contract's shapes, quotes that prove themselves, and bad input told by field and never told back."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import httpx
import pytest
from sample_shelf import KIDNEY
from structlog.testing import capture_logs

from medrag.settings import Settings
from medrag_api.app import create_app
from medrag_api.holder import ShelfHolder
from medrag_api.models import AnswerOut, PassageOut, SearchOut, ShelfOut, WorkOut

QUESTION = "At what eGFR is an SGLT2 inhibitor started in chronic kidney disease?"
Talk = Callable[[httpx.AsyncClient], Coroutine[Any, Any, Any]]


def talk(settings: Settings, said: Talk, holder: ShelfHolder | None = None) -> Any:
    """Runs a conversation with the application of ``settings``."""

    async def run() -> Any:
        held = holder or ShelfHolder(settings)
        app = create_app(settings, held)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        try:
            async with httpx.AsyncClient(transport=transport, base_url="http://medrag") as client:
                return await said(client)
        finally:
            app.state.alerts.close()
            held.close()

    return asyncio.run(run())


def send(settings: Settings, method: str, path: str, **how: Any) -> httpx.Response:
    async def one(client: httpx.AsyncClient) -> httpx.Response:
        return await client.request(method, path, **how)

    return talk(settings, one)  # type: ignore[no-any-return]


def test_an_answer_has_the_contracts_shape_and_proves_itself(standing: Settings) -> None:
    async def prove(client: httpx.AsyncClient) -> None:
        answer = (await client.post("/ask", json={"question": QUESTION})).json()
        AnswerOut.model_validate(answer)
        assert answer["status"] == "answered"
        assert answer["citations"]
        for statement in answer["statements"]:
            assert answer["answer"][statement["start"] : statement["end"]] == statement["text"]
            assert statement["citations"]
        for citation in answer["citations"]:
            text = await client.get(f"/documents/{citation['document']['id']}/text")
            assert text.headers["content-type"] == "text/plain; charset=utf-8"
            assert hashlib.sha256(text.content).hexdigest() == citation["document"]["sha256"]
            assert text.headers["x-content-sha256"] == citation["document"]["sha256"]
            place = citation["position"]
            assert text.text[place["start"] : place["end"]] == citation["quote"]["exact"]
            passage = (await client.get(f"/passages/{citation['passage_id']}")).json()
            PassageOut.model_validate(passage)
            assert text.text[passage["start"] : passage["end"]] == passage["text"]
            assert passage["in_force"] is True

    talk(standing, prove)


def test_the_same_question_gives_the_same_bytes(standing: Settings) -> None:
    async def twice(client: httpx.AsyncClient) -> list[dict[str, Any]]:
        return [(await client.post("/ask", json={"question": QUESTION})).json() for _ in range(2)]

    first, second = talk(standing, twice)
    first.pop("timings_ms"), second.pop("timings_ms")
    assert first == second


def test_a_question_that_no_passage_can_answer_is_abstained_from(standing: Settings) -> None:
    asked = {"question": QUESTION, "filters": {"jurisdictions": ["FR"]}}
    answer = send(standing, "POST", "/ask", json=asked).json()
    AnswerOut.model_validate(answer)
    assert (answer["status"], answer["statements"], answer["citations"]) == ("abstained", [], [])
    assert {"id": "kidney-notes", "edition": "1"} in answer["basis"]["sources_searched"]


def test_search_ranks_passages_and_says_how(standing: Settings) -> None:
    found = send(standing, "POST", "/search", json={"query": "metformin eGFR", "top_k": 2}).json()
    SearchOut.model_validate(found)
    assert found["hits"][0]["text"] == KIDNEY[1]
    assert {way["method"] for way in found["hits"][0]["found"]} == {"bm25", "dense"}
    limited = send(
        standing, "POST", "/search", json={"query": "eGFR", "filters": {"languages": ["zh"]}}
    ).json()
    assert all(hit["document"]["language"] == "zh" for hit in limited["hits"])


def test_two_editions_are_compared(standing: Settings) -> None:
    (edition,) = send(standing, "GET", "/shelf/blood-leaflets").json()["editions"]
    label = edition["label"]
    path = f"/shelf/blood-leaflets/diff?before={label}&after={label}&language=zh"
    told = send(standing, "GET", path).json()
    assert (told["before"]["id"], told["language"], told["changes"]) == (edition["id"], "zh", [])
    assert send(standing, "GET", "/shelf/blood-leaflets/diff?before=1999&after=" + label).status_code == 404
    assert send(standing, "GET", "/shelf/blood-leaflets/diff?before=1999").status_code == 422


def test_the_shelf_lists_works_with_rights(standing: Settings) -> None:
    listed = send(standing, "GET", "/shelf").json()
    ShelfOut.model_validate(listed)
    assert [work["id"] for work in listed["works"]] == ["blood-leaflets", "kidney-notes"]
    shown = send(standing, "GET", "/shelf/blood-leaflets").json()
    WorkOut.model_validate(shown)
    assert shown["rights"] == {
        "licence": "By permission",
        "url": None,
        "redistributable": False,
        "max_quote_chars": 300,
    }
    assert shown["editions"][0]["in_force"] is True


def test_a_text_that_may_not_be_passed_on_is_refused_but_its_passages_are_shown(standing: Settings) -> None:
    async def look(client: httpx.AsyncClient) -> tuple[httpx.Response, httpx.Response]:
        query = {"query": "华法林 布洛芬", "filters": {"corpora": ["blood-leaflets"]}}
        hit = (await client.post("/search", json=query)).json()["hits"][0]
        return await client.get(f"/documents/{hit['document']['id']}/text"), await client.get(
            f"/passages/{hit['passage_id']}"
        )

    text, passage = talk(standing, look)
    assert text.status_code == 403
    assert text.headers["content-type"] == "application/problem+json"
    assert "passages" in text.json()["detail"]
    assert passage.status_code == 200


def test_a_text_held_by_the_caller_is_not_sent_again(standing: Settings) -> None:
    async def again(client: httpx.AsyncClient) -> httpx.Response:
        hit = (await client.post("/search", json={"query": "metformin"})).json()["hits"][0]
        path = f"/documents/{hit['document']['id']}/text"
        tag = (await client.get(path)).headers["etag"]
        return await client.get(path, headers={"if-none-match": tag})

    assert talk(standing, again).status_code == 304


SECRET = "Zaphod-Beeblebrox-42"
BAD: list[tuple[str, str, dict[str, Any], int, str | None]] = [
    ("empty question", "/ask", {"json": {"question": ""}}, 422, "question"),
    ("blank question", "/ask", {"json": {"question": " \n\t "}}, 422, "question"),
    ("no question", "/ask", {"json": {}}, 422, "question"),
    ("NUL", "/ask", {"json": {"question": f"{SECRET}\0"}}, 422, "question"),
    ("lone surrogate", "/ask", {"content": b'{"question": "a\\ud800b"}'}, 422, "question"),
    ("bidi alone", "/search", {"json": {"query": "\u202e\u202d"}}, 422, "question"),
    ("2,001 characters", "/ask", {"json": {"question": SECRET * 200}}, 422, "question"),
    ("a number", "/ask", {"json": {"question": 5}}, 422, "question"),
    ("a list", "/ask", {"json": [SECRET]}, 422, "body"),
    ("null", "/ask", {"content": b"null"}, 422, "body"),
    ("no body", "/ask", {"content": b""}, 422, "body"),
    ("unknown field", "/ask", {"json": {"question": "a", "shoe_size": SECRET}}, 422, "shoe_size"),
    (
        "unknown key of words",
        "/ask",
        {"json": {"question": "a", f"{SECRET} is ill": 1}},
        422,
        "a field that is not known",
    ),
    ("conversation", "/ask", {"json": {"question": "a", "conversation_id": SECRET}}, 422, "conversation_id"),
    ("answerer", "/ask", {"json": {"question": "a", "answerer": SECRET}}, 422, "answerer"),
    ("no model", "/ask", {"json": {"question": "aspirin", "answerer": "model"}}, 422, "answerer"),
    ("huge top_k", "/search", {"json": {"query": "a", "top_k": 10**30}}, 422, "top_k"),
    ("top_k 0", "/search", {"json": {"query": "a", "top_k": 0}}, 422, "top_k"),
    ("top_k words", "/search", {"json": {"query": "a", "top_k": "8"}}, 422, "top_k"),
    ("top_k true", "/search", {"json": {"query": "a", "top_k": True}}, 422, "top_k"),
    ("top_k NaN", "/search", {"content": b'{"query": "a", "top_k": NaN}'}, 422, "top_k"),
    ("bad date", "/ask", {"json": {"question": "a", "as_of": "2024-13-45"}}, 422, "as_of"),
    ("date number", "/ask", {"json": {"question": "a", "as_of": 5}}, 422, "as_of"),
    (
        "unknown corpus",
        "/ask",
        {"json": {"question": "a", "filters": {"corpora": [SECRET]}}},
        422,
        "filters.corpora",
    ),
    (
        "unknown kind",
        "/search",
        {"json": {"query": "a", "filters": {"kinds": [SECRET]}}},
        422,
        "filters.kinds.0",
    ),
    (
        "eGFR -5",
        "/ask",
        {"json": {"question": "a", "patient": {"egfr_ml_min_1_73m2": -5}}},
        422,
        "patient.egfr_ml_min_1_73m2",
    ),
    ("eGFR inf", "/ask", {"content": b'{"question": "a", "patient": {"inr": Infinity}}'}, 422, "patient.inr"),
    (
        "age words",
        "/ask",
        {"json": {"question": "a", "patient": {"age_years": SECRET}}},
        422,
        "patient.age_years",
    ),
    (
        "pregnant man",
        "/ask",
        {"json": {"question": "a", "patient": {"sex": "male", "pregnant": True}}},
        422,
        "patient.pregnant",
    ),
    (
        "creatinine unit",
        "/ask",
        {"json": {"question": "a", "patient": {"creatinine": {"value": 90, "unit": "mg/dL"}}}},
        422,
        "patient.creatinine.value",
    ),
    ("patient field", "/ask", {"json": {"question": "a", "patient": {"name": SECRET}}}, 422, "patient.name"),
    ("malformed JSON", "/ask", {"content": b'{"question": "' + SECRET.encode()}, 400, None),
    ("not UTF-8", "/ask", {"content": b'{"question": "\xff\xfe"}'}, 400, None),
    ("nested deep", "/ask", {"content": b"[" * 100_000}, 400, None),
    ("1 MB and more", "/ask", {"json": {"question": SECRET * 60_000}}, 413, None),
    (
        "text/plain",
        "/ask",
        {"content": SECRET.encode(), "headers": {"content-type": "text/plain"}},
        415,
        None,
    ),
    ("no type", "/search", {"content": b"{}", "headers": {"content-type": ""}}, 415, None),
]


@pytest.mark.parametrize(
    ("path", "how", "status", "field"), [row[1:] for row in BAD], ids=[row[0] for row in BAD]
)
def test_bad_input_is_told_by_field_and_never_told_back(
    standing: Settings, path: str, how: dict[str, Any], status: int, field: str | None
) -> None:
    how = {"headers": {"content-type": "application/json"}, **how}
    with capture_logs() as logs:
        response = send(standing, "POST", path, **how)
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert {"type", "title", "status", "detail", "instance"} <= problem.keys()
    assert problem["status"] == status
    assert SECRET not in response.text
    assert SECRET not in json.dumps(logs, default=str)
    if field is not None:
        assert field in [item["field"] for item in problem["errors"]]


@pytest.mark.parametrize(
    "question", ["\u202ewhat is eGFR", "a\u0007b metformin", "😀 metformin?", "Ā" * 2000, "x" * 2000]
)
def test_odd_questions_get_an_honest_answer(standing: Settings, question: str) -> None:
    response = send(standing, "POST", "/ask", json={"question": question})
    assert response.status_code == 200, response.text
    AnswerOut.model_validate(response.json())


def test_a_body_that_does_not_say_its_length_is_stopped_too(standing: Settings) -> None:
    drawn = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal drawn
        for _ in range(1000):
            drawn += 1 << 16
            yield b" " * (1 << 16)

    response = send(standing, "POST", "/ask", content=endless(), headers={"content-type": "application/json"})
    assert response.status_code == 413
    assert drawn <= standing.max_body_bytes + (1 << 18)


@pytest.mark.parametrize(
    "path", ["/nothing", "/passages/p_none", "/passages/..%2f", "/documents/d_00/text", "/shelf/none"]
)
def test_what_is_not_held_is_404(standing: Settings, path: str) -> None:
    response = send(standing, "GET", path)
    assert (response.status_code, response.headers["content-type"]) == (404, "application/problem+json")


def test_a_wrong_method_is_405_and_names_the_right_one(standing: Settings) -> None:
    response = send(standing, "GET", "/ask")
    assert (response.status_code, response.headers["allow"]) == (405, "POST")
    assert response.json()["status"] == 405


def test_every_response_carries_its_headers(standing: Settings) -> None:
    for response in (
        send(standing, "GET", "/health/live", headers={"x-request-id": "ward-7.1"}),
        send(standing, "GET", "/nothing", headers={"x-request-id": "ward-7.1"}),
    ):
        assert response.headers["x-request-id"] == "ward-7.1"
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["content-security-policy"].startswith("default-src 'none'")
        assert response.headers["cache-control"] == "no-store"
    assert (
        send(standing, "GET", "/health/live", headers={"x-request-id": "a b"}).headers["x-request-id"]
        != "a b"
    )


def test_the_log_holds_the_route_and_no_words(standing: Settings) -> None:
    with capture_logs() as logs:
        send(
            standing,
            "POST",
            "/ask",
            json={"question": f"{SECRET} metformin", "patient": {"drugs": [SECRET]}},
        )
        send(standing, "GET", f"/passages/{SECRET}?q={SECRET}")
        send(standing, "GET", f"/{SECRET}")
    told = [(line["route"], line["status"]) for line in logs if line["event"] == "request"]
    assert told == [("/ask", 200), ("/passages/{id}", 404), ("none", 404)]
    assert SECRET not in json.dumps(logs, default=str)


def test_a_fault_of_our_own_is_a_500_without_trace_or_message(standing: Settings) -> None:
    class Broken(ShelfHolder):
        def reviewing(self, *_: Any) -> Any:
            raise RuntimeError(SECRET)

    async def one(client: httpx.AsyncClient) -> httpx.Response:
        return await client.post("/ask", json={"question": "a"})

    with capture_logs() as logs:
        response = talk(standing, one, Broken(standing))
    assert (response.status_code, response.headers["content-type"]) == (500, "application/problem+json")
    assert "Traceback" not in response.text
    assert SECRET not in response.text + json.dumps(logs, default=str)
    assert [line["error"] for line in logs if line["event"] == "unexpected"] == ["RuntimeError"]


def test_an_empty_home_lives_but_is_not_ready(settings: Settings) -> None:
    assert send(settings, "GET", "/health/live").status_code == 200
    for path in ("/health/ready", "/shelf"):
        response = send(settings, "GET", path)
        assert response.status_code == 503
        assert int(response.headers["retry-after"]) > 0
        assert "medrag try" in response.json()["detail"]
    assert str(settings.home) not in send(settings, "GET", "/health/ready").text


def test_a_standing_home_is_ready(standing: Settings) -> None:
    told = send(standing, "GET", "/health/ready").json()
    assert told["status"] == "ready"
    assert told["snapshot"].startswith("s_")


def test_openapi_describes_the_models(standing: Settings) -> None:
    described = send(standing, "GET", "/openapi.json").json()
    assert {
        "/ask",
        "/search",
        "/passages/{id}",
        "/documents/{id}/text",
        "/shelf",
        "/shelf/{id}",
        "/shelf/{id}/diff",
        "/health/ready",
    } <= set(described["paths"])
    asked = described["components"]["schemas"]["AskRequest"]
    assert asked["additionalProperties"] is False
    assert asked["examples"]
