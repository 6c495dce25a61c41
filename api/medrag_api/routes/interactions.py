"""POST /interactions: a regimen reviewed against every source held."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from typing import Any, Final

from fastapi import APIRouter
from pydantic_core import to_json
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from medrag_api.holder import Seen
from medrag_api.interaction_models import InteractionReportOut
from medrag_api.requests import InteractionRequest
from medrag_api.routes.reading import PROBLEM, JsonRoute, holder_of
from medrag_graph.interactions import Regimen

__all__ = ["router"]


class CheckRoute(JsonRoute):
    """Reads what can be taken as sent straight into the request; everything else goes the framework's way, which tells
    what is wrong with it. The framework's own reading takes as long as a review of two drugs."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def straight(request: Request) -> Response:
            if request.headers.get("content-type") != "application/json":
                return await handle(request)
            try:
                asked = InteractionRequest.model_validate(json.loads(await request.body()))
            except (ValueError, RecursionError):
                return await handle(request)
            return await check_interactions(asked, request)

        return straight


router = APIRouter(route_class=CheckRoute)

#: Regimens up to this size are reviewed where they arrive: a thread would cost more than the review does.
FEW_DRUGS: Final = 12


@router.post(
    "/interactions",
    response_model=InteractionReportOut,
    responses=PROBLEM,
    summary="Check drugs against each other and the patient",
)
async def check_interactions(asked: InteractionRequest, request: Request) -> Response:
    """Every pair gets an outcome: found, or one of four kinds of no. None of them says that there is no risk.

    A name that is not known is told as unresolved, with candidates; a graph that cannot be read makes every pair
    `source_unavailable`. Both are 200: the report says what it could not do.
    """
    regimen = asked.record()
    holder: Seen = holder_of(request)
    few = len(regimen.drugs) + len(regimen.patient.drugs) <= FEW_DRUGS
    if few and regimen.as_of is None and holder.graph_opened and not holder.settings.graph_url:
        return review(holder, regimen)
    # What is long, or waits for a graph of another day to open or a server to answer, must not keep others waiting.
    return await run_in_threadpool(review, holder, regimen)


def review(holder: Seen, regimen: Regimen) -> Response:
    """The report, built once and written by pydantic's own writer, which takes a tenth of the time of json's."""
    with holder.reviewing() as desk:
        return Response(to_json(desk.review(regimen).as_json()), 200, None, "application/json")
