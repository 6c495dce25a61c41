"""What the console's rooms share: routes whose failures are pages too, and how a refusal is told above a form."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from medrag.errors import InputRefused, MedragError
from medrag_api.tell import DETAILS
from medrag_api.web.pages import language_of, render
from medrag_api.web.words import status_said

__all__ = ["page_router", "said"]


class PageRoute(APIRoute):
    """A route whose failures are pages too."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def shown(request: Request) -> Response:
            try:
                return await handle(request)
            except MedragError as error:
                status = error.http_status
                return render(
                    request, "problem.html", "", status, said=error.problem, remedy=error.remedy or ""
                )
            except RequestValidationError:
                return plain(request, 422, DETAILS[400])
            except HTTPException as error:
                return plain(request, error.status_code, DETAILS.get(error.status_code, DETAILS[400]))

        return shown


def plain(request: Request, status: int, detail: str) -> Response:
    """A status in words."""
    told = status_said(status, detail, language_of(request))
    return render(request, "problem.html", "", status, said=told, remedy="")


def page_router() -> APIRouter:
    """A room's router. Pages are not part of the API that /openapi.json describes."""
    return APIRouter(route_class=PageRoute, include_in_schema=False)


def said(error: InputRefused) -> str:
    """The problem with the field it is about."""
    return f"{error.place.field}: {error.problem}" if error.place.field else error.problem
