"""Gives out keys, replaces and ends them, and writes down who did: what the command line and the operator's page share."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from medrag.catalogue import Catalogue
from medrag.catalogue.keys import Key, Keys
from medrag.errors import UsageError
from medrag.settings import Settings
from medrag_api.security.callers import make_key
from medrag_api.security.log import note_now
from medrag_api.security.secret import read_secret

__all__ = ["Given", "KeyBook", "key_json"]

#: A key as its holder gets it, once, and as it is kept.
Given = tuple[str, Key]


class KeyBook:
    """The keys of one catalogue, as somebody keeps them."""

    def __init__(self, settings: Settings, catalogue: Catalogue, *, who: str = "local") -> None:
        self._settings, self._catalogue, self._who = settings, catalogue, who
        self.keys = Keys(catalogue)

    def give(self, scopes: Iterable[str], **told: Any) -> Given:
        """A new key; ``told`` as :func:`make_key` takes it. Raises UsageError, Unavailable."""
        secret = read_secret(self._settings, make=not self.keys.all())
        text, key = make_key(secret, scopes, **{**told, "name": str(told.get("name", ""))[:80]})
        self.keys.add(key)
        self._note(f"keys create {key.id}")
        return text, key

    def replace(self, identifier: str, *, days: int, overlap_hours: int) -> Given:
        """A key like the one named, which ends after the overlap. Raises NotFound, and UsageError for one that ended."""
        old, moment = self.keys.get(identifier), datetime.now(UTC)
        if not old.stands(moment):
            raise UsageError("this key has ended already", remedy="Make another: medrag keys create")
        ends = (moment + timedelta(hours=overlap_hours)).isoformat(timespec="seconds")
        text, key = make_key(
            read_secret(self._settings, make=False),
            old.scopes,
            tenant=old.tenant,
            name=old.name,
            days=days,
            per_minute=old.per_minute,
            max_body_bytes=old.max_body_bytes,
            follows=old.id,
        )
        self.keys.add(key, ends=min(ends, old.expires or ends))
        self._note(f"keys rotate {old.id} {key.id}")
        return text, key

    def end(self, identifier: str) -> Key:
        """Ends a key now and for good. Raises NotFound."""
        ended = self.keys.revoke(identifier)
        self._note(f"keys revoke {ended.id}")
        return ended

    def _note(self, act: str) -> None:
        note_now(self._settings, self._catalogue, act, who=self._who)


def key_json(key: Key) -> dict[str, Any]:
    """A key without its digest."""
    told = {name: getattr(key, name) for name in type(key).__dataclass_fields__ if name != "digest"}
    state = "stands" if key.stands(datetime.now(UTC)) else "revoked" if key.revoked else "expired"
    return told | {"scopes": sorted(key.scopes), "state": state}
