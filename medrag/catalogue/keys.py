"""Keeps callers' keys: who may do what, for which tenant, until when. A key itself is kept nowhere, only its digest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select, update

from medrag.catalogue.schema import keys
from medrag.catalogue.store import Catalogue
from medrag.errors import NotFound

__all__ = ["Key", "Keys"]


@dataclass(frozen=True, slots=True)
class Key:
    """One key as it stands. Times are ISO 8601, UTC."""

    id: str
    #: Hex of the keyed hash of the secret.
    digest: str
    name: str
    scopes: frozenset[str]
    #: "" reads everyone's shelf, a name that tenant's besides, ``*`` every tenant's.
    tenant: str
    created: str
    expires: str | None = None
    revoked: str | None = None
    #: The day, no finer.
    last_used: str | None = None
    #: Requests a minute and bytes a body; None: what the settings give every key.
    per_minute: int | None = None
    max_body_bytes: int | None = None
    #: The key it was made to replace.
    follows: str | None = None

    def stands(self, moment: datetime) -> bool:
        """Whether it opens anything at that moment."""
        if self.revoked is not None:
            return False
        return self.expires is None or moment < datetime.fromisoformat(self.expires)


class Keys:
    """The keys of one catalogue. Safe to share between threads and processes."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def all(self) -> list[Key]:
        """Oldest first, those that no longer stand too."""
        return [key_of(row) for row in self._catalogue.all(select(keys).order_by(keys.c.created, keys.c.id))]

    def get(self, identifier: str) -> Key:
        """Raises NotFound."""
        row = self._catalogue.first(select(keys).where(keys.c.id == identifier))
        if row is None:
            raise NotFound("no key of that id is known", remedy="See: medrag keys list")
        return key_of(row)

    def add(self, key: Key, *, ends: str | None = None) -> None:
        """Keeps a new key; ``ends``: when the one it follows stops, in the same step."""
        with self._catalogue.writing() as connection:
            connection.execute(insert(keys), row_of(key))
            if key.follows is not None and ends is not None:
                connection.execute(update(keys).where(keys.c.id == key.follows).values(expires=ends))

    def revoke(self, identifier: str) -> Key:
        """Ends a key now and for good. Raises NotFound."""
        self.get(identifier)
        with self._catalogue.writing() as connection:
            mine = update(keys).where(keys.c.id == identifier, keys.c.revoked.is_(None))
            connection.execute(mine.values(revoked=datetime.now(UTC).isoformat(timespec="seconds")))
        return self.get(identifier)

    def used(self, identifiers: Iterable[str], day: str) -> None:
        """Notes the day on which keys were used last."""
        with self._catalogue.writing() as connection:
            for identifier in identifiers:
                connection.execute(update(keys).where(keys.c.id == identifier).values(last_used=day))


def row_of(key: Key) -> dict[str, Any]:
    told = {name: getattr(key, name) for name in Key.__dataclass_fields__}
    return told | {"scopes": " ".join(sorted(key.scopes))}


def key_of(row: Any) -> Key:
    return Key(**{**row, "scopes": frozenset(row["scopes"].split())})
