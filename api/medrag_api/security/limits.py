"""Bounds what one caller may ask: requests a minute, and lines held open, his own and everybody's."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from medrag.settings import Settings
from medrag_api.security.callers import Caller

if TYPE_CHECKING:
    from limits.strategies import RateLimiter

__all__ = ["Rates", "Streams"]


class Rates:
    """Requests a minute for each key, counted here or, for several workers together, where ``limits_url`` says."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._limiter: RateLimiter | None = None

    @property
    def remote(self) -> bool:
        """Whether asking waits for a server."""
        return not self._settings.limits_url.startswith("memory:")

    def wait_s(self, caller: Caller) -> int:
        """Counts a request; 0 when it may go on, else the whole seconds until the next may."""
        from limits import RateLimitItemPerMinute

        most = caller.key.per_minute if caller.key is not None else None
        most = self._settings.rate_per_minute if most is None else most
        if caller.key is None or most == 0:
            return 0
        item, limiter = RateLimitItemPerMinute(most), self._open()
        if limiter.hit(item, caller.id):
            return 0
        reset = limiter.get_window_stats(item, caller.id).reset_time
        return max(1, int(reset - time.time()) + 1)

    def _open(self) -> RateLimiter:
        if self._limiter is None:
            from limits.storage import storage_from_string
            from limits.strategies import FixedWindowRateLimiter

            self._limiter = FixedWindowRateLimiter(storage_from_string(self._settings.limits_url))
        return self._limiter


class Streams:
    """Lines held open in this process."""

    def __init__(self, most: int, most_each: int) -> None:
        self.most, self.most_each = most, most_each
        #: Told 1 for a line that is taken, -1 for one that is given back.
        self.on_step: Callable[[int], None] | None = None
        self._open: Counter[str] = Counter()
        self._all = 0

    def refusal(self, caller: str) -> int | None:
        """Takes a line: None; or the status that says why not: 429 for the caller's own bound, 503 for everybody's."""
        if self._open[caller] >= self.most_each:
            return 429
        if self._all >= self.most:
            return 503
        self._step(caller, 1)
        return None

    def release(self, caller: str) -> None:
        self._step(caller, -1)
        if not self._open[caller]:
            del self._open[caller]

    def _step(self, caller: str, step: int) -> None:
        self._open[caller] += step
        self._all += step
        if self.on_step is not None:
            self.on_step(step)
