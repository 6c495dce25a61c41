"""POST /ask with stream: events as they come about, the joined stream the plain answer, and who goes stops the model."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
import uvicorn
from scripted_models import Asked, good, refused_url, serving, slow, stuck

from medrag.settings import Settings
from medrag_api.app import create_app
from medrag_api.streaming import AnswerStream

QUESTION = "At what eGFR is metformin stopped?"
LINE = re.compile(r"(?m)^(e[0-9a-f]{8})\| (Metformin .*)$")


def said(asked: Asked, text: str | None = None) -> str:
    """The line on metformin, or a lie about it, as a model writes it."""
    found = LINE.search(asked.prompt)
    assert found is not None
    line = {"text": text or found[2], "cites": [{"id": found[1], "exact": found[2]}]}
    return json.dumps(line, ensure_ascii=False) + "\n"


def true(asked: Asked) -> str:
    return said(asked)


def mixed(asked: Asked) -> str:
    return said(asked, "Metformin is stopped when the eGFR falls below 45 mL/min/1.73 m².") + said(asked)


@contextmanager
def answering(settings: Settings, **told: Any) -> Iterator[httpx.Client]:
    """A real server over the shelf."""
    app = create_app(settings.model_copy(update=told))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join()


def events_of(text: str) -> list[tuple[str, Any]]:
    found = re.findall(r"event: (\w+)\ndata: (.*)\n\n", text)
    return [(name, json.loads(data)) for name, data in found]


def asked_both(client: httpx.Client, **body: Any) -> tuple[list[tuple[str, Any]], dict[str, Any]]:
    sent = {"question": QUESTION, **body}
    streamed = client.post("/ask", json={**sent, "stream": True})
    assert streamed.status_code == 200, streamed.text
    assert streamed.headers["content-type"].startswith("text/event-stream")
    return events_of(streamed.text), client.post("/ask", json=sent).json()


def joined(events: list[tuple[str, Any]]) -> str:
    return "".join(told["added"] for name, told in events if name == "statement")


@pytest.mark.network
@pytest.mark.parametrize(
    ("behaviour", "answerer"),
    [(good(true), "default"), (good(mixed), "default"), (good("no statement at all"), "extractive")],
)
def test_the_joined_stream_is_the_plain_answer(standing: Settings, behaviour: Any, answerer: str) -> None:
    with serving(behaviour) as model, answering(standing, model_url=model.url) as client:
        events, plain = asked_both(client)
    done = events[-1][1]
    assert done["basis"]["answerer"] == answerer
    assert [name for name, _ in (events[0], events[-1])] == ["meta", "done"]
    assert {**done, "timings_ms": {}} == {**plain, "timings_ms": {}}
    assert joined(events) == plain["answer"]
    statements = [told for name, told in events if name == "statement"]
    assert [{**told} for told in plain["statements"]] == [
        {key: told[key] for key in plain["statements"][0]} for told in statements
    ]
    assert [item for told in statements for item in told["cited"]] == plain["citations"]
    assert [told for name, told in events if name == "withheld"] == plain["withheld"]
    assert events[0][1]["id"].startswith("ask_") and done["id"].startswith("ans_")


@pytest.mark.network
def test_extractive_abstaining_and_refusing_answers_are_streamed_too(standing: Settings) -> None:
    with answering(standing) as client:
        for body in ({}, {"question": "What is the capital of Peru?"}, {"question": "Do I have cancer?"}):
            events, plain = asked_both(client, **body)
            assert {**events[-1][1], "timings_ms": {}} == {**plain, "timings_ms": {}}
            assert joined(events) == (plain["answer"] if plain["statements"] else "")
        refused = client.post("/ask", json={"question": "   ", "stream": True})
        assert refused.status_code == 422
        assert refused.headers["content-type"] == "application/problem+json"
        unknown = client.post("/ask", json={"question": QUESTION, "stream": True, "answerer": "none"})
        assert unknown.status_code == 422


@pytest.mark.network
def test_a_statement_leaves_while_the_model_still_writes(standing: Settings) -> None:
    with (
        serving(stuck(lambda asked: said(asked))) as model,
        answering(standing, model_url=model.url) as client,
        client.stream("POST", "/ask", json={"question": QUESTION, "stream": True}) as stream,
    ):
        seen = ""
        for piece in stream.iter_text():
            seen += piece
            if "event: statement" in seen:
                break
        assert "event: done" not in seen
        stream.close()
        assert model.wait_hung_up(10.0)


@pytest.mark.network
def test_a_caller_who_goes_before_a_word_is_said_stops_the_model(standing: Settings) -> None:
    with (
        serving(slow("x" * 4000, first=30.0)) as model,
        answering(standing, model_url=model.url) as client,
    ):
        with client.stream("POST", "/ask", json={"question": QUESTION, "stream": True}) as stream:
            # Held: an iterator that is let go of hangs up.
            pieces = stream.iter_text()
            assert "event: meta" in next(pieces)
            until = time.monotonic() + 30
            while not model.asked and time.monotonic() < until:
                time.sleep(0.02)
        assert model.asked
        assert model.wait_hung_up(10.0)


@pytest.mark.network
def test_a_model_that_is_down_gives_the_sources_words_cited(standing: Settings) -> None:
    with answering(standing, model_url=refused_url()) as client:
        events, plain = asked_both(client, answerer="model")
        quoted = client.post("/ask", json={"question": QUESTION, "answerer": "extractive"}).json()
    assert plain["degraded"] and plain["basis"]["answerer"] == "extractive"
    assert plain["answer"] == quoted["answer"] == joined(events)
    assert plain["citations"] == quoted["citations"]
    assert "could not be reached" in plain["basis"]["limits"][0]


@pytest.mark.anyio
async def test_silence_is_broken_by_a_comment() -> None:
    over = threading.Event()

    def make(gone: threading.Event) -> Iterator[Any]:
        yield "withheld", {"text": "a", "reason": "b"}
        gone.wait(10)
        over.set()

    stream = AnswerStream(make, heartbeat_s=0.05)
    stream.begin()
    text = stream.text()
    assert (await anext(text)).startswith("event: withheld")
    assert await anext(text) == ": alive\n\n"
    await text.aclose()  # type: ignore[attr-defined]
    assert over.wait(5)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
