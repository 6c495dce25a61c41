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
from pathlib import Path
from typing import Final

from medrag.errors import Unavailable

__all__ = ["CHECK", "TRIVIAL", "Load", "Target", "drive", "rss_mb", "serving", "started"]

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
class Target:
    """Where a load goes, and the key it brings."""

    path: str
    key: str = ""


CHECK: Final = Target("/interactions")


@dataclass(frozen=True, slots=True)
class Load:
    """What a load measured."""

    requests_per_s: float
    #: Milliseconds from a request to the last byte of its answer, while all connections ask.
    p50_ms: float
    p95_ms: float
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


def drive(port: int, bodies: Sequence[bytes], seconds: float, to: Target = CHECK, most: int = 0) -> Load:
    """Asks ``bodies`` in turn over all connections for some seconds, or until ``most`` answers have come. Raises
    Unavailable when the server fails.

    One thread, plain sockets, no parsing beyond the length: a request costs the client some 20 microseconds.
    """
    requests = cycle([request_of(body, to) for body in bodies])
    with ExitStack() as opened:
        talks = [Talk(port, requests) for _ in range(CONNECTIONS)]
        waiting = opened.enter_context(selectors.DefaultSelector())
        for talk in talks:
            opened.callback(talk.socket.close)
            waiting.register(talk.socket, selectors.EVENT_READ, talk)
        began, own, whole = time.perf_counter(), time.process_time(), 0
        for talk in talks:
            talk.ask()
        while time.perf_counter() - began < seconds and not (most and whole >= most):
            ready = waiting.select(SILENT_S)
            if not ready:
                raise Unavailable("the server to be measured does not answer")
            for key, _ in ready:
                if key.data.read():
                    whole += 1
                    key.data.ask()
        lasted, own = time.perf_counter() - began, time.process_time() - own
    took = sorted(one for talk in talks for one in talk.took)
    if not took:
        raise Unavailable("the server to be measured answered nothing in time")
    return Load(
        len(took) / lasted,
        took[len(took) // 2] * 1e3,
        took[int(len(took) * 0.95)] * 1e3,
        took[int(len(took) * 0.99)] * 1e3,
        own / lasted,
        sum(talk.bytes for talk in talks) / len(took),
    )


def ask_once(port: int, body: bytes, to: Target) -> None:
    """One answer over each of as many connections as a load has, which reach every worker sooner or later."""
    with ExitStack() as opened:
        talks = [Talk(port, cycle([request_of(body, to)])) for _ in range(CONNECTIONS)]
        for talk in talks:
            opened.callback(talk.socket.close)
            talk.ask()
        for talk in talks:
            while not talk.read():
                pass


def request_of(body: bytes, to: Target) -> bytes:
    told = [
        f"POST {to.path} HTTP/1.1",
        "Host: localhost",
        "Content-Type: application/json",
        *([f"Authorization: Bearer {to.key}"] if to.key else []),
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join(told).encode() + b"\r\n\r\n" + body


@contextmanager
def serving(command: Sequence[str], body: bytes, to: Target = CHECK) -> Iterator[int]:
    """The port of :func:`started`."""
    with started(command, body, to) as (port, _):
        yield port


@contextmanager
def started(command: Sequence[str], body: bytes, to: Target = CHECK) -> Iterator[tuple[int, int]]:
    """(port, process id) of a server process on a free port, its last argument, once every connection is answered.

    Raises Unavailable.
    """
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
        wait_for(process, port, body, to)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def wait_for(process: subprocess.Popen[bytes], port: int, body: bytes, to: Target) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until and process.poll() is None:
        try:
            ask_once(port, body, to)
            return
        except OSError:
            time.sleep(0.2)
    raise Unavailable("the server to be measured did not start", remedy="See whether it does: medrag serve")


def rss_mb(pid: int) -> float:
    """Memory a process and its children hold now, in megabytes; pages they share count for each. Linux alone."""
    pids, total = [pid], 0.0
    while pids:
        one = pids.pop()
        folder = Path(f"/proc/{one}")
        told = (folder / "status").read_text("ascii", "replace")
        held = next((line.split()[1] for line in told.splitlines() if line.startswith("VmRSS:")), "0")
        total += int(held) / 1e3
        for task in (folder / "task").iterdir():
            pids += [int(child) for child in (task / "children").read_text("ascii").split()]
    return total
