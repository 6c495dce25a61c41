"""GET /metrics: what the server counts, for Prometheus."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from medrag_api.metrics import Metrics

__all__ = ["router"]

router = APIRouter()


@router.get("/metrics", response_class=PlainTextResponse, summary="Counters, for Prometheus")
def show_metrics(request: Request) -> Response:
    """Requests by route and status, their times, answers by status, findings by severity, pairs by outcome, statements
    withheld by reason, calls of models, jobs, the snapshot's age: all workers together. Where keys exist, `admin`."""
    metrics: Metrics = request.app.state.metrics
    body, kind = metrics.text()
    return Response(body, 200, media_type=kind)
