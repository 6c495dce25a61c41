"""What routes share: the shelf lent for one request, JSON out, and JSON alone in."""

from __future__ import annotations

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
    "PROBLEM",
    "JsonRoute",
    "Reading",
    "Reviewing",
    "Set",
    "Writers",
    "as_json",
    "caller_of",
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
