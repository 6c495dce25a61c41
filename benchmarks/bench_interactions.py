"""Times checks of 2, 12 and 50 drugs with a patient on the published snapshot, beside a bare look-up of every pair.

Run: ``python benchmarks/bench_interactions.py [ROUNDS]`` with MEDRAG_HOME naming a home that holds a snapshot. Prints
p50 and p99 in milliseconds, by the wall clock and by this process's own time (the machine may be shared).
"""

from __future__ import annotations

import gc
import json
import random
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from itertools import combinations
from typing import TypeVar

from medrag.catalogue import Catalogue
from medrag.settings import load_settings
from medrag.shelf import editions_in_force
from medrag_graph.build import build_graph
from medrag_graph.interactions import SourceEdition, read_regimen, review
from medrag_graph.interactions.report import Citation
from medrag_graph.interactions.sources import quote_of
from medrag_graph.model import Evidence
from medrag_graph.stores import MemoryGraph
from medrag_graph.stores.protocol import INTERACTIONS

Result = TypeVar("Result")
PATIENT = {
    "age_years": 78,
    "sex": "female",
    "weight_kg": 60,
    "creatinine": {"value": 1.4, "unit": "mg/dL"},
    "potassium": {"value": 5.2, "unit": "mmol/L"},
    "qtc_ms": 470,
    "inr": 2.5,
    "allergies": ["penicillin"],
    "conditions": ["heart failure"],
}


class CatalogueSources:
    """Quotes straight from the catalogue's texts, kept once read."""

    def __init__(self, catalogue: Catalogue, snapshot: str, editions: list[SourceEdition]) -> None:
        self.catalogue, self.snapshot, self.settings = catalogue, snapshot, ""
        self.editions, self.kept = editions, dict[Evidence, Citation]()

    def graph(self, as_of: object) -> str:
        return self.snapshot

    def in_force(self, as_of: object) -> list[SourceEdition]:
        return self.editions

    def cite(self, evidence: object) -> dict[Evidence, Citation]:
        wanted = [item for item in evidence if item not in self.kept]  # type: ignore[attr-defined]
        texts = self.catalogue.document_texts({item.document for item in wanted})
        for item in wanted:
            title, text = texts[item.document]
            self.kept[item] = Citation(quote_of(item, text), {"id": item.document, "title": title})
        return self.kept


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    catalogue = Catalogue(load_settings().catalogue)
    snapshot = catalogue.current()
    if snapshot is None:
        sys.exit("No snapshot is published in this home: set MEDRAG_HOME, or run medrag try.")
    held = editions_in_force([catalogue.edition(e).edition for e in snapshot.editions], today())
    editions = [SourceEdition(e.id, e.work, e.label, e.valid_from, None) for e in held]
    data = timed("build", lambda: build_graph(catalogue, [e.id for e in held], snapshot.id))
    store = timed("load", lambda: MemoryGraph(data))
    gc.collect()
    gc.freeze()
    sources = CatalogueSources(catalogue, snapshot.id, editions)
    names = drugs_of(store)
    print(f"{len(names)} drugs that sources speak of; {rounds} rounds; {len(data.claims)} claims")
    for size, count in ((2, rounds), (12, rounds), (50, max(20, rounds // 5))):
        measure_size(store, sources, names, size, count)


def measure_size(
    store: MemoryGraph, sources: CatalogueSources, names: list[str], size: int, rounds: int
) -> None:
    chance = random.Random(size)
    asked = [chance.sample(names, size) for _ in range(rounds)]

    def check(drugs: list[str]) -> object:
        return review(store, read_regimen({"drugs": drugs, "patient": PATIENT}), sources)

    def as_json(drugs: list[str]) -> object:
        return json.dumps(
            review(store, read_regimen({"drugs": drugs, "patient": PATIENT}), sources).as_json()
        )

    def bare(drugs: list[str]) -> object:
        """The rival: one look-up a pair, no names, no classes, no patient."""
        ids = [store.named([name.casefold()]).get(name.casefold(), ("",))[0] for name in drugs]
        editions = [item.id for item in sources.editions]
        return [
            store.claims_between([a], [b], INTERACTIONS, editions)
            for a, b in combinations(sorted(set(ids)), 2)
        ]

    for drugs in asked[: rounds // 3]:
        check(drugs)
    for label, work in (("review", check), ("review and JSON", as_json), ("bare look-ups", bare)):
        print(f"{size:3} drugs, {size * (size - 1) // 2:4} pairs, {label:16} {told(asked, work)}")


def told(asked: list[list[str]], work: Callable[[list[str]], object]) -> str:
    wall, own = [], []
    for drugs in asked:
        began, began_own = time.perf_counter(), time.process_time()
        work(drugs)
        wall.append(time.perf_counter() - began)
        own.append(time.process_time() - began_own)
    return (
        f"wall p50 {at(wall, 0.5)} p99 {at(wall, 0.99)} ms; process p50 {at(own, 0.5)} p99 {at(own, 0.99)} ms"
    )


def at(times: list[float], share: float) -> str:
    ordered = sorted(times)
    return f"{ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1e3:7.2f}"


def drugs_of(store: MemoryGraph) -> list[str]:
    """Names of the drugs some source states an interaction or a class of."""
    held = store.holding(store.identifiers("drug"))
    return sorted({concept.name for concept in store.concepts(held).values()})


def timed(label: str, work: Callable[[], Result]) -> Result:
    began = time.perf_counter()
    result = work()
    print(f"{label}: {time.perf_counter() - began:.2f} s")
    return result


def today() -> date:
    return datetime.now(UTC).date()


if __name__ == "__main__":
    main()
