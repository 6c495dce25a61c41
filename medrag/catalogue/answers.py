"""Keeps answers in the catalogue so that they can be fetched again: the newest, for some days, never one of a patient."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from medrag.catalogue.reading import ASK_AT_ONCE
from medrag.catalogue.schema import answers, editions
from medrag.catalogue.store import Catalogue
from medrag.errors import NotFound

__all__ = ["Answers", "KeptAnswer"]

#: An answer given again within this time is not written again: its day in the shelf's memory hardly moves.
FRESH = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer as it was given, and how it was asked for. Times are ISO 8601, UTC."""

    id: str
    #: When it was last given.
    asked: str
    snapshot: str
    #: Edition ids the snapshot held.
    editions: tuple[str, ...]
    #: Edition ids its quotes and findings are of.
    cited: tuple[str, ...]
    #: Fingerprint of the settings.
    settings: str
    answerer: str
    question_sha256: str
    #: The words, with the asker's consent alone.
    question: str | None
    #: What was asked beside the words: as_of, filters, top_k, answerer.
    request: Mapping[str, Any]
    #: The JSON document that was served, byte for byte.
    body: str
    #: The tenants it was given to.
    tenants: tuple[str, ...] = ("",)


class Answers:
    """The answers one catalogue keeps. Safe to share between threads and processes."""

    def __init__(self, catalogue: Catalogue, *, most: int, days: int) -> None:
        self._catalogue = catalogue
        #: At most this many, and for this many days after each was last given.
        self.most, self.days = most, days

    def keep(self, given: Sequence[KeptAnswer]) -> None:
        """Writes answers in one transaction and sweeps those beyond the bounds. The first document of an id stays;
        consent that is given later adds the question."""
        held = self._held([item.id for item in given])
        fresh = [item for item in given if news(item, held.get(item.id))]
        if not fresh or self.most == 0:
            return
        with self._catalogue.writing() as connection:
            for item in fresh:
                put(connection, item)
            self._sweep(connection)

    def get(self, identifier: str) -> KeptAnswer:
        """Raises NotFound, which says why an answer may not be kept."""
        row = self._catalogue.first(select(answers).where(answers.c.id == identifier))
        if row is None:
            raise self.missing()
        return answer_of(row)

    def missing(self) -> NotFound:
        """What is said of an answer that is not kept, or not for who asks."""
        return NotFound(
            "no answer of that id is kept",
            remedy=f"The newest {self.most} are kept for {self.days} days, never one about a patient; ask again",
        )

    def with_questions(self) -> list[KeptAnswer]:
        """Those whose question was kept, the last asked first."""
        query = select(answers).where(answers.c.question.is_not(None))
        return [
            answer_of(row)
            for row in self._catalogue.all(query.order_by(answers.c.asked.desc(), answers.c.id))
        ]

    def last(self, limit: int, tenant: str = "*", after: tuple[str, str] | None = None) -> list[KeptAnswer]:
        """The last given, newest first: to that tenant, and behind ``after`` (asked, id)."""
        query = select(answers).order_by(answers.c.asked.desc(), answers.c.id).limit(limit)
        if tenant != "*":
            query = query.where(answers.c.tenants.contains(dump(tenant), autoescape=True))
        if after is not None:
            asked, identifier = after
            behind = and_(answers.c.asked == asked, answers.c.id > identifier)
            query = query.where(or_(answers.c.asked < asked, behind))
        return [answer_of(row) for row in self._catalogue.all(query)]

    def sweep(self) -> None:
        """Removes those beyond the bounds."""
        with self._catalogue.writing() as connection:
            self._sweep(connection)

    def _held(self, identifiers: Sequence[str]) -> dict[str, KeptAnswer]:
        found = self._catalogue.in_batches(select(answers), answers.c.id, identifiers)
        return {row["id"]: answer_of(row) for row in found}

    def _sweep(self, connection: Connection) -> None:
        oldest = (datetime.now(UTC) - timedelta(days=self.days)).isoformat(timespec="microseconds")
        connection.execute(delete(answers).where(answers.c.asked < oldest))
        beyond = (
            select(answers.c.id)
            .order_by(answers.c.asked.desc(), answers.c.id)
            .offset(self.most)
            .limit(ASK_AT_ONCE)
        )
        while gone := [row[0] for row in connection.execute(beyond)]:
            connection.execute(delete(answers).where(answers.c.id.in_(gone)))


def news(item: KeptAnswer, held: KeptAnswer | None) -> bool:
    """Whether writing this answer would change what is kept by more than an hour."""
    if held is None or (held.question is None and item.question is not None):
        return True
    if not set(item.tenants) <= set(held.tenants):
        return True
    return datetime.fromisoformat(item.asked) - datetime.fromisoformat(held.asked) > FRESH


def put(connection: Connection, item: KeptAnswer) -> None:
    """Adds an answer, or notes that it was given again. One that was given beside an edition removed since is dropped:
    the removal could not see it yet."""
    told = {"asked": item.asked} | ({"question": item.question} if item.question is not None else {})
    held = connection.execute(select(answers.c.tenants).where(answers.c.id == item.id)).scalar()
    if held is not None:
        told["tenants"] = dump(sorted({*json.loads(held), *item.tenants}))
    if connection.execute(update(answers).where(answers.c.id == item.id).values(**told)).rowcount:
        return
    # The update above holds SQLite's lock on writing, these rows' locks hold a removal on PostgreSQL.
    there = select(editions.c.id).where(editions.c.id.in_(item.editions)).with_for_update(read=True)
    if len(connection.execute(there).all()) < len(item.editions):
        return
    row = {name: getattr(item, name) for name in AS_THEY_ARE}
    lists = {name: dump(getattr(item, name)) for name in ("editions", "cited", "request", "tenants")}
    try:
        with connection.begin_nested():
            connection.execute(insert(answers), {**row, **lists})
    except IntegrityError:  # another worker was asked the same at the same moment
        connection.execute(update(answers).where(answers.c.id == item.id).values(**told))


AS_THEY_ARE = ("id", "asked", "snapshot", "settings", "answerer", "question_sha256", "question", "body")


def dump(told: Any) -> str:
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def answer_of(row: Any) -> KeptAnswer:
    return KeptAnswer(
        row["id"],
        row["asked"],
        row["snapshot"],
        tuple(json.loads(row["editions"])),
        tuple(json.loads(row["cited"])),
        row["settings"],
        row["answerer"],
        row["question_sha256"],
        row["question"],
        json.loads(row["request"]),
        row["body"],
        tuple(json.loads(row["tenants"])),
    )
