"""Servers that speak the OpenAI protocol on the loopback interface and behave as their script says: well, badly, or as told.

::

    with serving(good("words")) as server:        # server.url is http://127.0.0.1:PORT/v1
        ...                                        # point MEDRAG_MODEL_URL at it
    server.asked[0].prompt                         # every call: what was sent, with which headers
    server.wait_hung_up(5.0)                       # whether the caller closed its side before the reply was done
    server.behave(silent())                        # behave otherwise from the next call on

A behaviour is a function of (Asked, Reply). Where one takes ``reply`` it is a text, or a function from what was asked to a
text, streamed in pieces. ``good  slow  stuck  silent  failing  crowded  malformed  truncated  unfinished  flood  one_line
page  packed  redirecting  quarrelling`` are about the wire; ``liar  wrong_ids  obedient`` (in :mod:`scripted_lies`) are
about the words. ``refused_url()`` is an address where nothing listens.
"""

from __future__ import annotations

import gzip
import json
import select
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

__all__ = [
    "Asked",
    "Behaviour",
    "Reply",
    "ScriptedServer",
    "crowded",
    "failing",
    "flood",
    "good",
    "malformed",
    "one_line",
    "packed",
    "page",
    "quarrelling",
    "redirecting",
    "refused_url",
    "serving",
    "silent",
    "slow",
    "stuck",
    "truncated",
    "unfinished",
]

#: Characters of a streamed piece.
PIECE = 24


class HungUp(Exception):
    """The caller closed its side."""


