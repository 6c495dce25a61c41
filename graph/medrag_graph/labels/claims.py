"""Makes claims of what labels state: one for each pair, severity and condition, with every label that says so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from medrag.identifiers import content_id
from medrag.records import Span
from medrag.text.normalise import fold_name
from medrag_graph.labels.lines import SECTIONS
from medrag_graph.labels.statements import Statement
from medrag_graph.model import Claim, Evidence, Predicate

__all__ = ["SCALE", "label_claims"]

#: Labels grade nothing: what stands for a level is the section a sentence stands in.
SCALE: Final = "label_section"
#: Labels of one drug repeat one another: so many of them are quoted, and the number of all is told.
QUOTED: Final = 8
#: Quotes of one label.
QUOTED_OF_ONE: Final = 2
#: Of several sentences the one of the more telling section is quoted.
RANK: Final = {code: number for number, code in enumerate(SECTIONS)}
Key = tuple[Predicate, str, str, str, str]


def label_claims(edition: str, told: Iterable[tuple[str, Statement]], diseases: bool) -> list[Claim]:
    """Claims of (document, statement) pairs of one edition. ``diseases``: of drug and disease, else of two drugs."""
    grouped: dict[Key, list[tuple[str, Statement]]] = defaultdict(list)
    for document, item in told:
        grouped[key_of(item, diseases)].append((document, item))
    return [claim_of(edition, key, held) for key, held in sorted(grouped.items())]


def key_of(item: Statement, diseases: bool) -> Key:
    """What two statements share that are one claim. An interaction is of a pair, whichever label names the other."""
    predicate: Predicate = "no_interaction_with" if item.denied else "interacts_with"
    ends = sorted((item.subject, item.object))
    if diseases:
        predicate, ends = "contraindicated_in", [item.subject, item.object]
    return predicate, ends[0], ends[1], item.severity, fold_name(item.condition)


def claim_of(edition: str, key: Key, held: Sequence[tuple[str, Statement]]) -> Claim:
    predicate, subject, target, *_ = key
    first = held[0][1]
    said_in = {item.line.code for _, item in held}
    sections = ", ".join(dict.fromkeys(name for code, name in SECTIONS.items() if code in said_in))
    documents = dict.fromkeys(document for document, _ in held)
    evidence: dict[Evidence, None] = {}
    for document in list(documents)[:QUOTED]:
        own = sorted(
            (item for other, item in held if other == document), key=lambda item: RANK[item.line.code]
        )
        for item in own[:QUOTED_OF_ONE]:
            evidence.update(dict.fromkeys(evidence_of(document, item)))
    return Claim(
        content_id("a_", edition, *key),
        edition,
        predicate,
        subject,
        target,
        first.severity,
        SCALE,
        sections,
        first.condition,
        {"labels": str(len(documents))} if len(documents) > 1 else {},
        tuple(evidence),
    )


def evidence_of(document: str, item: Statement) -> list[Evidence]:
    """The sentence; and what it cannot be understood without: the words that introduce it, the heading that names the
    other drug."""
    spans: list[tuple[Span | None, str]] = [
        (item.line.span, "statement"),
        (item.line.introduction, "introduction"),
        (item.line.heading if item.by_heading else None, "heading"),
    ]
    return [Evidence(document, span, role) for span, role in spans if span is not None]
