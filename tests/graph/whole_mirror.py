"""The graph of every card that names drugs, classes or diseases, with the sources a review of it reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from medrag.records import Snapshot
from medrag.settings import Settings
from medrag.shelf import OpenShelf
from medrag_api.wiring import open_workshop
from medrag_graph.build import build_graph
from medrag_graph.interactions import InteractionReport, OpenShelfSources, read_regimen, review
from medrag_graph.model import GraphData
from medrag_graph.report import JoinReport, join_report
from medrag_graph.stores import MemoryGraph
from medrag_ingest.cards import load_cards
from medrag_ingest.receipt import Receipt
from medrag_ingest.staging import stage_card

NAMES = (
    "ansm",
    "disease-ontology",
    "drug-names",
    "drugbank-vocabulary",
    "drugcentral",
    "fda-labels-cardio",
    "hetionet",
    "names-zh-faker",
    "ndfrt",
    "openfda-spl",
    "openmedicine-renal",
    "pharmacotherapydb",
    "zh-names",
)


@dataclass(frozen=True)
class Whole:
    data: GraphData
    store: MemoryGraph
    report: JoinReport
    sources: OpenShelfSources

    def review(self, *drugs: str) -> InteractionReport:
        return review(self.store, read_regimen({"drugs": list(drugs)}), self.sources)


@contextmanager
def whole_mirror(shared: Path, wheels: Path, home: Path) -> Iterator[Whole]:
    """Every card staged without an index, and the graph of all."""
    settings = Settings(home=home, mirror=(wheels, shared / "corpora"), encoder="none", offline=True)
    workshop = open_workshop(settings)
    cards = load_cards()
    editions = []
    for name in NAMES:
        state = stage_card(
            cards[name], workshop, Receipt("run", name, cards[name].edition_id), lambda *_: None
        )
        workshop.catalogue.seal_edition(state.edition.id, "0" * 64)
        editions.append(state.edition.id)
    snapshot = Snapshot("s_whole", datetime(2026, 1, 2, tzinfo=UTC), tuple(editions), "none", "", 2)
    shelf = OpenShelf(workshop.catalogue, snapshot, cast(Any, None), None)
    sources = OpenShelfSources(shelf, "0" * 64)
    serving = [edition.id for edition in shelf.serving(None)]
    data = build_graph(workshop.catalogue, serving, sources.graph(None))
    yield Whole(data, MemoryGraph(data), join_report(data, workshop.catalogue, serving), sources)
    workshop.catalogue.close()
