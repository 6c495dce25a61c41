"""Records of the graph as JSON texts and back, so that what a server returns equals what was written, byte for byte."""

from __future__ import annotations

import json
from dataclasses import astuple
from typing import Any

from medrag.records import Span
from medrag_graph.model import Claim, Evidence, GraphConcept, Link

__all__ = ["claim_body", "claim_of", "concept_body", "concept_of", "link_body", "link_of"]


def compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def concept_body(concept: GraphConcept) -> str:
    names = {language: list(told) for language, told in concept.names.items()}
    return compact([concept.id, concept.kind, concept.name, names, dict(concept.codes)])


def concept_of(body: str) -> GraphConcept:
    identifier, kind, name, names, codes = json.loads(body)
    return GraphConcept(
        identifier, kind, name, {language: tuple(told) for language, told in names.items()}, codes
    )


def link_body(link: Link) -> str:
    return compact([link.kind, link.source, link.target, link.edition, [astuple(e) for e in link.evidence]])


def link_of(body: str) -> Link:
    kind, source, target, edition, evidence = json.loads(body)
    return Link(kind, source, target, edition, evidence_of(evidence))


def claim_body(claim: Claim) -> str:
    return compact(
        [
            claim.id,
            claim.edition,
            claim.predicate,
            claim.subject,
            claim.object,
            claim.severity,
            claim.native_scale,
            claim.native_level,
            claim.condition,
            dict(claim.qualifiers),
            [astuple(e) for e in claim.evidence],
            list(claim.excepted),
            claim.coded,
        ]
    )


def claim_of(body: str) -> Claim:
    fields: list[Any] = json.loads(body)
    fields[10], fields[11] = evidence_of(fields[10]), tuple(fields[11])
    return Claim(*fields)


def evidence_of(told: list[Any]) -> tuple[Evidence, ...]:
    return tuple(Evidence(document, Span(*span), role) for document, span, role in told)
