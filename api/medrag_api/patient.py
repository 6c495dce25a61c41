"""What a caller may say of a patient: read strictly, checked for what cannot be, never stored and never logged."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

__all__ = ["Creatinine", "Number", "Patient", "Potassium", "Term"]

STRICT = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, strict=True)


def as_number(told: object) -> object:
    """Whole numbers are numbers too; words and booleans are not."""
    return (
        float(told) if isinstance(told, int) and not isinstance(told, bool) and abs(told) < 1 << 53 else told
    )


Number = Annotated[float, BeforeValidator(as_number)]
Term = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
Terms = Annotated[list[Term], Field(max_length=100)]


class Creatinine(BaseModel):
    """Serum creatinine."""

    model_config = STRICT

    value: Number
    unit: Literal["mg/dL", "umol/L"]

    @model_validator(mode="after")
    def possible(self) -> Creatinine:
        """1 mg/dL is 88.4 umol/L. Dialysed patients have been measured near 40 mg/dL; below 0.05 assays read nothing."""
        least, most = (0.05, 45.0) if self.unit == "mg/dL" else (4.0, 4000.0)
        if not least <= self.value <= most:
            raise disagreement("value", f"creatinine lies between {least:g} and {most:g} {self.unit}")
        return self


class Potassium(BaseModel):
    """Serum potassium; one mEq/L is one mmol/L, and 3.91 mg/dL (molar mass 39.1 g/mol)."""

    model_config = STRICT

    value: Number
    unit: Literal["mmol/L", "mEq/L", "mg/dL"]

    @model_validator(mode="after")
    def possible(self) -> Potassium:
        """Survivors have been measured from about 1 to 12 mmol/L."""
        least, most = (4.0, 46.0) if self.unit == "mg/dL" else (1.0, 12.0)
        if not least <= self.value <= most:
            raise disagreement("value", f"potassium lies between {least:g} and {most:g} {self.unit}")
        return self


class Patient(BaseModel):
    """Everything is optional. Bounds refuse what cannot be in a living person, not what is rare."""

    model_config = ConfigDict(
        **STRICT,
        json_schema_extra={
            "examples": [{"age_years": 71, "sex": "female", "egfr_ml_min_1_73m2": 28, "drugs": ["metformin"]}]
        },
    )

    age_years: Annotated[Number, Field(ge=0, le=130)] | None = None
    #: FHIR administrative gender.
    sex: Literal["female", "male", "other", "unknown"] | None = None
    weight_kg: Annotated[Number, Field(ge=0.2, le=650)] | None = None
    height_cm: Annotated[Number, Field(ge=20, le=280)] | None = None
    pregnant: bool | None = None
    breastfeeding: bool | None = None
    egfr_ml_min_1_73m2: Annotated[Number, Field(ge=0, le=250)] | None = None
    #: Creatinine clearance as told; else it is computed by Cockcroft-Gault where that is possible.
    crcl_ml_min: Annotated[Number, Field(ge=0, le=400)] | None = None
    creatinine: Creatinine | None = None
    child_pugh: Literal["A", "B", "C"] | None = None
    qtc_ms: Annotated[Number, Field(ge=200, le=900)] | None = None
    potassium: Potassium | None = None
    inr: Annotated[Number, Field(ge=0.5, le=30)] | None = None
    allergies: Terms = []
    conditions: Terms = []
    drugs: Terms = []

    @model_validator(mode="after")
    def agree(self) -> Patient:
        """Facts that exclude one another."""
        if self.sex == "male" and self.pregnant:
            raise disagreement("pregnant", "a male patient is not pregnant; correct sex or pregnant")
        if self.sex == "male" and self.breastfeeding:
            raise disagreement(
                "breastfeeding", "a male patient does not breastfeed; correct sex or breastfeeding"
            )
        if self.pregnant and self.age_years is not None and not 8 <= self.age_years <= 70:
            raise disagreement("pregnant", "not at this age; correct age_years or pregnant")
        return self


def disagreement(field: str, problem: str) -> PydanticCustomError:
    """A rule over several fields, told of one of them."""
    return PydanticCustomError("disagreement", problem, {"field": field})
