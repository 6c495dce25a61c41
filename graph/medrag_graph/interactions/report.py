"""The report of a check as frozen records, and the exact JSON the doors pass on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from medrag.answer.records import Basis
from medrag.vocabulary import Severity
from medrag_graph.model import GraphConcept

__all__ = [
    "Citation",
    "DrugReport",
    "FactSource",
    "Finding",
    "FindingKind",
    "InteractionReport",
    "Missing",
    "Outcome",
    "PairReport",
    "PatientEffect",
    "Premise",
    "Quote",
    "ReportedAssertion",
    "Said",
    "Step",
]

FindingKind = Literal[
    "drug_drug", "drug_condition", "duplicate_therapy", "cumulative_risk", "patient_factor", "food"
]
Outcome = Literal["found", "none_found", "not_covered", "unresolved_drug", "source_unavailable"]
Derivation = Literal["stated", "by_class", "inferred"]
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """One concept a claim reaches a drug through, and the edition that says it belongs there."""

    id: str
    name: str
    #: form_of | part_of | member_of | is_a; "" for the concept the path starts at.
    how: str = ""
    edition: str = ""

    def as_json(self) -> Json:
        return {"id": self.id, "name": self.name, "how": self.how, "edition": self.edition}


@dataclass(frozen=True, slots=True)
class Quote:
    """W3C Web Annotation: ``document_text[start:end] == exact``; ``role`` is what it says of the claim."""

    role: str
    exact: str
    prefix: str
    suffix: str
    start: int
    end: int

    def as_json(self) -> Json:
        return {
            "role": self.role,
            "quote": {"exact": self.exact, "prefix": self.prefix, "suffix": self.suffix},
            "position": {"start": self.start, "end": self.end},
        }


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote in a held document. ``document`` is the JSON the doors give of it."""

    quote: Quote
    document: Mapping[str, Any]
    passage: str | None = None
    page: int | None = None
    section: tuple[str, ...] = ()

    def as_json(self) -> Json:
        return {
            "passage_id": self.passage,
            **self.quote.as_json(),
            "page": self.page,
            "section": list(self.section),
            "document": dict(self.document),
        }


@dataclass(frozen=True, slots=True)
class FactSource:
    """Where a fact or rule written for this project can be read; no quote of it is held."""

    source: str
    url: str = ""
    second: str = ""
    held: tuple[str, ...] = ()
    reviewed: bool = False

    def as_json(self) -> Json:
        return {
            "source": self.source,
            "url": self.url,
            "second": self.second,
            "held": list(self.held),
            "reviewed": self.reviewed,
        }


@dataclass(frozen=True, slots=True)
class Premise:
    """One fact an inferred assertion rests on: this drug has this role for this property."""

    drug: str
    property: str
    role: str
    strength: str
    note: str
    source: FactSource

    def as_json(self) -> Json:
        return {
            "drug": self.drug,
            "property": self.property,
            "role": self.role,
            "strength": self.strength,
            "note": self.note,
            "citation": self.source.as_json(),
        }


@dataclass(frozen=True, slots=True)
class Said:
    """What a source says, in the asker's language and our words; the quote stands beside it."""

    mechanism: str = ""
    management: str = ""


@dataclass(frozen=True, slots=True)
class ReportedAssertion:
    """One source's word on a finding, on its own scale and on ours."""

    #: Catalogue id of the assertion, or the rule that inferred it.
    id: str
    source: str
    edition: str
    native_scale: str
    native_severity: str
    severity: Severity
    condition: str
    mechanism: str
    management: str
    #: What else the source says of it, by role: dose, measure, warnings, note ...
    details: Mapping[str, str]
    derivation: Derivation
    path: tuple[Step, ...]
    valid_from: date | None
    valid_to: date | None
    citation: Citation | FactSource | None
    quotes: tuple[Quote, ...] = ()
    premises: tuple[Premise, ...] = ()
    said: Said | None = None

    def as_json(self) -> Json:
        said = self.said or Said()
        return {
            "id": self.id,
            "source": self.source,
            "edition": self.edition,
            "native_scale": self.native_scale,
            "native_severity": self.native_severity,
            "severity": self.severity,
            "condition": self.condition,
            "mechanism": self.mechanism,
            "management": self.management,
            "said": {"mechanism": said.mechanism, "management": said.management},
            "details": dict(self.details),
            "derivation": self.derivation,
            "path": [step.as_json() for step in self.path],
            "in_force": {"from": day(self.valid_from), "to": day(self.valid_to)},
            "citation": None if self.citation is None else self.citation.as_json(),
            "quotes": [quote.as_json() for quote in self.quotes],
            "premises": [premise.as_json() for premise in self.premises],
        }


