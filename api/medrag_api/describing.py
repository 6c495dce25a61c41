"""Makes /openapi.json true: what every route answers besides its own, in which words, and which key it needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from medrag_api.openai.failing import PREFIX
from medrag_api.problems import MEDIA_TYPE
from medrag_api.security.scopes import Access, access_of
from medrag_api.shapes import CLOSED

__all__ = ["ProblemOut", "describe"]

Json = dict[str, Any]
SCHEMA: Final = "#/components/schemas/"
FHIR: Final = "application/fhir+json"
KEY: Final = "key"
EVENTS: Final = "text/event-stream"
HEADERS: Final[Json] = {
    "X-Request-ID": {
        "description": "As the log has it; yours, if you sent one.",
        "schema": {"type": "string"},
    }
}
RETRY: Final[Json] = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer", "minimum": 1}}}
WORDS: Final = {
    400: "Cannot be read",
    401: "A key is needed",
    403: "This key is not for that, or it may not be done from here",
    404: "Not held",
    408: "The body took too long to come",
    409: "Another writer, or the same request, is under way",
    413: "Body too large",
    415: "Another media type is wanted",
    422: "A field cannot be taken; `errors` names it",
    429: "Asked too often",
    503: "Cannot be read now",
}


class FieldProblem(BaseModel):
    """A field, by its dotted path, and what is wrong with it. What was sent is never told back."""

    model_config = CLOSED

    field: str
    problem: str


class ProblemOut(BaseModel):
    """RFC 9457 problem details."""

    model_config = CLOSED

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: list[FieldProblem]


def describe(app: FastAPI, *, keyed: bool) -> Json:
    """The document. ``keyed``: whether a key is needed here, as where keys exist."""
    told = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    schemas = told["components"]["schemas"]
    for model in (FieldProblem, ProblemOut):
        schemas[model.__name__] = model.model_json_schema(ref_template=SCHEMA + "{model}")
        schemas[model.__name__].pop("$defs", None)
    told["components"]["securitySchemes"] = {
        KEY: {
            "type": "http",
            "scheme": "bearer",
            "description": "Made with `medrag keys create`; none is needed on the machine itself while there are none.",
        }
    }
    for method, path, operation in operations(told):
        finish(operation, method, path, access_of(method, path), keyed=keyed)
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    return told


def operations(told: Json) -> Iterator[tuple[str, str, Json]]:
    for path, held in told["paths"].items():
        for verb, operation in held.items():
            yield verb.upper(), path, operation


def finish(operation: Json, method: str, path: str, access: Access | None, *, keyed: bool) -> None:
    """Adds what the guard, the gate and the readers of bodies may answer."""
    responses, form = operation["responses"], form_of(path)
    takes = {"requestBody", "parameters"} & operation.keys()
    statuses = [*reading(operation, method, path)]
    if access is not None and not access.open:
        operation["security"] = [{KEY: []}] if keyed else [{}, {KEY: []}]
        statuses += [401, 403, 429, 503]
    else:
        operation["security"] = []
    if not takes:
        responses.pop("422", None)
    for status in statuses:
        responses.setdefault(str(status), {"description": WORDS[status]})
    for status, response in responses.items():
        response.setdefault("headers", {}).update(HEADERS)
        if status in ("429", "503"):
            response["headers"] = response["headers"] | RETRY
        if status[0] in "45":
            response["content"] = form
        else:
            keep_one(response)
    if path.startswith(PREFIX) and "422" in responses:
        # As OpenAI's clients know it.
        responses.setdefault("400", responses.pop("422"))
        responses.pop("422", None)
    operation["responses"] = dict(sorted(responses.items()))


def reading(operation: Json, method: str, path: str) -> Sequence[int]:
    """What reading the request can come to."""
    found = [400, 408, 413, 415, 422] if "requestBody" in operation else []
    if path.startswith("/shelf/") and method == "POST":
        found += [403, 404, 409]
    if path in ("/ingest", "/feedback"):
        found += [409]
    if path.endswith(("/slots", "/ask")):
        found += [409]
    return found


def form_of(path: str) -> Json:
    """How failures are told at this address: in the words of the protocol that it speaks."""
    if path.startswith(PREFIX):
        return {"application/json": {"schema": {"$ref": SCHEMA + "ErrorOut"}}}
    if path.startswith("/fhir/"):
        outcome = {
            "type": "object",
            "properties": {"resourceType": {"const": "OperationOutcome"}},
            "required": ["resourceType", "issue"],
        }
        return {FHIR: {"schema": outcome}}
    return {MEDIA_TYPE: {"schema": {"$ref": SCHEMA + "ProblemOut"}}}


def keep_one(response: Json) -> None:
    """Drops the framework's plain JSON without a shape, where the route says that it answers in another form, and the
    shape of a stream's text: its events are told in words."""
    content = response.get("content", {})
    if len(content) > 1 and not content.get("application/json", {"schema": 1}).get("schema"):
        del content["application/json"]
    if EVENTS in content:
        content[EVENTS] = {}
