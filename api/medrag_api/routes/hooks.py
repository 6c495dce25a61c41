"""The CDS Hooks 2.0 door: discovery, the services, and what clinicians did with their cards."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from medrag.errors import NotFound
from medrag_api.fhir.checking import check_record
from medrag_api.fhir.words import language_asked
from medrag_api.hooks.cards import cards_of
from medrag_api.hooks.counting import AlertCounter
from medrag_api.hooks.gathering import gather
from medrag_api.hooks.levels import level_in_force
from medrag_api.hooks.services import SERVICES, Service, discovery
from medrag_api.hooks.shapes import Cards, Counted, Discovery, Feedback, HookRequest
from medrag_api.routes.reading import PROBLEM, JsonRoute, as_json, holder_of

__all__ = ["router"]

router = APIRouter(route_class=JsonRoute)
ServiceId = Annotated[str, Path(max_length=80)]
MISSING: dict[int | str, dict[str, Any]] = {
    412: {"description": "Data the check needs were not sent", "content": {"application/problem+json": {}}}
}


@router.get("/cds-services", response_model=Discovery, summary="The CDS services there are")
def discover() -> Response:
    """CDS Hooks 2.0 discovery: each service with the prefetch it needs."""
    return as_json(discovery())


@router.post(
    "/cds-services/{id}",
    response_model=Cards,
    responses=PROBLEM | MISSING,
    summary="Call a CDS service",
)
async def call_service(id: ServiceId, asked: HookRequest, request: Request) -> Response:
    """Cards for the orders or the medication of a patient. What is needed comes with the call: the FHIR server it names
    is never called, and a call without its prefetch is 412. Nothing that is sent is stored. Accept-Language chooses en,
    zh or fr."""
    return as_json(await run_in_threadpool(answer_call, service_of(id), asked, request))


def answer_call(service: Service, asked: HookRequest, request: Request) -> dict[str, Any]:
    """Raises InputRefused, ContextMissing, and what the review raises."""
    language = language_asked(request.headers.get("accept-language", ""))
    placed = gather(service, asked)
    settings = request.app.state.settings
    base = settings.public_url or str(request.base_url)
    with holder_of(request).reviewing() as desk:
        record, report = check_record(desk, placed, language)
        hide = service.orders and settings.hooks_standing == "hide"
        level = level_in_force(settings, desk.shelf.catalogue)
        made = cards_of(record, report, language, base.rstrip("/"), hide_standing=hide, level=level)
    counter: AlertCounter = request.app.state.alerts
    counter.given(service.id, made)
    return {"cards": [item.card for item in made]}


@router.post(
    "/cds-services/{id}/feedback",
    response_model=Counted,
    responses=PROBLEM,
    summary="Tell what was done with cards",
)
async def take_feedback(id: ServiceId, told: Feedback, request: Request) -> Response:
    """Outcomes are counted by card, reason and day. Comments and times are not kept."""
    service_of(id)
    counter: AlertCounter = request.app.state.alerts
    await run_in_threadpool(counter.answered, told)
    return as_json({})


def service_of(identifier: str) -> Service:
    """Raises NotFound."""
    service = SERVICES.get(identifier)
    if service is None:
        raise NotFound("there is no such CDS service", remedy="See GET /cds-services")
    return service
