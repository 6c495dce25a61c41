"""Converts units to base units with pint, by the definitions in ``clinical_units.txt`` beside this file.

``units.csv`` tells how each unit is written in English, Chinese and French (folded), and the short name its base unit
has in an amount. pint takes about 0.3 s to import, so it is imported when the first unit is read, once.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.resources import as_file, files
from typing import Any, Final

from medrag.errors import IntegrityError, Place

__all__ = ["UNIT_WORDS", "base_of"]


@dataclass(frozen=True, slots=True)
class Written:
    """A unit as pint names it, and the short name of the base unit it converts into."""

    unit: str
    short: str


def _read() -> dict[str, Written]:
    """Every way a unit is written. Raises `IntegrityError` where a row is damaged."""
    held = files("medrag.answer.proof").joinpath("units.csv").read_text(encoding="utf-8")
    units: dict[str, Written] = {}
    for line, row in enumerate(csv.DictReader(held.splitlines()), start=2):
        if None in row.values() or None in row:
            raise IntegrityError("a damaged row of the units", place=Place("units.csv", line, "written"))
        units.update(dict.fromkeys(row["written"].split("|"), Written(row["unit"], row["short"])))
    return units


_WRITTEN: Final = _read()
#: Every way a unit is written, as a pattern; the longest first.
UNIT_WORDS: Final = "|".join(sorted(map(re.escape, _WRITTEN), key=len, reverse=True))


@cache
def base_of(written: str) -> tuple[str, Fraction]:
    """The short name of the base unit of a folded unit word, and how many of it the unit is.

    Raises KeyError for a word that is no unit.
    """
    unit = _WRITTEN[written]
    base = registry().Quantity(Fraction(1), unit.unit).to_base_units()
    # A milliequivalent is the base here: the equivalent is never written.
    factor = Fraction(1) if unit.short == "meq" else Fraction(base.magnitude)
    return unit.short, factor


@cache
def registry() -> Any:
    """pint with our definitions and nothing of its own, in exact fractions.

    Raises `IntegrityError` where the definitions are damaged.
    """
    import pint

    with as_file(files("medrag.answer.proof").joinpath("clinical_units.txt")) as path:
        try:
            return pint.UnitRegistry(str(path), non_int_type=Fraction)
        except pint.DefinitionSyntaxError as damaged:
            raise IntegrityError(
                f"damaged definitions of units: {damaged}", place=Place("clinical_units.txt")
            ) from damaged
