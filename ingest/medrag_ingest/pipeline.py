"""From cards to a published snapshot: stage each card, build the index, move the pointer, tell what was done."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from medrag.errors import InputRefused, MedragError, ShelfRefused, Unavailable
from medrag.index.encoders.cache import VectorCache
from medrag.index.snapshot import BuildCount, Builder, plan_snapshot, publish_snapshot
from medrag.records import Snapshot
from medrag_ingest.manifest import Manifest
from medrag_ingest.receipt import Receipt
from medrag_ingest.staging import stage_card
from medrag_ingest.workshop import Progress, Workshop

__all__ = ["IngestReport", "ingest", "publish"]

#: With more passages than this to encode, words are published first and vectors follow as a second snapshot.
WORDS_FIRST = 500


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did: a receipt for each card, and the snapshot readers see now."""

    receipts: tuple[Receipt, ...]
    snapshot: Snapshot | None
    #: Whether the pointer moved.
    published: bool
    built: BuildCount
    seconds: dict[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "receipts": [receipt.as_json() for receipt in self.receipts],
            "snapshot": self.snapshot.id if self.snapshot else None,
            "published": self.published,
            "index": {
                "written": self.built.written,
                "deleted": self.built.deleted,
                "encoded": self.built.encoded.encoded,
                "reused": self.built.encoded.reused,
            },
            "seconds": {stage: round(spent, 3) for stage, spent in self.seconds.items()},
        }


def ingest(cards: Sequence[Manifest], workshop: Workshop, progress: Progress) -> IngestReport:
    """Takes the cards in order; one that is refused or out of reach is told in its receipt and stops no other.

    Raises ShelfBusy when another writer is at work. The shelf is published when anything new was staged.
    """
    with workshop.writing():
        receipts = tuple(run_card(card, workshop, progress) for card in cards)
        return publish_staged(workshop, receipts, progress)


def run_card(card: Manifest, workshop: Workshop, progress: Progress) -> Receipt:
    """Stages one card under a receipt that the catalogue keeps, whatever comes."""
    receipt = Receipt("run_" + uuid.uuid4().hex[:24], card.id, card.edition_id)
    began = time.monotonic()
    try:
        stage_card(card, workshop, receipt, progress)
    except InputRefused as error:
        say(receipt, "refused", error)
    except Unavailable as error:
        say(receipt, "unavailable", error)
    receipt.seconds["all"] = time.monotonic() - began
    if receipt.outcome != "unchanged":
        workshop.catalogue.start_run(receipt.run, "{}")
        workshop.catalogue.end_run(receipt.run, receipt.outcome, receipt.as_text())
    return receipt


def say(receipt: Receipt, outcome: Any, error: MedragError) -> None:
    where = str(error.place)
    receipt.outcome = outcome
    receipt.reason = f"{where}: {error.problem}" if where else error.problem
    receipt.remedy = error.remedy


def publish(workshop: Workshop, progress: Progress) -> IngestReport:
    """Publishes whatever is staged."""
    with workshop.writing():
        return publish_staged(workshop, (), progress)


def publish_staged(workshop: Workshop, receipts: tuple[Receipt, ...], progress: Progress) -> IngestReport:
    """Builds what the sealed editions need and moves the pointer; nothing to do is said by ``published: False``."""
    catalogue, settings, encoder = workshop.catalogue, workshop.settings, workshop.encoder
    current, began = catalogue.current(), time.monotonic()
    dimension = encoder.dimension if encoder is not None else None
    cache = VectorCache(settings.home / "vectors.db")
    count, published, seconds = BuildCount(), False, {}
    try:
        plan = plan_snapshot(catalogue, settings, encoder)
    except ShelfRefused:
        return IngestReport(receipts, current, False, count)
    plans = [plan]
    held = current.passages if current is not None and current.encoder == plan.encoder else 0
    if encoder is not None and sum(s.passages for s in plan.editions) - held > WORDS_FIRST:
        plans.insert(0, plan_snapshot(catalogue, settings, None))
    for step in plans:
        if current is not None and step.snapshot == current.id:
            continue
        if current is not None and not step.encoder and same_editions(step, current) and current.encoder:
            continue
        chosen = encoder if step.encoder else None
        builder = Builder(catalogue, workshop.indexes, cache, chosen, workshop.staging, progress)
        if step.snapshot not in workshop.indexes.names():
            builder.build(step, current, dimension=dimension)
        current = publish_snapshot(catalogue, step)
        published = True
        count.written += builder.count.written
        count.deleted += builder.count.deleted
        count.encoded.encoded += builder.count.encoded.encoded
        count.encoded.reused += builder.count.encoded.reused
        seconds["vectors" if step.encoder else "words"] = time.monotonic() - began
        began = time.monotonic()
    if published:
        sweep(workshop)
    return IngestReport(receipts, current, published, count, seconds)


def same_editions(plan: Any, snapshot: Snapshot) -> bool:
    return tuple(state.edition.id for state in plan.editions) == snapshot.editions


def sweep(workshop: Workshop) -> None:
    """Forgets snapshots beyond those kept, and removes every index no kept snapshot names."""
    snapshots = workshop.catalogue.snapshots()
    old = snapshots[: -workshop.settings.keep_snapshots]
    workshop.catalogue.forget_snapshots(snapshot.id for snapshot in old)
    workshop.indexes.sweep(snapshot.index for snapshot in workshop.catalogue.snapshots())
