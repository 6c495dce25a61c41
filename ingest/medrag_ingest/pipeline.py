"""From cards to a published snapshot: stage each card, have it published, tell what was done."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from medrag.errors import InputRefused, IntegrityError, MedragError, Unavailable
from medrag.index.snapshot import BuildCount
from medrag.records import Snapshot
from medrag_ingest.gate import GateClosed
from medrag_ingest.leftovers import Leftovers
from medrag_ingest.manifest import Manifest
from medrag_ingest.publishing import Move, Order, move_pointer, waiting
from medrag_ingest.receipt import Outcome, Receipt
from medrag_ingest.staging import stage_card
from medrag_ingest.workshop import Progress, Workshop

__all__ = ["IngestReport", "ingest"]


#: Every complete edition, with nobody asked: for those who call this from code.
EVERYTHING = Order()


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did: a receipt for each card, and what became of the snapshot readers see."""

    receipts: tuple[Receipt, ...]
    move: Move
    #: Complete editions that wait for a publication.
    waiting: tuple[str, ...] = ()

    @property
    def snapshot(self) -> Snapshot | None:
        """What readers see now."""
        return self.move.snapshot

    @property
    def published(self) -> bool:
        """Whether the pointer moved."""
        return self.move.moved

    @property
    def built(self) -> BuildCount:
        return self.move.built

    @property
    def held_back(self) -> bool:
        """Whether the gate stayed shut."""
        return not self.published and any(item.blocks for item in self.move.objections)

    def as_json(self) -> dict[str, Any]:
        return {
            "receipts": [receipt.as_json() for receipt in self.receipts],
            "snapshot": self.snapshot.id if self.snapshot else None,
            "published": self.published,
            "waiting": list(self.waiting),
            "objections": [item.as_json() for item in self.move.objections],
            "index": self.move.index_json(),
            "seconds": {stage: round(spent, 3) for stage, spent in self.move.seconds.items()},
        }


def ingest(
    cards: Sequence[Manifest], workshop: Workshop, progress: Progress, order: Order | None = EVERYTHING
) -> IngestReport:
    """Takes the cards in order; one that is refused or out of reach is told in its receipt and stops no other.

    Then does what is ordered, as a rule publishes whatever complete editions the shelf has and readers do not yet see;
    not after a rollback, which holds until something new is staged, and not for ``None``, which only stages. A gate
    that stays shut is told in the report. Raises ShelfBusy when another writer is at work, CatalogueUnavailable,
    IndexUnavailable, EncoderUnavailable; what was published stays.
    """
    with workshop.writing(" ".join(["ingest", *(card.id for card in cards)])):
        receipts = tuple(run_card(card, workshop, progress) for card in cards)
        held = rolled_back(workshop) and all(receipt.outcome != "staged" for receipt in receipts)
        if order is None or held:
            return IngestReport(receipts, Move(workshop.catalogue.current()), tuple(waiting(workshop)))
        try:
            move = move_pointer(workshop, order, progress)
        except GateClosed as closed:
            move = Move(workshop.catalogue.current(), objections=closed.objections)
        return IngestReport(receipts, move, tuple(waiting(workshop)))


def rolled_back(workshop: Workshop) -> bool:
    """Whether a person's last word on the shelf was to go back."""
    moves = workshop.catalogue.publications()
    return bool(moves) and moves[-1].action == "rollback"


def run_card(card: Manifest, workshop: Workshop, progress: Progress) -> Receipt:
    """Stages one card. A run that read anything is kept in the catalogue, receipt and all, whatever came of it."""
    receipt = Receipt("run_" + uuid.uuid4().hex[:24], card.id, card.edition_id)
    began = time.monotonic()
    try:
        stage_card(card, workshop, receipt, progress)
    except InputRefused as error:
        say(receipt, "refused", error)
        let_go(receipt, workshop)
    except (Unavailable, IntegrityError) as error:
        say(receipt, "unavailable", error)
    receipt.seconds["all"] = time.monotonic() - began
    if receipt.outcome in ("staged", "refused") or "stage" in receipt.seconds:
        workshop.catalogue.start_run(receipt.run, "{}")
        workshop.catalogue.end_run(receipt.run, receipt.outcome, receipt.as_text())
    return receipt


def let_go(receipt: Receipt, workshop: Workshop) -> None:
    """A refused file of this machine is kept by its owner, not by the shelf; what was fetched is kept for another try."""
    Leftovers(workshop).drop_raw([source.sha256 for source in receipt.sources if source.origin == "file"])


def say(receipt: Receipt, outcome: Outcome, error: MedragError) -> None:
    where = str(error.place)
    receipt.outcome = outcome
    receipt.reason = f"{where}: {error.problem}" if where else error.problem
    receipt.remedy = error.remedy
