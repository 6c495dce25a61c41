"""GET /health: whether the process lives, and whether it can answer."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from medrag_api.models import HealthOut
from medrag_api.routes.reading import PROBLEM, Reviewing, as_json

__all__ = ["router"]

router = APIRouter(prefix="/health")


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
def ready(desk: Reviewing) -> Response:
    """Asks the index, the catalogue and the graph for something; 503 says what cannot be read."""
    shelf = desk.shelf
    shelf.index.count()
    shelf.in_force()
    shelf.catalogue.edition(next(iter(shelf.editions)))
    desk.check()
    return as_json({"status": "ready", "snapshot": shelf.snapshot.id})
