"""A real server under bad manners: thousands of open lines, clients that send slowly or nothing, and an end amid requests."""

from __future__ import annotations

import json
import resource
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import httpx
import pytest

from medrag.catalogue import Catalogue
from medrag.catalogue.jobs import Jobs
from medrag.settings import Settings

pytestmark = [pytest.mark.network, pytest.mark.faults]

LINES = "MEDRAG_STREAMS_MOST"
REPLY_S = 120.0


@pytest.fixture
def waiting(tmp_path: Path) -> Iterator[Settings]:
    """A home whose one runner of jobs is this test, at a job that goes on as long as the test does."""
    made = Settings(home=tmp_path / "home", encoder="none")
    with closing(Catalogue(made.catalogue, create=True)) as catalogue, catalogue.alone("jobs") as mine:
        assert mine
        jobs = Jobs(catalogue)
        jobs.add("publish", {"editions": []}, "job_waits")
        assert jobs.claim("elsewhere:1") is not None
        yield made


@contextmanager
def serving(settings: Settings, **told: str) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """``medrag serve`` in a process of its own, which is ended with the block."""
    from os import environ

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    words = ["serve", "--home", str(settings.home), "--port", str(port)]
    command = [sys.executable, "-m", "medrag_api", *words]
    paths = {"PYTHONPATH": ":".join(path for path in sys.path if path), "MEDRAG_ENCODER": "none"}
    process = subprocess.Popen(
        command, env={**environ, **paths, **told}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        until = time.monotonic() + REPLY_S
        while not lives(port):
            assert process.poll() is None and time.monotonic() < until
            time.sleep(0.1)
        yield port, process
    finally:
        process.kill()
        process.wait()


def lives(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health/live", timeout=REPLY_S).status_code == 200
    except httpx.TransportError:
        return False


def opened(port: int, sent: bytes) -> socket.socket:
    line = socket.create_connection(("127.0.0.1", port), timeout=REPLY_S)
    line.sendall(sent)
    return line


def read_to(line: socket.socket, end: bytes) -> bytes:
    """What comes until ``end`` has come, or the other side has closed."""
    told = b""
    while end not in told and (more := line.recv(65536)):
        told += more
    return told


WATCH = b"GET /jobs/job_waits/events HTTP/1.1\r\nHost: localhost\r\n\r\n"
LONG = [pytest.mark.slow, pytest.mark.timeout(1800)]


@pytest.mark.parametrize("many", [300, pytest.param(10_000, marks=LONG)])
def test_lines_beyond_the_bound_are_refused_politely_and_others_are_served(
    waiting: Settings, many: int, capsys: pytest.CaptureFixture[str]
) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, many + 1000), hard))
    statuses: Counter[str] = Counter()
    told = {LINES: "100", "MEDRAG_STREAMS_PER_KEY": "1000"}
    with serving(waiting, **told) as (port, process), ExitStack() as held:
        for _ in range(many):
            line = held.enter_context(opened(port, WATCH))
            head, _, body = read_to(line, b"\r\n\r\n").partition(b"\r\n\r\n")
            status = head.split()[1].decode()
            statuses[status] += 1
            if status == "503":
                assert b"retry-after: 5" in head.lower() and b"connection: close" in head.lower()
                problem = json.loads(body or read_to(line, b"}"))
                assert (problem["status"], problem["title"]) == (503, "Service Unavailable")
        assert lives(port) and process.poll() is None
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    with capsys.disabled():
        print(f"\nlines: {many:,} opened at once, {dict(statuses)}")
    assert statuses == {"200": 100, "503": many - 100}


def test_one_caller_has_a_bound_of_its_own(waiting: Settings) -> None:
    with serving(waiting, MEDRAG_STREAMS_PER_KEY="3") as (port, _), ExitStack() as held:
        lines = [held.enter_context(opened(port, WATCH)) for _ in range(5)]
        heads = [read_to(line, b"\r\n\r\n") for line in lines]
    assert sorted(head.split()[1] for head in heads) == [b"200"] * 3 + [b"429"] * 2
    assert all(b"retry-after" in head.lower() for head in heads if head.split()[1] == b"429")


def test_a_body_that_does_not_come_is_408_and_a_head_that_does_not_come_is_closed(waiting: Settings) -> None:
    slow = (
        b"POST /search HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{"
    )
    with serving(waiting, MEDRAG_BODY_SECONDS="0.5") as (port, _):
        with opened(port, slow) as line:
            told = read_to(line, b'"errors"')
            assert told.split()[1] == b"408" and b"application/problem+json" in told
        with opened(port, b"GET / HT") as silent:
            assert read_to(silent, b"never") == b""
        assert lives(port)


def test_an_end_lets_requests_finish_and_ends_lines(waiting: Settings) -> None:
    """A request whose body is on its way is answered; a line that would stay open is ended, not cut."""
    body = json.dumps({"drugs": ["warfarin"]}).encode()
    head = f"POST /interactions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    with serving(waiting) as (port, process):
        with (
            opened(port, head.encode() + body[:5]) as running,
            opened(port, WATCH.replace(b"localhost", b"localhost\r\nConnection: close")) as line,
        ):
            assert read_to(line, b"event: progress").split()[1] == b"200"
            process.send_signal(signal.SIGTERM)
            time.sleep(1.0)
            with pytest.raises(OSError), opened(port, WATCH) as late:
                # It was closed before anyone took it, or is closed now.
                if not late.recv(1):
                    raise OSError
            running.sendall(body[5:])
            told = read_to(running, b"\r\n\r\n")
            # An empty home has nothing to check with, and says so.
            assert told.split()[1] == b"503" and b"application/problem+json" in told
            assert read_to(line, b"never").endswith(b"0\r\n\r\n")
        process.wait(REPLY_S)
    assert process.returncode in (0, -signal.SIGTERM)
