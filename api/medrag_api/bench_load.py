"""Loads an HTTP server from this machine with a client that does little, and starts the servers it is pointed at."""

from __future__ import annotations

import os
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import cycle
from typing import Final

from medrag.errors import Unavailable

__all__ = ["TRIVIAL", "Load", "drive", "serving"]

#: Kept connections, each with one request under way.
CONNECTIONS: Final = 16
#: Seconds a server gets to start and open its graph.
START_S: Final = 120.0
#: Seconds without any answer after which a server counts as gone.
SILENT_S: Final = 30.0
#: What is measured beside: the framework's own cost, in as many processes.
TRIVIAL: Final = """
import sys, uvicorn
from fastapi import FastAPI
from starlette.responses import Response
from medrag_api.workers import bind, run_workers

app = FastAPI()

@app.post("/interactions")
async def nothing() -> Response:
    return Response(b"{}", 200, None, "application/json")

def serve(listening):
    uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False)).run(sockets=[listening])

workers, port = int(sys.argv[1]), int(sys.argv[2])
if workers > 1:
    run_workers("127.0.0.1", port, workers, serve)
else:
    serve(bind("127.0.0.1", port))
"""


@dataclass(frozen=True, slots=True)
class Load:
    """What a load measured."""

    requests_per_s: float
    #: Milliseconds from a request to the last byte of its answer, while all connections ask.
    p50_ms: float
    p99_ms: float
    #: Share of the time the client itself was computing: near 1 it, not the server, was measured.
    client_share: float
    #: Bytes of the bodies of the answers, on average.
    body_bytes: float


class Talk:
    """One connection: sends a request, reads its answer, sends the next."""

    def __init__(self, port: int, requests: Iterator[bytes]) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=SILENT_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._requests = requests
        self._head = b""
        self._left = self._length = -1
        self._began = 0.0
        self.took: list[float] = []
        self.bytes = 0

    def ask(self) -> None:
        self._head, self._left, self._began = b"", -1, time.perf_counter()
        self.socket.sendall(next(self._requests))

    def read(self) -> bool:
        """Takes what has come; whether the answer is whole. Raises Unavailable for any answer but 200."""
        told = self.socket.recv(1 << 18)
        if not told:
            raise Unavailable("the server to be measured closed a connection")
        if self._left < 0:
            self._head += told
            end = self._head.find(b"\r\n\r\n")
            if end < 0:
                return False
            self._length = length_of(self._head[:end])
            self._left = self._length - (len(self._head) - end - 4)
        else:
            self._left -= len(told)
        if self._left == 0:
            self.took.append(time.perf_counter() - self._began)
            self.bytes += self._length
        return self._left == 0


def length_of(head: bytes) -> int:
    if not head.startswith(b"HTTP/1.1 200"):
        raise Unavailable(f"the server to be measured answered {head[9:12].decode('ascii', 'replace')}")
    told = head.lower().partition(b"content-length:")[2]
    return int(told.partition(b"\r\n")[0])


def drive(port: int, bodies: Sequence[bytes], seconds: float) -> Load:
    """Asks ``bodies`` in turn over all connections for some seconds. Raises Unavailable when the server fails.

    One thread, plain sockets, no parsing beyond the length: a request costs the client some 20 microseconds.
    """
    requests = cycle([request_of(body) for body in bodies])
    with ExitStack() as opened:
        talks = [Talk(port, requests) for _ in range(CONNECTIONS)]
        waiting = opened.enter_context(selectors.DefaultSelector())
        for talk in talks:
            opened.callback(talk.socket.close)
            waiting.register(talk.socket, selectors.EVENT_READ, talk)
        began, own = time.perf_counter(), time.process_time()
        for talk in talks:
            talk.ask()
        while time.perf_counter() - began < seconds:
            ready = waiting.select(SILENT_S)
            if not ready:
                raise Unavailable("the server to be measured does not answer")
            for key, _ in ready:
                if key.data.read():
                    key.data.ask()
        lasted, own = time.perf_counter() - began, time.process_time() - own
    took = sorted(one for talk in talks for one in talk.took)
    if not took:
        raise Unavailable("the server to be measured answered nothing in time")
    return Load(
        len(took) / lasted,
        took[len(took) // 2] * 1e3,
        took[int(len(took) * 0.99)] * 1e3,
        own / lasted,
        sum(talk.bytes for talk in talks) / len(took),
    )


def ask_once(port: int, body: bytes) -> None:
    """One answer over each of as many connections as a load has, which reach every worker sooner or later."""
    with ExitStack() as opened:
        talks = [Talk(port, cycle([request_of(body)])) for _ in range(CONNECTIONS)]
        for talk in talks:
            opened.callback(talk.socket.close)
            talk.ask()
        for talk in talks:
            while not talk.read():
                pass


def request_of(body: bytes) -> bytes:
    head = (
        "POST /interactions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
    )
    return head.encode() + f"{len(body)}\r\n\r\n".encode() + body


@contextmanager
def serving(command: Sequence[str], body: bytes) -> Iterator[int]:
    """A server process on a free port, its last argument, once every connection is answered. Raises Unavailable."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, *command, str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "MEDRAG_LOG_LEVEL": "info"},
    )
    try:
        wait_for(process, port, body)
        yield port
    finally:
        process.terminate()
        process.wait()


def wait_for(process: subprocess.Popen[bytes], port: int, body: bytes) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until and process.poll() is None:
        try:
            ask_once(port, body)
            return
        except OSError:
            time.sleep(0.2)
    raise Unavailable("the server to be measured did not start", remedy="See whether it does: medrag serve")
