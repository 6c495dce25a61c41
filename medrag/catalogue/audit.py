"""Keeps who did what, when, and how it ended: rows are added, never changed, and each is hashed with the one before.

The hash is an HMAC under a secret that is not in the database, so that whoever can write the tables alone can neither
change a record nor add one. That records were cut off at the end is seen by whoever noted a later number and hash.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import case, func, select, update

from medrag.catalogue.schema import audit, audit_head
from medrag.catalogue.store import Catalogue, put_all
from medrag.errors import CatalogueUnavailable

__all__ = ["NOTHING", "Act", "Audit", "Chain", "Record", "Use", "row_of", "usage"]

#: What the first record is hashed with.
NOTHING: Final = "0" * 64
HEAD: Final = "head"
#: Records read together.
READ_AT_ONCE: Final = 5_000


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody did. No field holds anything that was asked or answered."""

    #: ISO 8601, UTC.
    at: str
    #: A key's id, ``local`` on this machine without keys, ``-`` for nobody known.
    who: str
    #: Method and route template, or a command.
    act: str
    snapshot: str
    #: HTTP status or exit code.
    outcome: str
    #: How often, one after another, within a moment.
    times: int = 1


@dataclass(frozen=True, slots=True)
class Record:
    """An act in the chain."""

    seq: int
    act: Act
    hash: str


@dataclass(frozen=True, slots=True)
class Chain:
    """What reading the whole log showed: its last number and hash, and what is wrong with it, "" when nothing is."""

    records: int
    seq: int
    hash: str
    problem: str


@dataclass(frozen=True, slots=True)
class Use:
    """What somebody did on one day, as counts."""

    who: str
    #: ISO 8601, UTC.
    day: str
    acts: int
    #: Those that were refused or failed: an HTTP status from 400 on.
    refused: int


class Audit:
    """The log of one catalogue. Safe to share between threads and processes."""

    def __init__(self, catalogue: Catalogue, secret: bytes) -> None:
        self._catalogue, self._secret = catalogue, secret

    def add(self, acts: Sequence[Act]) -> None:
        """Adds records in one transaction. Writers wait for each other at the head's row, so the chain never forks."""
        if not acts:
            return
        mine = update(audit_head).where(audit_head.c.name == HEAD)
        with self._catalogue.writing() as connection:
            if connection.execute(mine.values(seq=audit_head.c.seq + len(acts))).rowcount != 1:
                raise CatalogueUnavailable(
                    "the audit log has lost its head", remedy="Run: medrag audit verify"
                )
            seq, before = connection.execute(select(audit_head.c.seq, audit_head.c.hash)).one()
            rows = []
            for number, act in enumerate(acts, start=int(seq) - len(acts) + 1):
                before = self.hash_of(number, act, str(before))
                rows.append(row_of(Record(number, act, before)))
            put_all(connection, audit, rows)
            connection.execute(mine.values(hash=before))

    def hash_of(self, seq: int, act: Act, before: str) -> str:
        told = [before, seq, act.at, act.who, act.act, act.snapshot, act.outcome, act.times]
        line = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
        return hmac.new(self._secret, line, hashlib.sha256).hexdigest()

    def read(self, after: int = 0) -> Iterator[Record]:
        """The records after a number, in order."""
        while True:
            query = select(audit).where(audit.c.seq > after).order_by(audit.c.seq).limit(READ_AT_ONCE)
            rows = self._catalogue.all(query)
            if not rows:
                return
            for row in rows:
                yield record_of(row)
            after = int(rows[-1]["seq"])

    def last(self, limit: int) -> list[Record]:
        """The last records, newest first."""
        return [
            record_of(row)
            for row in self._catalogue.all(select(audit).order_by(audit.c.seq.desc()).limit(limit))
        ]

    def verify(self, anchor: tuple[int, str] | None = None) -> Chain:
        """Reads all of it. ``anchor``: a number and hash noted before, which must still be there."""
        seq, before, problem, met = 0, NOTHING, "", anchor is None
        for record in self.read():
            if record.seq != seq + 1:
                problem = f"record {seq + 1} is missing"
                break
            if not hmac.compare_digest(record.hash, self.hash_of(record.seq, record.act, before)):
                problem = f"record {record.seq} is not as it was written"
                break
            seq, before = record.seq, record.hash
            met = met or anchor == (seq, before)
        problem = problem or self._ending(seq, before)
        if not problem and not met:
            problem = "the record that was noted is not in the log"
        return Chain(seq, seq, before, problem)

    def _ending(self, seq: int, digest: str) -> str:
        row = self._catalogue.first(select(audit_head).where(audit_head.c.name == HEAD))
        if row is None:
            return "the head is missing"
        # A server may write meanwhile: then its records are after those that were read.
        if int(row["seq"]) < seq or (int(row["seq"]) == seq and row["hash"] != digest):
            return "the head does not fit the last record"
        return "" if int(row["seq"]) == seq or self._grew(seq) else f"records after {seq} are missing"

    def _grew(self, seq: int) -> bool:
        return self._catalogue.first(select(audit.c.seq).where(audit.c.seq == seq + 1)) is not None


def usage(catalogue: Catalogue, most: int = 200_000) -> list[Use]:
    """Acts by whom and day over the last ``most`` records, newest day first. Needs no secret: it proves nothing."""
    newest = catalogue.first(select(func.max(audit.c.seq).label("seq")))
    failed = case((audit.c.outcome.like("4__") | audit.c.outcome.like("5__"), audit.c.times), else_=0)
    # The day is cut out once, inside: PostgreSQL takes the same call with other parameters for another expression.
    acts = (
        select(
            audit.c.who,
            func.substr(audit.c.at, 1, 10).label("day"),
            audit.c.times.label("acts"),
            failed.label("refused"),
        )
        .where(audit.c.seq > int(newest["seq"] or 0) - most)
        .subquery()
    )
    counted = (func.sum(acts.c.acts).label("acts"), func.sum(acts.c.refused).label("refused"))
    query = (
        select(acts.c.who, acts.c.day, *counted)
        .group_by(acts.c.who, acts.c.day)
        .order_by(acts.c.day.desc(), acts.c.who)
    )
    return [
        Use(str(row["who"]), str(row["day"]), int(row["acts"]), int(row["refused"]))
        for row in catalogue.all(query)
    ]


def row_of(record: Record) -> dict[str, Any]:
    """A record as it is kept and as it is shown."""
    act = record.act
    return {
        "seq": record.seq,
        "at": act.at,
        "who": act.who,
        "act": act.act,
        "snapshot": act.snapshot,
        "outcome": act.outcome,
        "times": act.times,
        "hash": record.hash,
    }


def record_of(row: Any) -> Record:
    act = Act(row["at"], row["who"], row["act"], row["snapshot"], row["outcome"], int(row["times"]))
    return Record(int(row["seq"]), act, row["hash"])
