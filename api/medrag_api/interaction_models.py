"""The shapes of a review and of a drug's card over HTTP, as /openapi.json describes them; closed, as in models.py."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, Field

from medrag.vocabulary import Language, Severity
from medrag_api.shapes import CLOSED, BasisOut, DocumentOut, EditionRef, PositionOut, QuoteOut

__all__ = ["ConceptOut", "DrugCardOut", "DrugListOut", "InteractionReportOut", "SuggestionsOut"]


class ConceptOut(BaseModel):
    """A drug, class, disease, finding or food, with its names and codes."""

    model_config = CLOSED

    id: str
    kind: Literal["drug", "class", "disease", "finding", "food"]
    name: str
    names: dict[Language, list[str]]
    codes: dict[str, str]


class DrugOut(BaseModel):
    """How one input was understood. ``candidates`` are for a person to choose from."""

    model_config = CLOSED

    input: str
    status: Literal["resolved", "ambiguous", "unresolved"]
    concept: ConceptOut | None
    candidates: list[ConceptOut]
    ingredients: list[ConceptOut]
    how: str


class StepOut(BaseModel):
    """One concept on the way from a drug to what a source names."""

    model_config = CLOSED

    id: str
    name: str
    how: str
    edition: str


class QuotedOut(BaseModel):
    """A quote and what it says of the claim."""

    model_config = CLOSED

    role: str
    quote: QuoteOut
    position: PositionOut


class ClaimCitationOut(QuotedOut):
    """A quote in a held document: ``document_text[start:end] == quote.exact``."""

    passage_id: str | None
    page: int | None
    section: list[str]
    document: DocumentOut


class FactSourceOut(BaseModel):
    """Where a fact written for this project can be read; no quote of it is held."""

    model_config = CLOSED

    source: str
    url: str
    second: str
    held: list[str]
    reviewed: bool


class PremiseOut(BaseModel):
    """A fact an inferred assertion rests on."""

    model_config = CLOSED

    drug: str
    property: str
    role: str
    strength: str
    note: str
    citation: FactSourceOut


class SaidOut(BaseModel):
    """What the source says, in the asker's language; empty where only the quote speaks."""

    model_config = CLOSED

    mechanism: str
    management: str


class InForceOut(BaseModel):
    """The days an edition is in force."""

    model_config = CLOSED

    from_: date | None = Field(alias="from")
    to: date | None


class AssertionOut(BaseModel):
    """One source's word on a finding, on its own scale and on ours."""

    model_config = CLOSED

    id: str
    source: str
    edition: str
    native_scale: str
    native_severity: str
    severity: Severity
    condition: str
    mechanism: str
    management: str
    said: SaidOut
    details: dict[str, str]
    derivation: Literal["stated", "by_class", "inferred"]
    path: list[StepOut]
    in_force: InForceOut
    citation: ClaimCitationOut | FactSourceOut | None
    quotes: list[QuotedOut]
    premises: list[PremiseOut]


class PatientEffectOut(BaseModel):
    """What a factor changes in the recommendation; the fact stays."""

    model_config = CLOSED

    factor: str
    change: str
    citation: ClaimCitationOut | FactSourceOut


class FindingOut(BaseModel):
    """Something the review reports, with every source's word on it."""

    model_config = CLOSED

    kind: Literal[
        "drug_drug", "drug_condition", "duplicate_therapy", "cumulative_risk", "patient_factor", "food"
    ]
    topic: str
    members: list[str]
    severity: Severity
    headline: str
    assertions: list[AssertionOut]
    denials: list[AssertionOut]
    sources_disagree: bool
    patient_effect: list[PatientEffectOut]


class PairOut(BaseModel):
    """What was found for two drugs; ``searched`` are the works that hold both, ``denials`` what sources say that found
    no interaction where none says there is one."""

    model_config = CLOSED

    a: str
    b: str
    outcome: Literal["found", "none_found", "not_covered", "unresolved_drug", "source_unavailable"]
    searched: list[str]
    denials: list[AssertionOut]


class MissingOut(BaseModel):
    """What would decide a recommendation and was not told."""

    model_config = CLOSED

    field: str
    why: str
    rule: str
    members: list[str]
    citation: ClaimCitationOut | FactSourceOut


class InteractionReportOut(BaseModel):
    """The whole review. ``complete`` is false when something needed could not be read."""

    model_config = CLOSED

    drugs: list[DrugOut]
    conditions: list[DrugOut]
    allergies: list[DrugOut]
    findings: list[FindingOut]
    pairs: list[PairOut]
    missing_context: list[MissingOut]
    basis: BasisOut
    complete: bool
    hidden: dict[Severity, int]


class RiskOut(BaseModel):
    """A property of a drug, written for this project as a fact with its source."""

    model_config = CLOSED

    property: str
    label: str
    #: kinetic, effect, patient or allergy.
    kind: str
    role: str
    strength: str
    #: Below which kidney function it holds, such as ``eGFR < 30``; "" where it always does.
    threshold: str
    note: str
    source: str
    url: str
    reviewed: bool


class KidneyOut(BaseModel):
    """The dose a source gives for a band of kidney function, in its own words; bounds are as it prints them."""

    model_config = CLOSED

    measure: str
    lower: str
    upper: str
    unit: str
    dose: str
    warnings: str
    severity: Severity
    native_severity: str
    source: str
    edition: str
    language: Language


class LinkedOut(BaseModel):
    """A concept a drug is linked to, and the edition that says so."""

    model_config = CLOSED

    id: str
    name: str
    kind: str
    edition: str


class StatedOut(BaseModel):
    """Something a source states between the drug, or a class of it, and another concept."""

    model_config = CLOSED

    predicate: str
    other: LinkedOut
    #: The class it is stated of, when it is not stated of the drug itself.
    through: LinkedOut | None
    severity: Severity
    native_severity: str
    source: str
    edition: str
    condition: str
    #: Of the source's words: the native level and the condition.
    language: Language


class SectionOut(BaseModel):
    """A label section held of a drug."""

    model_config = CLOSED

    code: str
    heading: str
    document: str
    title: str
    work: str
    edition: str
    passage_id: str


class DrugCardOut(BaseModel):
    """One concept in full. ``interactions`` is by severity, most severe first."""

    model_config = CLOSED

    concept: ConceptOut
    language: Language
    as_of: date | None
    ingredients: list[LinkedOut]
    forms: list[LinkedOut]
    products: list[LinkedOut]
    classes: list[LinkedOut]
    kidney: list[KidneyOut]
    risks: list[RiskOut]
    interactions: dict[Severity, list[StatedOut]]
    conditions: list[StatedOut]
    sections: list[SectionOut]
    sources_searched: list[EditionRef]
    snapshot: str


class SuggestedOut(BaseModel):
    """A concept, and which of its names begins with what was typed."""

    model_config = CLOSED

    id: str
    kind: str
    name: str
    matched: str


class SuggestionsOut(BaseModel):
    """What a person may be about to type."""

    model_config = CLOSED

    q: str
    names: list[SuggestedOut]
    snapshot: str


class DrugListOut(BaseModel):
    """What a name stands for, or may have been meant to."""

    model_config = CLOSED

    q: str
    status: Literal["resolved", "ambiguous", "unresolved"]
    how: str
    drugs: list[ConceptOut]
    snapshot: str
    #: The cursor of the next page over HTTP; null on the last.
    next: str | None = None
