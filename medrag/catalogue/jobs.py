"""Keeps jobs in the catalogue: asked for, claimed by one process, told of while they run, ended once."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import and_, func, insert, or_, select, update

from medrag.catalogue.schema import jobs
from medrag.catalogue.store import Catalogue
from medrag.catalogue.turns import take_turns
from medrag.errors import NotFound

__all__ = ["ENDED", "Job", "JobKind", "JobState", "Jobs"]

JobKind = Literal["ingest", "publish", "withdraw", "remove", "examine"]
JobState = Literal["queued", "running", "done", "failed", "cancelled"]
#: States nothing follows.
ENDED: frozenset[str] = frozenset({"done", "failed", "cancelled"})


@dataclass(frozen=True, slots=True)
class Job:
    """One job as it stands. Times are ISO 8601, UTC."""

    id: str
    kind: JobKind
    state: JobState
    request: Mapping[str, Any]
    created: str
    started: str | None
    finished: str | None
    owner: str
    stage: str
    done: int
    total: int | None
    #: When the stage began: what a rate is counted from.
    stage_began: str | None
    #: Whether a person asked for it to be stopped.
    cancel: bool
    #: What befell it: taken over from a process that died, waiting for another writer.
    note: str
    result: Mapping[str, Any] | None
    #: RFC 9457 problem, when it failed.
    problem: Mapping[str, Any] | None
    #: The tenant it was asked for by: what it may touch, and who may see it.
    tenant: str = ""

    @property
    def rate(self) -> float | None:
        """Items a second in this stage."""
        if self.stage_began is None or self.state != "running":
            return None
        spent = (datetime.now(UTC) - datetime.fromisoformat(self.stage_began)).total_seconds()
        return self.done / spent if spent > 0 and self.done else None

    @property
    def eta_s(self) -> float | None:
        """Seconds until the stage is done, at its rate so far."""
        rate = self.rate
        return max(0.0, (self.total - self.done) / rate) if rate and self.total is not None else None


class Jobs:
    """The jobs of one catalogue. Safe to share between threads and processes."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def add(
        self, kind: JobKind, request: Mapping[str, Any], identifier: str = "", *, tenant: str = ""
    ) -> Job:
        """Asks for a job."""
        made = identifier or new_id()
        row = {"id": made, "kind": kind, "state": "queued", "request": dump(request), "created": now()}
        more = {"owner": "", "stage": "", "done": 0, "cancel": False, "note": "", "tenant": tenant}
        with self._catalogue.writing() as connection:
            connection.execute(insert(jobs), {**row, **more})
        return self.get(made)

    def get(self, identifier: str) -> Job:
        """Raises NotFound."""
        row = self._catalogue.first(select(jobs).where(jobs.c.id == identifier))
        if row is None:
            raise NotFound("no job of that id is known")
        return job_of(row)

    def last(
        self, limit: int = 50, tenant: str | None = None, after: tuple[str, str] | None = None
    ) -> list[Job]:
        """The last asked for, newest first; with ``tenant`` those it asked for alone, with ``after`` (created, id) those
        that stand behind that one."""
        query = select(jobs).order_by(jobs.c.created.desc(), jobs.c.id).limit(limit)
        if after is not None:
            created, identifier = after
            query = query.where(
                or_(jobs.c.created < created, and_(jobs.c.created == created, jobs.c.id > identifier))
            )
        if tenant is not None:
            query = query.where(jobs.c.tenant == tenant)
        return [job_of(row) for row in self._catalogue.all(query)]

    def counted(self) -> dict[str, int]:
        """How many there are in each state."""
        query = select(jobs.c.state, func.count().label("held")).group_by(jobs.c.state)
        return {str(row["state"]): int(row["held"]) for row in self._catalogue.all(query)}

    def running(self) -> list[Job]:
        """Those some process says it is at work on."""
        return [job_of(row) for row in self._catalogue.all(select(jobs).where(jobs.c.state == "running"))]

    def open(self) -> list[Job]:
        """Those that wait or run, oldest first."""
        query = (
            select(jobs).where(jobs.c.state.in_(("queued", "running"))).order_by(jobs.c.created, jobs.c.id)
        )
        return [job_of(row) for row in self._catalogue.all(query)]

    def claim(self, owner: str) -> Job | None:
        """Takes the oldest that waits, unless one runs; None when there is nothing to do. One process gets it."""
        waits = select(jobs.c.id).where(jobs.c.state == "queued").order_by(jobs.c.created, jobs.c.id).limit(1)
        with self._catalogue.writing() as connection:
            take_turns(connection, "claim")
            if connection.execute(select(jobs.c.id).where(jobs.c.state == "running")).first():
                return None
            found = connection.execute(waits).scalar()
            if found is None:
                return None
            mine = update(jobs).where(jobs.c.id == found, jobs.c.state == "queued")
            taken = connection.execute(mine.values(state="running", owner=owner, started=now()))
            if taken.rowcount != 1:
                return None
        return self.get(str(found))

    def give_back(self, identifier: str, note: str) -> None:
        """Puts a running job back in the queue, for its process has died; what it staged is taken up again."""
        mine = update(jobs).where(jobs.c.id == identifier, jobs.c.state == "running")
        self.run(mine.values(state="queued", owner="", note=note))

    def tell(self, identifier: str, stage: str, done: int, total: int | None, *, fresh: bool) -> bool:
        """Keeps how far a job is; ``fresh`` when the stage begins. Gives whether it is still wanted."""
        values: dict[str, Any] = {"stage": stage[:200], "done": done, "total": total}
        if fresh:
            values["stage_began"] = now()
        self.run(update(jobs).where(jobs.c.id == identifier, jobs.c.state == "running").values(**values))
        return not self.get(identifier).cancel

    def note(self, identifier: str, note: str) -> None:
        self.run(update(jobs).where(jobs.c.id == identifier).values(note=note))

    def cancel(self, identifier: str) -> Job:
        """Asks for an end: at once for one that waits; one that runs is stopped by who runs it. Raises NotFound."""
        held = self.get(identifier)
        waits = update(jobs).where(jobs.c.id == identifier, jobs.c.state == "queued")
        self.run(waits.values(state="cancelled", cancel=True, finished=now()))
        runs = update(jobs).where(jobs.c.id == identifier, jobs.c.state == "running")
        self.run(runs.values(cancel=True))
        return self.get(held.id)

    def end(
        self,
        identifier: str,
        state: JobState,
        *,
        result: Mapping[str, Any] | None = None,
        problem: Mapping[str, Any] | None = None,
    ) -> None:
        """Ends a running job; one that has ended stays as it is."""
        told = {"result": dump(result) if result is not None else None}
        told["problem"] = dump(problem) if problem is not None else None
        mine = update(jobs).where(jobs.c.id == identifier, jobs.c.state == "running")
        self.run(mine.values(state=state, finished=now(), **told))

    def run(self, statement: Any) -> None:
        with self._catalogue.writing() as connection:
            connection.execute(statement)


def new_id() -> str:
    return "job_" + uuid.uuid4().hex[:24]


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def dump(told: Mapping[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False)


def job_of(row: Any) -> Job:
    told = dict(row)
    told["request"] = json.loads(told["request"])
    for name in ("result", "problem"):
        told[name] = json.loads(told[name]) if told[name] is not None else None
    return Job(**told)
