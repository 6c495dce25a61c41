"""Decides what of a question and a patient a model is told: less for one that is not on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from medrag.concepts import default_linker
from medrag.privacy import concepts_only, remove_identifiers
from medrag.privacy.concepts import patient_fields
from medrag.protocols import AnswerModel
from medrag.retrieve.plan import Plan
from medrag.settings import Settings
from medrag.vocabulary import Language

__all__ = ["tell_patient", "tell_question"]

NOTHING: Final[Mapping[Language, str]] = {"en": "nothing told", "zh": "未提供", "fr": "nothing told"}


def tell_question(plan: Plan, model: AnswerModel, settings: Settings) -> str:
    """The question for a model: as asked on this machine, else as ``model_send`` says."""
    if model.on_this_machine or settings.model_send == "as_is":
        return plan.question
    if settings.model_send == "concepts_only":
        return concepts_only(plan) or NOTHING[plan.language]
    return remove_identifiers(plan.question).text


def tell_patient(patient: Mapping[str, Any] | None, language: Language) -> str:
    """The fields that are recognised, whichever model it is: numbers, fixed words, names the lexicon knows."""
    return "; ".join(patient_fields(patient or {}, default_linker(), language)) or NOTHING[language]
