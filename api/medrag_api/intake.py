"""Runs an ingest for the command line, and says by exit code how it went."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from medrag.errors import InputRefused, Unavailable
from medrag_api.wiring import open_workshop, read_graph, reading_desk, sweep_old_graphs

if TYPE_CHECKING:
    from medrag.settings import Settings
    from medrag_ingest.manifest import Manifest
    from medrag_ingest.pipeline import IngestReport
    from medrag_ingest.workshop import Progress

__all__ = ["exit_code", "run_ingest"]


def run_ingest(cards: Sequence[Manifest], settings: Settings, progress: Progress) -> IngestReport:
    """Opens the workshop for one run. Raises ShelfBusy, Unavailable."""
    from medrag_ingest.pipeline import ingest

    workshop = open_workshop(settings)
    try:
        report = ingest(cards, workshop, progress)
    finally:
        workshop.catalogue.close()
    if report.snapshot is not None and not settings.graph_url:
        prepare_graph(settings, progress)
    return report


def prepare_graph(settings: Settings, progress: Progress) -> None:
    """Builds the graph of what was published, where none is kept, so that nobody's first question waits for it."""
    progress("graph", 0, 1)
    with reading_desk(settings) as desk:
        read_graph(settings, desk.shelf)
        sweep_old_graphs(settings, desk.shelf.catalogue)
    progress("graph", 1, 1)


def exit_code(report: IngestReport, *, everything: bool) -> int:
    """3 when a card was refused, 5 when one that was asked for by name, or the whole shelf, was out of reach."""
    outcomes = {receipt.outcome for receipt in report.receipts}
    if "refused" in outcomes:
        return InputRefused.exit_code
    if report.snapshot is None or ("unavailable" in outcomes and not everything):
        return Unavailable.exit_code
    return 0
