"""The web console: check a regimen, ask, look up a drug, open a source at the place."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response

from medrag.answer.service import ask
from medrag.errors import InputRefused, MedragError, NotFound
from medrag.settings import Settings
from medrag_api.cards import drug_card, found_drugs
from medrag_api.desk import Desk
from medrag_api.kept_answers import to_keep
from medrag_api.requests import AskRequest, InteractionRequest, validated
from medrag_api.review_words import VIEW
from medrag_api.reviewing import DeskReviewer
from medrag_api.routes.passages import known_id, source_of
from medrag_api.routes.reading import Reading, Reviewing
from medrag_api.schemas import answer_json, in_force_ids
from medrag_api.tell import DETAILS
from medrag_api.web.answer_view import answer_view
from medrag_api.web.card_view import card_view
from medrag_api.web.check_view import check_view
from medrag_api.web.pages import LANGUAGE, asset_path, language_of, render
from medrag_api.web.patient_form import EMPTY, patient_of, read_form
from medrag_api.web.words import words_in

__all__ = ["router"]


class PageRoute(APIRoute):
    """A route whose failures are pages too."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def shown(request: Request) -> Response:
            try:
                return await handle(request)
            except MedragError as error:
                status = error.http_status
                return render(
                    request, "problem.html", "", status, said=error.problem, remedy=error.remedy or ""
                )
            except RequestValidationError:
                return render(request, "problem.html", "", 422, said=DETAILS[400], remedy="")
            except HTTPException as error:
                said = DETAILS.get(error.status_code, DETAILS[400])
                return render(request, "problem.html", "", error.status_code, said=said, remedy="")

        return shown


router = APIRouter(route_class=PageRoute, include_in_schema=False)
#: Longest name looked for, and longest id, in code points.
LONGEST: Final = 200
#: Code points of the document shown before and after a passage.
AROUND: Final = 600
#: A year: the address of a file holds a hash of its content.
FOR_GOOD: Final = "public, max-age=31536000, immutable"

# --- check -------------------------------------------------------------------------------------------


@router.get("/")
def start(request: Request, desk: Reviewing) -> Response:
    """The check; with `drug` in the address, of those drugs. A link never holds anything of a patient."""
    drugs = [name.strip() for name in request.query_params.getlist("drug") if name.strip()]
    return show_check(request, desk, drugs, EMPTY) if drugs else show_form(request, [], EMPTY)


@router.post("/console/check")
async def check(request: Request) -> Response:
    """The form of a check. What it says of a patient goes into the review and the page, and nowhere else."""
    form = await request.form(max_files=0, max_fields=200)
    return await run_in_threadpool(check_form, request, form)


def check_form(request: Request, form: FormData) -> Response:
    drugs = [str(name).strip() for name in form.getlist("drug") if str(name).strip()]
    told = read_form(form)
    if not drugs:
        return show_form(request, [], told)
    with request.app.state.holder.reviewing() as desk:
        return show_check(request, desk, drugs, told)


def show_form(request: Request, chips: list[Any], form: Mapping[str, str], problem: str = "") -> Response:
    status = 422 if problem else 200
    told = {"chips": chips, "form": form, "problem": problem, "result": None, "view_words": {}}
    return render(request, "check.html", "check", status, **told)


def show_check(request: Request, desk: Desk, drugs: list[str], form: Mapping[str, str]) -> Response:
    """The review and its page; a field that cannot be taken is named above the form, which keeps what was typed."""
    language = language_of(request)
    drugs = list(dict.fromkeys(drugs))
    try:
        asked = validated(InteractionRequest, {**patient_of(form), "drugs": drugs, "language": language})
        report = desk.review(asked.record()).as_json()
    except InputRefused as error:
        chips = [{"input": d, "resolved": True, "name": "", "candidates": []} for d in drugs]
        return show_form(request, chips, form, said(error))
    result = check_view(report, language)
    return render(
        request,
        "check.html",
        "check",
        chips=result["chips"],
        form=form,
        problem="",
        result=result,
        view_words={key: words[language] for key, words in VIEW.items()},
        checked_at=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        share="/?" + urlencode([("drug", name) for name in drugs]),
    )


