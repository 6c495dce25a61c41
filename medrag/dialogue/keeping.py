"""Keeps conversations between turns: in memory for a while, or wherever the operator says; found by their owner alone."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Final, Protocol

from medrag.dialogue.records import Change, Dialogue, Slot, Unclear
from medrag.errors import ConversationBusy, IntegrityError, NotFound

__all__ = ["Conversations", "Kept", "MemoryConversations", "dump_dialogue", "gone", "load_dialogue", "new_id"]

#: Version of the written form.
FORM: Final = 1


@dataclass(frozen=True, slots=True)
class Kept:
    """A conversation as it is kept. ``expires`` counts seconds since the epoch."""

    id: str
    dialogue: Dialogue
    expires: float


class Conversations(Protocol):
    """Where conversations live. Thread-safe. One of another owner is not there, as one that has expired is not."""

    @property
    def where(self) -> str:
        """memory or disk."""

    def open(self, owner: str) -> Kept:
        """A new, empty one."""

    def get(self, identifier: str, owner: str) -> Kept:
        """Raises NotFound."""

    def put(self, kept: Kept, dialogue: Dialogue, owner: str) -> Kept:
        """Puts the next state in the place of ``kept`` and lets it live on. Raises NotFound, and ConversationBusy when
        another turn came between."""

    def delete(self, identifier: str, owner: str) -> None:
        """Raises NotFound."""


def new_id() -> str:
    """144 bits nobody can guess."""
    return "con_" + secrets.token_urlsafe(18)


def gone() -> NotFound:
    """One error for unknown, expired and another's: which of them it is, is nobody's business."""
    return NotFound(
        "no conversation of that id is kept for you",
        remedy="It may have expired; open a new one with POST /consultations",
    )


@dataclass(slots=True)
class Held:
    owner: str
    kept: Kept


class MemoryConversations:
    """Conversations of one process: they end with it, ``ttl_s`` seconds after the last turn, or when ``most`` newer ones
    have come."""

    where = "memory"

    def __init__(self, ttl_s: float, most: int, clock: Callable[[], float] = time.time) -> None:
        self.ttl_s, self.most, self._clock = ttl_s, most, clock
        self._held: OrderedDict[str, Held] = OrderedDict()
        self._lock = threading.Lock()

    def open(self, owner: str) -> Kept:
        with self._lock:
            self._sweep()
            kept = Kept(new_id(), Dialogue(), self._clock() + self.ttl_s)
            self._held[kept.id] = Held(owner, kept)
            while len(self._held) > self.most:
                self._held.popitem(last=False)
            return kept

    def get(self, identifier: str, owner: str) -> Kept:
        with self._lock:
            return self._find(identifier, owner).kept

    def put(self, kept: Kept, dialogue: Dialogue, owner: str) -> Kept:
        with self._lock:
            held = self._find(kept.id, owner)
            if held.kept.dialogue is not kept.dialogue:
                raise busy()
            held.kept = Kept(kept.id, dialogue, self._clock() + self.ttl_s)
            self._held.move_to_end(kept.id)
            return held.kept

    def delete(self, identifier: str, owner: str) -> None:
        with self._lock:
            self._find(identifier, owner)
            del self._held[identifier]

    def _find(self, identifier: str, owner: str) -> Held:
        self._sweep()
        held = self._held.get(identifier)
        if held is None or held.owner != owner:
            raise gone()
        return held

    def _sweep(self) -> None:
        """Those not spoken in for longest come first."""
        now = self._clock()
        while self._held and next(iter(self._held.values())).kept.expires <= now:
            self._held.popitem(last=False)


def busy() -> ConversationBusy:
    return ConversationBusy(
        "another turn of this conversation came between", remedy="Send the turn again; nothing of it was kept"
    )


def dump_dialogue(dialogue: Dialogue) -> bytes:
    """The written form: JSON in UTF-8."""
    return json.dumps({"form": FORM, **asdict(dialogue)}, ensure_ascii=False).encode("utf-8")


def load_dialogue(told: bytes) -> Dialogue:
    """Reads the written form. Raises IntegrityError for what another medrag wrote or something has changed."""
    try:
        read: dict[str, Any] = json.loads(told)
        if read.pop("form") != FORM:
            raise ValueError
        log = tuple((turn, tuple(Change(**item) for item in some)) for turn, some in read["log"])
        unclear = tuple(
            Unclear(**item | {"candidates": tuple(item["candidates"])}) for item in read["unclear"]
        )
        slots = tuple(Slot(**item) for item in read["slots"])
        lists = {"denied": tuple(read["denied"]), "asked": tuple(read["asked"])}
        return Dialogue(**read | lists | {"log": log, "unclear": unclear, "slots": slots})
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise IntegrityError("a kept conversation cannot be read", remedy="Open a new one") from error
