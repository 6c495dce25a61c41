"""Idempotency-Key: a request that is sent again is answered again, and done once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import closing
from typing import Annotated, Any, Final

from fastapi import Header
from starlette.requests import Request
from starlette.responses import Response

from medrag.catalogue import Catalogue
from medrag.catalogue.once import Once, Replied
from medrag.settings import Settings
from medrag_api.routes.reading import caller_of

__all__ = ["HEADER", "IdempotencyKey", "do_once"]

HEADER: Final = "Idempotency-Key"
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias=HEADER,
        min_length=1,
        max_length=255,
        pattern=r"^[!-~]+$",
        description="Of your choosing, one for each request. Sent again with the same request, it gets the same answer and "
        "nothing is done twice; with another request 422, while the first is under way 409.",
    ),
]
#: Says that an answer is of an earlier request.
REPLAYED: Final = "Idempotency-Replayed"
#: Headers that belong to an answer and are given again.
KEPT: Final = ("location", "content-type")


def do_once(
    request: Request, settings: Settings, key: str | None, asked: Any, act: Callable[[], Response]
) -> Response:
    """What ``act`` answers, or what it answered when the same request came with this key before. ``asked`` is all that
    the request says, as JSON. What fails is not kept.

    Raises KeyReused, RequestRunning, and what ``act`` raises.
    """
    if key is None:
        return act()
    caller = caller_of(request)
    name = digest([caller.tenant, caller.id, key])
    with closing(Catalogue(settings.catalogue, create=True)) as catalogue:
        once = Once(catalogue, hours=settings.idempotency_hours)
        held = once.begin(name, digest([request.method, request.url.path, asked]))
        if held is not None:
            return Response(held.body.encode(), held.status, {**held.headers, REPLAYED: "true"})
        try:
            reply = act()
        except BaseException:
            once.drop(name)
            raise
        headers = {name: value for name, value in reply.headers.items() if name in KEPT}
        once.end(name, Replied(reply.status_code, headers, bytes(reply.body).decode()))
    return reply


def digest(told: Any) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()
