"""What the review asks of the shelf: which editions are in force on a day, and the quotes that prove a claim."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from sqlalchemy import select

from medrag.answer.records import CONTEXT
from medrag.catalogue.schema import passages
from medrag.editions import valid_until
from medrag.records import Document, Edition, Work
from medrag.shelf import OpenShelf
from medrag_graph.interactions.report import Citation, Quote
from medrag_graph.model import Evidence

__all__ = ["OpenShelfSources", "ShelfSources", "SourceEdition"]

#: Citations kept ready; about 2 KB each.
KEPT = 50_000


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

    def in_force(self, as_of: date | None) -> Sequence[SourceEdition]:
        """By work. Raises Unavailable when none is in force."""

    def cite(self, evidence: Iterable[Evidence]) -> Mapping[Evidence, Citation]:
        """The quote of every span asked. Raises Unavailable when one cannot be read."""


class OpenShelfSources:
    """ShelfSources over the catalogue of an open shelf. Documents of a snapshot never change, so quotes are kept."""

    def __init__(self, shelf: OpenShelf, settings: str) -> None:
        self._shelf = shelf
        self._settings = settings
        self._kept: OrderedDict[Evidence, Citation] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def snapshot(self) -> str:
        return self._shelf.snapshot.id

    @property
    def settings(self) -> str:
        return self._settings

    def in_force(self, as_of: date | None) -> Sequence[SourceEdition]:
        held = tuple(self._shelf.editions.values())
        return tuple(
            SourceEdition(item.id, item.work, item.label, item.valid_from, valid_until(item, held))
            for item in self._shelf.in_force(as_of)
        )

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
        if not wanted:
            return {}
        catalogue, held = self._shelf.catalogue, {item.document for item in wanted}
        documents = catalogue.documents_of(held)
        cuts: dict[str, list[Any]] = {}
        columns = (passages.c.id, passages.c.document, passages.c.start, passages.c.end)
        query = select(*columns, passages.c.page, passages.c.section).order_by(passages.c.ordinal)
        for row in catalogue.in_batches(query, passages.c.document, sorted(held)):
            cuts.setdefault(row["document"], []).append(row)
        return {item: self._citation(item, documents[item.document], cuts) for item in wanted}

    def _citation(self, item: Evidence, document: Document, cuts: Mapping[str, Sequence[Any]]) -> Citation:
        edition = self._shelf.editions[document.edition]
        start = item.span.start
        inside = [row for row in cuts.get(document.id, ()) if row["start"] <= start < row["end"]]
        first = inside[0] if inside else None
        return Citation(
            quote_of(item, document.text),
            document_json(document, edition, self._shelf.works[edition.work]),
            None if first is None else first["id"],
            None if first is None else first["page"],
            () if first is None else tuple(json.loads(first["section"])),
        )


def quote_of(item: Evidence, text: str) -> Quote:
    """The words of a span with a little of what stands around them."""
    start, end = item.span.start, item.span.end
    before, after = text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]
    return Quote(item.role, text[start:end], before, after, start, end)


def document_json(document: Document, edition: Edition, work: Work) -> dict[str, Any]:
    """The contract's document. Where the document differs from its work, the document's word counts."""
    return {
        "id": document.id,
        "title": document.title,
        "work": work.id,
        "work_title": work.title,
        "publisher": document.publisher or work.publisher,
        "edition": edition.label,
        "published": document.published or edition.published,
        "retrieved": edition.retrieved.isoformat(),
        "jurisdiction": document.jurisdiction or work.jurisdiction,
        "language": document.language,
        "licence": work.rights.licence,
        "url": document.url or work.url,
        "sha256": document.sha256,
        "kind": work.kind,
        "authority": work.authority,
        "superseded_by": edition.superseded_by,
        "redistributable": work.rights.redistributable,
        "lost_characters": document.lost_characters,
    }
