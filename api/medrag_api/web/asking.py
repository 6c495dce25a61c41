"""The page that answers a question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from medrag.answer.service import ask
from medrag.errors import InputRefused
from medrag.settings import Settings
from medrag_api.kept_answers import to_keep
from medrag_api.requests import AskRequest, validated
from medrag_api.review_words import VIEW
from medrag_api.reviewing import DeskReviewer
from medrag_api.schemas import answer_json
from medrag_api.web.answer_view import answer_view
from medrag_api.web.pages import language_of, render
from medrag_api.web.patient_form import EMPTY, patient_of, read_form
from medrag_api.web.rooms import page_router, said

__all__ = ["router"]

router = page_router()


@router.get("/console/ask")
def start_asking(request: Request) -> Response:
    """The question box."""
    return show_question(request, "", EMPTY)


@router.post("/console/ask")
async def ask_question(request: Request) -> Response:
    """A question and, where it is about one, a patient: both go into the answer and the page, and nowhere else."""
    form = await request.form(max_files=0, max_fields=200)
    return await run_in_threadpool(answer_form, request, form)


def answer_form(request: Request, form: FormData) -> Response:
    told, question = read_form(form), str(form.get("question", "")).strip()
    settings: Settings = request.app.state.settings
    try:
        asked = validated(AskRequest, {"question": question, **patient_of(told)})
        with request.app.state.holder.reviewing() as desk:
            document = answer_json(
                ask(desk.shelf, asked.record(), settings, DeskReviewer(desk), request.app.state.models)
            )
            request.app.state.answers.keep(to_keep(desk.shelf, asked, document, settings))
    except InputRefused as error:
        return show_question(request, question, told, said(error))
    answer = answer_view(document, language_of(request))
    return show_question(request, question, told, answer=answer)


def show_question(
    request: Request,
    question: str,
    form: Mapping[str, str],
    problem: str = "",
    answer: Mapping[str, Any] | None = None,
) -> Response:
    language = language_of(request)
    return render(
        request,
        "ask.html",
        "ask",
        422 if problem else 200,
        question=question,
        form=form,
        told_patient=patient_of(form)["patient"] is not None,
        problem=problem,
        answer=answer,
        view_words={key: words[language] for key, words in VIEW.items()},
    )
