"""Makes a consultation's plan: what to find out before, what to do, what to monitor after; each item cited, or not there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select

from medrag.catalogue.schema import documents, passages
from medrag.dialogue.asking import question_for
from medrag.dialogue.records import Dialogue
from medrag.errors import Unavailable
from medrag.records import Span
from medrag.text.normalise import fold_name
from medrag.text.sentences import split_sentences
from medrag.vocabulary import Language
from medrag_api.cards import naming
from medrag_api.conversing import review_slots
from medrag_api.desk import Desk
from medrag_graph.interactions import InteractionReport
from medrag_graph.interactions.report import Citation, FactSource, Finding, ReportedAssertion
from medrag_graph.interactions.units import build_units
from medrag_graph.model import Evidence

__all__ = ["make_plan"]

Json = dict[str, Any]
#: Label sections that say what to watch: laboratory tests, warnings and precautions, dosage.
WATCHED: Final = ("34075-2", "43685-7", "34071-1", "42232-9", "34072-9", "34068-7")
#: Sentences of labels shown for one drug: a plan is read at the counter, the label holds the rest.
MOST_OF_LABEL: Final = 4
#: Longest sentence taken from a label, in code points; the tables that labels run together are none.
LONGEST: Final = 400
MONITORS: Final = re.compile(
    r"\bmonitor(?:ed|ing)?\b|\b(?:measure|check|determine|obtain|assess)\b[^.]{0,60}\b(?:periodically|regularly|before|during|baseline|levels?)\b"
    r"|监测|监护|复查|定期检查|定期检测|surveill|contrôl",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a plan. ``said`` is verbatim (a label's own words), rendered (a graded fact's) or asked."""

    kind: str
    text: str
    said: str
    about: tuple[str, ...]
    citation: Mapping[str, Any]
    severity: str | None = None
    rule: str = ""
    field: str = ""

    def as_json(self) -> Json:
        return {
            "kind": self.kind,
            "text": self.text,
            "said": self.said,
            "about": list(self.about),
            "severity": self.severity,
            "rule": self.rule,
            "field": self.field,
            "citation": dict(self.citation),
        }


def make_plan(desk: Desk, dialogue: Dialogue) -> Json:
    """The plan for what a conversation knows. Without a drug it is empty; what cannot be read makes it not complete."""
    language = dialogue.language
    report = review_slots(desk, dialogue)
    if report is None:
        return {"language": language, "checklist": [], "actions": [], "monitoring": [], "silent": [], "complete": True,
                "basis": None}  # fmt: skip
    names = names_in(report, language)
    facts = [item for finding in report.findings for item in of_finding(desk, finding, names)]
    labels = list(of_labels(desk, report, names))
    items = unique([*facts, *labels])
    parts = {kind: [item for item in items if item.kind == kind] for kind in ("action", "monitoring")}
    spoken = {name for item in items for name in item.about}
    return {
        "language": language,
        "checklist": [item.as_json() for item in unique(checklist(report, names, language))],
        "actions": [item.as_json() for item in parts["action"]],
        "monitoring": [item.as_json() for item in parts["monitoring"]],
        # Drugs of which nothing held says what to do or watch: silence is no clearance.
        "silent": sorted(set(drugs_in(report, names)) - spoken),
        "complete": report.complete,
        "basis": report.as_json()["basis"],
    }


def names_in(report: InteractionReport, language: Language) -> dict[str, str]:
    """Concept id to the name in the asker's language, of what was told."""
    told = (*report.drugs, *report.conditions)
    concepts = [one for item in told for one in (item.concept, *item.ingredients) if one is not None]
    return {one.id: next(iter(one.names.get(language, ())), one.name) for one in concepts}


def drugs_in(report: InteractionReport, names: Mapping[str, str]) -> Iterator[str]:
    for item in report.drugs:
        if item.concept is not None:
            yield from (names[part.id] for part in item.ingredients or (item.concept,))


def checklist(report: InteractionReport, names: Mapping[str, str], language: Language) -> Iterator[Item]:
    """What the rules want to know before anything is decided."""
    for item in report.missing_context:
        about = tuple(names.get(member, member) for member in item.members)
        text = f"{question_for(item.field, language)} {item.why}"
        yield Item("ask", text, "asked", about, item.citation.as_json(), None, item.rule, item.field)


