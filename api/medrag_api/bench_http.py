"""Measures the HTTP doors under load, with keys and without, beside the same work in process; and memory over many requests."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from medrag.catalogue import Catalogue
from medrag.catalogue.keys import Keys
from medrag.errors import UsageError
from medrag.retrieve.search import search
from medrag.settings import Settings
from medrag_api.answering import Answering
from medrag_api.bench_interactions import drug_names, usable_cores
from medrag_api.bench_load import Target, drive, rss_mb, started
from medrag_api.desk import Desk
from medrag_api.requests import AskRequest, InteractionRequest, SearchRequest
from medrag_api.security.callers import make_key
from medrag_api.security.secret import read_secret
from medrag_api.wiring import open_models, reading_all

__all__ = ["bench_http"]

Figures = dict[str, Any]
#: Different bodies of each kind, asked in turn; in process each is asked once.
BODIES: Final = 200
#: Requests over which memory is looked at, and how often.
REQUESTS, LOOKS = 200_000, 4
#: The longest they may take.
MOST_S: Final = 1800.0
QUESTIONS: Final = (
    "Can {a} be taken with {b}?",
    "What is the dose of {a} in renal impairment?",
    "What interacts with {a}?",
    "{a} 和 {b} 能一起用吗？",
)
Asking = Callable[[Desk, bytes], object]


def bench_http(
    settings: Settings, seed: int, seconds: float, workers: int, requests: int = REQUESTS
) -> Figures:
    """Every figure, with its unit in its name. Raises Unavailable when a server fails, UsageError for a catalogue that is
    not a file: keys are made in a copy of it, since a home with keys opens to nobody without one."""
    if settings.catalogue_url:
        raise UsageError("load is measured on a home of its own, not on a server's catalogue")
    rng = random.Random(seed)  # noqa: S311 - reproducible questions, no secret
    with reading_all(settings) as desk:
        desk.prepare()
        bodies = made_bodies(rng, drug_names(desk))
        alone = {path: in_process(desk, some, ASKING[path]) for path, some in bodies.items()}
    told: Figures = {"seed": seed, "cores": usable_cores(), "workers": workers, "in_process": alone}
    with copied(settings) as (home, key):
        for name, where, brought in (("open", settings.home, ""), ("keyed", home, key)):
            told[name] = loads(where, brought, bodies, seconds, workers)
        told["memory"] = memory(settings.home, bodies["/interactions"], workers, requests)
    return told


def made_bodies(rng: random.Random, names: Sequence[str]) -> dict[str, list[bytes]]:
    """Regimens of five, and questions about random drugs that sources speak of."""

    def words() -> str:
        a, b = rng.sample(names, 2)
        return rng.choice(QUESTIONS).format(a=a, b=b)

    return {
        "/interactions": [body({"drugs": rng.sample(names, 5)}) for _ in range(BODIES)],
        "/search": [body({"query": words()}) for _ in range(BODIES)],
        "/ask": [body({"question": words(), "answerer": "extractive"}) for _ in range(BODIES)],
    }


def body(told: Figures) -> bytes:
    return json.dumps(told, ensure_ascii=False).encode()


def check(desk: Desk, sent: bytes) -> object:
    return desk.review(InteractionRequest.model_validate_json(sent).record()).as_json()


def find(desk: Desk, sent: bytes) -> object:
    return search(desk.shelf, SearchRequest.model_validate_json(sent).words(), desk.settings)


def answer(desk: Desk, sent: bytes) -> object:
    answering = Answering(desk.settings, open_models(desk.settings), lambda _: None)
    return answering.answer(AskRequest.model_validate_json(sent), desk)


ASKING: Final[dict[str, Asking]] = {"/interactions": check, "/search": find, "/ask": answer}


def in_process(desk: Desk, bodies: Sequence[bytes], asking: Asking) -> Figures:
    """Milliseconds of one asking after another, without HTTP; the first few, which load what they need, not counted."""
    for sent in bodies[:10]:
        asking(desk, sent)
    took, own = [], []
    for sent in bodies:
        began, before = time.perf_counter(), time.process_time()
        asking(desk, sent)
        took.append((time.perf_counter() - began) * 1e3)
        own.append((time.process_time() - before) * 1e3)
    return {"p50_ms": share(took, 0.5), "p95_ms": share(took, 0.95), "process_p50_ms": share(own, 0.5)}


def share(told: Sequence[float], at: float) -> float:
    return sorted(told)[int((len(told) - 1) * at)]


def loads(home: Path, key: str, bodies: dict[str, list[bytes]], seconds: float, workers: int) -> Figures:
    """Each address under load for so many seconds."""
    told: Figures = {}
    first = Target("/interactions", key)
    with started(serve_command(home, workers), bodies["/interactions"][0], first) as (port, _):
        for path, some in bodies.items():
            to = Target(path, key)
            # Once round, however long it takes, so that what loads with the first questions is not counted.
            drive(port, some, MOST_S, to, len(some))
            told[path] = asdict(drive(port, some, seconds, to))
    return told


def memory(home: Path, bodies: Sequence[bytes], workers: int, requests: int) -> Figures:
    """Megabytes the server's processes hold after a first round, and then at even steps of so many requests."""
    to = Target("/interactions")
    with started(serve_command(home, workers), bodies[0], to) as (port, pid):
        drive(port, bodies, MOST_S, to, max(requests // 20, 10))
        held = [rss_mb(pid)]
        for _ in range(LOOKS):
            drive(port, bodies, MOST_S, to, requests // LOOKS)
            held.append(rss_mb(pid))
    return {"requests": requests, "rss_mb": held, "grown_mb": held[-1] - held[0]}


def serve_command(home: Path, workers: int) -> list[str]:
    return ["-m", "medrag_api", "serve", "--home", str(home), "--workers", str(workers), "--port"]


@contextmanager
def copied(settings: Settings) -> Iterator[tuple[Path, str]]:
    """A home over the same index and graph with a catalogue of its own, and an admin's key to it without a bound."""
    folder = Path(tempfile.mkdtemp(prefix="medrag-load-"))
    try:
        for item in settings.home.iterdir():
            if not item.name.startswith(("catalogue.db", "secret")):
                (folder / item.name).symlink_to(item.resolve())
        with (
            closing(sqlite3.connect(settings.home / "catalogue.db")) as held,
            closing(sqlite3.connect(folder / "catalogue.db")) as made,
        ):
            held.backup(made)
        mine = settings.model_copy(update={"home": folder})
        text, key = make_key(read_secret(mine, make=True), ("admin",), tenant="*", per_minute=0)
        with closing(Catalogue(mine.catalogue)) as catalogue:
            Keys(catalogue).add(key)
        yield folder, text
    finally:
        shutil.rmtree(folder, ignore_errors=True)
