"""From cards to a published snapshot: stage each card, build the index, move the pointer, tell what was done."""

from __future__ import annotations

import shutil
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from medrag.errors import (
    IndexUnavailable,
    InputRefused,
    IntegrityError,
    MedragError,
    Place,
    ShelfRefused,
    Unavailable,
)
from medrag.index.encoders.cache import VectorCache
from medrag.index.snapshot import BuildCount, Builder, Plan, plan_snapshot, publish_snapshot
from medrag.records import Snapshot
from medrag_ingest.manifest import Manifest
from medrag_ingest.receipt import Outcome, Receipt
from medrag_ingest.staging import stage_card
from medrag_ingest.workshop import Progress, Workshop

__all__ = ["IngestReport", "ingest", "publish"]

#: With more passages than this to encode, words are published first and vectors follow as a second snapshot.
WORDS_FIRST = 500
#: What an index takes on disk: 52,000 passages without vectors lie in 160 MB, an empty one in under 10.
PASSAGE_BYTES, ENGINE_BYTES = 4_000, 16 << 20


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

    Publishes whatever complete editions the shelf has and readers do not yet see, except after a rollback, which holds
    until something new is staged. Raises ShelfBusy when another writer is at work, CatalogueUnavailable,
    IndexUnavailable, EncoderUnavailable; what was published stays.
    """
    with workshop.writing():
        receipts = tuple(run_card(card, workshop, progress) for card in cards)
        if rolled_back(workshop) and all(receipt.outcome != "staged" for receipt in receipts):
            return IngestReport(receipts, workshop.catalogue.current(), False, BuildCount())
        return publish_staged(workshop, receipts, progress)


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
    except (Unavailable, IntegrityError) as error:
        say(receipt, "unavailable", error)
    receipt.seconds["all"] = time.monotonic() - began
    if receipt.outcome in ("staged", "refused") or "stage" in receipt.seconds:
        workshop.catalogue.start_run(receipt.run, "{}")
        workshop.catalogue.end_run(receipt.run, receipt.outcome, receipt.as_text())
    return receipt


def say(receipt: Receipt, outcome: Outcome, error: MedragError) -> None:
    where = str(error.place)
    receipt.outcome = outcome
    receipt.reason = f"{where}: {error.problem}" if where else error.problem
    receipt.remedy = error.remedy


def publish(workshop: Workshop, progress: Progress) -> IngestReport:
    """Publishes whatever is staged. Raises as :func:`ingest`."""
    with workshop.writing():
        return publish_staged(workshop, (), progress)


def publish_staged(workshop: Workshop, receipts: tuple[Receipt, ...], progress: Progress) -> IngestReport:
    """Builds what the sealed editions need and moves the pointer; nothing to do is said by ``published: False``."""
    current, published = workshop.catalogue.current(), False
    count, seconds = BuildCount(), dict[str, float]()
    for step in plans_of(workshop, current):
        began = time.monotonic()
        build_missing(workshop, step, current, count, progress)
        if current is None or step.snapshot != current.id:
            current, published = publish_snapshot(workshop.catalogue, step), True
            seconds["vectors" if step.encoder else "words"] = time.monotonic() - began
    sweep(workshop)
    return IngestReport(receipts, current, published, count, seconds)


def plans_of(workshop: Workshop, current: Snapshot | None) -> list[Plan]:
    """What to publish, in turn; none when no edition is complete. Where most passages still need a vector, words are
    published first, so that they can be found meanwhile."""
    catalogue, settings, encoder = workshop.catalogue, workshop.settings, workshop.encoder
    try:
        plan = plan_snapshot(catalogue, settings, encoder)
    except ShelfRefused:
        return []
    held = current.passages if current is not None and current.encoder == plan.encoder else 0
    bare = sum(state.passages for state in plan.editions) - held
    words = plan_snapshot(catalogue, settings, None)
    if encoder is None or bare <= max(WORDS_FIRST, held) or (current and current.id == words.snapshot):
        return [plan]
    return [words, plan]


def build_missing(
    workshop: Workshop, plan: Plan, base: Snapshot | None, count: BuildCount, progress: Progress
) -> None:
    """Builds the index of a plan where it is not there, be it that it was lost."""
    if plan.snapshot in workshop.indexes.names():
        return
    encoder = workshop.encoder
    check_room(workshop, plan)
    open_cache = partial(VectorCache, workshop.settings.home / "vectors.db")
    used = encoder if plan.encoder else None
    builder = Builder(
        workshop.catalogue, workshop.indexes, open_cache, used, workshop.staging, progress, workshop.crew
    )
    builder.build(plan, base, dimension=encoder.dimension if encoder is not None else None)
    count.written += builder.count.written
    count.deleted += builder.count.deleted
    count.encoded.encoded += builder.count.encoded.encoded
    count.encoded.reused += builder.count.encoded.reused


def check_room(workshop: Workshop, plan: Plan) -> None:
    """Raises IndexUnavailable when the disk cannot hold the index beside the old one. The engine writes mapped files,
    and a disk that fills under those ends the process without a word."""
    encoder, passages = workshop.encoder, sum(state.passages for state in plan.editions)
    each = PASSAGE_BYTES + (4 * encoder.dimension if encoder is not None else 0)
    needed, free = ENGINE_BYTES + each * passages, shutil.disk_usage(workshop.settings.home).free
    if free < needed:
        raise IndexUnavailable(
            f"an index of {passages} passages takes about {needed >> 20} MB and {free >> 20} MB are free",
            place=Place(file=str(workshop.settings.home)),
            remedy="Free space and run this again; what was staged is kept, and what is published stays",
        )


def sweep(workshop: Workshop) -> None:
    """Forgets snapshots beyond those kept, and removes every index no kept snapshot names."""
    snapshots = workshop.catalogue.snapshots()
    if old := snapshots[: -workshop.settings.keep_snapshots]:
        workshop.catalogue.forget_snapshots(snapshot.id for snapshot in old)
    workshop.indexes.sweep(snapshot.index for snapshot in workshop.catalogue.snapshots())
