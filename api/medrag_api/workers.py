"""Runs one server in several processes that share its port, so that every core answers; a worker that dies is replaced."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Final

import structlog

from medrag.errors import Place, Unavailable, UsageError
from medrag_api.metrics import MULTIPROC, worker_gone

__all__ = ["MOST_WORKERS", "bind", "run_workers"]

#: Each holds the whole graph, some 450 MB for everything the mirror has.
MOST_WORKERS: Final = 64
#: A worker that lives shorter than this will not live longer next time: the server stops and says so.
SHORTEST_LIFE_S: Final = 5.0
#: Seconds the workers get to finish their requests and go before they are killed.
GRACE_S: Final = 15.0

Serve = Callable[[socket.socket], None]

log = structlog.get_logger("medrag.http")


def bind(host: str, port: int, *, shared: bool = False) -> socket.socket:
    """A listening socket. Raises Unavailable when the port is taken or not ours to take.

    ``shared``: others that ask so may bind the port too, and the system deals connections out among them.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family, backlog=128, reuse_port=shared)
        # Accepted sockets inherit it. asyncio sets it only where a socket's protocol was named; without it Nagle's
        # algorithm and the client's delayed acknowledgement hold every second write of a response for 40 ms.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listening
    except OSError as error:
        raise Unavailable(
            f"port {port} on {host} cannot be bound: {error.strerror}", remedy="Choose another with --port"
        ) from error


def run_workers(host: str, port: int, workers: int, serve: Serve) -> None:
    """Calls ``serve`` with a listening socket of its own in each of ``workers`` processes, until SIGINT or SIGTERM.

    Raises UsageError where the system does not share ports, Unavailable when the port is taken or a worker cannot live.
    """
    if not sys.platform.startswith("linux"):
        raise UsageError(
            "only Linux deals the connections of one port out among processes",
            place=Place(field="workers"),
            remedy="Leave --workers out, and start several servers on ports of their own behind a gateway",
        )
    # Two servers that share ports would both get this one: a plain bind finds out whether somebody has it.
    bind(host, port).close()
    with ExitStack() as opened:
        # Before prometheus_client is loaded: it asks once whether counts are kept together.
        os.environ[MULTIPROC] = opened.enter_context(TemporaryDirectory(prefix="medrag-metrics-"))
        opened.callback(os.environ.pop, MULTIPROC, None)
        sockets = [opened.enter_context(bind(host, port, shared=True)) for _ in range(workers)]
        Crew(sockets, serve).run()


class Crew:
    """The processes of one server. Their sockets stay open here: what waits at a dead worker's is answered by the next."""

    def __init__(self, sockets: Sequence[socket.socket], serve: Serve) -> None:
        self._sockets = sockets
        self._serve = serve
        self._context = multiprocessing.get_context("fork")
        self._working: dict[BaseProcess, tuple[int, float]] = {}
        self._signal = 0

    def run(self) -> None:
        """Until a signal comes; then the workers are asked to stop, and the signal does here what it does anywhere."""
        before = {number: signal.signal(number, self._stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            for at in range(len(self._sockets)):
                self._start(at)
            while not self._signal:
                for process in self._gone():
                    self._replace(process)
        finally:
            self._dismiss()
            for number, handler in before.items():
                signal.signal(number, handler)
        signal.raise_signal(self._signal)

    def _stop(self, number: int, _frame: FrameType | None) -> None:
        self._signal = number

    def _start(self, at: int) -> None:
        process = self._context.Process(target=self._work, args=(at,), name=f"medrag-{at}")
        process.start()
        self._working[process] = (at, time.monotonic())

    def _work(self, at: int) -> None:
        """In the worker: only its own socket is kept, else a connection could wait where nobody looks."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL if number == signal.SIGTERM else signal.default_int_handler)
        for other, listening in enumerate(self._sockets):
            if other != at:
                listening.close()
        self._serve(self._sockets[at])

    def _gone(self) -> list[BaseProcess]:
        """Workers that ended; looks again after a second, since a signal may come between two looks."""
        ended = wait([process.sentinel for process in self._working], timeout=1.0)
        return [process for process in self._working if process.sentinel in ended]

    def _replace(self, process: BaseProcess) -> None:
        """Starts another in its place. Raises Unavailable when it did not live long enough to be worth it."""
        at, began = self._working.pop(process)
        process.join()
        worker_gone(process.pid or 0)
        if self._signal:
            return
        if time.monotonic() - began < SHORTEST_LIFE_S:
            raise Unavailable(
                "a worker of the server ended right after it started", remedy="The log above says why"
            )
        log.error("worker_ended", worker=at, exit_code=process.exitcode)
        self._start(at)

    def _dismiss(self) -> None:
        for process in self._working:
            process.terminate()
        until = time.monotonic() + GRACE_S
        for process in self._working:
            process.join(max(0.0, until - time.monotonic()))
            if process.is_alive():
                process.kill()
                process.join()
