"""POST /feedback: whether an answer helped, and what was done with a finding."""

from __future__ import annotations

from contextlib import closing
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from medrag.catalogue import Catalogue
from medrag.settings import Settings
from medrag_api.feedback import FeedbackIn, FeedbackOut, keep_feedback
from medrag_api.routes.once import IdempotencyKey, do_once
from medrag_api.routes.reading import PROBLEM, JsonRoute, Set, as_json, caller_of

__all__ = ["router"]

router = APIRouter(route_class=JsonRoute)


@router.post(
    "/feedback",
    status_code=201,
    response_model=FeedbackOut,
    responses=PROBLEM,
    summary="Say whether it helped",
)
def give_feedback(told: FeedbackIn, request: Request, settings: Set, key: IdempotencyKey = None) -> Response:
    """Of an answer by its id, or of a finding by its kind, severity and assertions, as a report lists them: whether it
    helped, whether it was overridden, and why, by a code. Overrides count beside those of CDS Hooks cards. Words are kept
    with `keep_comment` alone, and never those that tell of a person. Who said it is not kept, nor the time of day."""
    asked = told.model_dump(mode="json")
    return do_once(request, settings, key, asked, lambda: kept(told, request, settings))


def kept(told: FeedbackIn, request: Request, settings: Settings) -> Response:
    with closing(Catalogue(settings.catalogue, create=False)) as catalogue:
        said: dict[str, Any] = keep_feedback(
            catalogue, told, caller_of(request).tenant, settings.feedback_days
        )
    reply = as_json(said)
    reply.status_code = 201
    return reply
