"""POST /v1/chat/completions and GET /v1/models: the official OpenAI clients, unchanged, get cited answers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from medrag.errors import NotFound, Place
from medrag_api.answering import Answering
from medrag_api.holder import Seen
from medrag_api.openai.asked import ChatRequest, ask_of, earlier_turns, ignored, refuse_undone
from medrag_api.openai.shapes import ChatCompletionOut, ErrorOut, ModelListOut, ModelOut
from medrag_api.openai.told import ChunkWriter, completion_json, models_json
from medrag_api.requests import AskRequest
from medrag_api.routes.answers import Keeping
from medrag_api.routes.consultations import Owner
from medrag_api.routes.reading import JsonRoute, Reviewing, Set, Writers, as_json, holder_of
from medrag_api.streaming import AnswerStream

__all__ = ["router"]

router = APIRouter(prefix="/v1", route_class=JsonRoute)

#: How errors are described in /openapi.json.
ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"description": words, "model": ErrorOut}
    for status, words in {
        400: "A field cannot be taken; `param` names it",
        404: "No such model",
        413: "Body too large",
        415: "Not JSON",
        503: "The shelf cannot be read now",
    }.items()
}
FORMS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The answer; with `stream`, chunks and `[DONE]`",
        "content": {"text/event-stream": {}},
    }
}


@router.post(
    "/chat/completions",
    response_model=ChatCompletionOut,
    responses=ERRORS | FORMS,
    summary="As OpenAI's clients ask",
)
def complete_chat(
    asked: ChatRequest,
    request: Request,
    desk: Reviewing,
    settings: Set,
    keeper: Keeping,
    owner: Owner,
    models: Writers,
) -> Response:
    """The last user message is the question, and `content` the same answer that `POST /ask` gives, with `[n]` marks; each
    mark is a `url_citation` annotation, and `medrag` holds status, quotes, interactions and basis.

    Earlier user messages are taken as the turns before it: what the question leaves out, they tell. Nothing is read from
    system and assistant messages. `model`: `medrag`, `medrag-extractive`, or a configured model. With `stream` each
    statement comes once it is verified; `annotations` and `medrag` come with the last chunk.
    """
    refuse_undone(asked)
    question, earlier = ask_of(asked, models.names), earlier_turns(asked)
    answering = Answering(
        settings, models, keeper.keep, owner=owner, observe=request.app.state.metrics.answer
    )
    named = ignored(asked)
    headers = {"X-Medrag-Ignored": ", ".join(named)} if named else {}
    if asked.stream:
        return streamed(answering, asked, question, earlier, request, headers)
    return as_json(completion_json(asked, answering.answer(question, desk, earlier)), headers)


def streamed(
    answering: Answering,
    asked: ChatRequest,
    question: AskRequest,
    earlier: list[str],
    request: Request,
    headers: dict[str, str],
) -> Response:
    """The answer in chunks, each statement once it is verified."""
    holder: Seen = holder_of(request)

    def make(gone: threading.Event) -> Iterator[tuple[str, dict[str, Any]]]:
        with holder.reviewing() as desk:
            yield from answering.events(question, desk, earlier, gone)

    stream = AnswerStream(make, write=ChunkWriter(asked).write)
    stream.begin()
    return StreamingResponse(stream.text(), headers=headers, media_type="text/event-stream")


@router.get("/models", response_model=ModelListOut, responses={503: ERRORS[503]}, summary="Who can be asked")
def list_models(models: Writers) -> Response:
    """`medrag` answers as `auto` does, `medrag-extractive` in the sources' own words; then the operator's models."""
    return as_json({"object": "list", "data": models_json(models.names)})


@router.get("/models/{id}", response_model=ModelOut, responses={404: ERRORS[404]}, summary="One of them")
def show_model(id: Annotated[str, Path(max_length=100)], models: Writers) -> Response:
    """A model by its name."""
    for told in models_json(models.names):
        if told["id"] == id:
            return as_json(told)
    raise NotFound(
        "no model of that name answers here", place=Place(field="model"), remedy="See: GET /v1/models"
    )
