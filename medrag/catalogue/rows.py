"""Records to rows and back; tuples and mappings travel as compact JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from medrag.records import (
    Assertion,
    Block,
    Concept,
    Derived,
    Document,
    Edition,
    Name,
    Passage,
    Rights,
    Segment,
    Snapshot,
    Span,
    Stated,
    Work,
)

__all__ = [
    "Rows",
    "assertion_row",
    "compact",
    "concept_of",
    "concept_row",
    "cut_of",
    "document_of",
    "document_row",
    "edition_of",
    "evidence_of",
    "evidence_rows",
    "name_of",
    "name_row",
    "passage_of",
    "passage_row",
    "snapshot_of",
    "work_of",
    "work_row",
]

Row = Mapping[str, Any]


def compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def work_row(work: Work) -> dict[str, Any]:
    return {
        "id": work.id,
        "title": work.title,
        "publisher": work.publisher,
        "kind": work.kind,
        "authority": work.authority,
        "jurisdiction": work.jurisdiction,
        "language": work.language,
        "url": work.url,
        "licence": work.rights.licence,
        "licence_url": work.rights.url,
        "redistributable": work.rights.redistributable,
        "max_quote_chars": work.rights.max_quote_chars,
        "tenant": work.tenant,
    }


def work_of(row: Row) -> Work:
    rights = Rights(row["licence"], row["licence_url"], bool(row["redistributable"]), row["max_quote_chars"])
    return Work(
        row["id"],
        row["title"],
        row["publisher"],
        row["kind"],
        row["authority"],
        row["jurisdiction"],
        row["language"],
        row["url"],
        rights,
        row["tenant"],
    )


def edition_of(row: Row) -> Edition:
    return Edition(
        row["id"],
        row["work"],
        row["label"],
        row["published"],
        date.fromisoformat(row["valid_from"]),
        date.fromisoformat(row["retrieved"]),
        row["manifest_sha256"],
        row["content_sha256"],
        row["superseded_by"],
        row["withdrawn"],
    )


def document_row(document: Document, ordinal: int) -> dict[str, Any]:
    return {
        "id": document.id,
        "edition": document.edition,
        "ordinal": ordinal,
        "key": document.key,
        "title": document.title,
        "language": document.language,
        "text": document.text,
        "sha256": document.sha256,
        "raw_sha256": document.raw_sha256,
        "raw_member": document.raw_member,
        "segments": compact([(s.start, s.end, s.locator) for s in document.segments]),
        "blocks": compact([block_list(block) for block in document.blocks]),
        "publisher": document.publisher,
        "published": document.published,
        "jurisdiction": document.jurisdiction,
        "url": document.url,
        "lost_characters": document.lost_characters,
    }


def block_list(block: Block) -> list[Any]:
    scope = [(span.start, span.end) for span in block.scope]
    return [block.kind, block.start, block.end, block.section, block.code, block.page, scope]


def block_of(item: list[Any]) -> Block:
    kind, start, end, section, code, page, scope = item
    return Block(kind, start, end, tuple(section), code, page, tuple(Span(*pair) for pair in scope))


def document_of(row: Row) -> Document:
    return Document(
        row["id"],
        row["edition"],
        row["key"],
        row["title"],
        row["language"],
        row["text"],
        row["sha256"],
        row["raw_sha256"],
        row["raw_member"],
        tuple(Segment(start, end, locator) for start, end, locator in json.loads(row["segments"])),
        tuple(block_of(item) for item in json.loads(row["blocks"])),
        row["publisher"],
        row["published"],
        row["jurisdiction"],
        row["url"],
        row["lost_characters"],
    )


def passage_row(passage: Passage) -> dict[str, Any]:
    return {
        "id": passage.id,
        "document": passage.document,
        "edition": passage.edition,
        "ordinal": passage.ordinal,
        "start": passage.start,
        "end": passage.end,
        "kind": passage.kind,
        "section": compact(passage.section),
        "code": passage.code,
        "page": passage.page,
        "scope": compact([(span.start, span.end) for span in passage.scope]),
    }


def passage_of(row: Row) -> Passage:
    """From a row that also has ``text``, the slice of the document."""
    return Passage(
        row["id"],
        row["document"],
        row["edition"],
        row["ordinal"],
        row["start"],
        row["end"],
        row["text"],
        row["kind"],
        tuple(json.loads(row["section"])),
        row["code"],
        row["page"],
        tuple(Span(start, end) for start, end in json.loads(row["scope"])),
    )


def cut_of(row: Sequence[Any], text: str) -> Passage:
    """From the columns of a passage in the order of its record, and its document's text."""
    identifier, document, edition, ordinal, start, end, kind, section, code, page, scope = row
    path = tuple(json.loads(section)) if section != "[]" else ()
    spans = tuple(Span(*pair) for pair in json.loads(scope)) if scope != "[]" else ()
    words = text[start:end]
    return Passage(identifier, document, edition, ordinal, start, end, words, kind, path, code, page, spans)