# --- ask ---------------------------------------------------------------------------------------------


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
            document = answer_json(ask(desk.shelf, asked.record(), settings, DeskReviewer(desk)))
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


def said(error: InputRefused) -> str:
    """The problem with the field it is about."""
    return f"{error.place.field}: {error.problem}" if error.place.field else error.problem


# --- drugs -------------------------------------------------------------------------------------------


@router.get("/console/drugs")
def find(request: Request, desk: Reviewing, q: Annotated[str, Query(max_length=LONGEST)] = "") -> Response:
    """A search box, the card of the drug that a name stands for, or those it may stand for."""
    found = found_drugs(desk, q)[0] if q.strip() else None
    if found is not None and found["status"] == "resolved":
        return RedirectResponse(f"/console/drugs/{found['drugs'][0]['id']}", 303)
    no_near = VIEW["no_near"][language_of(request)]
    return render(request, "drugs.html", "drugs", found=found, q=q, no_near=no_near)


@router.get("/console/drugs/{id}")
def show_drug(request: Request, id: str, desk: Reviewing) -> Response:
    """One drug's card."""
    language = language_of(request)
    concept = desk.graph().concept(id) if len(id) <= LONGEST else None
    if concept is None or concept.kind not in ("drug", "class", "food"):
        raise NotFound("no drug of that id is held")
    card = drug_card(desk, concept, language)
    return render(request, "drug.html", "drugs", card=card, q="", **card_view(card, language))


# --- sources -----------------------------------------------------------------------------------------


@router.get("/console/passages/{id}")
def show_passage(request: Request, id: str, shelf: Reading, start: int = 0, end: int = 0) -> Response:
    """A passage in its context, the quoted place marked. `start` and `end` are offsets in the document."""
    passage = shelf.catalogue.passage(known_id(id, "p_"))
    source = source_of(shelf, passage.document)
    text = source.document.text
    whole = source.work.rights.redistributable
    first, last = (
        (start, end) if passage.start <= start < end <= passage.end else (passage.start, passage.start)
    )
    return render(
        request,
        "passage.html",
        "",
        document={"title": source.document.title, "language": source.document.language},
        section=passage.section,
        in_force=passage.edition in in_force_ids(shelf),
        before=text[max(0, passage.start - AROUND) : passage.start] if whole else "",
        head=text[passage.start : first],
        exact=text[first:last],
        tail=text[last : passage.end],
        after=text[passage.end : passage.end + AROUND] if whole else "",
        facts=source_facts(request, source, passage.page),
    )


def source_facts(request: Request, source: Any, page: int | None) -> list[tuple[str, Any]]:
    w = words_in(language_of(request))
    return [
        (w.whole_work, source.work.title),
        (w.edition, source.edition.label),
        (w.published, source.edition.published),
        (w.publisher, source.work.publisher),
        (w.authority, source.work.authority),
        (w.page_number, page),
        (w.licence, source.work.rights.licence),
        (w.origin, source.document.url),
    ]


# --- frame -------------------------------------------------------------------------------------------


@router.get("/console/language/{language}")
def choose_language(language: str, to: str = "/") -> Response:
    """Remembers the language and goes back to a page of this console."""
    if language not in ("en", "zh"):
        raise HTTPException(404)
    own = to.startswith("/") and not to.startswith(("//", "/\\"))
    reply = RedirectResponse(to if own else "/", 303)
    reply.set_cookie(LANGUAGE, language, max_age=31_536_000, samesite="lax", httponly=True)
    return reply


@router.get("/console/static/{name}")
def static(name: str) -> Response:
    """A style sheet, script or picture of ours."""
    path = asset_path(name)
    if path is None:
        raise HTTPException(404)
    return FileResponse(path, headers={"Cache-Control": FOR_GOOD})
