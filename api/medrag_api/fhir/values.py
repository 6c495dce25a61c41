"""Reads what a record says of the patient: age, sex, and the newest of each measured value, in units that are known."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files
from typing import Any, Final

from medrag.errors import InputRefused
from medrag.vocabulary import Language
from medrag_api.fhir.bundle import Resources, codes_of
from medrag_api.fhir.records import Json, Note, Placed
from medrag_api.fhir.validate import FhirRefused
from medrag_api.fhir.words import told
from medrag_graph.interactions.patient import read_patient

__all__ = ["loinc_fields", "read_person", "read_values"]

LOINC: Final = "http://loinc.org"
#: By field: (unit folded, factor to the unit of the contract). UCUM, and how laboratories write the same unit.
EGFR_UNITS: Final = dict.fromkeys(
    (
        "ml/min/{1.73_m2}",
        "ml/min/1.73m2",
        "ml/min/{1.73m2}",
        "ml/min/1.73m^2",
        "ml/min/1.73m²",
        "ml/min/1.73.m2",
    ),
    1.0,
)
UNITS: Final[Mapping[str, Mapping[str, float]]] = {
    "egfr_ml_min_1_73m2": EGFR_UNITS,
    "weight_kg": {"kg": 1.0, "g": 0.001, "[lb_av]": 0.45359237},
    "height_cm": {"cm": 1.0, "m": 100.0, "[in_i]": 2.54},
    "qtc_ms": {"ms": 1.0, "s": 1000.0},
    "inr": {"{inr}": 1.0, "1": 1.0, "": 1.0, "inr": 1.0, "{ratio}": 1.0},
}
#: Values told with their unit: (unit folded, unit of the contract, factor).
MEASURED: Final[Mapping[str, Mapping[str, tuple[str, float]]]] = {
    "creatinine": {
        "mg/dl": ("mg/dL", 1.0),
        "umol/l": ("umol/L", 1.0),
        "µmol/l": ("umol/L", 1.0),
        "μmol/l": ("umol/L", 1.0),
        "mmol/l": ("umol/L", 1000.0),
    },
    "potassium": {"mmol/l": ("mmol/L", 1.0), "meq/l": ("mEq/L", 1.0), "mg/dl": ("mg/dL", 1.0)},
}
#: Answers to pregnancy status: LOINC's own and their SNOMED CT equivalents, of the value set pregnancy-status-uv-ips of
#: the International Patient Summary, https://hl7.org/fhir/uv/ips/ValueSet-pregnancy-status-uv-ips.html (reviewed: false).
PREGNANT: Final[Mapping[str, bool]] = {
    "LA15173-0": True,
    "77386006": True,
    "LA26683-5": False,
    "60001007": False,
}
#: Under which names the check keeps a value told with its unit.
BASE: Final = {"creatinine": ("creatinine_mg_dl",), "potassium": ("potassium_mmol_l",)}
#: 88 umol/L and 1.0 mg/dL are one creatinine, rounded twice.
ROUNDED: Final = 0.02
YEAR_DAYS: Final = 365.2425


@dataclass(frozen=True, slots=True)
class Measure:
    """One value of one field, when it was true, and what holds it: an Observation or a component of one."""

    field: str
    when: datetime
    holder: Json
    reference: str


@cache
def loinc_fields() -> Mapping[str, str]:
    """LOINC code to field of the contract's Patient; see observations.csv for names and sources."""
    table = files("medrag_api.fhir").joinpath("observations.csv").read_text(encoding="utf-8")
    return {row["loinc"]: row["field"] for row in csv.DictReader(table.splitlines())}


def read_person(patient: Json, today: date, language: Language) -> tuple[dict[str, Any], tuple[Note, ...]]:
    """Age and sex."""
    told_of: dict[str, Any] = {}
    notes: list[Note] = []
    if patient.get("gender") in ("female", "male", "other", "unknown"):
        told_of["sex"] = patient["gender"]
    if born := str(patient.get("birthDate") or ""):
        parts = [int(part) for part in born.split("-")]
        # A year or a month alone is taken at its middle, and said to be so.
        day = date(*parts) if len(parts) == 3 else date(parts[0], parts[1] if len(parts) > 1 else 7, 1)
        told_of["age_years"] = age_at(day, today)
        if len(parts) < 3:
            notes.append(Note("information", "incomplete", told("birth_year", language)))
    return checked(told_of, "", language, notes), tuple(notes)


def age_at(born: date, today: date) -> float:
    """Years as people say them: whole ones, except of small children."""
    whole = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return float(whole) if whole >= 2 else round((today - born).days / YEAR_DAYS, 2)


