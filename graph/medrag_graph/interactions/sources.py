"""What the review asks of the shelf: which editions are in force on a day, and the quotes that prove a claim."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final, Protocol

from sqlalchemy import select

from medrag.answer.records import CONTEXT
from medrag.catalogue.schema import documents, passages
from medrag.editions import valid_until
from medrag.errors import CatalogueUnavailable
from medrag.records import Edition, Work
from medrag.shelf import OpenShelf
from medrag_graph.cache import graph_key
from medrag_graph.interactions.report import Citation, Quote
from medrag_graph.model import Evidence

__all__ = ["OpenShelfSources", "ShelfSources", "SourceEdition"]

#: Citations kept ready; about 2 KB each.
KEPT: Final = 50_000
#: Days whose set of editions is remembered.
KEPT_DAYS: Final = 1_000
#: Characters of documents kept ready to quote from: those that state interactions have some millions together.
CHARACTERS: Final = 1 << 25
#: Documents asked for in one query.
AT_ONCE: Final = 500
CUT: Final = (
    passages.c.document,
    passages.c.start,
    passages.c.end,
    passages.c.id,
    passages.c.page,
    passages.c.section,
)
TOLD: Final = tuple(
    documents.c[name]
    for name in (
        "id",
        "edition",
        "title",
        "language",
        "text",
        "sha256",
        "publisher",
        "published",
        "jurisdiction",
        "url",
        "lost_characters",
    )
)


@dataclass(frozen=True, slots=True)
class SourceEdition:
    """One edition that may speak, and the days it is in force."""

    id: str
    work: str
    label: str
    valid_from: date
    #: First day a later edition of the work is in force; None while it stands.
    valid_to: date | None


class ShelfSources(Protocol):
    """The shelf of one snapshot, as the review reads it."""

    @property
    def snapshot(self) -> str: ...

    @property
    def settings(self) -> str:
        """sha256 of the settings a report depends on."""

    def graph(self, as_of: date | None) -> str:
        """What the graph of the editions that serve on a day answers to. Raises Unavailable when there is none."""

    def in_force(self, as_of: date | None) -> Sequence[SourceEdition]:
        """By work. Raises Unavailable when none is in force."""

    def cite(self, evidence: Iterable[Evidence]) -> Mapping[Evidence, Citation]:
        """The quote of every span asked. Raises Unavailable when one cannot be read."""


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A document that quotes are taken from: its text, the JSON the doors give of it, where its passages lie."""

    text: str
    json: Mapping[str, Any]
    #: (start, end, passage id, page, section as JSON), in the document's order.
    cuts: tuple[tuple[int, int, str, int | None, str], ...]


class OpenShelfSources:
    """ShelfSources over the catalogue of an open shelf. Documents of a snapshot never change, so what was read is kept."""

    def __init__(self, shelf: OpenShelf, settings: str) -> None:
        self._shelf = shelf
        self._settings = settings
        self._editions: dict[str, SourceEdition] = {}
        self._documents: OrderedDict[str, ReadDocument] = OrderedDict()
        self._characters = 0
        self._kept: OrderedDict[Evidence, Citation] = OrderedDict()
        #: (today, day asked about) to what the graph answers to.
        self._days: dict[tuple[date, date | None], str] = {}
        self._lock = threading.Lock()

    @property
    def snapshot(self) -> str:
        return self._shelf.snapshot.id

    @property
    def settings(self) -> str:
        return self._settings

    def graph(self, as_of: date | None) -> str:
        day = (datetime.now(UTC).date(), as_of)
        key = self._days.get(day)
        if key is None:
            key = graph_key(self._shelf.serving(as_of))
            if len(self._days) >= KEPT_DAYS:
                self._days.clear()
            self._days[day] = key
        return key

    def in_force(self, as_of: date | None) -> Sequence[SourceEdition]:
        return tuple(self._edition(item) for item in self._shelf.in_force(as_of))

    def _edition(self, item: Edition) -> SourceEdition:
        """Made once: which editions a shelf holds does not change while it is open."""
        known = self._editions.get(item.id)
        if known is None:
            until = valid_until(item, tuple(self._shelf.editions.values()))
            known = SourceEdition(item.id, item.work, item.label, item.valid_from, until)
            self._editions[item.id] = known
        return known

    def cite(self, evidence: Iterable[Evidence]) -> Mapping[Evidence, Citation]:
        wanted = list(dict.fromkeys(evidence))
        with self._lock:
            known = {item: self._kept[item] for item in wanted if item in self._kept}
        fresh = self._read([item for item in wanted if item not in known])
        with self._lock:
            self._kept.update(fresh)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return known | fresh

    def _read(self, wanted: Sequence[Evidence]) -> dict[Evidence, Citation]:
        held = self._documents_of({item.document for item in wanted})
        return {item: citation_of(item, held[item.document]) for item in wanted}

    def _documents_of(self, identifiers: set[str]) -> dict[str, ReadDocument]:
        """Documents by id; those not read before are read in two queries. Raises Unavailable when one is not held."""
        with self._lock:
            held = {item: self._documents[item] for item in identifiers if item in self._documents}
        fresh = read_documents(self._shelf, sorted(identifiers - held.keys()))
        with self._lock:
            for key, document in fresh.items():
                if key not in self._documents:
                    self._documents[key] = document
                    self._characters += len(document.text)
            while self._characters > CHARACTERS and self._documents:
                self._characters -= len(self._documents.popitem(last=False)[1].text)
        return held | fresh


