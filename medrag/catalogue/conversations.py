"""Keeps conversations in the catalogue's database, sealed: for several workers, and over a restart."""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy import delete, insert, select, update

from medrag.catalogue.schema import conversations
from medrag.catalogue.store import Catalogue
from medrag.dialogue.keeping import Kept, busy, dump_dialogue, gone, load_dialogue, new_id
from medrag.dialogue.records import Dialogue
from medrag.dialogue.seal import Seal
from medrag.identifiers import sha256_text

__all__ = ["StoredConversations"]


class StoredConversations:
    """As :class:`medrag.dialogue.keeping.Conversations`. A row has an id, a hash of its owner, the second it expires, how
    often it was written, and sealed bytes; nothing in it can be read without the key."""

    where = "disk"

    def __init__(
        self, catalogue: Catalogue, seal: Seal, ttl_s: float, clock: Callable[[], float] = time.time
    ) -> None:
        self._catalogue, self._seal, self.ttl_s, self._clock = catalogue, seal, ttl_s, clock

    def open(self, owner: str) -> Kept:
        kept = Kept(new_id(), Dialogue(), self._clock() + self.ttl_s)
        row = {"id": kept.id, "owner": sha256_text(owner), "expires": int(kept.expires), "written": 0}
        with self._catalogue.writing() as connection:
            connection.execute(delete(conversations).where(conversations.c.expires <= int(self._clock())))
            connection.execute(
                insert(conversations), {**row, "sealed": self._sealed(kept.id, owner, kept.dialogue)}
            )
        return kept

    def get(self, identifier: str, owner: str) -> Kept:
        row = self._catalogue.first(select(conversations).where(conversations.c.id == identifier))
        if row is None or row["owner"] != sha256_text(owner) or row["expires"] <= self._clock():
            raise gone()
        told = self._seal.open(bytes(row["sealed"]), bound(identifier, owner))
        return Kept(identifier, load_dialogue(told), float(row["expires"]))

    def put(self, kept: Kept, dialogue: Dialogue, owner: str) -> Kept:
        """The log grows with every writing, so its length says whether another turn came between."""
        after = Kept(kept.id, dialogue, self._clock() + self.ttl_s)
        mine = (conversations.c.id == kept.id) & (conversations.c.owner == sha256_text(owner))
        same = mine & (conversations.c.written == len(kept.dialogue.log))
        values = {
            "sealed": self._sealed(kept.id, owner, dialogue),
            "written": len(dialogue.log),
            "expires": int(after.expires),
        }
        with self._catalogue.writing() as connection:
            if connection.execute(update(conversations).where(same).values(**values)).rowcount == 1:
                return after
            there = connection.execute(select(conversations.c.id).where(mine)).first()
        raise gone() if there is None else busy()

    def delete(self, identifier: str, owner: str) -> None:
        mine = (conversations.c.id == identifier) & (conversations.c.owner == sha256_text(owner))
        with self._catalogue.writing() as connection:
            if connection.execute(delete(conversations).where(mine)).rowcount == 0:
                raise gone()

    def _sealed(self, identifier: str, owner: str, dialogue: Dialogue) -> bytes:
        return self._seal.close(dump_dialogue(dialogue), bound(identifier, owner))


def bound(identifier: str, owner: str) -> str:
    """What a sealed conversation belongs to: it opens nowhere else."""
    return f"{identifier}\n{sha256_text(owner)}"
