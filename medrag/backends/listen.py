"""Runs a blocking call in a thread of its own and hands on what it yields, no longer than a deadline and until told to stop."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeVar

__all__ = ["Deadline", "TookTooLong", "hear"]

T = TypeVar("T")
#: Longest time for which a stop that was set goes unseen, seconds.
GLANCE: Final = 0.05


class TookTooLong(Exception):
    """Nothing came in time. ``first``: not even the first piece."""

    def __init__(self, *, first: bool) -> None:
        super().__init__("nothing came in time")
        self.first = first


@dataclass(frozen=True, slots=True)
class Deadline:
    """When the first piece and the whole must have come, in seconds of the monotonic clock."""

    first: float
    whole: float


class Ended:
    """The last thing in the queue."""


ENDED: Final = Ended()


def hear(
    call: Callable[[], Iterator[T]], deadline: Deadline, stop: threading.Event, hang_up: Callable[[], None]
) -> Iterator[T]:
    """What ``call`` yields. Ends early when ``stop`` is set. However it ends, ``hang_up`` is called, which must make a
    blocked call return; a call that does not return all the same is left to itself, in a thread that keeps nothing alive.

    ``call`` itself must not raise: what went wrong it yields. Raises TookTooLong.
    """
    pieces: queue.SimpleQueue[T | Ended] = queue.SimpleQueue()

    def work() -> None:
        try:
            for piece in call():
                pieces.put(piece)
        finally:
            pieces.put(ENDED)

    threading.Thread(target=work, name="medrag-model-call", daemon=True).start()
    try:
        yield from taken(pieces, deadline, stop)
    finally:
        hang_up()


def taken(pieces: queue.SimpleQueue[T | Ended], deadline: Deadline, stop: threading.Event) -> Iterator[T]:
    first = True
    while not stop.is_set():
        left = (min(deadline.first, deadline.whole) if first else deadline.whole) - time.monotonic()
        if left <= 0:
            raise TookTooLong(first=first)
        try:
            piece = pieces.get(timeout=min(left, GLANCE))
        except queue.Empty:
            continue
        if isinstance(piece, Ended):
            return
        first = False
        yield piece