def read_documents(shelf: OpenShelf, identifiers: Sequence[str]) -> dict[str, ReadDocument]:
    """What quotes need of documents, without their blocks. Raises Unavailable when one is not held."""
    if not identifiers:
        return {}
    cuts: dict[str, list[tuple[int, int, str, int | None, str]]] = {}
    for at in range(0, len(identifiers), AT_ONCE):
        some = identifiers[at : at + AT_ONCE]
        query = select(*CUT).where(passages.c.document.in_(some)).order_by(passages.c.ordinal)
        for document, *cut in shelf.catalogue.tuples(query):
            cuts.setdefault(document, []).append(tuple(cut))
    rows = shelf.catalogue.in_batches(select(*TOLD), documents.c.id, identifiers)
    read = {row["id"]: read_document(row, shelf, cuts.get(row["id"], ())) for row in rows}
    if missing := [item for item in identifiers if item not in read]:
        raise CatalogueUnavailable(
            f"document {missing[0]!r} that the graph quotes is not in the catalogue",
            remedy="Run: medrag doctor",
        )
    return read


def read_document(
    row: Mapping[str, Any], shelf: OpenShelf, cuts: Iterable[tuple[int, int, str, int | None, str]]
) -> ReadDocument:
    edition = shelf.editions[row["edition"]]
    return ReadDocument(row["text"], document_json(row, edition, shelf.works[edition.work]), tuple(cuts))


def citation_of(item: Evidence, document: ReadDocument) -> Citation:
    """The quote with the first passage it begins in; a heading may stand outside every passage."""
    start = item.span.start
    cut = next((cut for cut in document.cuts if cut[0] <= start < cut[1]), None)
    quote = quote_of(item, document.text)
    if cut is None:
        return Citation(quote, document.json)
    _, _, passage, page, section = cut
    return Citation(quote, document.json, passage, page, tuple(json.loads(section)))


def quote_of(item: Evidence, text: str) -> Quote:
    """The words of a span with a little of what stands around them."""
    start, end = item.span.start, item.span.end
    before, after = text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]
    return Quote(item.role, text[start:end], before, after, start, end)


def document_json(row: Mapping[str, Any], edition: Edition, work: Work) -> dict[str, Any]:
    """The contract's document. Where the document differs from its work, the document's word counts."""
    return {
        "id": row["id"],
        "title": row["title"],
        "work": work.id,
        "work_title": work.title,
        "publisher": row["publisher"] or work.publisher,
        "edition": edition.label,
        "published": row["published"] or edition.published,
        "retrieved": edition.retrieved.isoformat(),
        "jurisdiction": row["jurisdiction"] or work.jurisdiction,
        "language": row["language"],
        "licence": work.rights.licence,
        "url": row["url"] or work.url,
        "sha256": row["sha256"],
        "kind": work.kind,
        "authority": work.authority,
        "superseded_by": edition.superseded_by,
        "redistributable": work.rights.redistributable,
        "lost_characters": row["lost_characters"],
    }
