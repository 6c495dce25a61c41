"""Keeps what callers say of answers and findings: a code, and words with consent alone; never who, never a time of day."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import delete, func, insert, select

from medrag.catalogue.schema import assertions, feedback
from medrag.catalogue.store import Catalogue

__all__ = ["Feedback", "Feedbacks", "Tally", "new_id", "today"]


@dataclass(frozen=True, slots=True)
class Feedback:
    """What was said of one answer, or of one finding. ``card`` is the finding's UUID, as its CDS card has it."""

    id: str
    tenant: str
    #: ISO 8601, UTC.
    day: str
    answer: str | None
    card: str | None
    helpful: bool | None
    #: A code of the door's list; "" for none.
    reason: str
    #: With consent alone.
    comment: str | None


@dataclass(frozen=True, slots=True)
class Tally:
    """How often something was said: ``about`` is answer or finding."""

    about: str
    helpful: bool | None
    reason: str
    times: int


class Feedbacks:
    """The feedback of one catalogue, kept for ``days``. Safe to share between threads and processes."""

    def __init__(self, catalogue: Catalogue, *, days: int) -> None:
        self._catalogue, self._days = catalogue, days

    def add(self, item: Feedback) -> None:
        """Keeps one and removes what is older than it is kept."""
        oldest = (date.fromisoformat(item.day) - timedelta(days=self._days)).isoformat()
        with self._catalogue.writing() as connection:
            connection.execute(insert(feedback), asdict(item))
            connection.execute(delete(feedback).where(feedback.c.day < oldest))

    def unheld(self, identifiers: Iterable[str]) -> set[str]:
        """Those that are ids of no assertion the catalogue holds."""
        asked = set(identifiers)
        found = self._catalogue.in_batches(select(assertions.c.id), assertions.c.id, sorted(asked))
        return asked - {str(row["id"]) for row in found}

    def tally(self) -> list[Tally]:
        """Counts of everything kept, most said first."""
        parts = (feedback.c.answer.is_not(None).label("of_answer"), feedback.c.helpful, feedback.c.reason)
        rows = self._catalogue.all(select(*parts, func.count().label("times")).group_by(*parts))
        told = [
            Tally("answer" if row["of_answer"] else "finding", row["helpful"], row["reason"], row["times"])
            for row in rows
        ]
        return sorted(told, key=lambda item: (-item.times, item.about, item.reason, str(item.helpful)))

    def comments(self, limit: int = 100) -> list[Feedback]:
        """The last that hold words, newest first."""
        query = select(feedback).where(feedback.c.comment.is_not(None))
        rows = self._catalogue.all(query.order_by(feedback.c.day.desc(), feedback.c.id).limit(limit))
        return [Feedback(**row) for row in rows]


def new_id() -> str:
    return "fb_" + uuid.uuid4().hex[:24]


def today() -> str:
    return datetime.now(UTC).date().isoformat()
