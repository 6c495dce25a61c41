"""Gives every failure over HTTP as application/problem+json: nothing that was sent comes back, and no stack trace."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from medrag.errors import MedragError
from medrag_api.openai.failing import PREFIX, openai_error, openai_status
from medrag_api.problems import MEDIA_TYPE, problem_json, problem_of_error, problem_of_status
from medrag_api.requests import field_problems

__all__ = [
    "DETAILS",
    "RETRY_AFTER_S",
    "instance_of",
    "problem_response",
    "respond",
    "tell_http",
    "tell_invalid",
    "tell_medrag",
]

#: Seconds a caller is asked to wait when the shelf cannot be read: it is looked at again every second.
RETRY_AFTER_S = 5


def tell_medrag(request: Request, error: Exception) -> Response:
    """An error medrag raised on purpose."""
    if not isinstance(error, MedragError):
        raise error
    return respond(request, problem_of_error(error, instance_of(request), places=False))


def tell_invalid(request: Request, error: Exception) -> Response:
    """A body or parameter that does not fit: 400 when it is no JSON, else 422 with its fields."""
    if not isinstance(error, RequestValidationError):
        raise error
    found = error.errors()
    if any(item["type"] == "json_invalid" for item in found):
        return respond(request, problem_of_status(400, "The body is not JSON.", instance_of(request)))
    problems = field_problems(found)
    detail = f"{len(problems)} field{'s' if len(problems) > 1 else ''} cannot be taken as sent."
    return respond(
        request, problem_json("invalid", "Invalid request", 422, detail, instance_of(request), problems)
    )


#: What plain statuses say; the path and the body are never told back.
DETAILS: Mapping[int, str] = {
    400: "The request cannot be read.",
    404: "There is nothing at this address.",
    403: "This may not be done from here.",
    405: "This address does not take this method.",
    408: "The body took too long to come.",
    413: "The body is larger than this server takes.",
    415: "Send application/json.",
}


def tell_http(request: Request, error: Exception) -> Response:
    """A status raised by the framework."""
    if not isinstance(error, HTTPException):
        raise error
    detail = DETAILS.get(error.status_code, "The request cannot be answered.")
    headers = dict(error.headers or {})
    if error.status_code == 405:
        # The framework names those of the first route alone.
        headers["Allow"] = ", ".join(request.app.state.plan().methods(request.url.path))
    return respond(request, problem_of_status(error.status_code, detail, instance_of(request)), headers)


def respond(request: Request, problem: dict[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """The document in the words of the protocol that the address speaks."""
    if for_a_person(request):
        return problem_page(request, problem, headers)
    if request.url.path.startswith("/fhir/"):
        return fhir_response(problem, headers)
    if not request.url.path.startswith(PREFIX):
        return problem_response(problem, headers)
    body = json.dumps(openai_error(problem), ensure_ascii=False).encode("utf-8", "backslashreplace")
    return Response(body, openai_status(problem["status"]), with_retry(problem, headers), "application/json")


def for_a_person(request: Request) -> bool:
    """Whether a browser asked for a page of the console."""
    path = request.url.path
    wanted = "text/html" in request.headers.get("accept", "")
    return wanted and (path == "/" or path.startswith("/console"))


def problem_page(request: Request, problem: dict[str, Any], headers: Mapping[str, str] | None) -> Response:
    """The console's page that says in words what could not be done."""
    from medrag_api.web.pages import language_of, render
    from medrag_api.web.words import status_said

    told = status_said(problem["status"], problem["detail"], language_of(request))
    page = render(request, "problem.html", "", problem["status"], said=told, remedy="")
    for name, value in with_retry(problem, headers).items():
        page.headers[name] = value
    return page


def fhir_response(problem: dict[str, Any], headers: Mapping[str, str] | None) -> Response:
    """An OperationOutcome, as FHIR tells every failure."""
    from medrag_api.fhir.capability import FHIR_JSON
    from medrag_api.fhir.outcome import outcome_of_problem

    body = json.dumps(outcome_of_problem(problem), ensure_ascii=False).encode("utf-8", "backslashreplace")
    return Response(body, problem["status"], with_retry(problem, headers), FHIR_JSON)


def problem_response(problem: dict[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """The document with its status; one that may pass says when to come back."""
    body = json.dumps(problem, ensure_ascii=False).encode("utf-8", "backslashreplace")
    return Response(body, problem["status"], with_retry(problem, headers), MEDIA_TYPE)


def with_retry(problem: dict[str, Any], headers: Mapping[str, str] | None) -> dict[str, str]:
    """The headers; one that may pass says when to come back."""
    again = {"Retry-After": str(RETRY_AFTER_S)} if problem["status"] == 503 else {}
    return {**(headers or {}), **again}


def instance_of(request: Request) -> str:
    """Names this occurrence: the request's id, as in the log and the X-Request-ID header."""
    return f"urn:medrag:request:{request.scope['state']['request_id']}"
