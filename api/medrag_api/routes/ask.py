"""POST /ask: one question, one answer, every statement with its quotes; whole, or as it comes about."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from medrag_api.answering import Answering
from medrag_api.holder import Seen
from medrag_api.models import AnswerOut
from medrag_api.requests import AskRequest
from medrag_api.routes.answers import Keeping
from medrag_api.routes.consultations import Keeping as Talks
from medrag_api.routes.consultations import Owner
from medrag_api.routes.reading import PROBLEM, JsonRoute, Reviewing, Set, Writers, as_json, holder_of
from medrag_api.streaming import AnswerStream

__all__ = ["router"]

router = APIRouter(route_class=JsonRoute)

#: How the two forms of an answer are described in /openapi.json.
FORMS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The answer; with `stream`, the events meta, statement, withheld, done and, should it fail, error",
        "content": {"text/event-stream": {}},
    }
}


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
    answering = Answering(settings, models, keeper.keep, talks.store, owner, request.app.state.metrics.answer)
    if not asked.stream:
        return as_json(answering.answer(asked, desk))
    return streamed(answering, asked, request)


def streamed(answering: Answering, asked: AskRequest, request: Request) -> Response:
    """The answer as events. The stream borrows the shelf for as long as it lasts, which is longer than this call."""
    holder: Seen = holder_of(request)

    def make(gone: threading.Event) -> Iterator[tuple[str, dict[str, Any]]]:
        with holder.reviewing() as desk:
            yield from answering.events(asked, desk, gone=gone)

    stream = AnswerStream(make)
    stream.begin()
    return StreamingResponse(stream.text(), media_type="text/event-stream")
