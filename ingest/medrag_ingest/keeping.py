"""What a librarian does to the shelf as it stands: publish what waits, go back, withdraw, remove."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from medrag.catalogue import Catalogue, EditionState
from medrag.errors import IndexUnavailable, NotFound, ShelfRefused, UsageError
from medrag.records import Snapshot
from medrag_ingest.gate import Examiner
from medrag_ingest.leftovers import Leftovers
from medrag_ingest.publishing import Move, Order, move_pointer, waiting
from medrag_ingest.workshop import Progress, Workshop

__all__ = ["Removal", "publish", "remove", "roll_back", "withdraw"]

#: A reason is read in the history years later; a page of it is not.
MOST_REASON = 1_000


def publish(
    workshop: Workshop,
    progress: Progress,
    *,
    editions: Sequence[str] = (),
    examine: Examiner | None = None,
    force: str = "",
) -> Move:
    """Publishes what waits, or the editions named of it. ``force``: the reason that opens a shut gate.

    Raises GateClosed, NotFound for an edition that does not wait, ShelfBusy, Unavailable.
    """
    with workshop.writing(" ".join(["publish", *editions])):
        waits = waiting(workshop)
        for edition in editions:
            if edition not in waits:
                raise NotFound(
                    f"no edition {edition!r} waits to be published", remedy=near(edition, waits, "Waiting")
                )
        only = tuple(editions) or None
        return move_pointer(workshop, Order(reason=checked(force), only=only, examine=examine), progress)


def roll_back(workshop: Workshop, to: str = "", *, reason: str = "") -> Snapshot:
    """Makes a kept snapshot the one readers see; by default the last that held other editions than the current.

    Moves a pointer and builds nothing. Raises ShelfRefused when there is none to go back to, NotFound, ShelfBusy,
    IndexUnavailable when its index is gone.
    """
    with workshop.writing(f"rollback {to}".strip()):
        kept = {snapshot.id: snapshot for snapshot in workshop.catalogue.snapshots()}
        chosen = kept.get(to) if to else before_current(workshop.catalogue, kept)
        if chosen is None:
            told = f"no snapshot {to!r} is kept" if to else "no earlier snapshot is kept"
            remedy = near(to, list(kept), "Kept")
            raise NotFound(told, remedy=remedy) if to else ShelfRefused(told, remedy=remedy)
        if chosen.index not in workshop.indexes.names():
            raise IndexUnavailable(
                f"the index of {chosen.id} is gone", remedy="Choose another: medrag shelf history"
            )
        workshop.catalogue.publish(chosen, action="rollback", reason=checked(reason))
        return chosen


def before_current(catalogue: Catalogue, kept: dict[str, Snapshot]) -> Snapshot | None:
    """The snapshot readers saw before the current one, words and vectors of the same editions counting as one."""
    current = catalogue.current()
    moves = [move.snapshot for move in catalogue.publications()]
    if current is not None and current.id in moves:
        moves = moves[: moves.index(current.id)]
    for identifier in reversed(moves):
        found = kept.get(identifier)
        if found is not None and (current is None or found.editions != current.editions):
            return found
    return None


def withdraw(workshop: Workshop, target: str, *, reason: str, progress: Progress) -> Move:
    """Takes an edition, or every edition of a work, out of what readers see, for a reason kept for ever.

    Its words stay in the catalogue for ``as_of`` audits by a librarian and never reach an answer, whichever snapshot
    is rolled back to. Raises NotFound, ShelfRefused when it is withdrawn already, UsageError without a reason.
    """
    if not reason.strip():
        raise UsageError("a withdrawal needs a reason", remedy='Give one: --reason "..."')
    with workshop.writing(f"withdraw {target}"):
        states = [state for state in named(workshop, target) if state.edition.withdrawn is None]
        if not states:
            raise ShelfRefused(f"{target} is withdrawn already")
        gone = tuple(state.edition.id for state in states)
        told = checked(reason)
        order = Order(
            "withdraw",
            f"{', '.join(gone)}: {told}",
            without=gone,
            also=lambda connection: workshop.catalogue.mark_withdrawn(connection, gone, told),
        )
        return move_pointer(workshop, order, progress)


@dataclass(frozen=True, slots=True)
class Removal:
    """What went."""

    editions: tuple[str, ...]
    counts: dict[str, int]
    #: Snapshots no rollback can reach any more, since they held what went.
    snapshots: tuple[str, ...]
    #: sha256 of source files deleted.
    raw: tuple[str, ...]
    vectors: int
    move: Move
    notes: tuple[str, ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        return {
            "removed": list(self.editions),
            **self.counts,
            "snapshots": list(self.snapshots),
            "raw": list(self.raw),
            "vectors": self.vectors,
            "snapshot": self.move.snapshot.id if self.move.snapshot else None,
            "index": self.move.index_json(),
        }


def remove(workshop: Workshop, target: str, *, reason: str = "", progress: Progress) -> Removal:
    """Leaves catalogue, index, raw bytes and vectors as if an edition, or all of a work, had never come.

    Only the history's line stays. The snapshots that held it go too: no rollback brings it back. A removal that is cut
    off is finished by the next writer. Raises NotFound, ShelfBusy, Unavailable.
    """
    with workshop.writing(f"remove {target}"):
        states = named(workshop, target)
        gone = tuple(state.edition.id for state in states)
        held = [s for s in workshop.catalogue.snapshots() if set(s.editions) & set(gone)]
        Leftovers(workshop).note(gone)
        order = Order(
            "remove",
            f"{', '.join(gone)}{': ' if reason else ''}{checked(reason)}",
            without=gone,
            also=lambda connection: workshop.catalogue.erase(connection, gone, [s.id for s in held]),
        )
        move = move_pointer(workshop, order, progress)
        raw, vectors = move.cleared
        counts = {name: sum(getattr(s, name) for s in states) for name in COUNTS}
        return Removal(gone, counts, tuple(s.id for s in held), raw, vectors, move)


COUNTS = ("documents", "passages", "assertions", "names")


def named(workshop: Workshop, target: str) -> list[EditionState]:
    """The edition of that id, or all editions of that work. Raises NotFound with near ids."""
    states = workshop.catalogue.editions()
    found = [s for s in states if target in (s.edition.id, s.edition.work)]
    if not found:
        every = [s.edition.id for s in states] + sorted({s.edition.work for s in states})
        raise NotFound(f"no work or edition {target!r} is held", remedy=near(target, every, "Held"))
    return found


def near(told: str, held: Sequence[str], word: str) -> str:
    close = difflib.get_close_matches(told, held, n=3, cutoff=0.5)
    if close:
        return f"Did you mean {' or '.join(close)}?"
    return f"{word}: {', '.join(held[:20])}" if held else f"{word}: none"


def checked(reason: str) -> str:
    """A reason as one line. Raises UsageError for one of more than a page."""
    told = " ".join(reason.split())
    if len(told) > MOST_REASON:
        raise UsageError(f"a reason has {MOST_REASON} characters at most")
    return told
