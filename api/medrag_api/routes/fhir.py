"""The FHIR R4 door: POST /fhir/$check-interactions and GET /fhir/metadata."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Body
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from medrag_api.fhir.bundle import place_bundle
from medrag_api.fhir.capability import FHIR_JSON, capability
from medrag_api.fhir.checking import bundle_of, check_record
from medrag_api.fhir.records import Json
from medrag_api.fhir.validate import check_resource
from medrag_api.fhir.words import language_asked
from medrag_api.routes.reading import holder_of

__all__ = ["router"]

#: How a body may be named.
TAKEN = frozenset({FHIR_JSON, "application/json"})
FHIR_ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"description": words, "content": {FHIR_JSON: {}}}
    for status, words in {
        400: "Not JSON",
        413: "Body too large",
        415: "Not FHIR JSON",
        422: "Not a valid Bundle, or not of one patient; the OperationOutcome names the element",
        503: "The shelf cannot be read now",
    }.items()
}
EXAMPLE: Json = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [
        {"resource": {"resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1947-03-02"}},
        {
            "resource": {
                "resourceType": "MedicationRequest",
                "id": "m1",
                "status": "active",
                "intent": "order",
                "subject": {"reference": "Patient/p1"},
                "medicationCodeableConcept": {"text": "warfarin"},
            }
        },
        {
            "resource": {
                "resourceType": "MedicationRequest",
                "id": "m2",
                "status": "draft",
                "intent": "order",
                "subject": {"reference": "Patient/p1"},
                "medicationCodeableConcept": {"text": "ibuprofen"},
            }
        },
    ],
}


def shaped(kind: str) -> Json:
    """A resource of that kind, for /openapi.json; HL7's own definitions say the rest."""
    named = {"resourceType": {"const": kind}}
    return {FHIR_JSON: {"schema": {"type": "object", "properties": named, "required": ["resourceType"]}}}


class FhirRoute(APIRoute):
    """Takes FHIR's media type as well as plain JSON, and hands the body over as it is: the definitions check it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def checked(request: Request) -> Response:
            if request.method == "POST":
                kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
                if kind not in TAKEN:
                    raise HTTPException(415)
                return await check_interactions(request, await body_of(request))
            return await handle(request)

        return checked


async def body_of(request: Request) -> Any:
    """The JSON of a request. Raises HTTPException 400 when it is none."""
    try:
        return json.loads(await request.body())
    except (ValueError, RecursionError):
        raise HTTPException(400) from None


router = APIRouter(route_class=FhirRoute)


@router.post(
    "/fhir/$check-interactions",
    responses={200: {"description": "A Bundle of DetectedIssue", "content": shaped("Bundle")}, **FHIR_ERRORS},
    summary="Check the medication of a FHIR R4 record",
)
async def check_interactions(
    request: Request,
    bundle: dict[str, Any] = Body(media_type=FHIR_JSON, examples=[EXAMPLE]),  # noqa: B008
) -> Response:
    """A Bundle of one patient (Patient, MedicationRequest, MedicationStatement, Medication, Condition, Observation,
    AllergyIntolerance) in; a Bundle out: an OperationOutcome that says what was not read or found, and a DetectedIssue
    for each finding and each medication that could not be checked. Accept-Language chooses en, zh or fr."""
    told = await run_in_threadpool(check_bundle, request, bundle)
    return fhir_response(told)


def check_bundle(request: Request, bundle: Json) -> Json:
    """Raises FhirRefused, and what the review raises. What is given back is held against the definitions too."""
    language = language_asked(request.headers.get("accept-language", ""))
    check_resource(bundle, "Bundle")
    with holder_of(request).reviewing() as desk:
        told = bundle_of(*check_record(desk, place_bundle(bundle), language), language)
    check_resource(told, "Bundle")
    return told


@router.get(
    "/fhir/metadata",
    responses={200: {"description": "A CapabilityStatement", "content": shaped("CapabilityStatement")}},
    summary="What the FHIR door can do",
)
def show_capability() -> Response:
    """A CapabilityStatement of FHIR R4."""
    return fhir_response(capability())


def fhir_response(resource: Json, status: int = 200) -> Response:
    """A resource in FHIR's own media type, which is always UTF-8."""
    return Response(json.dumps(resource, ensure_ascii=False).encode("utf-8"), status, None, FHIR_JSON)
