"""POST /ask: one question, one answer, every statement with its quotes."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from medrag.answer.service import ask
from medrag_api.models import AnswerOut
from medrag_api.requests import AskRequest, known_filters
from medrag_api.reviewing import DeskReviewer
from medrag_api.routes.reading import PROBLEM, JsonRoute, Reviewing, Set, as_json
from medrag_api.schemas import answer_json

__all__ = ["router"]

router = APIRouter(route_class=JsonRoute)


@router.post(
    "/ask", response_model=AnswerOut, responses=PROBLEM, summary="Answer a question with exact quotes"
)
def answer_question(asked: AskRequest, desk: Reviewing, settings: Set) -> Response:
    """Answers, abstains or refuses; all three are 200, told apart by `status`.

    Where the question names two drugs, or a drug and a condition, `interactions` holds their review.
    """
    question = asked.record()
    known_filters(desk.shelf, question.filters)
    return as_json(answer_json(ask(desk.shelf, question, settings, DeskReviewer(desk))))
