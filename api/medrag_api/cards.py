"""Makes one card of a drug: what it is called and coded, what it belongs to, its risks, and what sources state of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import select

from medrag.catalogue.schema import documents, passages
from medrag.lexicon import load_sections
from medrag.text.normalise import fold_name
from medrag.vocabulary import SEVERITY_ORDER, Language
from medrag_api.desk import Desk
from medrag_graph.interactions.classes import Path, by_class
from medrag_graph.interactions.pairs import ways_to
from medrag_graph.interactions.report import DrugReport, concept_json
from medrag_graph.interactions.risks import code_of, label_of
from medrag_graph.interactions.sources import SourceEdition
from medrag_graph.interactions.units import Unit, build_units
from medrag_graph.interactions.whom import may_concern
from medrag_graph.interactions.words import name_of
from medrag_graph.model import Claim, GraphConcept, Predicate
from medrag_graph.resolve import Resolution, resolve
from medrag_graph.stores import GraphHome

__all__ = ["drug_card", "found_drugs", "suggested_names"]

Json = dict[str, Any]
#: Names looked at for a prefix: what a person means is among the first few hundred, or one more letter is typed.
LOOKED_AT: Final = 400
#: What is stated of a drug and a condition.
OF_CONDITIONS: Final[tuple[Predicate, ...]] = ("contraindicated_in", "indicated_for", "palliates")
PAIRED: Final[tuple[Predicate, ...]] = ("interacts_with", "no_interaction_with")


def found_drugs(desk: Desk, text: str, as_of: date | None = None) -> tuple[Json, Resolution]:
    """What a name stands for, or may have been meant to, and the resolution. Raises Unavailable."""
    found = resolve(desk.graph(as_of), text)
    told = (found.concept,) if found.concept is not None else found.candidates
    return {
        "q": found.input,
        "status": found.status,
        "how": found.how,
        "drugs": [concept_json(concept) for concept in told],
        "snapshot": desk.shelf.snapshot.id,
    }, found


def suggested_names(desk: Desk, text: str, language: Language, limit: int = 8) -> Json:
    """Names that begin with what is typed, each concept once: those that sources speak of first, then the short ones.

    For a person to choose from. Raises Unavailable.
    """
    graph, prefix = desk.graph(), fold_name(text)
    named = graph.starting(prefix, LOOKED_AT) if prefix else {}
    matched: dict[str, str] = {}
    for name in sorted(named, key=lambda name: (len(name), name)):
        for identifier in named[name]:
            matched.setdefault(identifier, name)
    concepts = graph.concepts(matched)
    drugs = [key for key in matched if key in concepts and concepts[key].kind in ("drug", "class", "food")]
    own = {key: fold_name(name_of(concepts[key], language)) for key in drugs}
    matched |= {key: name for key, name in own.items() if name.startswith(prefix)}
    spoken = graph.holding(drugs)
    ranked = sorted(
        drugs,
        key=lambda key: (
            matched[key] != prefix,
            key not in spoken,
            matched[key] != own[key],
            len(matched[key]),
            key,
        ),
    )
    told = [
        {
            "id": key,
            "kind": concepts[key].kind,
            "name": name_of(concepts[key], language),
            "matched": matched[key],
        }
        for key in ranked[:limit]
    ]
    return {"q": text, "names": told, "snapshot": desk.shelf.snapshot.id}


def drug_card(desk: Desk, concept: GraphConcept, language: Language, as_of: date | None = None) -> Json:
    """Everything held of one drug or class, from the editions in force on a day, by default today. Raises Unavailable."""
    graph = desk.graph(as_of)
    editions = {edition.id: edition for edition in desk.sources.in_force(as_of)}
    asked = DrugReport(concept.name, "resolved", concept)
    unit = build_units(graph, (asked,), tuple(editions))[0]
    tongues = {work: held.language for work, held in desk.shelf.works.items()}
    stated = list(stated_of(graph, unit, editions, tongues, language))
    pairs = [item for item in stated if item["predicate"] in PAIRED]
    return {
        "concept": concept_json(concept),
        "language": language,
        "as_of": as_of.isoformat() if as_of is not None else None,
        "ingredients": linked(graph, graph.links_to([concept.id], ("part_of",)), "source", language),
        "forms": linked(graph, graph.links_to([concept.id], ("form_of",)), "source", language),
        "products": linked(graph, graph.links_from([concept.id], ("part_of",)), "target", language),
        "classes": classes_of(graph, unit, language),
        "kidney": kidney_json(desk, graph, unit, editions),
        "risks": risks_json(unit, language),
        "interactions": {
            severity: held
            for severity in SEVERITY_ORDER
            if (held := [item for item in pairs if item["severity"] == severity])
        },
        "conditions": [item for item in stated if item["predicate"] in OF_CONDITIONS],
        "sections": sections_of(desk, unit, language, as_of),
        "sources_searched": searched_for(desk, graph, editions),
        "snapshot": desk.shelf.snapshot.id,
    }


def searched_for(desk: Desk, graph: GraphHome, editions: Mapping[str, SourceEdition]) -> list[dict[str, str]]:
    """The editions in force that state anything of drugs, and the labels. Lists of names and question sets are neither."""
    stating, works = frozenset(graph.claim_editions()), desk.shelf.works
    return [
        {"id": item.work, "edition": item.label}
        for item in editions.values()
        if item.id in stating or works[item.work].kind == "label"
    ]


def linked(graph: GraphHome, links: Iterable[Any], end: str, language: Language) -> list[Json]:
    """The concepts at one end of links, each once, by name."""
    by_id = {getattr(link, end): link for link in links}
    held = graph.concepts(by_id)
    told = [link_json(concept, by_id[key].edition, language) for key, concept in held.items()]
    return sorted(told, key=lambda item: (item["name"], item["id"]))


def link_json(concept: GraphConcept, edition: str, language: Language) -> Json:
    return {
        "id": concept.id,
        "name": name_of(concept, language),
        "kind": concept.kind,
        "edition": edition,
    }


def classes_of(graph: GraphHome, unit: Unit, language: Language) -> list[Json]:
    """Every class it belongs to, by the shortest way, with the edition that puts it there."""
    paths = {node: min(ways.values(), key=len) for node, ways in unit.reach.items() if node not in unit.own}
    held = graph.concepts(paths)
    told = [link_json(concept, paths[key][-1].edition, language) for key, concept in held.items()]
    return sorted(told, key=lambda item: (item["name"], item["id"]))


def risks_json(unit: Unit, language: Language) -> list[Json]:
    return [
        {
            "property": risk.property,
            "label": label_of(risk.property, language),
            "kind": code_of(risk.property).kind,
            "role": risk.role,
            "strength": risk.strength,
            "threshold": f"{risk.threshold.measure} < {risk.threshold.below}" if risk.threshold else "",
            "note": risk.note,
            "source": risk.source,
            "url": risk.url,
            "reviewed": risk.reviewed,
        }
        for risk in unit.profile.risks
    ]


def kidney_json(
    desk: Desk, graph: GraphHome, unit: Unit, editions: Mapping[str, SourceEdition]
) -> list[Json]:
    """The doses that sources give by kidney function, best function first, in the source's own words."""
    held = graph.claims_of(unit.own, ("dose_by_kidney_function",), tuple(editions))
    told = [kidney_band(claim, editions[claim.edition], desk) for claim in held]
    return sorted(told, key=lambda item: (item["source"], item["measure"], -float(item["lower"] or 0)))


