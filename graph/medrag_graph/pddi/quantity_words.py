"""Says copied quantities in a language: digits stay the text's digits, number words become that language's words."""

from __future__ import annotations

from medrag.vocabulary import Language
from medrag_graph.pddi.facts import Quantity
from medrag_graph.pddi.labels import label

__all__ = ["say_dose", "say_time"]

#: English and French say "1 hour", "1 heure"; Chinese has no plural.
_SINGULAR = {
    "en": {"hours": "hour", "minutes": "minute", "days": "day", "weeks": "week", "months": "month"},
    "fr": {"heures": "heure", "minutes": "minute", "jours": "jour", "semaines": "semaine"},
}


def say_time(quantity: Quantity, language: Language) -> str:
    """``Quantity("2", "unit.hour", bound="bound.more_than")`` -> "more than 2 hours", 超过2小时, "plus de 2 heures"."""
    unit = label(quantity.unit, language)
    if quantity.value in {"1", "un", "une"} and not quantity.upper and language != "zh":
        unit = _SINGULAR[language].get(unit, unit)
    number = _number(quantity, language)
    return _bounded(quantity, number + _gap(language) + unit, language)


def say_dose(quantity: Quantity, language: Language) -> str:
    """``Quantity("200", "unit.mg", per=("per.day",))`` -> "200 mg a day", 每日200 mg, "200 mg par jour"."""
    if quantity.unit.startswith("part."):
        return label(quantity.unit, language)
    amount = f"{_number(quantity, language)} {label(quantity.unit, language)}"
    per = [label(code, language) for code in quantity.per]
    said = "，".join(per) + amount if language == "zh" else " ".join([amount, *per])
    return _bounded(quantity, said, language)


def _number(quantity: Quantity, language: Language) -> str:
    low = _digits(quantity.value, language)
    if not quantity.upper:
        return low
    link = {"en": " to ", "zh": "至", "fr": " à "}[language]
    return low + link + _digits(quantity.upper, language)


def _digits(value: str, language: Language) -> str:
    if value[0].isdigit():
        return value if language == "fr" else value.replace(",", ".")
    return label(f"number.{value}", language)


def _gap(language: Language) -> str:
    return "" if language == "zh" else " "


def _bounded(quantity: Quantity, said: str, language: Language) -> str:
    if not quantity.bound:
        return said
    return label(quantity.bound, language) + _gap(language) + said
