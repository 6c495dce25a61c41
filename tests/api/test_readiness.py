"""GET /health/ready without a key: told to whoever asks, and looked at once a second however often they do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import pytest
from guarded import calling, give_key
from hypothesis import given
from hypothesis import strategies as st

from medrag.errors import GraphUnavailable
from medrag.settings import Settings
from medrag_api.holder import ShelfHolder
from medrag_api.routes import health


def test_nobody_needs_a_key_to_be_told(standing_copy: Settings) -> None:
    give_key(standing_copy, "ask")

    async def ask(client: Any) -> list[Any]:
        return [await client.get(path) for path in ("/health/live", "/health/ready", "/shelf")]

    live, ready, shelf = calling(standing_copy, ask)
    assert (live.status_code, ready.status_code, shelf.status_code) == (200, 200, 401)
    assert ready.json()["status"] == "ready" and set(ready.json()) == {"status", "snapshot"}


class BrokenHolder:
    """Lends nothing, and counts who asked."""

    asked = 0

    @contextmanager
    def reviewing(self, tenant: str) -> Iterator[None]:
        self.asked += 1
        raise GraphUnavailable("the graph cannot be read")
        yield


@given(st.lists(st.floats(0, 3), max_size=30))
def test_the_shelf_is_looked_at_once_a_second(pauses: list[float]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        now, looks, until = 100.0, 0, 0.0
        patch.setattr(health.time, "monotonic", lambda: now)
        holder = BrokenHolder()
        readiness = health.Readiness(cast(ShelfHolder, holder))
        for pause in pauses:
            now += pause
            if now >= until:
                looks, until = looks + 1, now + health.FRESH_S
            with pytest.raises(GraphUnavailable):
                readiness.snapshot()
        assert holder.asked == looks
