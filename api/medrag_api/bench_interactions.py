"""Measures the interaction review: in process over random regimens, and over HTTP beside a route that does nothing."""

from __future__ import annotations

import asyncio
import json
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from medrag.errors import Unavailable
from medrag.settings import Settings
from medrag_api.desk import Desk
from medrag_api.wiring import open_graph, reading_desk
from medrag_graph.interactions import read_regimen

__all__ = ["bench_interactions"]

Figures = dict[str, float | int | str]
#: A patient whose every value makes the review work.
PATIENT: Final[dict[str, Any]] = {
    "age_years": 78,
    "sex": "female",
    "weight_kg": 61,
    "creatinine": {"value": 1.9, "unit": "mg/dL"},
    "potassium": {"value": 5.3, "unit": "mmol/L"},
    "qtc_ms": 470,
    "conditions": ["heart failure"],
    "allergies": ["penicillin"],
}
#: Regimens of each size, and connections of the HTTP load.
REGIMENS: Final = {2: 400, 5: 400, 12: 300, 50: 60}
CONNECTIONS: Final = 8
#: Seconds a server gets to start and open its graph.
START_S: Final = 120.0
#: What is measured beside: the framework's own cost.
TRIVIAL: Final = """
import sys, uvicorn
from fastapi import FastAPI
from starlette.responses import Response
app = FastAPI()
@app.post("/interactions")
async def nothing() -> Response:
    return Response(b"{}", 200, None, "application/json")
uvicorn.run(app, port=int(sys.argv[1]), log_level="warning", access_log=False)
"""


def bench_interactions(settings: Settings, seed: int, seconds: float) -> Figures:
    """Name of a figure to its value, with its unit in the name. Raises Unavailable."""
    rng = random.Random(seed)  # noqa: S311 - reproducible regimens, no secret
    with reading_desk(settings, open_graph) as desk:
        began = time.perf_counter()
        desk.graph()
        figures: Figures = {"seed": seed, "open graph s": time.perf_counter() - began}
        names = drug_names(desk)
        for size, times in REGIMENS.items():
            figures |= timed_reviews(desk, [rng.sample(names, size) for _ in range(times)])
        regimens = [rng.sample(names, 5) for _ in range(200)]
    figures |= loads(settings, [json.dumps({"drugs": drugs}).encode() for drugs in regimens], seconds)
    return figures


def drug_names(desk: Desk) -> list[str]:
    """English names of the drugs that some source states an interaction of: those that make a review work."""
    graph = desk.graph()
    held = graph.holding(graph.identifiers("drug"))
    return sorted(concept.name for concept in graph.concepts(held).values())


def timed_reviews(desk: Desk, regimens: Sequence[Sequence[str]]) -> Figures:
    """p50 and p99 of a review with a patient, its JSON left out; each regimen is new to the process."""
    took = []
    for drugs in regimens:
        regimen = read_regimen({"drugs": list(drugs), "patient": PATIENT})
        began = time.perf_counter()
        desk.review(regimen)
        took.append((time.perf_counter() - began) * 1000)
    took.sort()
    size = len(regimens[0])
    return {
        f"{size} drugs and patient p50 ms": took[len(took) // 2],
        f"{size} drugs and patient p99 ms": took[int(len(took) * 0.99)],
    }


def loads(settings: Settings, bodies: Sequence[bytes], seconds: float) -> Figures:
    """Requests a second of the trivial route, then of the check."""
    figures: Figures = {}
    serve = [sys.executable, "-m", "medrag_api", "serve", "--home", str(settings.home), "--port"]
    for name, command in (("trivial route", [sys.executable, "-c", TRIVIAL]), ("5 drugs", serve)):
        with server(command) as port:
            # Once round, so that every quote has been read: a server asks its catalogue for each only once.
            asyncio.run(load(port, bodies, max(1.0, seconds / 2)))
            figures[f"HTTP {name} requests/s"] = asyncio.run(load(port, bodies, seconds))
    return figures


@contextmanager
def server(command: Sequence[str]) -> Iterator[int]:
    """A server process that answers, on a free port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = subprocess.Popen(  # noqa: S603 - our own interpreter
        [*command, str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        asyncio.run(answering(port))
        yield port
    finally:
        process.terminate()
        process.wait()


async def answering(port: int) -> None:
    """Waits until a check is answered. Raises Unavailable."""
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        try:
            await load(port, [b'{"drugs": ["warfarin", "ibuprofen"]}'], 0.1)
            return
        except OSError:
            await asyncio.sleep(0.2)
    raise Unavailable("the server to be measured did not start")


async def load(port: int, bodies: Sequence[bytes], seconds: float) -> float:
    """Requests a second over some kept connections. A client that does little, so that the server is measured."""
    until = time.perf_counter() + seconds
    began = time.perf_counter()
    counts = await asyncio.gather(
        *(talk(port, bodies[at::CONNECTIONS] or bodies, until) for at in range(CONNECTIONS))
    )
    return sum(counts) / (time.perf_counter() - began)


async def talk(port: int, bodies: Sequence[bytes], until: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 24)
    requests = [
        b"POST /interactions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        + f"Content-Length: {len(body)}\r\n\r\n".encode()
        + body
        for body in bodies
    ]
    count = 0
    while time.perf_counter() < until:
        writer.write(requests[count % len(requests)])
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise Unavailable(f"the server answered {head[9:12].decode()}")
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(int(length.split(b":")[1]))
        count += 1
    writer.close()
    return count
