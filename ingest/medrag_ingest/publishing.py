"""Brings a set of editions before readers: builds its index, asks the gate, moves the pointer, sweeps what nobody reads."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy import Connection

from medrag.errors import IndexUnavailable, Place, ShelfRefused
from medrag.index.encoders.cache import VectorCache
from medrag.index.snapshot import BuildCount, Builder, Plan, plan_snapshot, publish_snapshot
from medrag.records import Snapshot
from medrag_ingest.gate import Examiner, Objection, open_gate
from medrag_ingest.leftovers import Leftovers
from medrag_ingest.workshop import Progress, Workshop

__all__ = ["Move", "Order", "move_pointer", "sweep", "waiting"]

#: With more passages than this to encode, words are published first and vectors follow as a second snapshot.
WORDS_FIRST = 500
#: What an index takes on disk: 52,000 passages without vectors lie in 160 MB, an empty one in under 10.
PASSAGE_BYTES, ENGINE_BYTES = 4_000, 16 << 20


@dataclass(frozen=True, slots=True)
class Order:
    """What a person wants readers to see."""

    action: str = "publish"
    reason: str = ""
    #: Editions to publish beside those readers see already; None: every complete one.
    only: tuple[str, ...] | None = None
    #: Editions that go.
    without: tuple[str, ...] = ()
    #: Asked before the pointer moves, where editions are new; None asks nobody.
    examine: Examiner | None = None
    #: Written in the same transaction as the pointer.
    also: Callable[[Connection], None] | None = None


@dataclass(slots=True)
class Move:
    """What became of an order."""

    snapshot: Snapshot | None
    #: Whether the pointer moved.
    moved: bool = False
    built: BuildCount = field(default_factory=BuildCount)
    objections: tuple[Objection, ...] = ()
    #: Source files (sha256) and vectors of removed editions that went.
    cleared: tuple[tuple[str, ...], int] = ((), 0)
    seconds: dict[str, float] = field(default_factory=dict)

    def index_json(self) -> dict[str, Any]:
        return {
            "written": self.built.written,
            "moved": self.built.moved,
            "deleted": self.built.deleted,
            "encoded": self.built.encoded.encoded,
            "reused": self.built.encoded.reused,
        }


def waiting(workshop: Workshop) -> list[str]:
    """Complete editions readers do not see, by id."""
    current = workshop.catalogue.current()
    seen = set(current.editions) if current is not None else set()
    states = workshop.catalogue.editions()
    return [
        s.edition.id
        for s in states
        if s.state == "sealed" and s.edition.withdrawn is None and s.edition.id not in seen
    ]


def move_pointer(workshop: Workshop, order: Order, progress: Progress) -> Move:
    """Does what is ordered; nothing to do is said by ``moved: False``. The caller holds the shelf for writing.

    Raises GateClosed, IndexUnavailable, EncoderUnavailable, CatalogueUnavailable, GraphUnavailable; readers then
    see what they saw.
    """
    made = Move(workshop.catalogue.current())
    told, also = "", order.also
    for step in plans_of(workshop, made.snapshot, order):
        began = time.monotonic()
        build_missing(workshop, step, made, progress)
        if made.snapshot is None or step.snapshot != made.snapshot.id or also is not None:
            if order.examine is not None and not made.objections:
                made.objections = tuple(order.examine(step, made.snapshot))
                told = open_gate(made.objections, order.reason)
            if order.action == "publish":
                # What is taken off the shelf goes at once, whether its graph can be put or not.
                workshop.put_graph([state.edition for state in step.editions])
            reason = told or order.reason
            made.snapshot = publish_snapshot(
                workshop.catalogue, step, action=order.action, reason=reason, also=also
            )
            made.moved, also = True, None
            made.seconds["vectors" if step.encoder else "words"] = time.monotonic() - began
    if also is not None:
        workshop.catalogue.publish_nothing(action=order.action, reason=order.reason, also=also)
        made.snapshot, made.moved = None, True
    sweep(workshop)
    made.cleared = Leftovers(workshop).clear(progress)
    return made


def plans_of(workshop: Workshop, current: Snapshot | None, order: Order) -> list[Plan]:
    """What to publish, in turn; none when no edition is complete. Where most passages still need a vector, words are
    published first, so that they can be found meanwhile."""
    catalogue, settings, encoder = workshop.catalogue, workshop.settings, workshop.encoder
    wanted = chosen(current, order)
    if order.without and current is not None and not current.encoder:
        encoder = None  # What goes must go at once: vectors nobody has yet are no reason to wait.
    try:
        plan = plan_snapshot(catalogue, settings, encoder, wanted)
    except ShelfRefused:
        return []
    held = current.passages if current is not None and current.encoder == plan.encoder else 0
    bare = sum(state.passages for state in plan.editions) - held
    words = plan_snapshot(catalogue, settings, None, wanted)
    if encoder is None or bare <= max(WORDS_FIRST, held) or (current and current.id == words.snapshot):
        return [plan]
    return [words, plan]


def chosen(current: Snapshot | None, order: Order) -> Callable[[str], bool]:
    """Whether an edition is to be seen."""
    seen: frozenset[str] = frozenset(current.editions) if current is not None else frozenset()
    kept = None if order.only is None else seen | set(order.only)
    # Taking an edition off the shelf publishes nothing that was waiting.
    if order.without and kept is None:
        kept = seen
    return lambda edition: edition not in order.without and (kept is None or edition in kept)


def build_missing(workshop: Workshop, plan: Plan, made: Move, progress: Progress) -> None:
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
    builder.build(plan, made.snapshot, dimension=encoder.dimension if encoder is not None else None)
    count = made.built
    count.written += builder.count.written
    count.moved += builder.count.moved
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
    snapshots: Sequence[Snapshot] = workshop.catalogue.snapshots()
    if old := snapshots[: -workshop.settings.keep_snapshots]:
        workshop.catalogue.forget_snapshots(snapshot.id for snapshot in old)
    workshop.indexes.sweep(snapshot.index for snapshot in workshop.catalogue.snapshots())
