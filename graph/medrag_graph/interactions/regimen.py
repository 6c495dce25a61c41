"""What a check is asked: drugs as typed or coded, conditions, the patient, the day, the least severity to show."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal, cast, get_args

from medrag.vocabulary import SEVERITY_ORDER, Language, Severity
from medrag_graph.interactions.patient import Patient, bounded, name, read_patient, refuse

__all__ = ["MOST_DRUGS", "DrugInput", "Regimen", "Route", "read_regimen", "route_in"]

MOST_DRUGS, MOST_CONDITIONS = 50, 100
Route = Literal["topical", "ophthalmic", "systemic"]
KEYS: Final = frozenset({"drugs", "conditions", "patient", "as_of", "minimum_severity", "language"})
DRUG_KEYS: Final = frozenset({"text", "code", "system", "route", "daily_dose_mg"})
#: Forms that act where they are put, as they are written on packs in three languages. "transdermal" patches are
#: systemic and so not among them.
ROUTES: Final[tuple[tuple[Route, re.Pattern[str]], ...]] = (
    (
        "ophthalmic",
        re.compile(r"\b(?:eye drops?|ophthalmic|ocular|collyres?|ophtalmiques?)\b|滴眼|眼用|眼膏|點眼", re.I),
    ),
    (
        "topical",
        re.compile(
            r"\b(?:gels?|topical|topiques?|cream|creme|crème|ointment|emulgel|cutaneous|cutané|pommade)\b"
            r"|凝胶|凝膠|乳膏|软膏|軟膏|外用|擦剂|搽剂",
            re.I,
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class DrugInput:
    """One drug of the request: a text a person typed, or a code of a system."""

    text: str
    system: str = ""
    code: str = ""
    #: Where it acts, when told or readable from the text; None when not told.
    route: Route | None = None
    daily_dose_mg: float | None = None


@dataclass(frozen=True, slots=True)
class Regimen:
    """A checked request: 1..50 drugs. ``language`` is the asker's."""

    drugs: tuple[DrugInput, ...]
    conditions: tuple[str, ...] = ()
    patient: Patient = field(default_factory=Patient)
    as_of: date | None = None
    minimum_severity: Severity = "minor"
    language: Language = "en"


def read_regimen(told: Mapping[str, Any]) -> Regimen:
    """Reads the body of ``POST /interactions``. Raises InputRefused naming the field."""
    if not isinstance(told, Mapping):
        raise refuse("", "an object was expected")
    if any(key not in KEYS for key in told):
        raise refuse("", "a field that is not known", f"Known: {', '.join(sorted(KEYS))}")
    drugs = told.get("drugs")
    if not isinstance(drugs, list | tuple) or not drugs:
        raise refuse("drugs", "at least one drug is needed")
    if len(drugs) > MOST_DRUGS:
        raise refuse("drugs", f"at most {MOST_DRUGS} drugs are checked together, these are {len(drugs)}")
    conditions = told.get("conditions") or []
    if not isinstance(conditions, list | tuple) or len(conditions) > MOST_CONDITIONS:
        raise refuse("conditions", f"a list of at most {MOST_CONDITIONS} names was expected")
    return Regimen(
        drugs=tuple(read_drug(item, f"drugs[{at}]") for at, item in enumerate(drugs)),
        conditions=tuple(name(item, f"conditions[{at}]") for at, item in enumerate(conditions)),
        patient=read_patient(told.get("patient")),
        as_of=read_day(told.get("as_of")),
        minimum_severity=chosen(told, "minimum_severity", SEVERITY_ORDER, "minor"),
        language=chosen(told, "language", get_args(Language), "en"),
    )


def read_drug(told: Any, field: str) -> DrugInput:
    """A text, or an object of code and system; both may carry route and daily dose in an object."""
    if isinstance(told, str):
        text = name(told, field)
        return DrugInput(text, route=route_in(text))
    if not isinstance(told, Mapping) or any(key not in DRUG_KEYS for key in told):
        raise refuse(field, f"a name, or an object of {', '.join(sorted(DRUG_KEYS))}, was expected")
    code, system = told.get("code"), told.get("system")
    if code is not None or system is not None:
        code, system = name(code, f"{field}.code"), name(system, f"{field}.system")
    text = name(told.get("text") or (f"{system}:{code}" if code else None), f"{field}.text")
    route = told.get("route")
    if route is not None and route not in get_args(Route):
        raise refuse(f"{field}.route", f"one of {', '.join(get_args(Route))} was expected")
    dose = told.get("daily_dose_mg")
    return DrugInput(
        text,
        system or "",
        code or "",
        route or route_in(text),
        None if dose is None else bounded(dose, f"{field}.daily_dose_mg", 0.0, 1e6, "mg"),
    )


def route_in(text: str) -> Route | None:
    """Where a drug acts by the form its text names; None when it names none."""
    return next((route for route, words in ROUTES if words.search(text)), None)


def read_day(told: Any) -> date | None:
    if told is None or isinstance(told, date):
        return told
    try:
        return date.fromisoformat(told)
    except (TypeError, ValueError) as error:
        raise refuse("as_of", "a day such as 2024-05-31 was expected") from error


def chosen(told: Mapping[str, Any], field: str, allowed: tuple[str, ...], default: str) -> Any:
    value = told.get(field)
    if value is None:
        return default
    if value not in allowed:
        raise refuse(field, f"one of {', '.join(allowed)} was expected")
    return cast(Any, value)