def of_finding(desk: Desk, finding: Finding, names: Mapping[str, str]) -> Iterator[Item]:
    """What the sources of a finding say to do or watch, and what the patient's own facts change."""
    if any(member not in names for member in finding.members):
        return
    about = tuple(names[member] for member in finding.members)
    for told in finding.assertions:
        text = told.said.management if told.said is not None else ""
        citation = managed(desk, told) if text else None
        if citation is not None:
            kind = "monitoring" if MONITORS.search(text) else "action"
            yield Item(kind, text, "rendered", about, citation, told.severity, told.id)
    for effect in finding.patient_effect:
        if effect.change and cited(effect.citation):
            text = f"{effect.factor}: {effect.change}"
            kind = "monitoring" if MONITORS.search(effect.change) else "action"
            yield Item(
                kind, text, "rendered", about, effect.citation.as_json(), finding.severity, finding.topic
            )


def cited(citation: Citation | FactSource) -> bool:
    return isinstance(citation, Citation) or bool(citation.source)


def managed(desk: Desk, told: ReportedAssertion) -> Json | None:
    """The quote that says what to do, where it stands in the assertion's own document, byte for byte; else None."""
    if not isinstance(told.citation, Citation):
        return None
    document = str(told.citation.document["id"])
    text = desk.shelf.catalogue.document(document).text
    for quote in told.quotes:
        if quote.role == "management" and text[quote.start : quote.end] == quote.exact:
            return {
                **told.citation.as_json(),
                **quote.as_json(),
                "passage_id": passage_at(desk, document, quote.start),
            }
    return None


def passage_at(desk: Desk, document: str, start: int) -> str | None:
    query = select(passages.c.id).where(
        passages.c.document == document, passages.c.start <= start, passages.c.end > start
    )
    row = desk.shelf.catalogue.first(query.order_by(passages.c.ordinal))
    return None if row is None else str(row["id"])


def of_labels(desk: Desk, report: InteractionReport, names: Mapping[str, str]) -> Iterator[Item]:
    """Sentences of held labels that say what to monitor, word for word."""
    try:
        graph = desk.graph()
    except Unavailable:
        return
    editions = [edition.id for edition in desk.sources.in_force(None)]
    for unit in build_units(graph, report.drugs, editions):
        if unit.id in names:
            found = label_sentences(desk, sorted(unit.profile.folded))
            for text, citation in list(found)[:MOST_OF_LABEL]:
                yield Item("monitoring", text, "verbatim", (names[unit.id],), citation, None, "label")


def label_sentences(desk: Desk, folded: Sequence[str]) -> Iterator[tuple[str, Json]]:
    """(sentence, citation) of labels in force whose title names a drug, laboratory sections first."""
    shelf, catalogue = desk.shelf, desk.shelf.catalogue
    labels = [edition.id for edition in shelf.in_force() if shelf.works[edition.work].kind == "label"]
    titles = select(documents.c.id, documents.c.title, documents.c.edition)
    named = naming(folded)
    held = [
        row["id"]
        for row in catalogue.in_batches(titles, documents.c.edition, labels)
        if named.search(fold_name(row["title"]))
    ]
    columns = (passages.c.id, passages.c.document, passages.c.code, passages.c.ordinal)
    rows = catalogue.in_batches(select(*columns), passages.c.document, sorted(held))
    wanted = [row for row in rows if row["code"] in WATCHED]
    wanted.sort(key=lambda row: (WATCHED.index(row["code"]), row["document"], row["ordinal"]))
    for row in wanted:
        yield from sentences_of(desk, row["id"])


def sentences_of(desk: Desk, identifier: str) -> Iterator[tuple[str, Json]]:
    """The sentences of a passage that say what to monitor."""
    passage = desk.shelf.catalogue.passages_of([identifier])[identifier]
    for span in split_sentences(passage.text):
        text = passage.text[span.start : span.end]
        if len(text) <= LONGEST and MONITORS.search(text):
            start = passage.start + span.start
            place = Evidence(passage.document, Span(start, start + len(text)), "label")
            yield text, desk.sources.cite([place])[place].as_json()


def unique(items: Iterable[Item]) -> list[Item]:
    """Each text about the same drugs once: its first citation, of the most severe finding."""
    kept: dict[tuple[str, tuple[str, ...]], Item] = {}
    for item in items:
        kept.setdefault((item.text, item.about), item)
    return list(kept.values())
