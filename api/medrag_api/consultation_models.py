"""The shapes of consultations: what may be sent, and what is said of them over HTTP."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from medrag.dialogue.records import LISTS, MOST_SLOTS
from medrag.vocabulary import Language
from medrag_api.patient import Creatinine, Number, Patient, Potassium, Term
from medrag_api.shapes import CLOSED, BasisOut

__all__ = ["ConsultationOut", "ConversationOut", "PlanOut", "SlotsPatch"]

STRICT = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, strict=True)
Names = Annotated[list[Term], Field(max_length=MOST_SLOTS)]


class SlotsPatch(BaseModel):
    """Slots written by hand. A field that is left out stays as it is; null forgets it; a list becomes exactly this."""

    model_config = STRICT

    age_years: Annotated[Number, Field(ge=0, le=130)] | None = None
    sex: Literal["female", "male", "other", "unknown"] | None = None
    weight_kg: Annotated[Number, Field(ge=0.2, le=650)] | None = None
    height_cm: Annotated[Number, Field(ge=20, le=280)] | None = None
    pregnant: bool | None = None
    trimester: Annotated[int, Field(ge=1, le=3)] | None = None
    breastfeeding: bool | None = None
    egfr_ml_min_1_73m2: Annotated[Number, Field(ge=0, le=250)] | None = None
    crcl_ml_min: Annotated[Number, Field(ge=0, le=400)] | None = None
    creatinine: Creatinine | None = None
    child_pugh: Literal["A", "B", "C"] | None = None
    qtc_ms: Annotated[Number, Field(ge=200, le=900)] | None = None
    potassium: Potassium | None = None
    inr: Annotated[Number, Field(ge=0.5, le=30)] | None = None
    allergies: Names | None = None
    conditions: Names | None = None
    drugs: Names | None = None

    @model_validator(mode="after")
    def agree(self) -> SlotsPatch:
        """What excludes one another does so here too."""
        told = self.told()
        Patient.model_validate(
            {k: v for k, v in told.items() if k not in (*LISTS, "trimester") and v is not None}
        )
        return self

    def told(self) -> dict[str, Any]:
        """The fields that were sent, as plain data."""
        return self.model_dump(exclude_unset=True)


class SlotOut(BaseModel):
    """One thing that is known, and the turn that set it; turn 0 was written by hand."""

    model_config = CLOSED

    field: str
    value: Any
    turn: int
    how: Literal["told", "pronoun", "supposed", "answered", "edited"]
    said: str | None = None
    role: Literal["taken", "asked"] | None = None


class ChangeOut(BaseModel):
    """One thing a turn did to the slots."""

    model_config = CLOSED

    kind: Literal["set", "corrected", "added", "removed", "replaced", "denied", "started_anew"]
    field: str
    value: Any
    before: Any


class UnclearOut(BaseModel):
    """Something that was said and is not used until a person says what is meant."""

    model_config = CLOSED

    field: str
    why: Literal["unit", "near", "ambiguous", "which_replaced", "range", "contradiction", "too_many"]
    said: Any
    candidates: list[str]


class AskOut(BaseModel):
    """A question to the person, with the rule that wants the answer; at most two a turn."""

    model_config = CLOSED

    field: str
    question: str
    why: str
    rule: str
    candidates: list[str]
    citation: dict[str, Any] | None


class ConversationOut(BaseModel):
    """What an answer says of its conversation. ``question`` is what was asked of the shelf."""

    model_config = CLOSED

    id: str
    turn: int
    question: str
    started_anew: bool
    slots: list[SlotOut]
    understood: list[ChangeOut]
    unclear: list[UnclearOut]
    questions: list[AskOut]
    expires: str


class LogOut(BaseModel):
    """What one turn changed."""

    model_config = CLOSED

    turn: int
    changes: list[ChangeOut]


class ConsultationOut(BaseModel):
    """Everything that is kept of a conversation."""

    model_config = CLOSED

    id: str
    kept: Literal["memory", "disk"]
    expires: str
    turns: int
    language: Language
    question: str
    slots: list[SlotOut]
    denied: list[str]
    unclear: list[UnclearOut]
    asked: list[str]
    log: list[LogOut]


class PlanItemOut(BaseModel):
    """One line of a plan: asked, rendered from a graded fact, or a label's own words; never without a citation."""

    model_config = CLOSED

    kind: Literal["ask", "action", "monitoring"]
    text: str
    said: Literal["asked", "rendered", "verbatim"]
    about: list[str]
    severity: str | None
    rule: str
    field: str
    citation: dict[str, Any]


class PlanOut(BaseModel):
    """What to find out, what to do, what to monitor. ``silent``: drugs nothing held says anything of."""

    model_config = CLOSED

    id: str
    turn: int
    language: Language
    checklist: list[PlanItemOut]
    actions: list[PlanItemOut]
    monitoring: list[PlanItemOut]
    silent: list[str]
    complete: bool
    basis: BasisOut | None
