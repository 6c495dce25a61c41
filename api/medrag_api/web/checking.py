"""The page that checks a regimen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from medrag.errors import InputRefused
from medrag_api.desk import Desk
from medrag_api.requests import InteractionRequest, validated
from medrag_api.review_words import VIEW
from medrag_api.routes.reading import Reviewing, holder_of
from medrag_api.web.check_view import check_view
from medrag_api.web.pages import language_of, render
from medrag_api.web.patient_form import EMPTY, patient_of, read_form
from medrag_api.web.rooms import page_router, said

__all__ = ["router"]

router = page_router()


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
    with holder_of(request).reviewing() as desk:
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
