"""What a finding says, for doors that show it to a clinician: which resources it is about, its primary evidence, its texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from medrag.vocabulary import SEVERITY_ORDER, Language
from medrag_api.fhir.records import Medicine, Record
from medrag_graph.interactions import InteractionReport
from medrag_graph.interactions.report import (
    Citation,
    DrugReport,
    FactSource,
    Finding,
    ReportedAssertion,
)

__all__ = [
    "advice_of",
    "concepts_of",
    "medicines_of",
    "names_in",
    "primary",
    "quote_of",
    "references_of",
    "source_of",
    "url_of",
    "why_unchecked",
]


def concepts_of(report: DrugReport) -> frozenset[str]:
    """The ids under which a finding may name an input."""
    parts = report.ingredients or (() if report.concept is None else (report.concept,))
    whole = () if report.concept is None else (report.concept,)
    return frozenset(item.id for item in (*parts, *whole))


def medicines_of(members: Iterable[str], record: Record, report: InteractionReport) -> tuple[Medicine, ...]:
    """The medicines of the record that a finding is about, in the record's order."""
    meant = frozenset(members)
    pairs = zip(record.medicines, report.drugs, strict=False)
    return tuple(medicine for medicine, drug in pairs if meant & concepts_of(drug))


def references_of(members: Sequence[str], record: Record, report: InteractionReport) -> tuple[str, ...]:
    """Every resource of the request a finding is about: medicines first, then conditions."""
    found = [ref for medicine in medicines_of(members, record, report) for ref in medicine.references]
    meant = frozenset(members)
    for condition in report.conditions:
        if meant & concepts_of(condition):
            found += record.conditions.get(condition.input, ())
    return tuple(dict.fromkeys(found))


def names_in(report: InteractionReport) -> Mapping[str, str]:
    """Concept id to the name the record's own words have for it."""
    held: dict[str, str] = {}
    for drug in (*report.drugs, *report.conditions):
        for concept in (*drug.ingredients, *((drug.concept,) if drug.concept else ())):
            held.setdefault(concept.id, concept.name)
    return held


def primary(finding: Finding) -> ReportedAssertion:
    """The source's word a finding rests on: of the gravest, one that is stated before one that is inferred."""
    order = {"stated": 0, "by_class": 1, "inferred": 2}
    return min(
        finding.assertions,
        key=lambda item: (SEVERITY_ORDER.index(item.severity), order[item.derivation], item.id),
    )


def source_of(item: ReportedAssertion) -> str:
    """The source's title and edition, as a person would look for it."""
    if isinstance(item.citation, Citation):
        document = item.citation.document
        return f"{document['publisher']}: {document['title']}, {document['edition']}"
    if isinstance(item.citation, FactSource):
        return item.citation.source
    return f"{item.source} {item.edition}".strip()


def url_of(citation: object) -> str:
    """An address a browser opens; "" when there is none."""
    if isinstance(citation, Citation):
        url = str(citation.document.get("url") or "")
    else:
        url = citation.url if isinstance(citation, FactSource) else ""
    return url if url.startswith(("https://", "http://")) else ""


def quote_of(item: ReportedAssertion) -> str:
    """The source's exact words; "" for a fact of which no quote is held."""
    return item.citation.quote.exact if isinstance(item.citation, Citation) else ""


def advice_of(item: ReportedAssertion) -> str:
    """What the source says to do, in the asker's language where it can be said in it; "" when it says nothing."""
    return (item.said.management if item.said else "") or item.management


def why_unchecked(drug: DrugReport, language: Language) -> str:
    """Why a drug of the request was not checked, with the names it may have been meant by."""
    from medrag_api.fhir.words import told

    offered = ", ".join(concept.name for concept in drug.candidates)
    if drug.status == "ambiguous":
        return told("ambiguous", language, names=offered)
    said = told("unresolved", language)
    return f"{said}; {told('near', language, names=offered)}" if offered else said
