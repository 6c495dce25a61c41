"""GET /answers/{id}: an answer as it was given."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from starlette.requests import Request
from starlette.responses import Response

from medrag_api.kept_answers import TenantKeeper
from medrag_api.models import AnswerOut
from medrag_api.routes.reading import PROBLEM, caller_of

__all__ = ["Keeping", "router"]

router = APIRouter()


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


@router.get(
    "/answers/{id}", response_model=AnswerOut, responses=PROBLEM | GONE, summary="An answer as it was given"
)
def show_answer(id: Annotated[str, Path(max_length=40)], keeper: Keeping) -> Response:
    """The bytes that were served first under this id. Answers about a patient are never kept, the others for a while."""
    return Response(keeper.get(id).body.encode("utf-8"), 200, media_type="application/json")