def kidney_band(claim: Claim, edition: SourceEdition, desk: Desk) -> Json:
    words = ("measure", "lower", "upper", "unit", "dose", "warnings")
    return {
        **{word: claim.qualifiers.get(word, "") for word in words},
        "severity": claim.severity,
        "native_severity": claim.native_level,
        "source": edition.work,
        "edition": edition.label,
        "language": desk.shelf.works[edition.work].language,
    }


def stated_of(
    graph: GraphHome,
    unit: Unit,
    editions: Mapping[str, SourceEdition],
    tongues: Mapping[str, str],
    language: Language,
) -> Iterator[Json]:
    """What sources in force state of the drug or of a class it is in, once for each other end, source and level."""
    claims = graph.claims_of(unit.reach, (*PAIRED, *OF_CONDITIONS), tuple(editions))
    listed = frozenset(graph.class_editions())
    ends = graph.concepts({end for claim in claims for end in (claim.subject, claim.object)})
    told: dict[tuple[str, ...], Json] = {}
    for claim in claims:
        for mine, other in ((claim.subject, claim.object), (claim.object, claim.subject)):
            path = way_to(claim, mine, unit, listed)
            if path is None or other not in ends or other in unit.own:
                continue
            if may_concern(claim, unit, ends[other], graph):
                item = stated_json(claim, path, ends[mine], ends[other], editions[claim.edition], language)
                item["language"] = tongues[item["source"]]
                key = (claim.predicate, other, claim.edition, claim.severity, claim.condition)
                if key not in told or (told[key]["through"] and not item["through"]):
                    told[key] = item
    yield from sorted(
        told.values(), key=lambda item: (item["other"]["name"], item["source"], item["severity"])
    )


