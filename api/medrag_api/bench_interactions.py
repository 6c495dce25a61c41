"""Measures the interaction review: the graph opened, reviews in process, over HTTP beside a trivial route, a cold command."""

from __future__ import annotations

import gc
import json
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any, Final

from medrag.errors import Unavailable
from medrag.settings import Settings
from medrag_api.bench_load import TRIVIAL, Load, drive, serving
from medrag_api.desk import Desk
from medrag_api.wiring import open_graph, reading_desk
from medrag_graph.interactions import Regimen, read_regimen

__all__ = ["bench_interactions", "usable_cores"]

Figures = dict[str, Any]

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
#: Regimens of each size.
REGIMENS: Final = {2: 400, 5: 400, 12: 300, 50: 100}
#: Regimens of five that HTTP is asked in turn, and how often the command is started.
ASKED, STARTS = 500, 5
COMMAND: Final = ("check", "warfarin", "ibuprofen", "--json")
NOTES: Final = (
    "first reads: the graph has just been opened, as for a command; every regimen is new, and with it most of its quotes",
    "warm: the process has prepared itself as a server does at its start; every regimen is new to it",
    "process: the time this process computed, which other work on the machine lengthens less than the clock's",
    "http: distinct regimens of 5 random drugs; the trivial route answers {} in as many processes, in the same run",
)


def bench_interactions(settings: Settings, seed: int, seconds: float, workers: int) -> Figures:
    """Every figure, with its unit in its name. Raises Unavailable when there is nothing to measure."""
    rng = random.Random(seed)  # noqa: S311 - reproducible regimens, no secret
    before = rss_mb()
    with reading_desk(settings, open_graph) as desk:
        opened, own = timed(desk.graph)
        load: Figures = {"open_s": opened, "open_process_s": own}
        load |= {"rss_mb": rss_mb(), "rss_before_mb": before}
        names = drug_names(desk)
        drawn = {
            size: regimens(rng, names, size, times) for size, times in REGIMENS.items() if size <= len(names)
        }
        first = {size: reviews(fresh_desk(desk), some) for size, some in drawn.items()}
        prepared, own = timed(desk.prepare)
        load |= {"prepare_s": prepared, "prepare_process_s": own}
        drawn = {size: regimens(rng, names, size, len(some)) for size, some in drawn.items()}
        warm = {size: reviews(desk, some) for size, some in drawn.items()}
        counts = desk.graph().counts()
    told = [pair_of(size, len(drawn[size]), first[size], warm[size]) for size in drawn]
    return {
        "seed": seed,
        "cores": usable_cores(),
        "graph": {"drugs_spoken_of": len(names), **counts},
        "load": load,
        "reviews_with_patient": told,
        "http": http(settings, [body_of(rng.sample(names, 5)) for _ in range(ASKED)], seconds, workers),
        "cold_command": cold_command(settings),
        "notes": NOTES,
    }


def usable_cores() -> int:
    """Cores this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def rss_mb() -> float:
    """The most memory this process has held, in megabytes; Linux counts it in kB, macOS in bytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1e6 if sys.platform == "darwin" else 1e3)


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """(seconds by the clock, seconds this process computed)."""
    began, own = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - began, time.process_time() - own


def drug_names(desk: Desk) -> list[str]:
    """English names of the drugs that some source states an interaction of: those that make a review work."""
    graph = desk.graph()
    names = sorted(
        concept.name for concept in graph.concepts(graph.holding(graph.identifiers("drug"))).values()
    )
    if len(names) < min(REGIMENS):
        raise Unavailable("no source on this shelf states an interaction", remedy="Run: medrag try")
    return names


def regimens(rng: random.Random, names: Sequence[str], size: int, times: int) -> list[Regimen]:
    return [read_regimen({"drugs": rng.sample(names, size), "patient": PATIENT}) for _ in range(times)]


def fresh_desk(desk: Desk) -> Desk:
    """The same graph and shelf beside which nothing is known yet. The desk it is made of stays open."""
    graph = desk.graph()
    return Desk(desk.settings, desk.shelf, lambda *_: graph)


def reviews(desk: Desk, asked: Sequence[Regimen]) -> list[tuple[float, float]]:
    """(seconds, process seconds) of each review, its JSON left out. Raises Unavailable when one is not whole."""
    desk.graph()
    gc.collect()
    took = []
    for regimen in asked:
        began, own = time.perf_counter(), time.process_time()
        report = desk.review(regimen)
        took.append((time.perf_counter() - began, time.process_time() - own))
        if not report.complete:
            raise Unavailable(report.basis.limits[0])
    return took


def pair_of(
    size: int, times: int, first: Sequence[tuple[float, float]], warm: Sequence[tuple[float, float]]
) -> Figures:
    told: Figures = {"drugs": size, "pairs": size * (size - 1) // 2, "regimens": times}
    for name, took in (("first_reads", first), ("warm", warm)):
        for at, kind in enumerate(("", "process_")):
            ordered = sorted(one[at] * 1e3 for one in took)
            told[f"{name}_{kind}p50_ms"] = ordered[len(ordered) // 2]
            told[f"{name}_{kind}p99_ms"] = ordered[int(len(ordered) * 0.99)]
    return told


def body_of(drugs: Sequence[str]) -> bytes:
    return json.dumps({"drugs": list(drugs)}).encode()


def http(settings: Settings, bodies: Sequence[bytes], seconds: float, workers: int) -> Figures:
    """Requests a second of the trivial route, then of the check; each once round first."""
    serve = ["-m", "medrag_api", "serve", "--home", str(settings.home), "--workers", str(workers), "--port"]
    found: dict[str, Load] = {}
    for name, command in (("trivial", ["-c", TRIVIAL, str(workers)]), ("check", serve)):
        with serving(command, bodies[0]) as port:
            drive(port, bodies, max(2.0, seconds / 2))
            found[name] = drive(port, bodies, seconds)
    ratio = found["check"].requests_per_s / found["trivial"].requests_per_s
    return {"workers": workers, "ratio": ratio, **{name: asdict(load) for name, load in found.items()}}


def cold_command(settings: Settings) -> Figures:
    """Medians of starts of ``medrag check``, after one that is not counted. Raises Unavailable when it fails."""
    took = [cold_start(settings.home) for _ in range(STARTS + 1)][1:]
    return {
        "command": " ".join(("medrag", *COMMAND)),
        "starts": STARTS,
        "p50_s": median(wall for wall, _ in took),
        "process_p50_s": median(own for _, own in took),
    }


def cold_start(home: Path) -> tuple[float, float]:
    """(seconds, seconds the new process computed)."""
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "medrag_api", *COMMAND, "--home", str(home)], capture_output=True, check=False
    )
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    # 4: a shelf that does not know one of the names; it was looked for all the same.
    if done.returncode not in (0, 4):
        raise Unavailable(
            f"medrag check ended with {done.returncode}", remedy="See why: medrag check warfarin ibuprofen"
        )
    return wall, (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)