def assertion_row(assertion: Assertion) -> dict[str, Any]:
    return {
        "id": assertion.id,
        "edition": assertion.edition,
        "predicate": assertion.predicate,
        "subject": assertion.subject,
        "object": assertion.object,
        "severity": assertion.severity,
        "native_scale": assertion.native_scale,
        "native_level": assertion.native_level,
        "condition": assertion.condition,
        "qualifiers": compact(dict(assertion.qualifiers)),
    }


def evidence_rows(assertion: Assertion) -> Iterator[dict[str, Any]]:
    blank = {"document": None, "start": None, "end": None, "rule": None, "premises": None}
    for ordinal, item in enumerate(assertion.evidence):
        row = {"assertion": assertion.id, "ordinal": ordinal, **blank}
        if isinstance(item, Stated):
            span = item.span
            yield {**row, "document": item.document, "start": span.start, "end": span.end, "role": item.role}
        else:
            yield {**row, "role": "derived", "rule": item.rule, "premises": compact(item.premises)}


def evidence_of(row: Row) -> Stated | Derived:
    if row["document"] is not None:
        return Stated(row["document"], Span(row["start"], row["end"]), row["role"])
    return Derived(row["rule"], tuple(json.loads(row["premises"])))


def concept_row(concept: Concept, edition: str) -> dict[str, Any]:
    return {
        "id": concept.id,
        "edition": edition,
        "kind": concept.kind,
        "name": concept.name,
        "codes": compact(dict(concept.codes)),
    }


def concept_of(row: Row) -> Concept:
    return Concept(row["id"], row["kind"], row["name"], json.loads(row["codes"]))


def name_row(name: Name, edition: str) -> dict[str, Any]:
    return {
        "concept": name.concept,
        "edition": edition,
        "text": name.text,
        "folded": name.folded,
        "language": name.language,
        "form": name.form,
    }


def name_of(row: Row) -> Name:
    return Name(row["concept"], row["text"], row["folded"], row["language"], row["form"], row["edition"])


def snapshot_of(row: Row) -> Snapshot:
    return Snapshot(
        row["id"],
        datetime.fromisoformat(row["created"]),
        tuple(json.loads(row["editions"])),
        row["index_name"],
        row["encoder"],
        row["passages"],
    )


@dataclass(slots=True)
class Rows:
    """Rows of documents by table: plain dictionaries, which another process can make."""

    documents: list[dict[str, Any]] = field(default_factory=list)
    passages: list[dict[str, Any]] = field(default_factory=list)
    assertions: list[dict[str, Any]] = field(default_factory=list)
    evidence: list[dict[str, Any]] = field(default_factory=list)

    def add(
        self, document: Document, passages: Iterable[Passage], claims: Iterable[Assertion], ordinal: int = 0
    ) -> None:
        self.documents.append(document_row(document, ordinal))
        self.passages += [passage_row(passage) for passage in passages]
        self.add_claims(claims)

    def add_claims(self, claims: Iterable[Assertion]) -> None:
        for claim in claims:
            self.assertions.append(assertion_row(claim))
            self.evidence += evidence_rows(claim)

    def join(self, later: Rows) -> None:
        self.documents += later.documents
        self.passages += later.passages
        self.assertions += later.assertions
        self.evidence += later.evidence
