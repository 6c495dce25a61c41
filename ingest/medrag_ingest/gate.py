"""What stands before a publication: objections to the editions that would be new, and a person's word against them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from medrag.errors import ShelfRefused
from medrag.index.snapshot import Plan
from medrag.records import Snapshot

__all__ = ["Examiner", "GateClosed", "Objection", "open_gate"]


@dataclass(frozen=True, slots=True)
class Objection:
    """Something a librarian should know before readers see an edition."""

    #: The edition it is about, or the work whose golden question fails.
    about: str
    #: parse | orders | golden | pair | names | shrunk
    kind: str
    #: A page, a question, a name; "" for the whole edition.
    where: str
    problem: str
    #: Whether it keeps the gate shut until a person gives a reason.
    blocks: bool

    def as_json(self) -> dict[str, Any]:
        return {
            "about": self.about,
            "kind": self.kind,
            "where": self.where,
            "problem": self.problem,
            "blocks": self.blocks,
        }


class Examiner(Protocol):
    """Looks at a snapshot that is built and not yet published."""

    def __call__(self, plan: Plan, current: Snapshot | None) -> Sequence[Objection]:
        """Objections, worst first. Raises Unavailable when it cannot look: then nothing is published."""


class GateClosed(ShelfRefused):
    """Nothing was published; what was staged is kept."""

    title = "Not published"

    def __init__(self, objections: Sequence[Objection]) -> None:
        self.objections = tuple(objections)
        stop = [item for item in objections if item.blocks]
        first = stop[0]
        where = f"{first.about}, {first.where}" if first.where else first.about
        more = f" (and {len(stop) - 1} more)" if len(stop) > 1 else ""
        super().__init__(
            f"the gate is shut: {where}: {first.problem}{more}",
            remedy="Mend the document or the card and ingest it again, take it back with medrag shelf remove, or "
            'publish all the same with: medrag shelf publish --force "the reason, kept for ever"',
        )


def open_gate(objections: Sequence[Objection], reason: str) -> str:
    """What the history keeps of the passage: the person's reason and what it overrode. Raises GateClosed without one."""
    stop = [item for item in objections if item.blocks]
    if not stop:
        return ""
    if not reason:
        raise GateClosed(objections)
    overridden = "; ".join(f"{item.about} {item.kind} {item.where}: {item.problem}" for item in stop)
    return f"{reason} [forced over: {overridden}]"
