"""Copies the numbers of a management text: intervals, durations after stopping, and dose limits."""

from __future__ import annotations

import re
from typing import Final

from medrag_graph.pddi.facts import Quantity

__all__ = ["dose_in", "interval_in", "lasting_in"]

_NUMBER: Final = r"\d+(?:[.,]\d+)?|une?|deux|trois|quatre|cinq|six|douze|quinze"
_UNITS: Final = {
    "h": "unit.hour",
    "m": "unit.minute",
    "j": "unit.day",
    "s": "unit.week",
    "o": "unit.month",
    "c": "unit.cycle",
}
_UNIT: Final = r"(?P<unit>heures?|h\b|minutes?|min\b|jours?|semaines?|mois|cycles?)"
_TIME: Final = re.compile(
    rf"(?P<before>(?:plus|au moins|minimum|au minimum|d'au moins) (?:de |d')?|moins de |jusqu'a )?"
    rf"(?<![\w.,])(?P<value>{_NUMBER})(?: (?:a"
    rf"|ou) (?P<upper>\d+))? ?{_UNIT}(?P<after> au (?:moins|minimum)| minimum)?"
)
_LASTING: Final = re.compile(
    rf"(?P<before>jusqu'a )?(?<![\w.,])(?P<value>{_NUMBER})(?: a (?P<upper>\d+))? {_UNIT}"
    r" (?:(?:apres|suivant) (?:l'|la |son |leur )?(?:arret|fin)|suivant(?=[.,;]|$))"
)
_DOSE: Final = re.compile(
    r"(?P<before>(?:moins|plus) de |jusqu'a |>=? ?"
    r"|<=? ?)?(?<![\w.,])(?P<value>\d+(?:[.,]\d+)?) ?(?P<unit>mg|microgrammes|g|ml|%"
    r"|ui)(?!\w)(?! \d+ jours? sur)"
    r"(?P<per>(?: ?/ ?(?:j(?:our)?|semaine)\b| par (?:jour|semaine|prise)| en \d+ minutes?"
    r"| (?:deux|2|trois|3) fois par jour| en une (?:seule )?prise)*)"
)
_PARTS: Final = (
    ("part.half", re.compile(r"de moitie")),
    ("part.two_thirds", re.compile(r"deux tiers aux trois quarts")),
    ("part.third", re.compile(r"d'un tiers")),
    ("part.double", re.compile(r"(?<!\w)doubl\w+")),
)
_PER: Final = (
    ("per.twice_daily", re.compile(r"(?:deux|2) fois par jour")),
    ("per.thrice_daily", re.compile(r"(?:trois|3) fois par jour")),
    ("per.day", re.compile(r"(?<!fois )(?:par jour|/ ?j(?:our)?\b)")),
    ("per.week", re.compile(r"(?:par|/) ?semaine")),
    ("per.intake", re.compile(r"par prise")),
    ("per.single_intake", re.compile(r"en une (?:seule )?prise")),
)


def lasting_in(text: str) -> Quantity | None:
    """The one duration that follows a stop ("8 jours après son arrêt"); None when there is none, or several."""
    return _only([_time(match) for match in _LASTING.finditer(text)])


def interval_in(text: str) -> Quantity | None:
    """The one interval between two intakes; None when there is none, or several that only the quote tells apart."""
    return _only([_time(match) for match in _TIME.finditer(text)])


def dose_in(text: str) -> Quantity | None:
    """The one dose a text names, or the part of a dose ("de moitié"); None when there is none, or several."""
    doses = [_dose(match) for match in _DOSE.finditer(text)]
    parts = [Quantity(match[0], code) for code, pattern in _PARTS for match in pattern.finditer(text)]
    return _only(doses) if doses else _only(parts)


def _only(found: list[Quantity]) -> Quantity | None:
    return found[0] if len(set(found)) == 1 else None


def _time(match: re.Match[str]) -> Quantity:
    unit = "o" if match["unit"] == "mois" else match["unit"][0]
    bound = _bound(match["before"] or "", (match.groupdict().get("after") or ""))
    return Quantity(match["value"], _UNITS[unit], match["upper"] or "", (), bound)


def _bound(before: str, after: str) -> str:
    if "moins de" in before:
        return "bound.less_than"
    if "moins" in before + after or "minimum" in before + after:
        return "bound.at_least"
    if "jusqu" in before:
        return "bound.up_to"
    return "bound.more_than" if "plus" in before else ""


def _dose(match: re.Match[str]) -> Quantity:
    per = tuple(code for code, pattern in _PER if pattern.search(match["per"] or ""))
    before = match["before"] or ""
    bound = {"<": "bound.less_than", ">": "bound.more_than"}.get(before[:1], _bound(before, ""))
    unit = {"%": "percent"}.get(match["unit"], match["unit"])
    return Quantity(match["value"], f"unit.{unit}", "", per, bound)
