"""A text of recognised things only: what may be sent where even a text without identifiers may not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from medrag.concepts import Linker, Thing, default_linker
from medrag.retrieve.plan import Plan
from medrag.vocabulary import Language

__all__ = ["concepts_only"]

#: Kinds in the order they are told; every other kind of the lexicon is a clinical term.
ORDER: Final = ("drug", "class", "disease")
HEADS: Final[Mapping[str, str]] = {"drug": "drugs", "class": "drug classes", "disease": "conditions"}
#: Fields of the contract's Patient that are numbers, words of a fixed list, or names to recognise.
NUMBERS: Final = (
    "age_years",
    "weight_kg",
    "height_cm",
    "egfr_ml_min_1_73m2",
    "crcl_ml_min",
    "qtc_ms",
    "inr",
)
CHOICES: Final[Mapping[str, frozenset[object]]] = {
    "sex": frozenset(["female", "male", "other", "unknown"]),
    "pregnant": frozenset([True, False]),
    "breastfeeding": frozenset([True, False]),
    "child_pugh": frozenset(["A", "B", "C"]),
}
MEASURED: Final[Mapping[str, frozenset[object]]] = {
    "creatinine": frozenset(["mg/dL", "umol/L"]),
    "potassium": frozenset(["mmol/L", "mEq/L", "mg/dL"]),
}
LISTS: Final = ("drugs", "conditions", "allergies")


def concepts_only(plan: Plan, patient: Mapping[str, Any] | None = None, linker: Linker | None = None) -> str:
    """Lines of what a question's plan recognised (under the lexicon's own names, never the asker's words), what it
    wants, and the patient's fields that are numbers, fixed words or recognised names. Empty when nothing is."""
    lines = [*lines_of(plan.things, plan.language)]
    if plan.intents:
        lines.append("asks about: " + ", ".join(intent.replace("_", " ") for intent in sorted(plan.intents)))
    told = list(patient_fields(patient or {}, linker or default_linker(), plan.language))
    if told:
        lines.append("patient: " + "; ".join(told))
    return "\n".join(lines)


def lines_of(things: Iterable[Thing], language: Language) -> Iterator[str]:
    """One line a kind: ``drugs: warfarin; ibuprofen``."""
    by_kind: dict[str, list[str]] = {}
    for thing in things:
        kind = thing.kind if thing.kind in ORDER else "term"
        by_kind.setdefault(kind, []).append(main_name(thing, language))
    for kind in (*ORDER, "term"):
        if kind in by_kind:
            yield f"{HEADS.get(kind, 'terms')}: {'; '.join(dict.fromkeys(by_kind[kind]))}"


def main_name(thing: Thing, language: Language) -> str:
    """What the lexicon calls it in the language, else in English, else in any."""
    return next(name for key in (language, "en", "zh", "fr") for name in thing.names.get(key, ())[:1])


def patient_fields(patient: Mapping[str, Any], linker: Linker, language: Language) -> Iterator[str]:
    """``age years 78``, ``drugs warfarin, aspirin``; what is not recognised is left out."""
    for name in NUMBERS:
        if is_number(patient.get(name)):
            yield f"{name.replace('_', ' ')} {patient[name]:g}"
    for name, allowed in CHOICES.items():
        value = patient.get(name)
        if isinstance(value, str | bool) and value in allowed:
            yield f"{name.replace('_', ' ')} {str(value).lower() if isinstance(value, bool) else value}"
    for name, units in MEASURED.items():
        told = patient.get(name)
        if isinstance(told, Mapping) and is_number(told.get("value")) and told.get("unit") in units:
            yield f"{name} {told['value']:g} {told['unit']}"
    for name in LISTS:
        found = [thing for text in patient.get(name) or () for thing in recognised(str(text), linker)]
        if found:
            yield f"{name} " + ", ".join(dict.fromkeys(main_name(thing, language) for thing in found))


def recognised(text: str, linker: Linker) -> list[Thing]:
    return [mention.thing for mention in linker.find(text) if mention.thing.kind in ORDER]


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
