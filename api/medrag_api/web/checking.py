"""The page that checks a regimen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
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
from medrag_api.web.signed_report import signed_report
from medrag_api.web.words import ConsoleLanguage, words_in

__all__ = ["router"]

router = page_router()
#: What is said of who signs, and the longest it may be.
SIGNING: Final[Mapping[str, int]] = {"signed_by": 200, "remark": 2000}
UNSIGNED: Final[Mapping[str, str]] = dict.fromkeys(SIGNING, "")


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
    told = {
        "chips": chips,
        "form": form,
        "problem": problem,
        "result": None,
        "view_words": {},
        "signing": UNSIGNED,
    }
    return render(request, "check.html", "check", status, **told)


def show_check(
    request: Request,
    desk: Desk,
    drugs: list[str],
    form: Mapping[str, str],
    signing: Mapping[str, str] = UNSIGNED,
    problem: str = "",
) -> Response:
    """The review and its page; a field that cannot be taken is named above the form, which keeps what was typed."""
    language = language_of(request)
    drugs = list(dict.fromkeys(drugs))
    try:
        report = reviewed(desk, drugs, form, language)
    except InputRefused as error:
        chips = [{"input": d, "resolved": True, "name": "", "candidates": []} for d in drugs]
        return show_form(request, chips, form, said(error))
    result = check_view(report, language)
    return render(
        request,
        "check.html",
        "check",
        422 if problem else 200,
        chips=result["chips"],
        form=form,
        signing=signing,
        problem=problem,
        result=result,
        view_words={key: words[language] for key, words in VIEW.items()},
        checked_at=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        share="/?" + urlencode([("drug", name) for name in drugs]),
    )


def reviewed(
    desk: Desk, drugs: list[str], form: Mapping[str, str], language: ConsoleLanguage
) -> dict[str, Any]:
    """The report as every door gives it. Raises InputRefused naming the field."""
    asked = validated(InteractionRequest, {**patient_of(form), "drugs": drugs, "language": language})
    return desk.review(asked.record()).as_json()


@router.post("/console/check/report")
async def sign_off(request: Request) -> Response:
    """The form of a check with who signs it: the report as a PDF, which is kept nowhere."""
    form = await request.form(max_files=0, max_fields=200)
    return await run_in_threadpool(signed, request, form)


def signed(request: Request, form: FormData) -> Response:
    drugs = [str(name).strip() for name in form.getlist("drug") if str(name).strip()]
    told, language = read_form(form), language_of(request)
    signing = {name: str(form.get(name, "")).strip()[:most] for name, most in SIGNING.items()}
    if not drugs:
        return show_form(request, [], told)
    with holder_of(request).reviewing() as desk:
        if not signing["signed_by"]:
            w = words_in(language)
            return show_check(request, desk, drugs, told, signing, f"{w.r_signer}: {w.r_no_signer}")
        try:
            report = reviewed(desk, list(dict.fromkeys(drugs)), told, language)
        except InputRefused:
            return show_check(request, desk, drugs, told, signing)
    moment = datetime.now(UTC)
    pdf = signed_report(report, told, signing, moment, language)
    name = f"medrag-check-{moment:%Y%m%d-%H%M}.pdf"
    return Response(pdf, 200, {"Content-Disposition": f'inline; filename="{name}"'}, "application/pdf")
