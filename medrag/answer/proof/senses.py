"""The words whose meaning a proof compares across languages: force, negation, direction, restriction, plain senses.

Their table is ``senses.csv`` beside this file: an id, what kind of sense it is, and regular expressions over folded
text for each language. Earlier rows win where two could match at one place, and the longer match wins within a row.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, Literal, cast, get_args

from medrag.errors import IntegrityError, Place
from medrag.text.normalise import HAN

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
    """The table: of each first character the alternatives that may begin with it, in the order of the rows."""

    latin: dict[str, list[tuple[re.Pattern[str], str]]]
    han: dict[str, list[tuple[re.Pattern[str], str]]]
    kinds: dict[str, SenseKind]


@cache
def load_senses() -> Senses:
    """The table. Raises `IntegrityError` where a row is damaged."""
    held = files("medrag.answer.proof").joinpath("senses.csv").read_text(encoding="utf-8")
    latin: list[tuple[str, str]] = []
    han: list[tuple[str, str]] = []
    kinds: dict[str, SenseKind] = {}
    for line, row in enumerate(csv.DictReader(held.splitlines()), start=2):
        if row["kind"] not in _KINDS or None in row.values() or None in row or row["id"] in kinds:
            raise IntegrityError("a damaged row of the senses", place=Place("senses.csv", line, "kind"))
        kinds[row["id"]] = cast(SenseKind, row["kind"])
        latin += [(rf"{told}(?![a-z0-9])", row["id"]) for told in parts(f"{row['en']}|{row['fr']}")]
        han += [(told, row["id"]) for told in parts(row["zh"])]
    return Senses(by_first(latin), by_first(han), kinds)


def parts(pattern: str) -> list[str]:
    """The alternatives of a regular expression that stand outside brackets."""
    told, depth, start = [], 0, 0
    for at, char in enumerate(pattern + "|"):
        depth += (char in "([") - (char in ")]")
        if char == "|" and not depth:
            told.append(pattern[start:at])
            start = at + 1
    return [part for part in told if part]


def by_first(told: list[tuple[str, str]]) -> dict[str, list[tuple[re.Pattern[str], str]]]:
    """Alternatives by the character they begin with; "" holds those that may begin with several, and every list those."""
    firsts = [_FIRST.match(pattern) for pattern, _ in told]
    chars = [found[1] if found else "" for found in firsts]
    compiled = [(re.compile(pattern), id) for pattern, id in told]
    return {
        first: [both for char, both in zip(chars, compiled, strict=True) if char in ("", first)]
        for first in {*chars, ""}
    }


#: The first character of an alternative, behind what it looks back at; none where that is a group or a class.
_FIRST = re.compile(r"(?:\(\?<[=!][^()]*\))?([^\W_])(?![?*])")
_LATIN_START = re.compile(r"(?<![a-z0-9])[a-z0-9]")
_HAN_START = re.compile(f"[{HAN}]")


def find_senses(text: str) -> list[Sensed]:
    """The senses of a folded text, in order; what was read already stands masked as NUL."""
    table = load_senses()
    found = [*scan(text, _LATIN_START, table.latin, table), *scan(text, _HAN_START, table.han, table)]
    return sorted(found, key=lambda sensed: sensed.start)


def scan(
    text: str, starts: re.Pattern[str], rows: dict[str, list[tuple[re.Pattern[str], str]]], table: Senses
) -> Iterator[Sensed]:
    """At each place where a word may begin the first alternative that matches, none inside another."""
    reached = 0
    for start in starts.finditer(text):
        at = start.start()
        if at < reached:
            continue
        for pattern, id in rows.get(start[0], rows[""]):
            match = pattern.match(text, at)
            if match and match.end() > at:
                yield Sensed(id, table.kinds[id], at, match.end(), match[0])
                reached = match.end()
                break
