"""What a check may know of a patient: read strictly, units told, kept in memory for the length of one check."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, cast, get_args

from medrag.errors import InputRefused, Place
from medrag_graph.interactions.kidney import UMOL_PER_MG, ckd_epi_2021, cockcroft_gault

__all__ = ["ChildPugh", "Patient", "Sex", "read_patient", "refuse"]

Sex = Literal["female", "male", "other", "unknown"]
ChildPugh = Literal["A", "B", "C"]

#: Longest name of an allergy, condition or drug, in code points; and how many of each.
LONGEST_NAME, MOST_NAMES = 200, 100
#: mg/dL of potassium in 1 mmol/L (molar mass 39.098 g/mol); one mEq/L is one mmol/L.
MG_DL_PER_MMOL = 3.9098
#: Bounds refuse what cannot be in a living person, not what is rare.
BOUNDS: Final[Mapping[str, tuple[float, float, str]]] = {
    "age_years": (0.0, 130.0, "years"),
    "weight_kg": (0.2, 650.0, "kg"),
    "height_cm": (20.0, 280.0, "cm"),
    "egfr_ml_min_1_73m2": (0.0, 250.0, "mL/min/1.73 m2"),
    "crcl_ml_min": (0.0, 400.0, "mL/min"),
    "qtc_ms": (200.0, 900.0, "ms"),
    "inr": (0.5, 30.0, ""),
}
CREATININE_UNITS: Final[Mapping[str, float]] = {
    "mg/dl": 1.0,
    "umol/l": 1 / UMOL_PER_MG,
    "µmol/l": 1 / UMOL_PER_MG,
    "μmol/l": 1 / UMOL_PER_MG,
    "micromol/l": 1 / UMOL_PER_MG,
}
POTASSIUM_UNITS: Final[Mapping[str, float]] = {"mmol/l": 1.0, "meq/l": 1.0, "mg/dl": 1 / MG_DL_PER_MMOL}
FIELDS: Final = frozenset(
    {*BOUNDS, "sex", "pregnant", "breastfeeding", "creatinine", "child_pugh", "potassium"}
    | {"allergies", "conditions", "drugs"}
)


@dataclass(frozen=True, slots=True)
class Patient:
    """Every field is optional; None is "not told", never "normal"."""

    age_years: float | None = None
    sex: Sex | None = None
    weight_kg: float | None = None
    height_cm: float | None = None
    pregnant: bool | None = None
    breastfeeding: bool | None = None
    egfr_ml_min_1_73m2: float | None = None
    #: Creatinine clearance as told, mL/min.
    crcl_ml_min: float | None = None
    #: Serum creatinine, mg/dL.
    creatinine_mg_dl: float | None = None
    child_pugh: ChildPugh | None = None
    qtc_ms: float | None = None
    #: Serum potassium, mmol/L.
    potassium_mmol_l: float | None = None
    inr: float | None = None
    allergies: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    drugs: tuple[str, ...] = ()

    def egfr(self) -> tuple[float, str] | None:
        """(mL/min/1.73 m2, how it is known); None when it can be neither read nor computed."""
        if self.egfr_ml_min_1_73m2 is not None:
            return self.egfr_ml_min_1_73m2, "given"
        if self.creatinine_mg_dl is None or self.age_years is None or self.age_years < 18:
            return None
        if self.sex not in ("female", "male"):
            return None
        return ckd_epi_2021(self.creatinine_mg_dl, self.age_years, self.sex), "CKD-EPI 2021"

    def clearance(self) -> tuple[float, str] | None:
        """(mL/min, how it is known); None when it is not told and creatinine, age, weight or sex is missing."""
        if self.crcl_ml_min is not None:
            return self.crcl_ml_min, "given"
        if None in (self.creatinine_mg_dl, self.age_years, self.weight_kg):
            return None
        if self.sex not in ("female", "male") or cast(float, self.age_years) < 18:
            return None
        creatinine, age, weight = (
            cast(float, value) for value in (self.creatinine_mg_dl, self.age_years, self.weight_kg)
        )
        return cockcroft_gault(creatinine, age, weight, self.sex), "Cockcroft-Gault 1976"


def refuse(field: str, problem: str, remedy: str = "") -> InputRefused:
    """The error for one field; the value is not told back, as it may be a patient's."""
    return InputRefused(problem, place=Place(field=field), remedy=remedy)