@dataclass(frozen=True, slots=True)
class PatientEffect:
    """What one factor changes in the recommendation; the fact and its severity stay."""

    factor: str
    change: str
    citation: Citation | FactSource

    def as_json(self) -> Json:
        return {"factor": self.factor, "change": self.change, "citation": self.citation.as_json()}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something the check reports, with every source's word on it. ``topic`` tells findings of one kind apart."""

    kind: FindingKind
    topic: str
    #: Concept ids, ascending.
    members: tuple[str, ...]
    severity: Severity
    headline: str
    assertions: tuple[ReportedAssertion, ...]
    #: Sources that say there is no interaction.
    denials: tuple[ReportedAssertion, ...] = ()
    sources_disagree: bool = False
    patient_effect: tuple[PatientEffect, ...] = ()

    def as_json(self) -> Json:
        return {
            "kind": self.kind,
            "topic": self.topic,
            "members": list(self.members),
            "severity": self.severity,
            "headline": self.headline,
            "assertions": [item.as_json() for item in self.assertions],
            "denials": [item.as_json() for item in self.denials],
            "sources_disagree": self.sources_disagree,
            "patient_effect": [item.as_json() for item in self.patient_effect],
        }


@dataclass(frozen=True, slots=True)
class DrugReport:
    """How one drug of the request was understood."""

    input: str
    status: Literal["resolved", "ambiguous", "unresolved"]
    concept: GraphConcept | None
    candidates: tuple[GraphConcept, ...] = ()
    ingredients: tuple[GraphConcept, ...] = ()
    #: How it was resolved, or why it was not.
    how: str = ""

    def as_json(self) -> Json:
        return {
            "input": self.input,
            "status": self.status,
            "concept": None if self.concept is None else concept_json(self.concept),
            "candidates": [concept_json(item) for item in self.candidates],
            "ingredients": [concept_json(item) for item in self.ingredients],
            "how": self.how,
        }


@dataclass(frozen=True, slots=True)
class PairReport:
    """What was found for two drugs. ``a`` and ``b`` are concept ids, or inputs that name no concept."""

    a: str
    b: str
    outcome: Outcome
    searched: tuple[str, ...] = ()
    #: Sources that say there is no interaction, where none says there is one.
    denials: tuple[ReportedAssertion, ...] = ()

    def as_json(self) -> Json:
        return {
            "a": self.a,
            "b": self.b,
            "outcome": self.outcome,
            "searched": list(self.searched),
            "denials": [item.as_json() for item in self.denials],
        }


@dataclass(frozen=True, slots=True)
class Missing:
    """Something not told that would decide a recommendation, and the rule that asks for it."""

    field: str
    why: str
    rule: str
    members: tuple[str, ...]
    citation: Citation | FactSource

    def as_json(self) -> Json:
        return {
            "field": self.field,
            "why": self.why,
            "rule": self.rule,
            "members": list(self.members),
            "citation": self.citation.as_json(),
        }


@dataclass(frozen=True, slots=True)
class InteractionReport:
    """The whole report; same regimen, snapshot and settings: same bytes."""

    drugs: tuple[DrugReport, ...]
    conditions: tuple[DrugReport, ...]
    allergies: tuple[DrugReport, ...]
    findings: tuple[Finding, ...]
    pairs: tuple[PairReport, ...]
    missing_context: tuple[Missing, ...]
    basis: Basis
    #: False when something needed could not be read: what is shown is not all there is.
    complete: bool = True
    #: Findings not shown, by severity: those under ``minimum_severity``.
    hidden: Mapping[str, int] = field(default_factory=dict)

    def as_json(self) -> Json:
        """The contract's InteractionReport."""
        return {
            "drugs": [item.as_json() for item in self.drugs],
            "conditions": [item.as_json() for item in self.conditions],
            "allergies": [item.as_json() for item in self.allergies],
            "findings": [item.as_json() for item in self.findings],
            "pairs": [item.as_json() for item in self.pairs],
            "missing_context": [item.as_json() for item in self.missing_context],
            "basis": basis_json(self.basis),
            "complete": self.complete,
            "hidden": dict(self.hidden),
        }


def concept_json(concept: GraphConcept) -> Json:
    """The contract's Concept."""
    return {
        "id": concept.id,
        "kind": concept.kind,
        "name": concept.name,
        "names": {language: list(names) for language, names in concept.names.items()},
        "codes": dict(concept.codes),
    }


def basis_json(basis: Basis) -> Json:
    """The contract's Basis."""
    return {
        "snapshot": basis.snapshot,
        "settings": basis.settings,
        "sources_searched": [{"id": work, "edition": label} for work, label in basis.sources_searched],
        "answerer": basis.answerer,
        "logic": basis.logic,
        "limits": list(basis.limits),
    }


def day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()
