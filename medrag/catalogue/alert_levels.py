"""Keeps from which severity findings interrupt: each choice with who, when and why. None is changed; the last one counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal, get_args

from sqlalchemy import insert, select

from medrag.catalogue.schema import alert_levels
from medrag.catalogue.store import Catalogue
from medrag.errors import InputRefused, Place

__all__ = ["LEVELS", "AlertLevel", "AlertLevels", "Level"]

#: A severity from which findings interrupt. There is none above contraindicated, so that nothing can switch that off.
Level = Literal["contraindicated", "major", "moderate", "minor"]
LEVELS: Final[tuple[Level, ...]] = get_args(Level)


@dataclass(frozen=True, slots=True)
class AlertLevel:
    """One choice. ``at`` is ISO 8601, UTC."""

    at: str
    #: A key's id, or ``local``.
    who: str
    level: Level
    reason: str


class AlertLevels:
    """The choices of one catalogue. Safe to share between threads and processes."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def current(self) -> AlertLevel | None:
        """The choice that counts; None where nobody made one, and the settings' value does."""
        row = self._catalogue.first(select(alert_levels).order_by(alert_levels.c.seq.desc()).limit(1))
        return level_of(row) if row is not None else None

    def all(self) -> list[AlertLevel]:
        """Newest first."""
        return [
            level_of(row)
            for row in self._catalogue.all(select(alert_levels).order_by(alert_levels.c.seq.desc()))
        ]

    def choose(self, level: str, who: str, reason: str) -> AlertLevel:
        """Keeps a choice. Raises InputRefused for a level that is none, and without a reason."""
        if level not in LEVELS:
            raise InputRefused(f"one of {', '.join(LEVELS)} is wanted", place=Place(field="level"))
        if not reason.strip():
            raise InputRefused("a reason is wanted; it is kept for ever", place=Place(field="reason"))
        at = datetime.now(UTC).isoformat(timespec="seconds")
        told = {"at": at, "who": who, "level": level, "reason": reason.strip()}
        with self._catalogue.writing() as connection:
            connection.execute(insert(alert_levels), told)
        return level_of(told)


def level_of(row: Any) -> AlertLevel:
    return AlertLevel(row["at"], row["who"], row["level"], row["reason"])
