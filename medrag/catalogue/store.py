"""Writes the catalogue; staged editions are invisible until a snapshot that names them is published."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, update

from medrag.catalogue import rows
from medrag.catalogue.reading import ASK_AT_ONCE, CURRENT, CatalogueReader, EditionState, translated
from medrag.catalogue.schema import (
    answers,
    assertions,
    concepts,
    documents,
    editions,
    evidence,
    examinations,
    golden,
    jobs,
    names,
    once,
    passages,
    pointers,
    publications,
    runs,
    snapshots,
    works,
)
from medrag.catalogue.turns import hold_alone
from medrag.errors import ShelfRefused
from medrag.records import Assertion, Concept, Document, Edition, Name, Passage, Snapshot, Work

__all__ = ["Catalogue"]


class Catalogue(CatalogueReader):
    """An open catalogue that can be written, a transaction a call."""

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: all of it or nothing."""
        with translated(), self._engine.begin() as connection:
            yield connection

    def alone(self, what: str) -> AbstractContextManager[bool]:
        """True for one process at a time of all that share this catalogue; see :func:`medrag.catalogue.turns.hold_alone`."""
        return hold_alone(self._engine, what)

    def put_work(self, work: Work) -> None:
        """Adds a work or replaces what is said of it, but not whose it is. Raises ShelfRefused for another tenant's id."""
        with self.writing() as connection:
            row = rows.work_row(work)
            held = connection.execute(select(works.c.tenant).where(works.c.id == work.id)).first()
            if held is not None:
                if held[0] != work.tenant:
                    raise ShelfRefused("a work of this id cannot be made here", remedy="Give it another id")
                connection.execute(update(works).where(works.c.id == work.id).values(**row))
            else:
                connection.execute(insert(works), row)

    def open_edition(self, edition: Edition) -> None:
        """Starts staging an edition; whatever an earlier, unfinished run left of it goes first."""
        with self.writing() as connection:
            remove_edition(connection, edition.id)
            connection.execute(
                insert(editions),
                {
                    "id": edition.id,
                    "work": edition.work,
                    "label": edition.label,
                    "published": edition.published,
                    "valid_from": edition.valid_from.isoformat(),
                    "retrieved": edition.retrieved.isoformat(),
                    "manifest_sha256": edition.manifest_sha256,
                    "content_sha256": "",
                    "superseded_by": edition.superseded_by,
                    "withdrawn": edition.withdrawn,
                    "state": "staging",
                },
            )

    def add_batch(
        self,
        edition: str,
        held: Sequence[tuple[int, Document, Sequence[Passage]]],
        claims: Sequence[Assertion] = (),
        things: Sequence[Concept] = (),
        called: Sequence[Name] = (),
    ) -> None:
        """Writes (ordinal, document, passages) triples with what they state, all in one transaction."""
        made = rows.Rows()
        for ordinal, document, parts in held:
            made.add(document, parts, (), ordinal)
        made.add_claims(claims)
        self.add_rows(edition, made, things, called)

    def add_rows(
        self,
        edition: str,
        made: rows.Rows,
        things: Sequence[Concept] = (),
        called: Sequence[Name] = (),
        *,
        whole: int | None = None,
    ) -> None:
        """Writes rows made elsewhere, all in one transaction.

        A concept the edition already holds is replaced. ``whole``: from now on documents with a lower ordinal are
        known to be of files read to their end; see :meth:`drop_half_read`.
        """
        with self.writing() as connection:
            known = [item.id for item in things]
            for start in range(0, len(known), ASK_AT_ONCE):
                some = concepts.c.id.in_(known[start : start + ASK_AT_ONCE])
                connection.execute(delete(concepts).where(concepts.c.edition == edition, some))
            put_all(connection, documents, made.documents)
            put_all(connection, passages, made.passages)
            put_all(connection, assertions, made.assertions)
            put_all(connection, evidence, made.evidence)
            put_all(connection, concepts, [rows.concept_row(item, edition) for item in things])
            put_all(connection, names, [rows.name_row(item, edition) for item in called])
            if whole is not None:
                row = update(editions).where(editions.c.id == edition)
                connection.execute(row.values(documents=whole))

    def drop_half_read(self, identifier: str) -> int:
        """Removes what a staged edition holds of a file that was not read to its end; how many documents stay."""
        whole = self.edition(identifier).documents
        half = select(documents.c.id).where(documents.c.edition == identifier, documents.c.ordinal >= whole)
        with self.writing() as connection:
            connection.execute(delete(passages).where(passages.c.document.in_(half)))
            rest = documents.c.ordinal >= whole
            connection.execute(delete(documents).where(documents.c.edition == identifier, rest))
        return whole

    def seal_edition(self, identifier: str, content_sha256: str) -> EditionState:
        """Marks a staged edition complete, with the hash and counts of what it holds."""
        counts = self.count_edition(identifier)
        with self.writing() as connection:
            connection.execute(
                update(editions)
                .where(editions.c.id == identifier)
                .values(state="sealed", content_sha256=content_sha256, **counts)
            )
        return self.edition(identifier)

    def drop_edition(self, identifier: str) -> None:
        """Removes an edition and all it holds, and its work when that was its only one."""
        with self.writing() as connection:
            erase_edition(connection, identifier)

    def erase(
        self, connection: Connection, identifiers: Sequence[str], snapshots_held: Sequence[str]
    ) -> None:
        """Within a transaction: removes editions with their works, runs and jobs, replies that name them, the snapshots that
        held them, and the answers given from those: each names in its basis all that was searched."""
        for identifier in identifiers:
            erase_edition(connection, identifier)
        # Each tells of a whole shelf that held them.
        connection.execute(delete(examinations))
        receipts = connection.execute(select(runs.c.id, runs.c.receipt)).all()
        told = [run for run, receipt in receipts if json.loads(receipt).get("edition") in identifiers]
        asked = connection.execute(select(jobs.c.id, jobs.c.result).where(jobs.c.result.is_not(None))).all()
        done = [job for job, result in asked if names_any(json.loads(result), identifiers)]
        said = answers_beside(connection, identifiers)
        kept = connection.execute(select(once.c.id, once.c.body).where(once.c.status > 0)).all()
        again = [key for key, body in kept if any(name in body for name in identifiers)]
        for table, gone in (
            (runs, told),
            (jobs, done),
            (snapshots, snapshots_held),
            (answers, said),
            (once, again),
        ):
            for start in range(0, len(gone), ASK_AT_ONCE):
                connection.execute(delete(table).where(table.c.id.in_(gone[start : start + ASK_AT_ONCE])))

    def mark_withdrawn(self, connection: Connection, identifiers: Sequence[str], reason: str) -> None:
        """Within a transaction: says why editions no longer stand."""
        for identifier in identifiers:
            connection.execute(update(editions).where(editions.c.id == identifier).values(withdrawn=reason))

    def start_run(self, identifier: str, receipt: str) -> None:
        with self.writing() as connection:
            row = {"id": identifier, "started": now(), "outcome": "running", "receipt": receipt}
            connection.execute(insert(runs), row)

    def end_run(self, identifier: str, outcome: str, receipt: str) -> None:
        with self.writing() as connection:
            connection.execute(
                update(runs)
                .where(runs.c.id == identifier)
                .values(finished=now(), outcome=outcome, receipt=receipt)
            )

    def publish(
        self,
        snapshot: Snapshot,
        *,
        action: str = "publish",
        reason: str = "",
        also: Callable[[Connection], None] | None = None,
    ) -> None:
        """Moves the pointer: the one step after which readers see the snapshot. ``also`` writes in the same step."""
        with self.writing() as connection:
            if also is not None:
                also(connection)
            if not connection.execute(select(snapshots.c.id).where(snapshots.c.id == snapshot.id)).first():
                connection.execute(
                    insert(snapshots),
                    {
                        "id": snapshot.id,
                        "created": snapshot.created.isoformat(),
                        "editions": rows.compact(snapshot.editions),
                        "index_name": snapshot.index,
                        "encoder": snapshot.encoder,
                        "passages": snapshot.passages,
                    },
                )
            connection.execute(delete(pointers).where(pointers.c.name == CURRENT))
            connection.execute(insert(pointers), {"name": CURRENT, "value": snapshot.id})
            move = {"snapshot": snapshot.id, "at": now(), "action": action, "reason": reason}
            connection.execute(insert(publications), move)

    def publish_nothing(
        self, *, action: str, reason: str, also: Callable[[Connection], None] | None = None
    ) -> None:
        """Takes the pointer away: readers are told that nothing is published."""
        with self.writing() as connection:
            if also is not None:
                also(connection)
            connection.execute(delete(pointers).where(pointers.c.name == CURRENT))
            move = {"snapshot": "", "at": now(), "action": action, "reason": reason}
            connection.execute(insert(publications), move)

    def put_golden(self, work: str, bodies: Sequence[str]) -> None:
        """Replaces the golden questions of a work."""
        with self.writing() as connection:
            connection.execute(delete(golden).where(golden.c.work == work))
            put_all(
                connection,
                golden,
                [{"work": work, "ordinal": ordinal, "body": body} for ordinal, body in enumerate(bodies)],
            )

    def forget_snapshots(self, identifiers: Iterable[str]) -> None:
        """Drops snapshots that are no longer kept; the current one is never among them."""
        current = self.current()
        gone = [item for item in identifiers if current is None or item != current.id]
        with self.writing() as connection:
            connection.execute(delete(snapshots).where(snapshots.c.id.in_(gone)))


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def put_all(connection: Connection, table: Table, batch: list[dict[str, Any]]) -> None:
    """Inserts rows that name every column. The statement is SQLAlchemy's; handing the driver plain tuples spares it
    the work of naming each value of each row, which took as long as the database did."""
    if not batch:
        return
    made = insert(table).compile(dialect=connection.dialect, column_keys=list(batch[0]))
    order = made.positiontup or list(batch[0])
    connection.exec_driver_sql(str(made), [tuple(row[name] for name in order) for row in batch])


