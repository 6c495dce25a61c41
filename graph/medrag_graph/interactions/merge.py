"""Turns hits into assertions with their quotes, and assertions of one subject into one finding."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from medrag.vocabulary import SEVERITY_ORDER, Language, Severity
from medrag_graph.interactions.classes import Path
from medrag_graph.interactions.known import Cited
from medrag_graph.interactions.pairs import Hit
from medrag_graph.interactions.report import (
    Citation,
    FactSource,
    Finding,
    FindingKind,
    PatientEffect,
    Premise,
    ReportedAssertion,
    Said,
    Step,
)
from medrag_graph.interactions.risks import EDITION, SCALE, SOURCE, cap
from medrag_graph.interactions.sources import SourceEdition
from medrag_graph.interactions.speak import say_claim
from medrag_graph.interactions.words import name_of
from medrag_graph.model import Claim, Evidence, GraphConcept

__all__ = [
    "Telling",
    "cited_by",
    "disagree",
    "evidence_of",
    "hit_assertion",
    "inferred",
    "joined",
    "make_finding",
    "ordered",
    "severity_of",
    "severity_rank",
]

#: Which quote stands for an assertion: the first of these it has.
CHIEF = ("statement", "row", "mechanism", "level", "management")


@dataclass(frozen=True, slots=True)
class Telling:
    """What every assertion of one report is told with."""

    language: Language
    editions: Mapping[str, SourceEdition]
    concepts: Mapping[str, GraphConcept]
    #: Claim id to its quotes.
    cited: Mapping[str, Cited]

    def steps(self, path: Path) -> tuple[Step, ...]:
        return tuple(
            Step(
                hop.id,
                self.name(hop.id) if hop.id in self.concepts else hop.id,
                hop.how,
                hop.edition,
            )
            for hop in path
        )

    def name(self, identifier: str) -> str:
        return name_of(self.concepts[identifier], self.language)


def evidence_of(claims: Iterable[Claim]) -> tuple[Evidence, ...]:
    """Every span the claims rest on, once."""
    return tuple(dict.fromkeys(item for claim in claims for item in claim.evidence))


def cited_by(claim: Claim, citations: Mapping[Evidence, Citation]) -> Cited:
    """A claim's quotes as every report tells them."""
    held = tuple(citations[item] for item in claim.evidence)
    ordered = sorted(
        held, key=lambda item: CHIEF.index(item.quote.role) if item.quote.role in CHIEF else len(CHIEF)
    )
    told = claim.qualifiers
    details = {key: told[key] for key in sorted(told) if key not in ("mechanism", "management")}
    return Cited(held, ordered[0] if ordered else None, tuple(item.quote for item in ordered), details)


def hit_assertion(hit: Hit, telling: Telling) -> ReportedAssertion:
    """A claim between two units: its path runs from one through its classes to the other."""
    path = joined(telling.steps(hit.path_a), telling.steps(hit.path_b))
    derivation = "by_class" if hit.by_class else "stated"
    said = say_claim(hit, telling.concepts, telling.language)
    return claim_assertion(hit.claim, path, derivation == "by_class", telling, said)


def joined(up: tuple[Step, ...], down: tuple[Step, ...]) -> tuple[Step, ...]:
    """From one unit up and down to the other; a class that is both ends of a claim stands once."""
    back = tuple(reversed(down))
    return up + (back[1:] if up[-1].id == back[0].id and len(back) > 1 else back)


def claim_assertion(
    claim: Claim, path: tuple[Step, ...], through_class: bool, telling: Telling, said: Said | None = None
) -> ReportedAssertion:
    """A claim as the report tells it, with the quotes of all its evidence."""
    edition = telling.editions[claim.edition]
    cited, told = telling.cited[claim.id], claim.qualifiers
    return ReportedAssertion(
        id=claim.id,
        source=edition.work,
        edition=edition.label,
        native_scale=claim.native_scale,
        native_severity=claim.native_level,
        severity=claim.severity,
        condition=claim.condition,
        mechanism=told.get("mechanism", ""),
        management=told.get("management", ""),
        details=cited.details,
        derivation="by_class" if through_class else "stated",
        path=path,
        valid_from=edition.valid_from,
        valid_to=edition.valid_to,
        citation=cited.chief,
        quotes=cited.quotes,
        said=said,
    )


def inferred(
    rule: str,
    severity: Severity,
    premises: tuple[Premise, ...],
    path: tuple[Step, ...],
    mechanism: str,
    source: FactSource | None = None,
) -> ReportedAssertion:
    """An assertion by rule from facts of the project: never above major, its premises with it."""
    return ReportedAssertion(
        id=rule,
        source=SOURCE,
        edition=EDITION,
        native_scale=SCALE,
        native_severity=severity,
        severity=cap(severity),
        condition="",
        mechanism="",
        management="",
        details={},
        derivation="inferred",
        path=path,
        valid_from=None,
        valid_to=None,
        citation=source or (premises[0].source if premises else None),
        premises=premises,
        said=Said(mechanism=mechanism),
    )


def make_finding(
    kind: FindingKind,
    topic: str,
    members: Iterable[str],
    headline: str,
    assertions: Iterable[ReportedAssertion],
    denials: Iterable[ReportedAssertion] = (),
    effects: Iterable[PatientEffect] = (),
) -> Finding:
    """One finding, its assertions most severe first."""
    told, denied = ordered(assertions), ordered(denials)
    return Finding(
        kind,
        topic,
        tuple(sorted(members)),
        severity_of(told),
        headline,
        told,
        denied,
        disagree(told, denied),
        tuple(effects),
    )


def ordered(assertions: Iterable[ReportedAssertion]) -> tuple[ReportedAssertion, ...]:
    return tuple(
        sorted(
            assertions, key=lambda item: (severity_rank(item.severity), item.source, item.edition, item.id)
        )
    )


def severity_rank(severity: Severity) -> int:
    return SEVERITY_ORDER.index(severity)


def severity_of(assertions: Sequence[ReportedAssertion]) -> Severity:
    """The most severe of those in force. Where a source grades it, what is inferred does not raise it."""
    stated = [item.severity for item in assertions if item.derivation != "inferred"]
    graded = any(severity != "unknown" for severity in stated)
    counted = stated if graded else [item.severity for item in assertions]
    return min(counted, key=severity_rank)


def disagree(assertions: Sequence[ReportedAssertion], denials: Sequence[ReportedAssertion]) -> bool:
    """Whether sources grade it differently, or one says there is nothing. Not grading is not disagreeing."""
    worst: dict[str, int] = {}
    for item in assertions:
        if item.derivation != "inferred" and item.severity != "unknown":
            rank = severity_rank(item.severity)
            worst[item.source] = min(rank, worst.get(item.source, rank))
    return len(set(worst.values())) > 1 or bool(denials)
