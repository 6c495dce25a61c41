"""The embeddings endpoint: over a scripted transport, and over a real server on the loopback interface."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import numpy as np
import pytest

from medrag.errors import EncoderUnavailable, UsageError
from medrag.index.encoders.endpoint import EndpointEncoder, embeddings_url, retry_after
from medrag.index.encoders.hashed import HashEmbedder

URL = "https://models.example/v1/embeddings"


def vectors_of(texts: list[str], scale: float = 3.0) -> list[dict[str, Any]]:
    """Unnormalised and in the wrong order, as the protocol allows."""
    rows = HashEmbedder(8).encode_passages(texts) * scale
    return [{"index": n, "embedding": row.tolist()} for n, row in enumerate(rows)][::-1]


class Script:
    """Answers each request with the next step; the last step repeats."""

    def __init__(self, *steps: Callable[[list[str]], httpx.Response] | Exception) -> None:
        self.steps, self.bodies, self.headers = list(steps), [], []  # type: ignore[var-annotated]

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.bodies.append(json.loads(request.content))
        self.headers.append(request.headers)
        step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        if isinstance(step, Exception):
            raise step
        return step(self.bodies[-1]["input"])


def fine(texts: list[str]) -> httpx.Response:
    return httpx.Response(200, json={"data": vectors_of(texts)})


def status(code: int, **headers: str) -> Callable[[list[str]], httpx.Response]:
    return lambda texts: httpx.Response(code, headers=headers)


def data(rows: Any) -> Callable[[list[str]], httpx.Response]:
    return lambda texts: httpx.Response(200, content=json.dumps({"data": rows}))


def encoder(
    script: Script, model: str = "m", dimension: int = 8, waits: list[float] | None = None
) -> EndpointEncoder:
    pause = (waits if waits is not None else []).append
    return EndpointEncoder(
        URL, model, "secret", dimension, transport=httpx.MockTransport(script), pause=pause
    )


def test_rows_follow_the_index_and_have_norm_one() -> None:
    script = Script(fine)
    texts = [f"text {n}" for n in range(70)]
    vectors = encoder(script).encode_passages(texts)
    assert np.allclose(vectors, HashEmbedder(8).encode_passages(texts), atol=1e-6)
    assert [len(body["input"]) for body in script.bodies] == [32, 32, 6]
    assert script.bodies[0]["model"] == "m"
    assert script.headers[0]["authorization"] == "Bearer secret"


def test_the_dimension_is_asked_once() -> None:
    script = Script(fine)
    asked = encoder(script, dimension=0)
    assert (asked.dimension, asked.dimension) == (8, 8)
    assert len(script.bodies) == 1
    assert asked.fingerprint.startswith("endpoint:m:")


def test_e5_models_get_their_prefixes() -> None:
    script = Script(fine)
    e5 = encoder(script, model="intfloat/multilingual-E5-large")
    e5.encode_query("q")
    e5.encode_passages(["p"])
    assert [body["input"] for body in script.bodies] == [["query: q"], ["passage: p"]]


def test_unreadable_and_long_texts_are_sent_readable() -> None:
    script = Script(fine)
    encoder(script).encode_passages(["a\0b\ud800c", "", "x" * 100_000, "𝕏é"])
    assert script.bodies[0]["input"] == ["a b c", " ", "x" * 8192, "𝕏é"]


@pytest.mark.parametrize(
    "fault", [status(429), status(503), status(500), httpx.ReadTimeout("late"), httpx.ConnectError("no")]
)
def test_passing_faults_are_tried_again(fault: Any) -> None:
    waits: list[float] = []
    script = Script(fault, fault, fine)
    assert encoder(script, waits=waits).encode_query("q").shape == (8,)
    assert waits == [0.5, 1.0]


def test_the_server_says_how_long_to_wait() -> None:
    waits: list[float] = []
    encoder(
        Script(status(429, **{"Retry-After": "7"}), status(429, **{"Retry-After": "9999"}), fine), waits=waits
    ).encode_query("q")
    assert waits == [7.0, 30.0]
    assert retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0.0


def test_lasting_faults_end_in_an_error_without_the_text() -> None:
    script = Script(status(503))
    with pytest.raises(EncoderUnavailable, match="HTTP 503, 5 times") as caught:
        encoder(script).encode_query("patient 12345")
    assert len(script.bodies) == 5
    assert "12345" not in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("code", [301, 400, 401, 404])
def test_refusals_are_not_tried_again(code: int) -> None:
    script = Script(status(code))
    with pytest.raises(EncoderUnavailable, match=f"HTTP {code}"):
        encoder(script).encode_query("q")
    assert len(script.bodies) == 1


GOOD = [1.0] * 8


@pytest.mark.parametrize(
    "rows",
    [
        None,
        [],
        [{"index": 0, "embedding": GOOD}, {"index": 1, "embedding": GOOD}],
        [{"index": 1, "embedding": GOOD}],
        [{"index": "0", "embedding": GOOD}],
        [{"index": 0, "embedding": GOOD[:7]}],
        [{"index": 0, "embedding": []}],
        [{"index": 0, "embedding": [0.0] * 8}],
        [{"index": 0, "embedding": [float("nan"), *GOOD[1:]]}],
        [{"index": 0, "embedding": [float("inf"), *GOOD[1:]]}],
        [{"index": 0, "embedding": ["1", *GOOD[1:]]}],
        [{"index": 0, "embedding": [True, *GOOD[1:]]}],
        [{"index": 0}],
        ["row"],
    ],
)
def test_bad_answers_are_refused(rows: Any) -> None:
    with pytest.raises(EncoderUnavailable):
        encoder(Script(data(rows))).encode_query("q")


def test_an_answer_that_is_no_json_is_refused() -> None:
    with pytest.raises(EncoderUnavailable, match="not JSON"):
        encoder(Script(lambda texts: httpx.Response(200, text="<html>"))).encode_query("q")


def test_addresses_are_completed_and_secrets_in_them_hidden() -> None:
    assert embeddings_url("http://h:1") == embeddings_url("http://h:1/v1/") == "http://h:1/v1/embeddings"
    assert embeddings_url(URL) == URL
    hidden = EndpointEncoder(
        "https://user:pass@h/v1", "m", dimension=8, transport=httpx.MockTransport(Script(status(400)))
    )
    with pytest.raises(EncoderUnavailable) as caught:
        hidden.encode_query("q")
    assert "pass@" not in str(caught.value)
    assert "pass" not in hidden.fingerprint


def test_a_model_name_is_needed() -> None:
    with pytest.raises(UsageError, match="MEDRAG_ENCODER_MODEL"):
        EndpointEncoder(URL, "")


class Handler(BaseHTTPRequestHandler):
    """Says 429 to the first request, then answers."""

    seen = 0

    def do_POST(self) -> None:
        Handler.seen += 1
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        busy = Handler.seen == 1
        body = b"" if busy else json.dumps({"data": vectors_of(asked["input"])}).encode()
        self.send_response(429 if busy else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Keeps the test's output clean."""


@pytest.fixture
def server() -> Iterator[str]:
    served = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=served.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{served.server_address[1]}"
    served.shutdown()
    served.server_close()
    thread.join()


@pytest.mark.network
def test_a_real_server_is_asked_and_asked_again(server: str) -> None:
    asked = EndpointEncoder(server, "m", pause=lambda seconds: None)
    texts = ["华法林", "aspirin", "\ud800"]
    assert np.allclose(
        asked.encode_passages(texts)[:2], HashEmbedder(8).encode_passages(texts[:2]), atol=1e-6
    )
    assert asked.dimension == 8
    asked.close()


@pytest.mark.network
def test_a_closed_port_is_unavailable() -> None:
    asked = EndpointEncoder("http://127.0.0.1:9", "m", dimension=8, pause=lambda seconds: None)
    with pytest.raises(EncoderUnavailable, match="ConnectError"):
        asked.encode_query("q")
