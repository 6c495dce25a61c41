"""Small catalogues written by hand: terminologies and statements of made-up editions, in the real catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from medrag.catalogue import Catalogue
from medrag.identifiers import content_id, sha256_text
from medrag.records import (
    Assertion,
    Block,
    Concept,
    Document,
    Edition,
    Name,
    Rights,
    Segment,
    Span,
    Stated,
    Work,
)
from medrag.text.normalise import fold_name
from medrag.vocabulary import Language, Severity

__all__ = ["Entry", "Source", "Statement", "open_catalogue", "write_sources"]


@dataclass(frozen=True)
class Entry:
    """A concept of a source: its names as (text, language, form), the first one its own."""

    id: str
    names: tuple[tuple[str, Language, str], ...]
    kind: str = "drug"
    codes: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, identifier: str, name: str, *synonyms: str, language: Language = "en", **codes: str) -> Entry:
        told = ((name, language, "preferred"), *((text, language, "synonym") for text in synonyms))
        return cls(identifier, tuple(told), "drug", codes)

    def as_kind(self, kind: str) -> Entry:
        return Entry(self.id, self.names, kind, self.codes)


@dataclass(frozen=True)
class Statement:
    """One row of a source."""

    subject: str
    object: str
    predicate: str = "interacts_with"
    severity: Severity = "major"
    level: str = "high"
    condition: str = ""
    qualifiers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """One edition."""

    work: str
    entries: tuple[Entry, ...] = ()
    statements: tuple[Statement, ...] = ()
    language: Language = "en"

    @property
    def edition(self) -> str:
        return f"{self.work}@1"


def open_catalogue(folder: Path) -> Catalogue:
    return Catalogue(f"sqlite:///{folder / 'catalogue.db'}")


def write_sources(catalogue: Catalogue, sources: Sequence[Source]) -> list[str]:
    """Stages and seals every source; the ids of their editions in the order given."""
    for source in sources:
        rights = Rights("CC0", None, True, None)
        work = Work(
            source.work, source.work, "p", "terminology", "reference", "INT", source.language, None, rights
        )
        catalogue.put_work(work)
        day = date(2020, 1, 1)
        catalogue.open_edition(Edition(source.edition, source.work, "1", "2020", day, day, "0" * 64))
        document, claims = statements_of(source)
        catalogue.add_batch(
            source.edition,
            [(0, document, [])],
            claims,
            [Concept(item.id, item.kind, item.names[0][0], item.codes) for item in source.entries],
            [
                Name(item.id, text, fold_name(text), language, form, source.edition)
                for item in source.entries
                for text, language, form in item.names
            ],
        )
        catalogue.seal_edition(source.edition, "0" * 64)
    return [source.edition for source in sources]


def statements_of(source: Source) -> tuple[Document, list[Assertion]]:
    """A document with a line for each statement, and the assertions that stand on them."""
    lines = [f"{s.subject} | {s.object} | {s.level}" for s in source.statements] or ["nothing is stated"]
    text = "\n".join(lines)
    identifier = content_id("d_", source.edition, text)
    blocks, claims, at = [], [], 0
    for number, line in enumerate(lines):
        span = Span(at, at + len(line))
        at = span.end + 1
        blocks.append(Block("table_row", span.start, span.end))
        if number < len(source.statements):
            claims.append(assertion_of(source, source.statements[number], identifier, span))
    segments = (Segment(0, len(text), f"chars:0-{len(text)}"),)
    digest = sha256_text(text)
    document = Document(
        identifier, source.edition, "rows", "rows", "en", text, digest, digest, "", segments, tuple(blocks)
    )
    return document, claims


def assertion_of(source: Source, told: Statement, document: str, span: Span) -> Assertion:
    return Assertion(
        content_id("a_", document, span.start),
        source.edition,
        told.predicate,
        told.subject,
        told.object,
        told.severity,
        source.work,
        told.level,
        told.condition,
        told.qualifiers,
        (Stated(document, span, "row"),),
    )
