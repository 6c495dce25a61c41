"""GET /answers: what is kept of answers, and an answer as it was given."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path
from starlette.requests import Request
from starlette.responses import Response

from medrag_api.job_models import AnswerListOut
from medrag_api.kept_answers import KeptAnswer, TenantKeeper
from medrag_api.models import AnswerOut
from medrag_api.routes.paging import Cursor, Limit, mark_of, place_of
from medrag_api.routes.reading import PROBLEM, as_json, caller_of

__all__ = ["Keeping", "router"]

router = APIRouter()
#: Items of a page that names no limit.
PAGE: Final = 50


def keeper_of(request: Request) -> TenantKeeper:
    """What is kept of answers for the caller's tenant."""
    return TenantKeeper(request.app.state.answers, caller_of(request).tenant)


Keeping = Annotated[TenantKeeper, Depends(keeper_of)]
GONE: dict[int | str, dict[str, Any]] = {
    410: {
        "description": "It rests on an edition withdrawn since",
        "content": {"application/problem+json": {}},
    }
}


@router.get("/answers", response_model=AnswerListOut, responses=PROBLEM, summary="Answers that are kept")
def list_answers(keeper: Keeping, limit: Limit = None, cursor: Cursor = None) -> Response:
    """The last given first, without a word of their questions."""
    most, place = limit or PAGE, place_of(cursor, 2)
    held = keeper.last(most + 1, (place[0], place[1]) if place is not None else None)
    page = held[:most]
    further = mark_of(page[-1].asked, page[-1].id) if len(held) > most else None
    return as_json({"answers": [listed(item) for item in page], "next": further})


def listed(item: KeptAnswer) -> dict[str, Any]:
    names = ("id", "asked", "snapshot", "answerer", "question_sha256")
    return {name: getattr(item, name) for name in names}


@router.get(
    "/answers/{id}", response_model=AnswerOut, responses=PROBLEM | GONE, summary="An answer as it was given"
)
def show_answer(id: Annotated[str, Path(max_length=40)], keeper: Keeping) -> Response:
    """The bytes that were served first under this id. Answers about a patient are never kept, the others for a while."""
    return Response(keeper.get(id).body.encode("utf-8"), 200, media_type="application/json")
