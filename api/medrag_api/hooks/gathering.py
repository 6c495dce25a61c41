"""Puts together what a call brings: orders from its context, the rest from its prefetch; nothing is fetched."""

from __future__ import annotations

from medrag.errors import InputRefused, Place
from medrag_api.fhir.bundle import place_bundle
from medrag_api.fhir.records import Json, Placed
from medrag_api.fhir.validate import FhirRefused, check_resource
from medrag_api.hooks.services import NEEDED, Service
from medrag_api.hooks.shapes import HookRequest

__all__ = ["ContextMissing", "gather"]


class ContextMissing(InputRefused):
    """Data a check cannot do without was not sent: 412, as the specification has it."""

    exit_code, http_status, title = 3, 412, "Data missing"


def gather(service: Service, asked: HookRequest) -> tuple[Placed, ...]:
    """The resources of a call, each once. Raises InputRefused and ContextMissing."""
    if asked.hook != service.hook:
        raise refuse("hook", f"this service answers {service.hook}")
    sent = asked.prefetch or {}
    for key in NEEDED:
        if key not in sent or is_outcome(sent[key]) or (key == "patient" and sent[key] is None):
            raise ContextMissing(
                f"the service needs prefetch.{key}, which was not sent",
                place=Place(field=f"prefetch.{key}"),
                remedy="Send the prefetch of GET /cds-services; the FHIR server of a call is never called from here",
            )
    placed = [*orders(service, asked)]
    for key, value in sorted(sent.items()):
        if value is not None and not is_outcome(value):
            placed += read(value, f"prefetch.{key}")
    of_patient(placed, asked.context.patientId)
    # An order at hand may be in the record already: the order is what counts.
    unique = {item.reference or f"{at}": item for at, item in reversed(list(enumerate(placed)))}
    return tuple(item for at, item in enumerate(placed) if unique[item.reference or f"{at}"] is item)


def orders(service: Service, asked: HookRequest) -> tuple[Placed, ...]:
    """The orders not yet signed."""
    if not service.orders:
        return ()
    if asked.context.draftOrders is None:
        raise refuse("context.draftOrders", "this field is missing")
    if service.hook == "order-select" and asked.context.selections is None:
        raise refuse("context.selections", "this field is missing")
    return read(asked.context.draftOrders, "context.draftOrders", draft=True)


def read(resource: Json, field: str, *, draft: bool = False) -> tuple[Placed, ...]:
    """A resource, or those of a Bundle, once they are valid; a problem names the field it is in."""
    try:
        check_resource(resource, "Bundle" if draft else "")
        if resource["resourceType"] == "Bundle":
            return place_bundle(resource, draft=draft)
        return place_bundle({"entry": [{"resource": resource}]})
    except FhirRefused as error:
        raise FhirRefused([(f"{field}.{path}", problem) for path, problem in error.problems]) from None


def of_patient(placed: list[Placed], patient: str) -> None:
    """The Patient sent must be the one the clinician is looking at."""
    if any(item.kind == "Patient" and item.resource.get("id") != patient for item in placed):
        raise refuse("prefetch.patient", "this is not the patient of the context")


def is_outcome(value: Json | None) -> bool:
    """A client that could not fetch may send why."""
    return value is not None and value.get("resourceType") == "OperationOutcome"


def refuse(field: str, problem: str) -> InputRefused:
    return InputRefused(problem, place=Place(field=field))
