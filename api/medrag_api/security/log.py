"""Writes the audit log from a thread of its own, a batch a transaction, so that no caller waits for it."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import structlog

from medrag.catalogue import Catalogue
from medrag.catalogue.audit import Act, Audit
from medrag.catalogue.keys import Keys
from medrag.errors import MedragError
from medrag.settings import Settings
from medrag_api.security.callers import held_catalogue
from medrag_api.security.secret import read_secret

__all__ = ["AuditWriter", "audit_of", "note_now"]

log: Final = structlog.get_logger("medrag.audit")
#: Seconds acts wait for others: what a crash can lose.
GATHER_S: Final = 0.25
#: Acts that wait while the catalogue cannot be written; beyond them the log says how many it did not hold.
MOST_WAITING: Final = 100_000
#: Acts a transaction.
MOST_AT_ONCE: Final = 5_000


def audit_of(settings: Settings, catalogue: Catalogue) -> Audit:
    """The log of a catalogue. Raises Unavailable when keys were made with a secret that is no longer there."""
    return Audit(catalogue, read_secret(settings, make=not Keys(catalogue).all()).derived("audit"))


def note_now(
    settings: Settings, catalogue: Catalogue, act: str, outcome: str = "0", who: str = "local"
) -> None:
    """Writes one act, before it is said to be done."""
    current = catalogue.current()
    moment = datetime.now(UTC).isoformat(timespec="milliseconds")
    audit_of(settings, catalogue).add([Act(moment, who, act, current.id if current else "", outcome)])


class AuditWriter:
    """Of one process. Order and chain hold over all of them; a crash loses at most the last quarter of a second."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._waiting: queue.SimpleQueue[Act | None] = queue.SimpleQueue()
        self._lost = 0
        self._used: dict[str, str] = {}
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def note(self, who: str, act: str, snapshot: str, outcome: int) -> None:
        """Has an act written soon."""
        if self._thread is None:
            self._start()
        if self._waiting.qsize() >= MOST_WAITING:
            self._lost += 1
            return
        self._waiting.put(Act(stamp(time.time()), who, act, snapshot, str(outcome)))

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._write, name="medrag-audit", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Writes what waits, then stops."""
        if self._thread is not None and self._thread.is_alive():
            self._waiting.put(None)
            self._thread.join(timeout=10)

    def _write(self) -> None:
        ending, left = False, list[Act]()
        while not ending:
            acts, ending = self._gather(left)
            left = [] if self._put(acts) else acts[-MOST_WAITING:]
            if left and not ending:
                time.sleep(1.0)
        if left:
            log.error("audit_not_written", count=len(left))

    def _gather(self, left: list[Act]) -> tuple[list[Act], bool]:
        """What waited, what came within a moment, and whether the end came with it."""
        acts = left
        first = self._waiting.get() if not left else None
        if not left:
            if first is None:
                return acts, True
            acts = [first]
            time.sleep(GATHER_S)
        while len(acts) < MOST_AT_ONCE and not self._waiting.empty():
            act = self._waiting.get()
            if act is None:
                return acts, True
            acts.append(act)
        return acts, False

    def _put(self, acts: Sequence[Act]) -> bool:
        try:
            catalogue = held_catalogue(self._settings)
            if catalogue is None:
                return True
            with closing(catalogue):
                lost, self._lost = self._lost, 0
                gap = [Act(stamp(time.time()), "-", "not recorded", "", "lost", lost)] if lost else []
                audit_of(self._settings, catalogue).add([*gathered(acts), *gap])
                self._note_days(Keys(catalogue), acts)
        except MedragError as error:
            log.error("audit_waits", problem=error.problem, count=len(acts))
            return False
        return True

    def _note_days(self, keys: Keys, acts: Sequence[Act]) -> None:
        """The day each key was used last, once a day."""
        day = datetime.now(UTC).date().isoformat()
        fresh = {act.who for act in acts if act.who.startswith("k") and self._used.get(act.who) != day}
        if fresh:
            keys.used(sorted(fresh), day)
            self._used |= dict.fromkeys(fresh, day)


def gathered(acts: Sequence[Act]) -> list[Act]:
    """Like acts one after another as one with a count: a flood of wrong keys fills no disk."""
    told: list[Act] = []
    for act in acts:
        if told and replace(told[-1], at=act.at, times=1) == act:
            told[-1] = replace(told[-1], times=told[-1].times + 1)
        else:
            told.append(act)
    return told


def stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
