"""The page that answers a question: it is sent as the answer comes about, and a question after it is a turn."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from typing import Any, Final

from markupsafe import escape
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from medrag.errors import InputRefused, MedragError, NotFound
from medrag_api.answering import Answering
from medrag_api.conversations import Keeper, owner_of
from medrag_api.conversing import NEW
from medrag_api.requests import AskRequest, validated
from medrag_api.review_words import VIEW
from medrag_api.routes.answers import keeper_of
from medrag_api.routes.reading import holder_of
from medrag_api.streaming import TextStream
from medrag_api.web.answer_view import answer_view, statement_view
from medrag_api.web.pages import headers, language_of, pieces, render
from medrag_api.web.patient_form import EMPTY, patient_of, read_form
from medrag_api.web.rooms import page_router, said
from medrag_api.web.talking import conversation_view, corrected, talks_of
from medrag_api.web.words import ConsoleLanguage

__all__ = ["router"]

router = page_router()
#: Longest piece of a form that chooses: the name of an answerer, the id of a conversation.
LONGEST: Final = 100


@router.get("/console/ask")
def start_asking(request: Request) -> Response:
    """The question box."""
    return show_question(request, "", EMPTY)


@router.post("/console/ask")
async def ask_question(request: Request) -> Response:
    """A question and, where it is about one, a patient: both go into the answer, the page and, for a while, the
    conversation; and nowhere else."""
    form = await request.form(max_files=0, max_fields=200)
    return await run_in_threadpool(answer_form, request, form)


def answer_form(request: Request, form: FormData) -> Response:
    told, question = read_form(form), str(form.get("question", "")).strip()
    try:
        asked = read_asked(request, form, told, question)
        stream = TextStream(
            lambda gone: answer_pieces(request, asked, gone), "<!-- -->", lambda error: broken(request, error)
        )
        stream.begin()
    except (InputRefused, NotFound) as error:
        problem = said(error) if isinstance(error, InputRefused) else error.problem
        return show_question(request, question, told, problem, error.http_status)
    return StreamingResponse(stream.text(), 200, headers(), "text/html; charset=utf-8")


def read_asked(request: Request, form: FormData, told: Mapping[str, str], question: str) -> AskRequest:
    """The request a form makes. What was corrected of a conversation is corrected first; an empty box asks its last
    question again. Raises InputRefused, NotFound (a conversation that has expired)."""
    answerer = str(form.get("answerer", "")).strip()[:LONGEST] or "auto"
    identifier = str(form.get("conversation_id", "")).strip()[:LONGEST]
    if identifier:
        dialogue = corrected(request, identifier, form)
        asked = {"question": question or dialogue.question, "as_of": told["as_of"] or None}
        return validated(AskRequest, {**asked, "conversation_id": identifier, "answerer": answerer})
    asked = {"question": question, "answerer": answerer, **patient_of(told)}
    opened = NEW if talks_of(request) is not None else None
    return validated(AskRequest, {**asked, "conversation_id": opened})


def answer_pieces(request: Request, asked: AskRequest, gone: threading.Event) -> Iterator[str]:
    """The page's text. It borrows the shelf for as long as it lasts."""
    state = request.app.state
    talks: Keeper = state.conversations
    answering = Answering(
        state.settings,
        state.models,
        keeper_of(request).keep,
        talks.store,
        owner_of(request),
        state.metrics.answer,
    )
    with holder_of(request).reviewing() as desk:
        events = answering.events(asked, desk, gone=gone)
        # Said before the page begins: what is wrong with the question.
        next(events)
        yield from pieces(
            request,
            "answer.html",
            "ask",
            question=asked.question,
            telling=Telling(events, language_of(request)),
            answerer=asked.answerer,
            answerers=answerers(request),
            view_words=view_words(request),
        )


class Telling:
    """The statements of an answer as they come; when they have, ``whole`` is the answer as its page shows it."""

    def __init__(self, events: Iterator[tuple[str, dict[str, Any]]], language: ConsoleLanguage) -> None:
        self._events, self._language = events, language
        self.whole: dict[str, Any] = {}

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for name, document in self._events:
            if name == "statement":
                yield statement_view(document)
            elif name == "done":
                talk = conversation_view(document.get("conversation"), self._language)
                self.whole = {**answer_view(document, self._language), "talk": talk}


def broken(request: Request, error: MedragError) -> str:
    """What is told where a page that was begun cannot go on."""
    remedy = f" {escape(error.remedy)}" if error.remedy else ""
    told = f'<p class="problem" role="alert">{escape(error.problem)}.{remedy}</p>'
    return f'<span class="finished"></span>{told}</main></body></html>'


def answerers(request: Request) -> tuple[str, ...]:
    """The answerers one may choose between; none where no model is configured."""
    names = request.app.state.models.names
    return ("auto", "extractive", *names) if names else ()


def view_words(request: Request) -> dict[str, str]:
    language = language_of(request)
    return {key: words[language] for key, words in VIEW.items()}


def show_question(
    request: Request, question: str, form: Mapping[str, str], problem: str = "", status: int = 200
) -> Response:
    return render(
        request,
        "ask.html",
        "ask",
        status,
        question=question,
        form=form,
        told_patient=patient_of(form)["patient"] is not None,
        problem=problem,
        answerer="auto",
        answerers=answerers(request),
    )
