"""What routes share: the shelf lent for one request, JSON out with its tag, and JSON alone in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Coroutine, Iterator
from typing import Annotated, Any

from fastapi import Depends
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from medrag.backends import Models
from medrag.settings import Settings
from medrag.shelf import OpenShelf
from medrag_api.desk import Desk
from medrag_api.holder import Seen
from medrag_api.security.callers import Caller

__all__ = [
    "NOT_CHANGED",
    "PROBLEM",
    "JsonRoute",
    "Reading",
    "Reviewing",
    "Set",
    "Writers",
    "as_json",
    "as_tagged",
    "caller_of",
    "has_tag",
    "holder_of",
]

#: How errors are described in /openapi.json.
PROBLEM: dict[int | str, dict[str, Any]] = {
    status: {"description": words, "content": {"application/problem+json": {}}}
    for status, words in {
        404: "Not held",
        413: "Body too large",
        415: "Not JSON",
        422: "A field cannot be taken; `errors` names it",
        503: "The shelf cannot be read now",
    }.items()
}


#: How the answer to a caller who has it already is described.
NOT_CHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "As the ETag in If-None-Match says"}}


class JsonRoute(APIRoute):
    """A route that reads application/json and refuses everything else with 415."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def checked(request: Request) -> Response:
            kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
            if request.method == "POST" and kind != "application/json":
                raise HTTPException(415)
            return await handle(request)

        return checked


def settings_of(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


def caller_of(request: Request) -> Caller:
    """Who sent the request; the guard found out."""
    caller: Caller = request.state.caller
    return caller


def holder_of(request: Request) -> Seen:
    """The shelf as the caller's tenant sees it."""
    return Seen(request.app.state.holder, caller_of(request).tenant)


def lend_shelf(request: Request) -> Iterator[OpenShelf]:
    """The published shelf, kept open until the handler is done."""
    with holder_of(request).reading() as shelf:
        yield shelf


def lend_desk(request: Request) -> Iterator[Desk]:
    """The published shelf with its graph, kept open until the handler is done."""
    with holder_of(request).reviewing() as desk:
        yield desk


def models_of(request: Request) -> Models:
    models: Models = request.app.state.models
    return models


Writers = Annotated[Models, Depends(models_of)]
Reviewing = Annotated[Desk, Depends(lend_desk)]
Reading = Annotated[OpenShelf, Depends(lend_shelf)]
Set = Annotated[Settings, Depends(settings_of)]


def as_json(told: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    """UTF-8 JSON as the command line prints it, without its line breaks."""
    return Response(json.dumps(told, ensure_ascii=False).encode("utf-8"), 200, headers, "application/json")


def as_tagged(told: dict[str, Any], request: Request) -> Response:
    """:func:`as_json` with an ETag, or 304 for a caller who has it already. Nobody may keep it for another caller."""
    reply = as_json(told)
    tag = f'"{hashlib.sha256(bytes(reply.body)).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if has_tag(request, tag):
        return Response(None, 304, headers)
    reply.headers.update(headers)
    return reply


def has_tag(request: Request, tag: str) -> bool:
    """Whether If-None-Match names this tag; weakly compared, as RFC 9110, section 13.1.2, wants it."""
    told = request.headers.get("if-none-match", "")
    named = (item.strip().removeprefix("W/") for item in told.split(","))
    return told.strip() == "*" or tag.removeprefix("W/") in named