def read_patient(told: Mapping[str, Any] | None) -> Patient:
    """Reads the contract's Patient. Raises InputRefused naming ``patient.<field>``."""
    if told is None:
        return Patient()
    if not isinstance(told, Mapping):
        raise refuse("patient", "an object was expected")
    unknown = [key for key in told if key not in FIELDS]
    if unknown:
        raise refuse("patient", "a field that is not known", f"Known: {', '.join(sorted(FIELDS))}")
    fields: dict[str, Any] = {field: number(told, field, *bounds) for field, bounds in BOUNDS.items()}
    fields |= {field: names(told, field) for field in ("allergies", "conditions", "drugs")}
    patient = Patient(
        **fields,
        sex=one_of(told, "sex", get_args(Sex)),
        pregnant=flag(told, "pregnant"),
        breastfeeding=flag(told, "breastfeeding"),
        creatinine_mg_dl=measured(told, "creatinine", CREATININE_UNITS, (0.05, 45.0), "mg/dL or umol/L"),
        child_pugh=one_of(told, "child_pugh", get_args(ChildPugh)),
        potassium_mmol_l=measured(told, "potassium", POTASSIUM_UNITS, (1.0, 12.0), "mmol/L, mEq/L or mg/dL"),
    )
    return agreed(patient)


def agreed(patient: Patient) -> Patient:
    """Facts that exclude one another. Raises InputRefused naming one of them."""
    if patient.sex == "male":
        for field in ("pregnant", "breastfeeding"):
            if getattr(patient, field):
                raise refuse(f"patient.{field}", "true for a male patient", f"Correct sex or {field}")
    if patient.pregnant and patient.age_years is not None and not 8 <= patient.age_years <= 70:
        raise refuse("patient.pregnant", "not at this age", "Correct age_years or pregnant")
    return patient


def number(told: Mapping[str, Any], field: str, least: float, most: float, unit: str) -> float | None:
    value = told.get(field)
    return None if value is None else bounded(value, f"patient.{field}", least, most, unit)


def bounded(value: Any, field: str, least: float, most: float, unit: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise refuse(field, "a number was expected")
    if not least <= value <= most:
        raise refuse(field, f"it lies between {least:g} and {most:g} {unit}".rstrip(), "Check value and unit")
    return float(value)


def measured(
    told: Mapping[str, Any],
    field: str,
    units: Mapping[str, float],
    bounds: tuple[float, float],
    allowed: str,
) -> float | None:
    """A {value, unit} in the first unit of ``units``."""
    value = told.get(field)
    if value is None:
        return None
    if not isinstance(value, Mapping) or set(value) != {"value", "unit"}:
        raise refuse(f"patient.{field}", "an object of value and unit was expected", f"Units: {allowed}")
    unit = value["unit"]
    if not isinstance(unit, str) or unit.strip().lower() not in units:
        raise refuse(f"patient.{field}.unit", f"the unit must be {allowed}")
    factor = units[unit.strip().lower()]
    least, most = (round(bound / factor, 2) for bound in bounds)
    told_value = bounded(value["value"], f"patient.{field}.value", least, most, unit.strip())
    # Rounded, so that a limit told in another unit stays that limit: 13.6843 mg/dL of potassium is 3.5 mmol/L.
    return round(told_value * factor, 5)


def one_of(told: Mapping[str, Any], field: str, allowed: tuple[str, ...]) -> Any:
    value = told.get(field)
    if value is not None and value not in allowed:
        raise refuse(f"patient.{field}", f"one of {', '.join(allowed)} was expected")
    return value


def flag(told: Mapping[str, Any], field: str) -> bool | None:
    value = told.get(field)
    if value is not None and not isinstance(value, bool):
        raise refuse(f"patient.{field}", "true or false was expected")
    return value


def names(told: Mapping[str, Any], field: str) -> tuple[str, ...]:
    value = told.get(field) or []
    if not isinstance(value, list | tuple) or len(value) > MOST_NAMES:
        raise refuse(f"patient.{field}", f"a list of at most {MOST_NAMES} names was expected")
    return tuple(name(item, f"patient.{field}[{at}]") for at, item in enumerate(value))


def name(value: Any, field: str) -> str:
    """A name a person typed: not empty, not a document. Raises InputRefused."""
    if not isinstance(value, str):
        raise refuse(field, "a name was expected")
    if not value.strip():
        raise refuse(field, "the name is empty")
    if len(value) > LONGEST_NAME:
        raise refuse(field, f"a name has at most {LONGEST_NAME} characters, this one {len(value)}")
    return value.strip()
