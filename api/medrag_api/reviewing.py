"""Reviews the drugs a question names: the core's Reviewer over the graph, with graded facts said in the asker's language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import combinations
from typing import Any, Final

from sqlalchemy import select

from medrag.answer.proof.records import PairVerdict
from medrag.catalogue.schema import passages
from medrag.protocols import Proof, Reviewed, ReviewedFact
from medrag.records import Span
from medrag.vocabulary import Language
from medrag_api.desk import Desk
from medrag_graph.interactions import InteractionReport, read_regimen
from medrag_graph.interactions.report import Citation, Finding, ReportedAssertion
from medrag_graph.interactions.words import PAIR, STATE
from medrag_graph.model import GraphConcept

__all__ = ["DeskReviewer"]

#: Findings that are said; the others stand in the report.
SAID: Final = ("drug_drug", "drug_condition", "food")
#: At most this many facts are said: an answer is read at the counter, the report holds the rest.
MOST_FACTS: Final = 6
#: What a quote may say of a claim that proves the sentence made of it; lists of class members do not.
PROVING: Final = ("level", "mechanism", "management", "statement", "row")

#: ``{head}`` names the two and our grade; the sources' words, said in the asker's language, follow it.
SENTENCE: Final[Mapping[Language, str]] = {
    "en": "{head}. {said}",
    "zh": "{head}。{said}",
    "fr": "{head}. {said}",
}
GRADED: Final[Mapping[Language, str]] = {
    "en": "{pair}: {what}",
    "zh": "{pair}：{what}",
    "fr": "{pair} : {what}",
}
CONDITIONAL: Final[Mapping[Language, str]] = {
    "en": "{head}, under a condition the source states",
    "zh": "{head}（仅在来源所述条件下）",
    "fr": "{head}, sous une condition énoncée par la source",
}
COLON: Final[Mapping[Language, str]] = {"en": ": ", "zh": "：", "fr": " : "}


class DeskReviewer:
    """The graph and shelf of one snapshot as the core's Reviewer."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def review(
        self,
        drugs: Sequence[str],
        conditions: Sequence[str],
        patient: Mapping[str, Any] | None,
        as_of: date | None,
        language: Language,
    ) -> Reviewed:
        """As :class:`medrag.protocols.Reviewer`. Raises InputRefused: also for more drugs than a review takes."""
        regimen = read_regimen(
            {
                "drugs": list(drugs),
                "conditions": list(conditions),
                "patient": patient,
                "as_of": as_of,
                "language": language,
            }
        )
        report = self._desk.review(regimen)
        facts = tuple(self._facts(report, language))[:MOST_FACTS]
        return Reviewed(report.as_json(), facts, report.complete, tuple(verdicts(report)))

    def _facts(self, report: InteractionReport, language: Language) -> Iterator[ReviewedFact]:
        """A sentence for each source's word on each finding about what was asked, most severe first."""
        asked = members_asked(report)
        for finding in report.findings:
            if finding.kind in SAID and asked.issuperset(finding.members):
                for told in finding.assertions:
                    proofs = self._proofs(told)
                    if proofs:
                        yield ReviewedFact(sentence(finding, told, language), proofs)

    def _proofs(self, told: ReportedAssertion) -> tuple[Proof, ...]:
        """The quotes of an assertion that stand in its first document. Mirrored entries of another say the same."""
        if told.derivation == "inferred" or not isinstance(told.citation, Citation):
            return ()
        document = str(told.citation.document["id"])
        catalogue = self._desk.shelf.catalogue
        text = catalogue.document(document).text
        columns = (passages.c.id, passages.c.document, passages.c.start, passages.c.end)
        query = select(*columns).order_by(passages.c.ordinal)
        held = list(catalogue.in_batches(query, passages.c.document, [document]))
        proofs = []
        for quote in told.quotes:
            inside = [row["id"] for row in held if row["start"] <= quote.start < row["end"]]
            if quote.role in PROVING and inside and text[quote.start : quote.end] == quote.exact:
                proofs.append(Proof(document, inside[0], Span(quote.start, quote.end)))
        return tuple(dict.fromkeys(proofs))


def verdicts(report: InteractionReport) -> Iterator[PairVerdict]:
    """What is in force for every two the report finds something about, under all the names they have: no sentence a model
    writes may say otherwise."""
    known = {item.id: item for item in members_told(report)}
    for finding in report.findings:
        held = [known[member] for member in finding.members if member in known]
        for a, b in combinations(held, 2):
            yield PairVerdict(all_names(a), all_names(b), finding.severity)


def all_names(concept: GraphConcept) -> tuple[str, ...]:
    told = (concept.name, *(name for names in concept.names.values() for name in names))
    return tuple(dict.fromkeys(told))


def members_told(report: InteractionReport) -> Iterator[GraphConcept]:
    """The concepts of what was asked about, with the parts of products."""
    for told in (*report.drugs, *report.conditions):
        yield from (item for item in (told.concept, *told.ingredients, *told.candidates) if item is not None)


def members_asked(report: InteractionReport) -> set[str]:
    """The concepts of what was asked about; a finding about a food no one named stays in the report."""
    return {item.id for item in members_told(report)}


def sentence(finding: Finding, told: ReportedAssertion, language: Language) -> str:
    """Who, how grave by this source, and what it says, without a name or number its quotes do not have."""
    words = (STATE if finding.kind == "drug_condition" else PAIR)[told.severity][language]
    pair = finding.headline.split(COLON[language], 1)[0]
    head = GRADED[language].format(pair=pair, what=words)
    if told.condition:
        head = CONDITIONAL[language].format(head=head)
    said = told.said
    parts = [part for part in (said.management, said.mechanism) if part] if said is not None else []
    joined = ("" if language == "zh" else " ").join(parts)
    return SENTENCE[language].format(head=head, said=joined).strip()
