"""The words whose meaning a proof compares across languages: force, negation, direction, restriction, plain senses.

Their table is ``senses.csv`` beside this file: an id, what kind of sense it is, and regular expressions over folded
text for each language. The longest match wins at a place, and of equals the earlier row.
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
    #: Other plain senses the same words may have: "dosage" is a dose, in French a measurement too.
    also: frozenset[str] = frozenset()


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
        damaged = (
            None in row.values()
            or None in row
            or not row["source"]
            or row["reviewed"] not in ("true", "false")
        )
        if damaged or row["kind"] not in _KINDS or row["id"] in kinds:
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
    """Alternatives by the one or two characters they begin with, in their order; "" holds those that may begin with
    several, and every list those, as a list of two characters holds those of the first."""
    keys = [_FIRST.match(pattern) for pattern, _ in told]
    starts = [found[1] + (found[2] or "") if found else "" for found in keys]
    compiled = [(re.compile(pattern), id) for pattern, id in told]
    return {
        key: [both for start, both in zip(starts, compiled, strict=True) if key.startswith(start)]
        for key in {*starts, *(start[:1] for start in starts), ""}
    }


#: The first character of an alternative, behind what it looks back at, and the second; none where that is a group,
#: a class or may be missing.
_FIRST = re.compile(r"(?:\(\?<[=!][^()]*\))?([^\W_])(?![?*])(?:([^\W_])(?![?*]))?")
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
    """At each place where a word may begin the longest alternative, of equals the first; none inside another."""
    reached = 0
    for start in starts.finditer(text):
        at = start.start()
        if at < reached:
            continue
        told = rows.get(text[at : at + 2]) or rows.get(start[0]) or rows[""]
        matches = [(pattern.match(text, at), id) for pattern, id in told]
        ends = [(match.end(), id) for match, id in matches if match and match.end() > at]
        if ends:
            end, id = max(ends, key=lambda found: found[0])
            others = (other for far, other in ends if far == end and table.kinds[other] == "word")
            also = frozenset(others) - {id} if table.kinds[id] == "word" else frozenset()
            yield Sensed(id, table.kinds[id], at, end, text[at:end], also)
            reached = end
