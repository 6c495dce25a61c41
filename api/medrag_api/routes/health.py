"""GET /health: whether the process lives, and whether it can answer. Both are asked by machines that have no key."""

from __future__ import annotations

import threading
import time
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from medrag.errors import MedragError
from medrag_api.desk import again
from medrag_api.holder import ShelfHolder
from medrag_api.models import HealthOut
from medrag_api.routes.reading import PROBLEM, as_json

__all__ = ["Readiness", "router"]

router = APIRouter(prefix="/health")

#: Seconds an outcome is told again: whoever asks without a key cannot make the shelf be looked at more often than this.
FRESH_S: Final = 1.0


class Readiness:
    """Whether the shelf and its graph can be read, found out once a second at most. Safe to share between threads."""

    def __init__(self, holder: ShelfHolder) -> None:
        self._holder = holder
        self._lock = threading.Lock()
        self._until = float("-inf")
        self._snapshot = ""
        self._problem: MedragError | None = None

    def snapshot(self) -> str:
        """The snapshot that can be read. Raises what reading it raised."""
        with self._lock:
            if time.monotonic() >= self._until:
                self._look()
                self._until = time.monotonic() + FRESH_S
            if self._problem is not None:
                raise again(self._problem)
            return self._snapshot

    def _look(self) -> None:
        try:
            self._snapshot, self._problem = self._read(), None
        except MedragError as error:
            self._problem = error

    def _read(self) -> str:
        """Asks the index, the catalogue and the graph for something, of every tenant's shelf together."""
        with self._holder.reviewing("*") as desk:
            shelf = desk.shelf
            shelf.index.count()
            shelf.in_force()
            shelf.catalogue.edition(next(iter(shelf.editions)))
            desk.check()
            return shelf.snapshot.id


@router.get("/live", response_model=HealthOut, summary="The process lives")
async def live() -> Response:
    """Touches nothing."""
    return as_json({"status": "live", "snapshot": None})


@router.get(
    "/ready",
    response_model=HealthOut,
    responses={503: PROBLEM[503]},
    summary="The shelf and its graph can be read",
)
def ready(request: Request) -> Response:
    """503 says what cannot be read. Needs no key, as a front or an orchestrator has none."""
    readiness: Readiness = request.app.state.readiness
    return as_json({"status": "ready", "snapshot": readiness.snapshot()})