def way_to(claim: Claim, node: str, unit: Unit, listed: frozenset[str]) -> Path | None:
    if node not in unit.reach:
        return None
    return next((path for _, path in ways_to(claim, node, [unit], listed)), None)


def stated_json(
    claim: Claim,
    path: Path,
    mine: GraphConcept,
    other: GraphConcept,
    edition: SourceEdition,
    language: Language,
) -> Json:
    return {
        "predicate": claim.predicate,
        "other": link_json(other, claim.edition, language),
        "through": link_json(mine, path[-1].edition, language) if by_class(path) else None,
        "severity": claim.severity,
        "native_severity": claim.native_level,
        "source": edition.work,
        "edition": edition.label,
        "condition": claim.condition,
    }


def sections_of(desk: Desk, unit: Unit, language: Language, as_of: date | None) -> list[Json]:
    """The label sections held of it: one line for each document and section code, with the first passage."""
    shelf = desk.shelf
    labels = [e.id for e in shelf.in_force(as_of) if shelf.works[e.work].kind == "label"]
    titles = select(documents.c.id, documents.c.title, documents.c.edition)
    rows = shelf.catalogue.in_batches(titles, documents.c.edition, labels)
    named = naming(sorted(unit.profile.folded))
    held = {row["id"]: row for row in rows if named.search(fold_name(row["title"]))}
    columns = select(passages.c.id, passages.c.document, passages.c.code).order_by(passages.c.ordinal)
    first: dict[tuple[str, str], str] = {}
    for row in shelf.catalogue.in_batches(columns, passages.c.document, sorted(held)):
        if row["code"]:
            first.setdefault((row["document"], row["code"]), row["id"])
    told = [section_json(held[key], code, passage, language) for (key, code), passage in first.items()]
    return sorted(told, key=lambda item: (item["title"], item["code"]))


def naming(names: Sequence[str]) -> re.Pattern[str]:
    """Any of the folded names as whole words of a folded title; a text without names is found in no title."""
    words = "|".join(re.escape(name) for name in names if len(name) > 2) or r"(?!)"
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)")


def section_json(row: Mapping[str, Any], code: str, passage: str, language: Language) -> Json:
    work, _, label = row["edition"].partition("@")
    return {
        "code": code,
        "heading": heading_of(code, language),
        "document": row["id"],
        "title": row["title"],
        "work": work,
        "edition": label,
        "passage_id": passage,
    }


def heading_of(code: str, language: Language) -> str:
    """The section's heading as labels print it, in Chinese where a Chinese label has one; else its code."""
    for section in load_sections():
        if section.loinc == code:
            return section.zh[0] if language == "zh" and section.zh else section.heading
    return code