def names_any(result: dict[str, Any], identifiers: Sequence[str]) -> bool:
    """Whether a job's result tells of the reading of one of these editions."""
    held = {receipt.get("edition") for receipt in result.get("receipts", ())} | {result.get("duplicate_of")}
    return not held.isdisjoint(identifiers)


def answers_beside(connection: Connection, identifiers: Sequence[str]) -> list[str]:
    """Stored answers that were given from a snapshot holding one of these editions, by id."""
    held = connection.execute(select(answers.c.snapshot, answers.c.editions).distinct()).all()
    gone = [snapshot for snapshot, told in held if not set(json.loads(told)).isdisjoint(identifiers)]
    found = connection.execute(select(answers.c.id, answers.c.snapshot)).all()
    return [answer for answer, snapshot in found if snapshot in gone]


def erase_edition(connection: Connection, identifier: str) -> None:
    """Removes an edition and all it holds, and its work when that was its only one."""
    work = connection.execute(select(editions.c.work).where(editions.c.id == identifier)).scalar()
    remove_edition(connection, identifier)
    if not connection.execute(select(editions.c.id).where(editions.c.work == work)).first():
        connection.execute(delete(golden).where(golden.c.work == work))
        connection.execute(delete(works).where(works.c.id == work))


def remove_edition(connection: Connection, identifier: str) -> None:
    """Deletes an edition from the leaves up."""
    held = select(assertions.c.id).where(assertions.c.edition == identifier)
    connection.execute(delete(evidence).where(evidence.c.assertion.in_(held)))
    for table in (assertions, names, concepts, passages, documents):
        connection.execute(delete(table).where(table.c.edition == identifier))
    connection.execute(delete(editions).where(editions.c.id == identifier))