@dataclass(frozen=True)
class Asked:
    """One call as it came."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def prompt(self) -> str:
        """What every message says, one after the other."""
        return "\n\n".join(str(message["content"]) for message in self.body.get("messages", ()))

    @property
    def said_by_user(self) -> str:
        """What the messages of the role user say."""
        users = (m for m in self.body.get("messages", ()) if m["role"] == "user")
        return "\n\n".join(str(message["content"]) for message in users)

    @property
    def streamed(self) -> bool:
        return bool(self.body.get("stream"))


class Reply:
    """The way back: status and headers once, then chunks; raises HungUp when the caller has gone."""

    def __init__(self, request: BaseHTTPRequestHandler) -> None:
        self.request = request

    def head(self, status: int = 200, kind: str = "text/event-stream", **headers: str) -> None:
        self.request.send_response(status)
        self.request.send_header("Content-Type", kind)
        self.request.send_header("Transfer-Encoding", "chunked")
        for name, value in headers.items():
            self.request.send_header(name.replace("_", "-"), value)
        self.request.end_headers()

    def send(self, data: bytes) -> None:
        try:
            self.request.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
            self.request.wfile.flush()
        except OSError as error:
            raise HungUp from error

    def end(self) -> None:
        """The last chunk: the body is whole."""
        try:
            self.request.wfile.write(b"0\r\n\r\n")
            self.request.wfile.flush()
        except OSError as error:
            raise HungUp from error

    def cut(self) -> None:
        """Closes without the last chunk."""
        self.request.close_connection = True

    def event(self, document: dict[str, Any]) -> None:
        self.send(b"data: " + json.dumps(document, ensure_ascii=False).encode() + b"\n\n")

    def piece(self, text: str, finish: str | None = None) -> None:
        delta = {"role": "assistant", "content": text} if text else {}
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        self.event({"id": "c1", "object": "chat.completion.chunk", "choices": [choice]})

    def close(self, finish: str = "stop", usage: dict[str, int] | None = None) -> None:
        """What ends a stream: why it ended, the count when it was asked for, and [DONE]."""
        self.piece("", finish)
        if usage is not None:
            self.event({"id": "c1", "object": "chat.completion.chunk", "choices": [], "usage": usage})
        self.send(b"data: [DONE]\n\n")
        self.end()

    def problem(self, status: int, text: str, **headers: str) -> None:
        """An error as OpenAI words it, with what the caller sent in it: careless servers echo."""
        self.head(status, "application/json", **headers)
        self.send(json.dumps({"error": {"message": text, "type": "scripted"}}).encode())
        self.end()

    def wait(self, seconds: float) -> None:
        """Sleeps, and notices a caller who goes away meanwhile."""
        until = time.monotonic() + seconds
        sock = self.request.connection
        while (left := until - time.monotonic()) > 0:
            ready, _, _ = select.select([sock], [], [], min(left, 0.05))
            if ready and not sock.recv(1, socket.MSG_PEEK):
                raise HungUp


Behaviour = Callable[[Asked, Reply], None]
Words = str | Callable[[Asked], str]


def worded(reply: Words, asked: Asked) -> str:
    return reply if isinstance(reply, str) else reply(asked)


def count(asked: Asked, text: str) -> dict[str, int] | None:
    """Made-up but steady token counts, where the caller asked for them."""
    if not asked.body.get("stream_options", {}).get("include_usage"):
        return None
    sent, said = len(asked.prompt) // 4, len(text) // 4
    return {"prompt_tokens": sent, "completion_tokens": said, "total_tokens": sent + said}


def good(reply: Words) -> Behaviour:
    """Says ``reply`` at once, in pieces."""
    return slow(reply)


def slow(reply: Words, first: float = 0.0, between: float = 0.0, piece: int = PIECE) -> Behaviour:
    """Says ``reply`` after ``first`` seconds of silence, ``between`` seconds from piece to piece."""

    def behave(asked: Asked, answer: Reply) -> None:
        text = worded(reply, asked)
        if not asked.streamed:
            whole(text, answer)
            return
        answer.wait(first)
        answer.head()
        for at in range(0, len(text), piece):
            answer.piece(text[at : at + piece])
            answer.wait(between)
        answer.close(usage=count(asked, text))

    return behave


def whole(text: str, answer: Reply) -> None:
    """The reply to a call that did not ask for a stream."""
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    answer.head(kind="application/json")
    answer.send(json.dumps({"id": "c1", "object": "chat.completion", "choices": [choice]}).encode())
    answer.end()


def silent(seconds: float = 60.0) -> Behaviour:
    """Takes the question and says nothing, not even a status."""
    return lambda asked, answer: answer.wait(seconds)


def stuck(start: Words, seconds: float = 60.0) -> Behaviour:
    """Says ``start``, then nothing more."""

    def behave(asked: Asked, answer: Reply) -> None:
        answer.head()
        answer.piece(worded(start, asked))
        answer.wait(seconds)

    return behave


def failing(status: int = 500, times: int | None = None, then: Behaviour | None = None) -> Behaviour:
    """Answers ``status`` and echoes key and prompt in its body; after ``times`` calls behaves as ``then``."""
    return first_times(
        times,
        lambda asked, answer: answer.problem(
            status, f"failed on {asked.headers.get('authorization')}: {asked.prompt}"
        ),
        then,
    )


def crowded(retry_after: str = "0", times: int | None = None, then: Behaviour | None = None) -> Behaviour:
    """Answers 429 with Retry-After; after ``times`` calls behaves as ``then``."""
    return first_times(
        times, lambda _, answer: answer.problem(429, "too many", Retry_After=retry_after), then
    )


def first_times(times: int | None, behaviour: Behaviour, then: Behaviour | None) -> Behaviour:
    left = [times]
    turn = threading.Lock()

    def behave(asked: Asked, answer: Reply) -> None:
        with turn:
            over = left[0] == 0
            left[0] = left[0] - 1 if left[0] else left[0]
        (then if over and then is not None else behaviour)(asked, answer)

    return behave


def malformed(after: str = "") -> Behaviour:
    """A stream whose next event is not JSON."""

    def behave(asked: Asked, answer: Reply) -> None:
        answer.head()
        if after:
            answer.piece(after)
        answer.send(b'data: {"id": "c1", "choices": [{"delta": {"content": \n\n')
        answer.close()

    return behave


def truncated(reply: Words, at: int = PIECE) -> Behaviour:
    """Closes the connection in the midst of the body, after ``at`` characters."""

    def behave(asked: Asked, answer: Reply) -> None:
        answer.head()
        answer.piece(worded(reply, asked)[:at])
        answer.cut()

    return behave


def unfinished(reply: Words, at: int = PIECE) -> Behaviour:
    """Ends the body properly, but never says that the reply was done."""

    def behave(asked: Asked, answer: Reply) -> None:
        answer.head()
        answer.piece(worded(reply, asked)[:at])
        answer.end()

    return behave


def flood(size: int = 10 << 20) -> Behaviour:
    """A reply of ``size`` characters and more."""

    def behave(asked: Asked, answer: Reply) -> None:
        answer.head()
        for _ in range(size // 4096):
            answer.piece("ibuprofen " * 409 + "ibupro")
        answer.close()

    return behave


def one_line(size: int = 10 << 20) -> Behaviour:
    """An event that never ends its line: ``size`` bytes of it."""

    def behave(asked: Asked, answer: Reply) -> None:
        answer.head()
        answer.send(b'data: {"choices": [{"delta": {"content": "')
        for _ in range(size >> 16):
            answer.send(b"a" * (1 << 16))
        answer.end()

    return behave


def page() -> Behaviour:
    """A web page with status 200, as a captive proxy gives."""

    def behave(asked: Asked, answer: Reply) -> None:
        answer.head(kind="text/html")
        answer.send(b"<html><title>Please sign in</title></html>")
        answer.end()

    return behave


def packed(size: int = 64 << 20) -> Behaviour:
    """A small compressed body that unpacks to ``size`` bytes, though nobody asked for compression."""

    def behave(asked: Asked, answer: Reply) -> None:
        answer.head(Content_Encoding="gzip")
        answer.send(gzip.compress(b"data: " + b"a" * size))
        answer.end()

    return behave


def redirecting(url: str) -> Behaviour:
    """Sends the caller elsewhere."""
    return lambda _, answer: answer.problem(307, "elsewhere", Location=url)


def quarrelling(asked: Asked, answer: Reply) -> None:
    """Starts well, then sends an error as an event, as servers do that fail while they generate."""
    answer.head()
    answer.piece("It is ")
    answer.event({"error": {"message": f"out of memory on {asked.prompt}", "code": 500}})
    answer.end()


@dataclass
class ScriptedServer:
    """A running server: what it was asked, and whether callers left before it was done."""

    behaviour: Behaviour
    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    #: Replies given to their end.
    finished: int = 0
    _left: threading.Event = field(default_factory=threading.Event)

    def behave(self, behaviour: Behaviour) -> None:
        """What the next calls meet; what was asked and who left is forgotten."""
        self.behaviour = behaviour
        self.asked.clear()
        self._left.clear()

    def wait_hung_up(self, seconds: float = 5.0) -> bool:
        """Whether a caller closed its side before the end of a reply, waiting for it so long."""
        return self._left.wait(seconds)

    def take(self, request: BaseHTTPRequestHandler) -> None:
        length = int(request.headers.get("Content-Length") or 0)
        body = json.loads(request.rfile.read(length) or b"{}")
        headers = {name.lower(): value for name, value in request.headers.items()}
        asked = Asked(request.path, headers, body)
        self.asked.append(asked)
        try:
            self.behaviour(asked, Reply(request))
            self.finished += 1
        except HungUp:
            request.close_connection = True
            self._left.set()


@contextmanager
def serving(behaviour: Behaviour) -> Iterator[ScriptedServer]:
    """A server on a free port of 127.0.0.1, stopped at the end."""
    server = ScriptedServer(behaviour)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            server.take(self)

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Listener(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A caller who resets a connection kept open is no news."""
            if not isinstance(sys.exception(), ConnectionError):
                super().handle_error(request, client_address)

    listener = Listener(("127.0.0.1", 0), Handler)
    server.url = f"http://127.0.0.1:{listener.server_address[1]}/v1"
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listener.shutdown()
        listener.server_close()
        thread.join()


def refused_url() -> str:
    """An address of 127.0.0.1 where nothing listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{held.getsockname()[1]}/v1"
