"""POST /ask: one question, one answer, every statement with its quotes."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from medrag.answer.service import ask
from medrag_api.models import AnswerOut
from medrag_api.requests import AskRequest, known_filters
from medrag_api.routes.reading import PROBLEM, JsonRoute, Reading, Set, as_json
from medrag_api.schemas import answer_json

__all__ = ["router"]

router = APIRouter(route_class=JsonRoute)


@router.post(
    "/ask", response_model=AnswerOut, responses=PROBLEM, summary="Answer a question with exact quotes"
)
def answer_question(asked: AskRequest, shelf: Reading, settings: Set) -> Response:
    """Answers, abstains or refuses; all three are 200, told apart by `status`."""
    question = asked.record()
    known_filters(shelf, question.filters)
    return as_json(answer_json(ask(shelf, question, settings)))