def read_values(resources: Resources, language: Language) -> tuple[dict[str, Any], tuple[Note, ...]]:
    """The newest value of each field. One that cannot be used makes the field not told: an older value is not the state
    of today."""
    found: dict[str, list[Measure]] = {}
    others = 0
    for item in resources.of("Observation"):
        measures = list(measures_of(item))
        others += not measures
        for measure in measures:
            found.setdefault(measure.field, []).append(measure)
    values: dict[str, Any] = {}
    notes: list[Note] = []
    if others:
        notes.append(Note("information", "not-supported", told("other_observations", language, n=others)))
    for field in sorted(found):
        newest = max(item.when for item in found[field])
        latest = [item for item in found[field] if item.when == newest]
        values |= newest_value(field, latest, language, notes)
    return values, tuple(notes)


def newest_value(field: str, latest: list[Measure], language: Language, notes: list[Note]) -> dict[str, Any]:
    """{field: value}, or nothing and a note that says why."""
    reference = latest[0].reference
    read = [value_of(field, item.holder) for item in latest]
    problems = [value for value in read if isinstance(value, str)]
    if not problems and not agree(field, read):
        problems = ["value_twice"]
    if problems:
        notes.append(Note("warning", "value", told(problems[0], language, field=field), reference))
        return {}
    return {} if read[0] is None else checked({field: read[0]}, reference, language, notes)


def agree(field: str, read: list[Any]) -> bool:
    """Whether values of one moment are one value: a laboratory may give the same creatinine in two units, rounded."""
    try:
        people = [read_patient({field: value}) for value in read]
    except InputRefused:
        return False
    told_of = [
        {key: getattr(person, key) for key in (field, *BASE.get(field, ())) if hasattr(person, key)}
        for person in people
    ]
    first = told_of[0]
    return all(near(one[key], first[key]) for one in told_of for key in first)


def near(one: float | bool | None, other: float | bool | None) -> bool:
    return one is other or (
        one is not None and other is not None and math.isclose(one, other, rel_tol=ROUNDED)
    )


def checked(values: dict[str, Any], reference: str, language: Language, notes: list[Note]) -> dict[str, Any]:
    """The values that a living person can have; the others become notes."""
    kept: dict[str, Any] = {}
    for field, value in values.items():
        try:
            read_patient({field: value})
        except InputRefused:
            notes.append(Note("warning", "value", told("value_range", language, field=field), reference))
        else:
            kept[field] = value
    return kept


def measures_of(item: Placed) -> Iterator[Measure]:
    """The values in an Observation: its own and those of its components."""
    when = time_of(item.resource)
    for holder in (item.resource, *(item.resource.get("component") or ())):
        codings = (holder.get("code") or {}).get("coding") or ()
        codes = [coding.get("code") for coding in codings if coding.get("system") == LOINC]
        field = next((loinc_fields()[code] for code in codes if code in loinc_fields()), None)
        if field is not None:
            yield Measure(field, when, holder, item.reference)


def value_of(field: str, holder: Json) -> Any:
    """The value as the contract takes it, None for one that says it is not known, or the key of what is wrong with it."""
    if field == "pregnant":
        return next(
            (PREGNANT[code] for code in codes_of(holder.get("valueCodeableConcept")) if code in PREGNANT),
            None,
        )
    quantity = holder.get("valueQuantity") or {}
    value = quantity.get("value")
    if quantity.get("comparator"):
        return "value_limit"
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return "value_unit"
    # A code that is not UCUM's may be anything: the unit a person reads is what counts then.
    ucum = str(quantity.get("system") or "").rstrip("/") == "http://unitsofmeasure.org"
    unit = (
        str(quantity.get("code" if ucum else "unit") or quantity.get("unit") or "").lower().replace(" ", "")
    )
    if field in MEASURED:
        known = MEASURED[field].get(unit)
        return {"value": round(value * known[1], 6), "unit": known[0]} if known else "value_unit"
    factor = UNITS[field].get(unit)
    return round(float(value) * factor, 4) if factor else "value_unit"


def time_of(observation: Json) -> datetime:
    """When it was true; an Observation without a time is older than all that have one."""
    period = observation.get("effectivePeriod") or {}
    said = (
        observation.get("effectiveDateTime")
        or observation.get("effectiveInstant")
        or period.get("end")
        or period.get("start")
        or observation.get("issued")
    )
    if not said:
        return datetime.min.replace(tzinfo=UTC)
    text = str(said)
    full = text if len(text) >= 10 else f"{text}-01-01"[:10] if len(text) == 4 else f"{text}-01"
    try:
        moment = datetime.fromisoformat(full)
    except ValueError:
        raise FhirRefused([("Observation.effective", "a time was expected")]) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
