"""Measures what readers notice of publishing: threads ask without a pause while another process publishes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from medrag.errors import Unavailable
from medrag.retrieve.search import search
from medrag.settings import Settings
from medrag.shelf import OpenShelf
from medrag_api.bench_shelf import note_card
from medrag_api.holder import ShelfHolder
from medrag_api.wiring import open_workshop
from medrag_ingest.pipeline import ingest

__all__ = ["bench_crowd", "publish_generations"]

#: Two works whose editions always come together; an answer that holds two generations is of two snapshots.
WORKS: Final = ("left", "right")
FIRST_DAY: Final = date(2000, 1, 1)
#: Seconds between a server's looks at the pointer; a real one looks less often.
LOOK_S: Final = 0.1
#: Seconds of asking that are not counted: the first questions load what cuts words.
WARM_S: Final = 1.0
PUBLISH: Final = "import sys; from medrag_api.bench_crowd import publish_generations as p; p(sys.argv[1], int(sys.argv[2]))"


@dataclass(slots=True)
class Asked:
    """What one thread saw."""

    seconds: list[float] = field(default_factory=list)
    snapshots: set[str] = field(default_factory=set)
    mixed: int = 0
    empty: int = 0


def bench_crowd(folder: Path, publishes: int, threads: int, idle_s: float) -> dict[str, Any]:
    """Figures of a small shelf made in ``folder``. Raises Unavailable when the publisher fails."""
    settings = settings_of(folder)
    publish_generation(settings, 0)
    with closing(ShelfHolder(settings, every_s=LOOK_S)) as holder:
        holder.refresh()
        holder.watch()
        ask_together(holder, settings, threads, starting(WARM_S))
        idle = ask_together(holder, settings, threads, starting(idle_s))
        publisher = start_publisher(folder, publishes)
        try:
            during = ask_together(holder, settings, threads, lambda: publisher.poll() is not None)
        finally:
            publisher.kill()
            publisher.wait()
    if publisher.returncode != 0:
        raise Unavailable(f"the publisher ended with {publisher.returncode}")
    calm, busy = percentile(idle, 0.99), percentile(during, 0.99)
    return {
        "publishes": publishes,
        "threads": threads,
        "queries_idle": sum(len(one.seconds) for one in idle),
        "queries_during": sum(len(one.seconds) for one in during),
        "snapshots_seen": len(set().union(*(one.snapshots for one in during))),
        "mixed_answers": sum(one.mixed for one in (*idle, *during)),
        "empty_answers": sum(one.empty for one in (*idle, *during)),
        "idle_p50_ms": percentile(idle, 0.5),
        "idle_p99_ms": calm,
        "during_p50_ms": percentile(during, 0.5),
        "during_p99_ms": busy,
        "p99_ratio": busy / calm,
    }


def starting(seconds: float) -> Callable[[], bool]:
    """Whether so many seconds have passed from now on."""
    until = time.monotonic() + seconds
    return lambda: time.monotonic() > until


def settings_of(folder: Path) -> Settings:
    return Settings(home=folder / "home", encoder="none", offline=True)


def start_publisher(folder: Path, publishes: int) -> subprocess.Popen[bytes]:
    path = os.pathsep.join(part or os.curdir for part in sys.path)
    command = [sys.executable, "-c", PUBLISH, str(folder), str(publishes)]
    return subprocess.Popen(command, env={**os.environ, "PYTHONPATH": path})  # noqa: S603  our own interpreter


def publish_generations(folder: str, publishes: int) -> None:
    """The publisher: generations 1 to ``publishes``, each with its own publication."""
    for generation in range(1, publishes + 1):
        publish_generation(settings_of(Path(folder)), generation)


def publish_generation(settings: Settings, generation: int) -> None:
    told = f"generation {generation} of the dose of colchicine in kidney disease"
    body = "\n\n".join(f"## Part {part}\n\n{f'Part {part} is {told}. ' * 4}" for part in range(4))
    begins = FIRST_DAY + timedelta(days=generation)
    folder = settings.home.parent / "cards"
    cards = [
        note_card(folder, work, {"a": f"# Notes\n\n{body}\n"}, edition=str(generation), published=begins)
        for work in WORKS
    ]
    workshop = open_workshop(settings, encode=False)
    with closing(workshop.catalogue):
        report = ingest(cards, workshop, lambda *_: None)
    if not report.published:
        raise Unavailable(f"generation {generation} was not published: {report.receipts[0].reason}")


def ask_together(
    holder: ShelfHolder, settings: Settings, threads: int, over: Callable[[], bool]
) -> list[Asked]:
    """Asks in so many threads until it is over."""

    def ask() -> Asked:
        seen = Asked()
        while not over():
            began = time.perf_counter()
            with holder.reading() as shelf:
                look(shelf, settings, seen)
            seen.seconds.append(time.perf_counter() - began)
        return seen

    with ThreadPoolExecutor(threads, thread_name_prefix="asker") as pool:
        return [asked.result() for asked in [pool.submit(ask) for _ in range(threads)]]


def look(shelf: OpenShelf, settings: Settings, seen: Asked) -> None:
    """One question, and whether its answer is of one snapshot alone."""
    hits = search(shelf, "dose of colchicine in kidney disease", settings, limit=8).hits
    documents = shelf.catalogue.documents_of({hit.passage.document for hit in hits})
    editions = {document.edition for document in documents.values()}
    labels = {edition.partition("@")[2] for edition in editions}
    written = {hit.passage.text.partition("generation ")[2].split()[0] for hit in hits}
    seen.snapshots.add(shelf.snapshot.id)
    seen.empty += not hits
    seen.mixed += not editions <= set(shelf.snapshot.editions) or len(labels | written) > 1


def percentile(told: list[Asked], share: float) -> float:
    """Milliseconds."""
    ordered = sorted(second for one in told for second in one.seconds)
    return ordered[int((len(ordered) - 1) * share)] * 1e3
