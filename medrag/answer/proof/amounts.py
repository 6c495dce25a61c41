"""Reads the numbers of a statement with their units and comparisons, in base units."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from medrag.answer.proof.bounds import before, behind
from medrag.answer.proof.numerals import decimal
from medrag.answer.proof.units import UNIT_WORDS, base_of

__all__ = ["Amount", "is_bound", "read_amounts"]

Comparison = Literal["=", "<", "<=", ">", ">=", "~"]
#: What may stand under a fraction bar besides a unit: body surface 1.73 m2.
_PER = rf"(?:/|\s?per\s|\san?\s(?=hour|minute)|每)(?P<per>1\.73 ?m2|1\.73平方米|{UNIT_WORDS})(?![a-z0-9])"
_ONE = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d{1,3}(?: \d{3})+(?![\d.,])|\d+(?:[.,]\d+)?"
_LATIN = r"(?<![a-z0-9.])(?<!\d,)(?<![a-z]-)"
_START = rf"(?:{_LATIN}|(?<=\bq))(?P<lo>{_ONE})(?P<exp> ?(?:x|×) ?10\^\d+)?(?P<wan>[万亿])?"
_RANGE = rf"(?: ?(?P<first>{UNIT_WORDS}))? ?(?:-|~|to|and|至|到|a) ?(?P<hi>{_ONE})(?P<wan2>万)?"
_END = rf"(?:[ -]?(?:(?:consecutive|successive|full) )?(?P<unit>{UNIT_WORDS})(?![a-z]|(?<=[a-z])\d))?"
NUMBER = re.compile(rf"{_START}(?:{_RANGE})?{_END}")
#: The same with nothing of a range, for "15 g and 20 mg".
ALONE = re.compile(rf"{_START}(?P<first>\0\0)?(?P<hi>\0\0)?(?P<wan2>\0\0)?{_END}")
#: "15 mg and 20 mg" are two amounts; "between 15 and 20 mg" is a range.
LISTED = re.compile(r"\band\b")
BETWEEN = re.compile(r"\bbetween (?:\w+ )?$")
FOLLOW = re.compile(_PER)
_GOES_ON = re.compile(r"(?!.*(?:dose|start|then|剂量|起始))[^,;.，；。]{0,50}?(?:\band|\bor|和|或) ?")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in base units. ``unit`` is a dimension or a fraction of two (``g/l``), empty for a bare number.

    ``start`` and ``end`` span it and its comparison in the folded text; ``hi`` is set for a range.
    """

    comparison: str
    value: Fraction
    unit: str
    hi: Fraction | None
    written: str
    start: int
    end: int
    #: Comparison words that stand farther off, read with the number: their span, empty when none.
    far: tuple[int, int] = (0, 0)

    @property
    def key(self) -> tuple[str, Fraction, str, Fraction | None]:
        return (self.comparison, self.value, self.unit, self.hi)


def is_bound(amount: Amount) -> bool:
    return amount.comparison in ("<", ">", ">=")


def read_amounts(text: str) -> Iterator[Amount]:
    """The amounts of a folded text in order. Raises ValueError where a number cannot be read."""
    found: list[Amount] = []
    reached = 0
    while match := NUMBER.search(text, reached):
        if match["first"] and not (match["unit"] and base_of(match["first"]) == base_of(match["unit"])):
            match = ALONE.match(text, match.start()) or match
        if LISTED.search(match[0]) and not BETWEEN.search(text[: match.start()]):
            match = ALONE.match(text, match.start()) or match
        amount = one_amount(text, match, reached)
        if found and goes_on(text, found[-1], amount):
            amount = replace(amount, comparison=found[-1].comparison, far=found[-1].far)
        if found and over(text, found[-1], amount):
            shared = found[-1].comparison if found[-1].comparison != "=" else amount.comparison
            found[-1] = replace(found[-1], unit=amount.unit, comparison=shared)
            amount = replace(amount, comparison=shared)
        reached = max(amount.end, match.end())
        found.append(amount)
    yield from found


def over(text: str, last: Amount, amount: Amount) -> bool:
    """Whether the two are a blood pressure: "130/80 mmHg" is a bound of both or of neither."""
    return not last.unit and amount.unit == "mmhg" and text[last.end : amount.start] == "/"


def goes_on(text: str, last: Amount, amount: Amount) -> bool:
    """Whether a bound is said of a second amount too: "not exceed 20 mg with A and 10 mg with B"."""
    alike = amount.comparison == "=" and last.far != (0, 0) and last.unit == amount.unit
    return alike and _GOES_ON.fullmatch(text[last.end : amount.start]) is not None


def one_amount(text: str, match: re.Match[str], reached: int) -> Amount:
    """A number with its unit behind and its comparison before or behind."""
    scale = Fraction({"万": 10**4, "亿": 10**8}.get(match["wan"] or match["wan2"] or "", 1))
    if match["exp"]:
        scale *= Fraction(10) ** int(match["exp"].split("^")[1])
    dimension, factor, end = unit_behind(text, match)
    comparison, start, far = before(text, match.start(), reached)
    if comparison == "=":
        comparison, end = behind(text, end, dimension)
    low = decimal(match["lo"]) * scale * factor
    high = decimal(match["hi"]) * scale * factor if match["hi"] else None
    return Amount(comparison, low, dimension, high, text[start:end], start, end, far)


def unit_behind(text: str, match: re.Match[str]) -> tuple[str, Fraction, int]:
    """Dimension, factor and end of a unit and what it is divided by. A day below the bar is how often, not a unit."""
    if not match["unit"] and not match["exp"]:
        return "", Fraction(1), match.end()
    dimension, factor = base_of(match["unit"]) if match["unit"] else ("", Fraction(1))
    end = match.end()
    while (per := FOLLOW.match(text, end)) is not None:
        if per["per"].startswith("1.73"):
            dimension += "/1.73m2"
        else:
            below, size = base_of(per["per"])
            if size in (86400, 604800) or below == "month":
                break
            if per["per"] in ("kg", "公斤", "千克", "kilogram"):
                below, size = "body kg", Fraction(1)
            dimension, factor = f"{dimension}/{below}", factor / size
        end = per.end()
    return dimension, factor, end
