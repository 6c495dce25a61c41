"""The words whose meaning a proof compares across languages: force, negation, direction, restriction, plain senses.

Their table is ``senses.csv`` beside this file: an id, what kind of sense it is, and regular expressions over folded
text for each language. Earlier rows win where two could match at one place, and the longer match wins within a row.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, Literal, cast, get_args

from medrag.errors import IntegrityError, Place

__all__ = ["SenseKind", "Sensed", "find_senses"]

SenseKind = Literal["force", "restrict", "negation", "direction", "word", "condition", "neutral"]
_KINDS: Final = get_args(SenseKind)


@dataclass(frozen=True, slots=True)
class Sensed:
    """A sense found. ``start`` and ``end`` count in the folded text."""

    id: str
    kind: SenseKind
    start: int
    end: int
    written: str


@dataclass(frozen=True, slots=True)
class Senses:
    """The whole table as one pattern for Latin script and one for Han."""

    latin: re.Pattern[str]
    han: re.Pattern[str]
    kinds: dict[str, SenseKind]


@cache
def load_senses() -> Senses:
    """The table. Raises `IntegrityError` where a row is damaged."""
    held = files("medrag.answer.proof").joinpath("senses.csv").read_text(encoding="utf-8")
    latin: list[str] = []
    han: list[str] = []
    kinds: dict[str, SenseKind] = {}
    for line, row in enumerate(csv.DictReader(held.splitlines()), start=2):
        if row["kind"] not in _KINDS or None in row.values() or row["id"] in kinds:
            raise IntegrityError("a damaged row of the senses", place=Place("senses.csv", line, "kind"))
        kinds[row["id"]] = cast(SenseKind, row["kind"])
        words = "|".join(part for part in (row["en"], row["fr"]) if part)
        latin.append(rf"(?P<{row['id']}>(?:{words})(?![a-z0-9]))")
        if row["zh"]:
            han.append(rf"(?P<{row['id']}>{row['zh']})")
    return Senses(re.compile(r"(?<![a-z0-9])(?:" + "|".join(latin) + ")"), re.compile("|".join(han)), kinds)


def find_senses(text: str) -> list[Sensed]:
    """The senses of a folded text, in order; what was read already stands masked as NUL."""
    table = load_senses()
    found = [
        Sensed(match.lastgroup, table.kinds[match.lastgroup], match.start(), match.end(), match[0])
        for pattern in (table.latin, table.han)
        for match in pattern.finditer(text)
        if match.lastgroup and match.end() > match.start()
    ]
    return sorted(found, key=lambda sensed: sensed.start)
