"""POST /ask: one question, one answer, every statement with its quotes."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from medrag.answer.service import ask
from medrag_api.conversing import hear, reply
from medrag_api.kept_answers import to_keep
from medrag_api.models import AnswerOut
from medrag_api.requests import AskRequest, known_filters
from medrag_api.reviewing import DeskReviewer
from medrag_api.routes.answers import Keeping
from medrag_api.routes.consultations import Keeping as Talks
from medrag_api.routes.consultations import Owner
from medrag_api.routes.reading import PROBLEM, JsonRoute, Reviewing, Set, as_json
from medrag_api.schemas import answer_json

__all__ = ["router"]

router = APIRouter(route_class=JsonRoute)


@router.post(
    "/ask", response_model=AnswerOut, responses=PROBLEM, summary="Answer a question with exact quotes"
)
def answer_question(
    asked: AskRequest, desk: Reviewing, settings: Set, keeper: Keeping, talks: Talks, owner: Owner
) -> Response:
    """Answers, abstains or refuses; all three are 200, told apart by `status`.

    Where the question names two drugs, or a drug and a condition, `interactions` holds their review. The answer is kept
    for a while for `GET /answers/{id}` unless it tells of a patient; the question's words only with `keep_question`. With a
    `conversation_id` the question is a turn: what it leaves out is taken from the turns before, and `conversation` says
    what was understood and asks at most two questions.
    """
    said = hear(asked, desk, talks.store(), owner) if asked.conversation_id else None
    question = asked.record() if said is None else said.question
    known_filters(desk.shelf, question.filters)
    document = answer_json(ask(desk.shelf, question, settings, DeskReviewer(desk)))
    if said is not None:
        document = reply(said, document, desk, talks.store())
    keeper.keep(to_keep(desk.shelf, asked, document, settings))
    return as_json(document)
