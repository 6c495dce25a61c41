"""Converts an amount of a substance between grams, moles and milliequivalents, for the substances of ``molar.csv``.

A laboratory value is written in mmol/L in one country and in mg/dL in the next. The table says of each substance its
names' ids, formula, molar mass in g/mol and, for an ion, its valence; ``per`` is "l" where only concentrations convert (of
lithium carbonate what is measured is the ion) and "dose" where the substance itself is given.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Final

from medrag.answer.proof.amounts import Amount
from medrag.errors import IntegrityError, Place

__all__ = ["Substance", "converts", "load_substances"]

#: How far a rounded value may lie from the exact one.
NEAR: Final = Fraction(2, 100)
_DECIMALS = re.compile(r"\d+(?:\.(\d+))?")


@dataclass(frozen=True, slots=True)
class Substance:
    """Grams in a mole, milliequivalents in a mole (0 for none), and whether only concentrations convert."""

    grams: Fraction
    milliequivalents: int
    dissolved: bool


@cache
def load_substances() -> dict[str, Substance]:
    """The table by id of a name. Raises `IntegrityError` where a row is damaged."""
    held = files("medrag.answer.proof").joinpath("molar.csv").read_text(encoding="utf-8")
    told: dict[str, Substance] = {}
    for line, row in enumerate(csv.DictReader(held.splitlines()), start=2):
        damaged = None in row.values() or None in row or row["per"] not in ("l", "dose") or not row["source"]
        if damaged or row["reviewed"] not in ("true", "false"):
            raise IntegrityError("a damaged row of the molar masses", place=Place("molar.csv", line, "per"))
        valence = int(row["valence"] or 0)
        substance = Substance(Fraction(row["g_per_mol"]), 1000 * valence, row["per"] == "l")
        told.update(dict.fromkeys(row["ids"].split("|"), substance))
    return told


def converts(held: Amount, said: Amount, named: Iterable[str]) -> bool:
    """Whether ``said`` is ``held`` in another unit, rounded as it is written; ``named`` are the ids both are said of.

    Where they name substances of different masses nothing converts.
    """
    found = {load_substances()[id] for id in named if id in load_substances()}
    if len(found) != 1 or held.comparison != said.comparison or (held.hi is None) != (said.hi is None):
        return False
    substance = found.pop()
    factor = factor_of(held.unit, said.unit, substance)
    if factor is None:
        return False
    numbers = list(_DECIMALS.finditer(said.written))[: 1 + (said.hi is not None)]
    pairs = [(held.value, said.value), (held.hi, said.hi)][: len(numbers)]
    return len(numbers) == 1 + (said.hi is not None) and all(
        rounds(mine * factor, told, written) for (mine, told), written in zip(pairs, numbers, strict=True)
        if mine is not None and told is not None
    )  # fmt: skip


def factor_of(held: str, said: str, substance: Substance) -> Fraction | None:
    """What one of the held unit is in the said one; None where the substance does not convert so."""
    (upper, bar, below), (other, _, under) = held.partition("/"), said.partition("/")
    if upper == other or below != under or below not in ("l", "") or (substance.dissolved and not bar):
        return None
    moles = moles_in(upper, substance)
    target = moles_in(other, substance)
    return moles / target if moles and target else None


def moles_in(unit: str, substance: Substance) -> Fraction | None:
    """The moles in one of a base unit."""
    if unit == "mol":
        return Fraction(1)
    if unit == "g":
        return 1 / substance.grams
    return Fraction(1, substance.milliequivalents) if unit == "meq" and substance.milliequivalents else None


def rounds(exact: Fraction, told: Fraction, written: re.Match[str]) -> bool:
    """Whether a value is the exact one rounded to the decimals it is written with, and near it."""
    number = Fraction(written[0])
    if not number or not exact:
        return False
    shown = exact * number / told
    step = Fraction(1, 10 ** len(written[1] or ""))
    return abs(shown - number) <= step / 2 and abs(shown - number) <= NEAR * shown
