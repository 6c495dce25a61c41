"""Leaves an endpoint alone for a while after it has failed several times in a row."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

__all__ = ["Breaker"]

#: Seconds of a clock that never goes back.
Clock = Callable[[], float]


class Breaker:
    """Closed: calls pass. Open, after ``failures`` in a row: none do, for ``seconds``. Then one passes as a trial; it closes
    the breaker or opens it again (Nygard, Release It!, 2007, chapter 5.2). Thread-safe.

    Whoever was allowed says how it ended, once: :meth:`succeeded`, :meth:`failed`, or :meth:`released` when the call said
    nothing about the endpoint.
    """

    def __init__(self, failures: int, seconds: float, clock: Clock) -> None:
        self._most: Final = failures
        self._seconds: Final = seconds
        self._clock: Final = clock
        self._turn = threading.Lock()
        self._failures = 0
        self._opened: float | None = None
        self._trial = False

    def allow(self) -> bool:
        """Whether a call may be made now."""
        with self._turn:
            if self._opened is None:
                return True
            if self._trial or self._clock() < self._opened + self._seconds:
                return False
            self._trial = True
            return True

    def left(self) -> float:
        """Seconds until a trial is allowed; 0 when calls pass or one is being tried."""
        with self._turn:
            return 0.0 if self._opened is None else max(0.0, self._opened + self._seconds - self._clock())

    def succeeded(self) -> None:
        with self._turn:
            self._failures, self._opened, self._trial = 0, None, False

    def failed(self) -> None:
        with self._turn:
            self._failures += 1
            if self._trial or self._failures >= self._most:
                self._opened, self._trial = self._clock(), False

    def released(self) -> None:
        with self._turn:
            self._trial = False
