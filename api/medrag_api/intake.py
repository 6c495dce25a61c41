"""Runs an ingest for the command line, and says by exit code how it went."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from medrag.errors import InputRefused, Unavailable
from medrag_api.wiring import open_workshop, put_graph, putting_graph, sweep_old_graphs

if TYPE_CHECKING:
    from pathlib import Path

    from medrag.settings import Settings
    from medrag_ingest.documents import Description
    from medrag_ingest.manifest import Manifest
    from medrag_ingest.pipeline import IngestReport
    from medrag_ingest.workshop import Progress

__all__ = ["exit_code", "prepare_graph", "run_document", "run_ingest"]


def run_ingest(
    cards: Sequence[Manifest], settings: Settings, progress: Progress, *, stage_only: bool = False
) -> IngestReport:
    """Opens the workshop for one run; the gate is asked before readers see anything. Raises ShelfBusy, Unavailable."""
    from medrag_api.examine import ShelfExaminer
    from medrag_ingest.pipeline import ingest
    from medrag_ingest.publishing import Order

    order = None if stage_only else Order(examine=ShelfExaminer(settings, progress))
    workshop = open_workshop(settings)
    try:
        report = ingest(cards, putting_graph(workshop, progress), progress, order)
    finally:
        workshop.catalogue.close()
    if not stage_only:
        prepare_graph(settings, progress)
    return report


def run_document(
    path: Path, told: Description, settings: Settings, progress: Progress, *, stage_only: bool
) -> tuple[IngestReport | None, str | None]:
    """Takes one document as its person describes it: (report, None), or (None, edition) when that edition was made of
    the same bytes and nothing was written. Raises InputRefused, NotFound, ShelfBusy, Unavailable."""
    from medrag.catalogue import Catalogue
    from medrag_ingest.documents import document_card, held_already

    catalogue = Catalogue(settings.catalogue, create=True)
    try:
        held = held_already(path, catalogue, told.tenant)
        if held is not None:
            return None, held
        card = document_card(path, told, catalogue)
    finally:
        catalogue.close()
    return run_ingest([card], settings, progress, stage_only=stage_only), None


def prepare_graph(settings: Settings, progress: Progress) -> None:
    """Has the graph of what is published where reviews read it, be it that it was lost or is another version's, so that
    nobody's first question waits for it; the graphs no rollback can reach go. Raises Unavailable."""
    from medrag.catalogue import Catalogue

    catalogue = Catalogue(settings.catalogue, create=False)
    try:
        snapshot = catalogue.current()
        if snapshot is not None:
            editions = [catalogue.edition(item).edition for item in snapshot.editions]
            put_graph(settings, catalogue, progress, editions)
        sweep_old_graphs(settings, catalogue)
    finally:
        catalogue.close()


def exit_code(report: IngestReport, *, everything: bool, stage_only: bool = False) -> int:
    """3 when a card was refused or the gate stayed shut; 5 when a card asked for by name, or all, was out of reach."""
    outcomes = {receipt.outcome for receipt in report.receipts}
    if "refused" in outcomes or report.held_back:
        return InputRefused.exit_code
    if (report.snapshot is None and not stage_only) or ("unavailable" in outcomes and not everything):
        return Unavailable.exit_code
    return 0
