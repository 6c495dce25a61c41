"""Several workers share one port: connections reach them, one that dies is replaced, a signal ends them all."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from medrag.errors import Unavailable, UsageError
from medrag_api import workers
from medrag_api.workers import bind, run_workers

pytestmark = [
    pytest.mark.network,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="ports are shared on Linux alone"),
]

#: A server whose every answer is the number of the process that gave it; a connection that sends "die" ends it.
SERVER = """
import os, sys
from medrag_api import workers
workers.SHORTEST_LIFE_S = 0.0

def serve(listening):
    while True:
        talking, _ = listening.accept()
        with talking:
            asked = talking.recv(16)
            talking.sendall(str(os.getpid()).encode())
        if asked == b"die":
            os._exit(7)

workers.run_workers("127.0.0.1", int(sys.argv[1]), 3, serve)
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ask(port: int, words: bytes = b"who") -> int:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as talking:
        talking.sendall(words)
        return int(talking.recv(16))


@contextmanager
def running(port: int) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", SERVER, str(port)], stderr=subprocess.PIPE)
    try:
        until = time.monotonic() + 30
        while True:
            try:
                ask(port)
                break
            except OSError:
                assert time.monotonic() < until, "the server did not start"
                time.sleep(0.05)
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stderr is not None
        process.stderr.close()


def test_connections_are_dealt_out_and_a_dead_worker_is_replaced() -> None:
    port = free_port()
    with running(port) as process:
        first = {ask(port) for _ in range(60)}
        assert len(first) == 3
        dead = ask(port, b"die")
        later = {ask(port) for _ in range(60)}
        assert dead not in later
        assert len(later) == 3
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == -signal.SIGTERM
        for worker in later:
            with pytest.raises(ProcessLookupError):
                os.kill(worker, 0)
        with pytest.raises(OSError, match="refused"):
            ask(port)


def test_a_port_that_somebody_has_is_not_shared_with_him() -> None:
    with bind("127.0.0.1", 0, shared=True) as taken, pytest.raises(Unavailable, match="cannot be bound"):
        run_workers("127.0.0.1", int(taken.getsockname()[1]), 2, lambda _: None)


def test_a_worker_that_cannot_live_ends_the_server() -> None:
    with pytest.raises(Unavailable, match="right after it started"):
        run_workers("127.0.0.1", free_port(), 2, lambda _: None)


def test_where_ports_are_not_shared_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers.sys, "platform", "darwin")
    with pytest.raises(UsageError, match="Linux"):
        run_workers("127.0.0.1", 1, 2, lambda _: None)
