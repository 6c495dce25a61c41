"""Decides what of a question and a patient a model is told: less for one that is not on this machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from medrag.concepts import Thing, default_linker
from medrag.protocols import AnswerModel
from medrag.retrieve.plan import Plan
from medrag.settings import Settings
from medrag.vocabulary import Language

__all__ = ["tell_patient", "tell_question"]

#: Fields of a patient that hold numbers and fixed words, in this order; nothing else is read as it was typed.
MEASURED: Final = (
    "age_years",
    "sex",
    "weight_kg",
    "height_cm",
    "pregnant",
    "breastfeeding",
    "egfr_ml_min_1_73m2",
    "creatinine",
    "child_pugh",
    "qtc_ms",
    "potassium",
    "inr",
)
#: Fields that hold names as they were typed: told only by the name the lexicon has for them.
NAMED: Final = ("conditions", "drugs", "allergies")
NOTHING: Final[Mapping[Language, str]] = {"en": "nothing told", "zh": "未提供", "fr": "rien"}
ABOUT: Final[Mapping[Language, str]] = {
    "en": "What the sources say of: {things}.",
    "zh": "来源对以下内容有何说明：{things}。",
    "fr": "What the sources say of: {things}.",
}
WANTED: Final[Mapping[Language, str]] = {
    "en": " Wanted: {intents}.",
    "zh": "需要：{intents}。",
    "fr": " Wanted: {intents}.",
}


def tell_question(plan: Plan, model: AnswerModel, settings: Settings) -> str:
    """The question for a model: as asked on this machine, else as ``model_send`` says."""
    if model.on_this_machine or settings.model_send == "as_is":
        return plan.question
    return recognised(plan)


def recognised(plan: Plan) -> str:
    """The drugs, conditions and other things a question names, under their main names, and what it wants of them."""
    names = [main_name(thing, plan.language) for thing in plan.things]
    told = ABOUT[plan.language].format(things=", ".join(dict.fromkeys(names)) or NOTHING[plan.language])
    return told + (WANTED[plan.language].format(intents=", ".join(plan.intents)) if plan.intents else "")


def main_name(thing: Thing, language: Language) -> str:
    for names in (thing.names.get(language), thing.names.get("en"), tuple(thing.all_names())):
        if names:
            return names[0]
    return thing.kind


def tell_patient(patient: Mapping[str, Any] | None, language: Language) -> str:
    """The fields that are recognised, one by one; of names typed freely only those the lexicon knows."""
    given = patient or {}
    told = [f"{field}: {measure(given[field])}" for field in MEASURED if given.get(field) is not None]
    for field in NAMED:
        names = known_names(given.get(field) or (), language)
        told += [f"{field}: {', '.join(names)}"] if names else []
    return "; ".join(told) or NOTHING[language]


def measure(value: Any) -> str:
    """``{"value": 120, "unit": "umol/L"}`` as one word; anything else as it stands."""
    if isinstance(value, Mapping):
        return f"{value.get('value')} {value.get('unit')}"
    return str(value)


def known_names(typed: Sequence[str], language: Language) -> list[str]:
    linker = default_linker()
    found = (mention.thing for name in typed for mention in linker.find(str(name)))
    return list(dict.fromkeys(main_name(thing, language) for thing in found))
