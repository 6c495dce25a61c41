"""POST /ask: one question, one answer, every statement with its quotes; whole, or as it comes about."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from medrag.answer.events import Done
from medrag.answer.records import Answer
from medrag.answer.service import answer_events, ask
from medrag.settings import Settings
from medrag_api.conversations import Keeper
from medrag_api.conversing import Said, hear, reply
from medrag_api.desk import Desk
from medrag_api.kept_answers import AnswerKeeper, to_keep
from medrag_api.models import AnswerOut
from medrag_api.requests import AskRequest, known_filters
from medrag_api.reviewing import DeskReviewer
from medrag_api.routes.answers import Keeping
from medrag_api.routes.consultations import Keeping as Talks
from medrag_api.routes.consultations import Owner
from medrag_api.routes.reading import PROBLEM, JsonRoute, Reviewing, Set, Writers, as_json
from medrag_api.schemas import answer_json
from medrag_api.streaming import AnswerStream, event_json

__all__ = ["router"]

router = APIRouter(route_class=JsonRoute)

#: How the two forms of an answer are described in /openapi.json.
FORMS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The answer; with `stream`, the events meta, statement, withheld, done and, should it fail, error",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}


@dataclass(frozen=True, slots=True)
class Call:
    """One request to answer, and where what comes of it is kept."""

    asked: AskRequest
    owner: str
    settings: Settings
    keeper: AnswerKeeper
    talks: Keeper

    def hear(self, desk: Desk) -> Said | None:
        """The turn it is of a conversation; None where it is of none."""
        if not self.asked.conversation_id:
            return None
        return hear(self.asked, desk, self.talks.store(), self.owner)

    def close(self, answer: Answer, said: Said | None, desk: Desk) -> dict[str, Any]:
        """The answer as it is given, once the turn and the answer are kept."""
        document = answer_json(answer)
        if said is not None:
            document = reply(said, document, desk, self.talks.store())
        self.keeper.keep(to_keep(desk.shelf, self.asked, document, self.settings))
        return document


@router.post(
    "/ask",
    response_model=AnswerOut,
    responses=PROBLEM | FORMS,
    summary="Answer a question with exact quotes",
)
def answer_question(
    asked: AskRequest,
    request: Request,
    desk: Reviewing,
    settings: Set,
    keeper: Keeping,
    talks: Talks,
    owner: Owner,
    models: Writers,
) -> Response:
    """Answers, abstains or refuses; all three are 200, told apart by `status`.

    Where the question names two drugs, or a drug and a condition, `interactions` holds their review. The answer is kept
    for a while for `GET /answers/{id}` unless it tells of a patient; the question's words only with `keep_question`. With a
    `conversation_id` the question is a turn: what it leaves out is taken from the turns before, and `conversation` says
    what was understood and asks at most two questions.

    With `stream` the same answer comes as server-sent events. `meta` names the asking (`id`, the same for the same
    question, shelf and settings; the answer's own id stands in `done`, since it is a hash of what will be said) and what
    it is meant to rest on. Each `statement` was verified; its `added`, joined to those before, is the answer's text.
    """
    call = Call(asked, owner, settings, keeper, talks)
    if asked.stream:
        return streamed(call, request)
    said = call.hear(desk)
    question = asked.record() if said is None else said.question
    known_filters(desk.shelf, question.filters)
    answer = ask(desk.shelf, question, settings, DeskReviewer(desk), models)
    return as_json(call.close(answer, said, desk))


def streamed(call: Call, request: Request) -> Response:
    """The answer as events. The stream borrows the shelf for as long as it lasts, which is longer than this call."""
    state = request.app.state

    def make(gone: threading.Event) -> Iterator[tuple[str, dict[str, Any]]]:
        with state.holder.reviewing() as desk:
            said = call.hear(desk)
            question = call.asked.record() if said is None else said.question
            known_filters(desk.shelf, question.filters)
            reviewer = DeskReviewer(desk)
            for event in answer_events(desk.shelf, question, call.settings, reviewer, state.models, gone):
                if isinstance(event, Done):
                    yield "done", call.close(event.answer, said, desk)
                else:
                    yield event_json(event)

    stream = AnswerStream(make)
    stream.begin()
    return StreamingResponse(stream.text(), media_type="text/event-stream")
