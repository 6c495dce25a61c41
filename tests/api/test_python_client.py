"""medrag.Client and medrag.AsyncClient: an operation each, as /openapi.json has them; typed answers, medrag's own errors."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from review_shelf import ROWS
from served_shelf import serving_shelf

import medrag
from medrag.errors import InputRefused, NotFound, QuestionRefused, Unavailable, UsageError
from medrag.settings import Settings
from medrag_api.app import create_app
from medrag_api.client import AsyncClient, Client
from medrag_api.client.calls import OPERATIONS
from medrag_api.client.events import DoneEvent, EventReader, MetaEvent, StatementEvent
from medrag_api.client.failing import error_of
from medrag_api.patient import Patient

PAIR = [ROWS[0][0], ROWS[0][1]]
QUESTION = f"Can {PAIR[0]} be taken with {PAIR[1]}?"
#: Addresses of other protocols, whose clients are others' (openai, CDS Hooks, FHIR, Prometheus, a browser).
OTHERS = ("/v1/", "/cds-services", "/fhir/", "/metrics", "/console")
VERBS = ("get", "post", "put", "patch", "delete")


@pytest.fixture(scope="module")
def url(reviewing: Settings) -> Iterator[str]:
    with serving_shelf(reviewing) as address:
        yield address


@pytest.fixture(scope="module")
def client(url: str) -> Iterator[Client]:
    with Client(url) as one:
        yield one


def test_every_operation_has_a_method_and_every_method_an_operation(home: Path) -> None:
    paths = create_app(Settings(home=home)).openapi()["paths"]
    described = {
        (verb.upper(), path)
        for path, told in paths.items()
        if not path.startswith(OTHERS)
        for verb in told
        if verb in VERBS
    }
    assert set(OPERATIONS.values()) == described
    for kind in (Client, AsyncClient):
        methods = {name for name, _ in inspect.getmembers(kind, inspect.isfunction) if name[0] != "_"}
        assert methods == set(OPERATIONS) | {"close"}


def test_the_two_clients_take_the_same() -> None:
    for name in OPERATIONS:
        one, other = (inspect.signature(getattr(kind, name)) for kind in (Client, AsyncClient))
        assert one.parameters == other.parameters


def test_every_field_of_a_request_can_be_given(home: Path) -> None:
    schemas = create_app(Settings(home=home)).openapi()["components"]["schemas"]
    for name, schema in (("ask", "AskRequest"), ("check", "InteractionRequest"), ("search", "SearchRequest")):
        fields = set(schemas[schema]["properties"]) - {"stream"}
        assert set(inspect.signature(getattr(Client, name)).parameters) - {"self"} == fields


def test_answers_are_typed_and_those_of_http(client: Client, url: str) -> None:
    told = client.ask(QUESTION, answerer="extractive", filters={"languages": ["en"]})
    body = {"question": QUESTION, "answerer": "extractive", "filters": {"languages": ["en"]}}
    plain = httpx.post(f"{url}/ask", json=body, timeout=60).json()
    assert told.id == plain["id"] and told.citations[0].quote.exact == plain["citations"][0]["quote"]["exact"]
    citation = told.citations[0]
    text = client.document_text(citation.document.id)
    assert text[citation.position.start : citation.position.end] == citation.quote.exact
    assert client.passage(citation.passage_id).document.id == citation.document.id
    assert client.answer(told.id).answer == told.answer


def test_the_rest_of_the_shelf(client: Client) -> None:
    report = client.check(PAIR, patient=Patient(age_years=80), conditions=["gout"], language="zh")
    assert report.findings[0].severity == ROWS[0][2]
    assert client.search("metformin eGFR", top_k=2).hits
    found = client.find_drugs(PAIR[0])
    assert client.drug(found.drugs[0].id).concept.name == PAIR[0]
    assert client.suggest_drugs(PAIR[0][:4]).names
    works = client.shelf().works
    assert client.work(works[0].id) == works[0]
    assert client.live().status == "live" and client.ready().status == "ready"
    with pytest.raises(NotFound):
        client.shelf_diff(works[0].id, "1", "2")


def test_a_consultation_from_beginning_to_end(client: Client) -> None:
    opened = client.open_consultation()
    client.correct_slots(opened.id, {"age_years": 80, "drugs": [PAIR[0]]})
    told = client.ask(f"Can he have {PAIR[1]}?", conversation_id=opened.id)
    assert told.conversation is not None and told.interactions is not None
    assert client.consultation(opened.id).turns == 1
    assert client.plan(opened.id).id == opened.id
    client.correct_slots(opened.id, {"age_years": None})
    assert not [slot for slot in client.consultation(opened.id).slots if slot.field == "age_years"]
    client.delete_consultation(opened.id)
    with pytest.raises(NotFound):
        client.consultation(opened.id)


def test_the_stream_joined_is_the_answer(client: Client) -> None:
    events = list(client.stream(QUESTION, answerer="extractive"))
    assert isinstance(events[0], MetaEvent) and isinstance(events[-1], DoneEvent)
    said = "".join(event.added for event in events if isinstance(event, StatementEvent))
    assert said == events[-1].answer.answer == client.ask(QUESTION, answerer="extractive").answer


def test_the_asynchronous_client_gives_the_same(client: Client, url: str) -> None:
    async def use() -> tuple[str, str, str]:
        async with AsyncClient(url) as one:
            told = await one.ask(QUESTION, answerer="extractive")
            last = [event async for event in one.stream(QUESTION, answerer="extractive")][-1]
            assert isinstance(last, DoneEvent)
            with pytest.raises(InputRefused):
                await one.check([])
            return told.id, last.answer.id, (await one.check(PAIR)).findings[0].severity

    told = client.ask(QUESTION, answerer="extractive")
    assert asyncio.run(use()) == (told.id, told.id, ROWS[0][2])


def test_what_is_refused_is_the_error_medrag_raises(client: Client) -> None:
    with pytest.raises(QuestionRefused) as empty:
        client.ask(" \n ")
    assert empty.value.place.field == "question"
    with pytest.raises(InputRefused) as aged:
        client.ask("x", patient={"age_years": 700})
    assert aged.value.place.field == "patient.age_years" and "700" not in str(aged.value)
    with pytest.raises(UsageError) as unknown:
        client.ask("x", answerer="nobody")
    assert unknown.value.place.field == "answerer"
    with pytest.raises(NotFound):
        client.passage("p_/../nothing")
    with pytest.raises(QuestionRefused):
        list(client.stream(" "))
    with pytest.raises(NotFound):
        list(client.watch_job("nothing"))


def test_jobs_and_publications_are_asked_for(stocked: Settings, tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("Metformin is stopped when the eGFR falls below 30.", encoding="utf-8")
    about = {"title": "Note", "publisher": "Us", "published": "2024-01-01", "jurisdiction": "INT"}
    with serving_shelf(stocked) as address, Client(address) as client:
        job = client.ingest_file(note, about, stage=True)
        last = list(client.watch_job(job["id"]))[-1]
        assert last[0] == "done" and last[1]["state"] in ("done", "failed")
        assert client.job(job["id"])["state"] == last[1]["state"]
        other = client.ingest(["no-such-card"], stage=True)
        assert other["id"] in {item["id"] for item in client.jobs()["jobs"]}
        assert client.cancel_job(other["id"])["id"] == other["id"]
        assert client.publish("all")["kind"] == "publish"
        assert client.withdraw("no-such-work", "a test")["kind"] == "withdraw"
        assert client.rollback()["moved"]


class Answers(httpx.BaseTransport):
    """Gives the responses in turn and counts the requests."""

    def __init__(self, *responses: httpx.Response) -> None:
        self.left, self.asked = list(responses), 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        return self.left.pop(0)


BUSY = {"type": "urn:medrag:problem:graph-unavailable", "detail": "the graph cannot be read.", "errors": []}


def busy() -> httpx.Response:
    return httpx.Response(
        503, json=BUSY, headers={"retry-after": "0", "content-type": "application/problem+json"}
    )


def test_a_server_that_says_when_to_come_back_is_asked_again() -> None:
    answers = Answers(busy(), busy(), httpx.Response(200, json={"status": "live", "added": "later"}))
    assert Client(transport=answers).live().status == "live"
    assert answers.asked == 3
    tired = Answers(busy(), busy())
    with pytest.raises(medrag.MedragError) as told:
        Client(transport=tired, retries=1).live()
    assert type(told.value).__name__ == "GraphUnavailable" and tired.asked == 2


def test_what_writes_is_done_once_however_often_it_is_sent() -> None:
    seen: list[str | None] = []

    def breaking(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers.get("idempotency-key"))
        if len(seen) % 3:
            raise httpx.ReadError("gone")
        return httpx.Response(202, json={"kind": "publish"})

    with Client(transport=httpx.MockTransport(breaking)) as client:
        assert client.publish("all")["kind"] == "publish"
        assert client.withdraw("a", "b", idempotency_key="mine")["kind"] == "publish"
        with pytest.raises(Unavailable, match="cannot be reached"):
            client.jobs()
    assert seen[0] and seen[:3] == [seen[0]] * 3 and seen[3:] == ["mine"] * 3 + [None]


def test_a_job_asked_for_twice_under_one_key_is_one(stocked: Settings) -> None:
    with serving_shelf(stocked) as address, Client(address) as client:
        jobs = [client.ingest(["no-such-card"], idempotency_key=key)["id"] for key in ("a", "a", "b")]
    assert jobs[0] == jobs[1] != jobs[2]


def test_what_is_no_medrag_is_told_as_such() -> None:
    with pytest.raises(Unavailable, match="not what this client knows"):
        Client(transport=Answers(httpx.Response(200, json={"cup": 1}))).live()
    with pytest.raises(Unavailable, match="not JSON"):
        Client(transport=Answers(httpx.Response(200, text="<html>"))).jobs()
    with pytest.raises(Unavailable, match="502"):
        Client(transport=Answers(httpx.Response(502, text="<html>"))).jobs()
    with pytest.raises(Unavailable, match="cannot be reached"):
        Client("http://127.0.0.1:9", timeout_s=2).live()


def test_every_error_that_can_be_told_is_raised_as_itself() -> None:
    from medrag import errors
    from medrag_api.problems import problem_of_error

    for name in errors.__all__:
        kind = getattr(errors, name)
        if name != "Place":
            told = problem_of_error(kind("broken"), "urn:x", places=False)
            raised = error_of(httpx.Response(told["status"], json=told))
            assert type(raised) is kind and raised.problem == "broken"


def test_events_are_read_as_the_standard_has_them() -> None:
    reader = EventReader()
    lines = [": alive", "", "event: meta", 'data: {"a":', "data: 1}", "", "data: 2", ""]
    assert [told for line in lines if (told := reader.take(line))] == [("meta", {"a": 1}), ("message", 2)]
    with pytest.raises(Unavailable):
        [reader.take(line) for line in ("data: {", "")]


def test_a_key_goes_along_and_stays_out_of_errors() -> None:
    seen = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["authorization"])
        return httpx.Response(401, json={"detail": "The key is not known.", "status": 401})

    with pytest.raises(UsageError) as told:
        Client(key="secret-key", transport=httpx.MockTransport(answer)).shelf()
    assert seen == ["Bearer secret-key"] and "secret" not in str(told.value)
    assert json.dumps(str(told.value))


def test_the_front_door_names_the_clients() -> None:
    assert medrag.Client is Client and medrag.AsyncClient is AsyncClient
    _: Any = medrag.Client
