"""Reads the catalogue: works, editions, documents, passages, names, assertions, snapshots and runs."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, Table, func, select, text
from sqlalchemy.exc import DBAPIError

from medrag.catalogue import rows
from medrag.catalogue.engine import open_engine
from medrag.catalogue.migrate import bring_up_to_date
from medrag.catalogue.schema import (
    assertions,
    audit,
    concepts,
    documents,
    editions,
    evidence,
    golden,
    keys,
    names,
    passages,
    pointers,
    publications,
    runs,
    snapshots,
    works,
)
from medrag.errors import CatalogueUnavailable, NotFound
from medrag.records import Assertion, Concept, Document, Edition, Name, Passage, Snapshot, Work
from medrag.vocabulary import Severity

__all__ = ["CatalogueReader", "DocumentWords", "EditionState", "Publication", "StatedRow"]

CURRENT = "current"
#: Rows a statement may ask for by id: SQLite takes 32,766 variables, PostgreSQL 65,535; 500 keeps plans cached.
ASK_AT_ONCE = 500
#: Documents read together when a whole edition is read: a label has some 60,000 characters, so some megabytes.
READ_AT_ONCE = 100
#: Columns of a passage in the order of its record, its text left out.
CUT = ("id", "document", "edition", "ordinal", "start", "end", "kind", "section", "code", "page", "scope")


@dataclass(frozen=True, slots=True)
class EditionState:
    """An edition with what it holds and whether it is complete."""

    edition: Edition
    state: str
    documents: int
    passages: int
    assertions: int
    names: int


@dataclass(frozen=True, slots=True)
class DocumentWords:
    """A document as the index needs it."""

    id: str
    key: str
    title: str
    language: str
    jurisdiction: str | None
    text: str


@dataclass(frozen=True, slots=True)
class StatedRow:
    """An assertion between two names, and the passage that states it."""

    subject: str
    object: str
    edition: str
    severity: Severity
    passage: str


@dataclass(frozen=True, slots=True)
class Publication:
    """One move of the snapshot pointer."""

    seq: int
    snapshot: str
    at: str
    action: str
    reason: str


class CatalogueReader:
    """One open catalogue. Safe to share between threads: every call takes a connection of its own."""

    def __init__(self, url: str, *, create: bool = True) -> None:
        self._engine = open_engine(url, create=create)
        with translated():
            bring_up_to_date(self._engine)

    def close(self) -> None:
        self._engine.dispose()

    def current(self) -> Snapshot | None:
        """The snapshot readers see; None before the first publication."""
        query = select(snapshots).join(pointers, pointers.c.value == snapshots.c.id)
        row = self.first(query.where(pointers.c.name == CURRENT))
        return rows.snapshot_of(row) if row else None

    def snapshots(self) -> list[Snapshot]:
        """Those kept, oldest first."""
        return [rows.snapshot_of(row) for row in self.all(select(snapshots).order_by(snapshots.c.created))]

    def publications(self) -> list[Publication]:
        """Every move of the pointer, oldest first."""
        found = self.all(select(publications).order_by(publications.c.seq))
        return [Publication(r["seq"], r["snapshot"], r["at"], r["action"], r["reason"]) for r in found]

    def golden_of(self, held: Collection[str]) -> list[tuple[str, str]]:
        """(work, body) of every golden question of the works given, in the order of their cards."""
        found = self.tuples(select(golden.c.work, golden.c.body).order_by(golden.c.work, golden.c.ordinal))
        return [(work, body) for work, body in found if work in held]

    def works(self) -> list[Work]:
        return [rows.work_of(row) for row in self.all(select(works).order_by(works.c.id))]

    def work(self, identifier: str) -> Work:
        row = self.first(select(works).where(works.c.id == identifier))
        if row is None:
            raise NotFound(f"no work {identifier!r} is held", remedy="Run: medrag shelf list")
        return rows.work_of(row)

    def editions(self, work: str | None = None) -> list[EditionState]:
        """Sealed and staged editions, by work and date."""
        query = select(editions).order_by(editions.c.work, editions.c.published, editions.c.id)
        if work is not None:
            query = query.where(editions.c.work == work)
        return [state_of(row) for row in self.all(query)]

    def edition(self, identifier: str) -> EditionState:
        row = self.first(select(editions).where(editions.c.id == identifier))
        if row is None:
            raise NotFound(f"no edition {identifier!r} is held", remedy="Run: medrag shelf list")
        return state_of(row)

    def find_edition(self, identifier: str) -> EditionState | None:
        row = self.first(select(editions).where(editions.c.id == identifier))
        return state_of(row) if row else None

    def count_edition(self, identifier: str) -> dict[str, int]:
        """How many documents, passages, assertions and names are written of an edition, sealed or not."""
        return {
            table.name: int(self.all(count_of(table, identifier))[0]["held"])
            for table in (documents, passages, assertions, names)
        }

    def document(self, identifier: str) -> Document:
        row = self.first(select(documents).where(documents.c.id == identifier))
        if row is None:
            raise NotFound(f"no document {identifier!r} is held")
        return rows.document_of(row)

    def documents_of(self, identifiers: Iterable[str]) -> dict[str, Document]:
        found = self.in_batches(select(documents), documents.c.id, identifiers)
        return {row["id"]: rows.document_of(row) for row in found}

    def document_texts(self, identifiers: Iterable[str]) -> dict[str, tuple[str, str, str]]:
        """Document id to (key, title, text), without the structure that is only needed for quoting."""
        columns = (documents.c.id, documents.c.key, documents.c.title, documents.c.text)
        found = self.in_batches(select(*columns), documents.c.id, identifiers)
        return {row["id"]: (row["key"], row["title"], row["text"]) for row in found}

    def document_keys(self, edition: str) -> list[tuple[str, str, str, str]]:
        """(id, key, title, text sha256) of an edition's documents in order."""
        columns = (documents.c.id, documents.c.key, documents.c.title, documents.c.sha256)
        query = select(*columns).where(documents.c.edition == edition).order_by(documents.c.ordinal)
        return [(r["id"], r["key"], r["title"], r["sha256"]) for r in self.all(query)]

    def passage(self, identifier: str) -> Passage:
        row = self.first(with_text().where(passages.c.id == identifier))
        if row is None:
            raise NotFound("nothing of that id is on the shelf")
        return rows.passage_of(row)

    def passages_of(self, identifiers: Iterable[str]) -> dict[str, Passage]:
        """Passages by id; ids that are not held are not in the answer."""
        found = self.in_batches(with_text(), passages.c.id, identifiers)
        return {row["id"]: rows.passage_of(row) for row in found}

    def members_of_classes(self, held: Sequence[str]) -> list[tuple[str, str]]:
        """(substance, class) for every ``member_of`` assertion of the editions, as their sources write them."""
        columns = (assertions.c.subject, assertions.c.object)
        query = select(*columns).where(assertions.c.predicate == "member_of", assertions.c.edition.in_(held))
        return sorted((row["subject"], row["object"]) for row in self.all(query))

    def staged_members(self, edition: str) -> set[tuple[str, str]]:
        """(raw sha256, raw member) of the documents an edition already holds."""
        columns = (documents.c.raw_sha256, documents.c.raw_member)
        query = select(*columns).where(documents.c.edition == edition).distinct()
        return {(row["raw_sha256"], row["raw_member"]) for row in self.all(query)}

    def editions_of_raw(self, sha256: str) -> list[str]:
        """The complete editions that hold a document made from these bytes, by id."""
        query = select(editions.c.id).join(documents, documents.c.edition == editions.c.id)
        query = query.where(documents.c.raw_sha256 == sha256, editions.c.state == "sealed").distinct()
        return sorted(row[0] for row in self.tuples(query))

    def passage_ids(self, edition: str) -> set[str]:
        return {row["id"] for row in self.all(select(passages.c.id).where(passages.c.edition == edition))}

    def read_edition(self, edition: str) -> Iterator[tuple[Document, list[Passage]]]:
        """Streams an edition's documents in order, each with its passages; memory holds a batch of documents."""
        identifiers = [identifier for identifier, *_ in self.document_keys(edition)]
        for start in range(0, len(identifiers), READ_AT_ONCE):
            batch = identifiers[start : start + READ_AT_ONCE]
            held = self.documents_of(batch)
            cut: dict[str, list[Passage]] = {identifier: [] for identifier in batch}
            query = select(passages).where(passages.c.document.in_(batch)).order_by(passages.c.ordinal)
            for row in self.all(query):
                text = held[row["document"]].text[row["start"] : row["end"]]
                cut[row["document"]].append(rows.passage_of({**row, "text": text}))
            yield from ((held[identifier], cut[identifier]) for identifier in batch)

    def read_words(self, edition: str) -> Iterator[tuple[DocumentWords, list[Passage]]]:
        """As :meth:`read_edition`, without the structure that only quoting needs: a third of the time."""
        ids = select(documents.c.id).where(documents.c.edition == edition).order_by(documents.c.ordinal)
        identifiers = [row[0] for row in self.tuples(ids)]
        columns = (documents.c[name] for name in ("id", "key", "title", "language", "jurisdiction", "text"))
        words = select(*columns)
        cuts = select(*(passages.c[name] for name in CUT)).order_by(passages.c.ordinal)
        for start in range(0, len(identifiers), READ_AT_ONCE):
            batch = identifiers[start : start + READ_AT_ONCE]
            found = [DocumentWords(*row) for row in self.tuples(words.where(documents.c.id.in_(batch)))]
            held = {document.id: document for document in found}
            parts: dict[str, list[Passage]] = {identifier: [] for identifier in batch}
            for row in self.tuples(cuts.where(passages.c.document.in_(batch))):
                parts[row[1]].append(rows.cut_of(row, held[row[1]].text))
            yield from ((held[identifier], parts[identifier]) for identifier in batch)

    def concepts_of(self, edition: str) -> dict[str, tuple[Concept, bool]]:
        """Every concept of an edition by id, and whether it goes by a name its source prefers."""
        query = select(names.c.concept).where(names.c.edition == edition, names.c.form == "preferred")
        preferred = {row[0] for row in self.tuples(query.distinct())}
        found = self.all(select(concepts).where(concepts.c.edition == edition))
        return {row["id"]: (rows.concept_of(row), row["id"] in preferred) for row in found}

    def measure_edition(self, edition: str) -> tuple[int, int]:
        """(characters, lost characters) of the documents written of an edition."""
        sums = (func.sum(func.length(documents.c.text)), func.sum(documents.c.lost_characters))
        characters, lost = self.tuples(select(*sums).where(documents.c.edition == edition))[0]
        return int(characters or 0), int(lost or 0)

    def names_of(self, folded: Iterable[str], held: Collection[str]) -> list[Name]:
        """Names whose folded form is among those asked, from the editions given.

        The editions are looked at here, not in the query: SQLite would walk a whole edition's names by their index.
        """
        found = self.in_batches(select(names), names.c.folded, folded)
        return [rows.name_of(row) for row in found if row["edition"] in held]

    def concept_names(self, concept: str, held: Sequence[str]) -> list[Name]:
        query = select(names).where(names.c.concept == concept, names.c.edition.in_(held))
        return [rows.name_of(row) for row in self.all(query.order_by(names.c.form, names.c.text))]

    def assertions_in(self, edition: str) -> Iterator[Assertion]:
        """Every assertion of an edition with its evidence, by id."""
        proofs: dict[str, list[Any]] = {}
        query = select(evidence).join(assertions, assertions.c.id == evidence.c.assertion)
        query = query.where(assertions.c.edition == edition)
        for row in self.all(query.order_by(evidence.c.assertion, evidence.c.ordinal)):
            proofs.setdefault(row["assertion"], []).append(rows.evidence_of(row))
        for row in self.all(
            select(assertions).where(assertions.c.edition == edition).order_by(assertions.c.id)
        ):
            yield Assertion(
                row["id"],
                edition,
                row["predicate"],
                row["subject"],
                row["object"],
                row["severity"],
                row["native_scale"],
                row["native_level"],
                row["condition"],
                json.loads(row["qualifiers"]),
                tuple(proofs.get(row["id"], ())),
            )

    def concepts_by_id(self, identifiers: Iterable[str], held: Sequence[str]) -> dict[str, Concept]:
        """Concepts by id, from the editions given."""
        query = select(concepts).where(concepts.c.edition.in_(held))
        found = self.in_batches(query, concepts.c.id, sorted(identifiers))
        return {r["id"]: Concept(r["id"], r["kind"], r["name"], json.loads(r["codes"])) for r in found}

    def stated_pairs(self, predicate: str, held: Sequence[str]) -> list[StatedRow]:
        """Assertions of a predicate with the passage their first stated evidence stands in, by passage."""
        within = (passages.c.document == evidence.c.document) & (passages.c.start <= evidence.c.start)
        columns = (assertions.c.subject, assertions.c.object, assertions.c.edition, assertions.c.severity)
        query = (
            select(*columns, passages.c.id)
            .join(evidence, (evidence.c.assertion == assertions.c.id) & (evidence.c.ordinal == 0))
            .join(passages, within & (passages.c.end > evidence.c.start))
            .where(assertions.c.predicate == predicate, assertions.c.edition.in_(held))
            .order_by(passages.c.id, assertions.c.id)
        )
        return [StatedRow(*row) for row in self.tuples(query)]

    def assertion_heads(self, identifiers: Iterable[str]) -> dict[str, tuple[str, str, str]]:
        """Id to (edition, subject, object) as the source writes them, of those that are still held."""
        columns = (assertions.c.id, assertions.c.edition, assertions.c.subject, assertions.c.object)
        found = self.in_batches(select(*columns), assertions.c.id, identifiers)
        return {row["id"]: (row["edition"], row["subject"], row["object"]) for row in found}

    def last_runs(self, limit: int = 20) -> list[dict[str, Any]]:
        query = select(runs).order_by(runs.c.started.desc(), runs.c.id).limit(limit)
        return [dict(row) for row in self.all(query)]

    def receipts(self) -> Iterator[dict[str, Any]]:
        """The receipt of every run, as its JSON, oldest first."""
        for row in self.tuples(select(runs.c.receipt).order_by(runs.c.started, runs.c.id)):
            yield json.loads(row[0])

    @contextmanager
    def standing_still(self) -> Iterator[Connection]:
        """One transaction that only reads, and sees the catalogue as it is now whatever is written meanwhile."""
        with translated(), self._engine.connect() as connection:
            if self._engine.dialect.name == "postgresql":
                told = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
                connection = connection.execution_options(**told)
                # Two readers of one table would else meet in its middle, and rows come in another order.
                connection.exec_driver_sql("SET LOCAL synchronize_seqscans TO off")
            else:
                connection.exec_driver_sql("BEGIN")
            connection.execute(select(pointers)).all()
            yield connection

    def is_empty(self) -> bool:
        """Whether nothing was ever kept here: no work, no run, no key, no record of an act."""
        return not any(
            self.first(select(table).limit(1)) for table in (works, runs, publications, keys, audit)
        )

    def first(self, query: Select[Any]) -> Any:
        with translated(), self._engine.connect() as connection:
            return connection.execute(query).mappings().first()

    def all(self, query: Select[Any]) -> Sequence[Any]:
        with translated(), self._engine.connect() as connection:
            return connection.execute(query).mappings().all()

    def tuples(self, query: Select[Any]) -> Sequence[Any]:
        """Rows without their columns' names, for what is read by the ten thousand."""
        with translated(), self._engine.connect() as connection:
            return connection.execute(query).all()

    def in_batches(self, query: Select[Any], column: Any, wanted: Iterable[str]) -> Iterator[Any]:
        """Rows whose ``column`` is among ``wanted``, asked a batch at a time."""
        values = list(dict.fromkeys(wanted))
        for start in range(0, len(values), ASK_AT_ONCE):
            yield from self.all(query.where(column.in_(values[start : start + ASK_AT_ONCE])))

    def check(self) -> str:
        """The database's own opinion of itself; ``ok`` when sound."""
        with translated(), self._engine.connect() as connection:
            if self._engine.dialect.name == "sqlite":
                return str(connection.execute(text("PRAGMA quick_check")).scalar())
            connection.execute(text("SELECT 1"))
            return "ok"


@contextmanager
def translated() -> Iterator[None]:
    """The database's errors in medrag's words."""
    try:
        yield
    except DBAPIError as error:
        raise CatalogueUnavailable(
            f"the catalogue cannot be read or written: {error.orig}", remedy="Run: medrag doctor"
        ) from error


def count_of(table: Table, edition: str) -> Select[Any]:
    return select(func.count().label("held")).select_from(table).where(table.c.edition == edition)


def with_text() -> Select[Any]:
    """Passages with the slice of their document; SQL substr counts code points from 1 on both databases."""
    length = passages.c.end - passages.c.start
    sliced = func.substr(documents.c.text, passages.c.start + 1, length).label("text")
    return select(passages, sliced).join(documents, documents.c.id == passages.c.document)


def state_of(row: Any) -> EditionState:
    counts = (row["documents"], row["passages"], row["assertions"], row["names"])
    return EditionState(rows.edition_of(row), row["state"], *counts)
