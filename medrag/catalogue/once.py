"""Keeps what requests with an Idempotency-Key were answered, so that one sent again is not done again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from medrag.catalogue.schema import once
from medrag.catalogue.store import Catalogue
from medrag.errors import KeyReused, Place, RequestRunning

__all__ = ["Once", "Replied"]

#: A request that has not ended after this was cut off with its process, and may be made anew.
CUT_OFF: Final = timedelta(minutes=15)
FIELD: Final = Place(field="idempotency-key")


@dataclass(frozen=True, slots=True)
class Replied:
    """An answer as it went out: status, headers that belong to it, and body."""

    status: int
    headers: Mapping[str, str]
    body: str


class Once:
    """The answers of one catalogue, kept for ``hours``. Safe to share between threads and processes.

    Keys are told apart by their hash with whose they are; see draft-ietf-httpapi-idempotency-key-header-07.
    """

    def __init__(self, catalogue: Catalogue, *, hours: int) -> None:
        self._catalogue = catalogue
        self._kept = timedelta(hours=hours)

    def begin(self, key: str, request: str) -> Replied | None:
        """None when the request is the caller's to do, who then says :meth:`end` or :meth:`drop`; else what it was
        answered before. ``key`` and ``request`` are sha256.

        Raises KeyReused when the key came with another request, RequestRunning while the first is under way.
        """
        self.sweep()
        row = {"id": key, "request": request, "began": now(), "status": 0, "headers": "{}", "body": ""}
        with self._catalogue.writing() as connection:
            try:
                with connection.begin_nested():
                    connection.execute(insert(once), row)
                return None
            except IntegrityError:
                held = connection.execute(select(once).where(once.c.id == key)).mappings().first()
        return self._again(held, request)

    def _again(self, held: Mapping[Any, Any] | None, request: str) -> Replied:
        if held is not None and held["request"] != request:
            raise KeyReused(
                "this key came with another request before",
                place=FIELD,
                remedy="Send a key of its own with each",
            )
        if held is None or held["status"] == 0:
            raise RequestRunning(
                "the request with this key has not ended yet", place=FIELD, remedy="Send it again later"
            )
        return Replied(held["status"], json.loads(held["headers"]), held["body"])

    def end(self, key: str, reply: Replied) -> None:
        """Keeps the answer."""
        told = {"status": reply.status, "headers": json.dumps(dict(reply.headers)), "body": reply.body}
        with self._catalogue.writing() as connection:
            connection.execute(update(once).where(once.c.id == key).values(**told))

    def drop(self, key: str) -> None:
        """Forgets a request that came to nothing, so that it may be sent again."""
        with self._catalogue.writing() as connection:
            connection.execute(delete(once).where(once.c.id == key, once.c.status == 0))

    def sweep(self) -> None:
        """Removes what is older than it is kept, and what was cut off."""
        moment = datetime.now(UTC)
        old, cut = stamp(moment - self._kept), stamp(moment - CUT_OFF)
        with self._catalogue.writing() as connection:
            connection.execute(delete(once).where(once.c.began < old))
            connection.execute(delete(once).where(once.c.status == 0, once.c.began < cut))


def now() -> str:
    return stamp(datetime.now(UTC))


def stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")
