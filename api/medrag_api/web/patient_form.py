"""Reads the patient panel of a form into what the API takes; what was typed is kept to be shown again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from starlette.datastructures import FormData

__all__ = ["EMPTY", "patient_of", "read_form"]

#: Fields that are the patient's, as the contract names them.
NUMBERS: Final = ("age_years", "egfr_ml_min_1_73m2", "inr", "qtc_ms", "weight_kg", "height_cm")
MEASURED: Final = ("creatinine", "potassium")
CHOSEN: Final = ("sex", "child_pugh")
TICKED: Final = ("pregnant", "breastfeeding")
LISTED: Final = ("conditions", "allergies")
FIELDS: Final = (*NUMBERS, *MEASURED, *(f"{m}_unit" for m in MEASURED), *CHOSEN, *TICKED, *LISTED, "as_of")
EMPTY: Final[Mapping[str, str]] = dict.fromkeys(FIELDS, "")


def read_form(form: FormData) -> dict[str, str]:
    """Every field as it was typed, without the space around it."""
    return {name: str(form.get(name, "")).strip() for name in FIELDS}


def patient_of(form: Mapping[str, str]) -> dict[str, Any]:
    """``patient`` and ``as_of`` as the API takes them. What is no number stays as typed, and is refused by name."""
    patient: dict[str, Any] = {name: number(form[name]) for name in NUMBERS if form[name]}
    for name in MEASURED:
        if form[name]:
            patient[name] = {"value": number(form[name]), "unit": form[f"{name}_unit"]}
    patient |= {name: form[name] for name in CHOSEN if form[name]}
    patient |= {name: True for name in TICKED if form[name]}
    patient |= {name: lines for name in LISTED if (lines := form[name].splitlines())}
    return {"patient": patient or None, "as_of": form["as_of"] or None}


def number(typed: str) -> float | str:
    try:
        return float(typed)
    except ValueError:
        return typed
