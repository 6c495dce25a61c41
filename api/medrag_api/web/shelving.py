"""The librarian's pages: what is held and what waits, a document dropped, a job that runs, reports and differences read."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from contextlib import closing
from typing import Annotated, Any, Final

from fastapi import Form
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from medrag.catalogue import Catalogue
from medrag.catalogue.jobs import JobKind, Jobs, new_id
from medrag.errors import InputRefused, NotFound
from medrag.settings import Settings
from medrag.vocabulary import AUTHORITIES, KINDS, LANGUAGES
from medrag_api.changes_page import changes_page
from medrag_api.comparing import compare
from medrag_api.job_child import INCOMING
from medrag_api.routes.ingest import DescriptionIn, described, save_upload
from medrag_api.routes.jobs import told_job
from medrag_api.routes.publishing import rolled_back
from medrag_api.routes.reading import Reviewing, Set, caller_of
from medrag_api.routes.writing import WRITING, check_target, queued
from medrag_api.schemas import edition_json, history_json, job_json, waiting_json
from medrag_api.security.callers import EVERYBODY
from medrag_api.security.tenancy import acts_on_all, check_seen, seen_states
from medrag_api.web.pages import language_of, render
from medrag_api.web.rooms import page_router, said

__all__ = ["router"]

router = page_router()
#: Fields of the form that describe a document, as POST /ingest names them.
TOLD: Final = tuple(DescriptionIn.model_fields)
#: Objections shown of a job before the rest are counted.
MOST_SHOWN: Final = 200


@router.get("/console/shelf")
def show_shelf(request: Request, settings: Set) -> Response:
    """Everything held, what waits, the snapshots kept, the last jobs."""
    return shelf_page(request, settings, {})


def shelf_page(request: Request, settings: Settings, form: Mapping[str, Any], problem: str = "") -> Response:
    held = read_shelf(settings, caller_of(request).tenant)
    status = 422 if problem else 200
    told: dict[str, Any] = {"form": form, "problem": problem, "kinds": KINDS, "tongues": LANGUAGES}
    told |= {"authorities": AUTHORITIES, "everybody": caller_of(request).tenant == EVERYBODY}
    return render(request, "shelf.html", "shelf", status, **told, **held)


def read_shelf(settings: Settings, tenant: str) -> dict[str, Any]:
    """The page's tables. A home without a catalogue holds nothing yet, which is no failure."""
    if not settings.catalogue_url and not (settings.home / "catalogue.db").is_file():
        return {
            "works": [],
            "waiting": waiting_json(None, []),
            "history": history_json(None, [], [], []),
            "jobs": [],
        }
    with closing(Catalogue(settings.catalogue, create=False)) as catalogue:
        current, states = catalogue.current(), seen_states(catalogue, tenant)
        seen = frozenset(current.editions) if current else frozenset[str]()
        by_work: dict[str, list[dict[str, Any]]] = {}
        for state in states:
            if state.edition.id in seen:
                by_work.setdefault(state.edition.work, []).append(edition_json(state, True))
        works: list[dict[str, Any]] = [
            {
                "id": work.id,
                "title": work.title,
                "publisher": work.publisher,
                "kind": work.kind,
                "authority": work.authority,
                "jurisdiction": work.jurisdiction,
                "licence": work.rights.licence,
                "editions": sorted(by_work[work.id], key=lambda item: item["valid_from"]),
            }
            for work in catalogue.works()
            if work.id in by_work
        ]
        # Reasons and lists of editions are of the whole shelf.
        whole = acts_on_all(catalogue, tenant)
        history = (catalogue.publications(), catalogue.snapshots()) if whole else ([], [])
        moves = history_json(current.id if current else None, *history, [])
        mine = Jobs(catalogue).last(12, None if tenant == EVERYBODY else tenant)
        jobs = [job_json(told_job(catalogue, job, tenant)) for job in mine]
    return {"works": works, "waiting": waiting_json(current, states), "history": moves, "jobs": jobs}


# --- acts ----------------------------------------------------------------------------------------------


@router.post("/console/shelf/ingest", dependencies=[WRITING])
async def drop(request: Request, settings: Set) -> Response:
    """A document with what is said of it; becomes a job that stages it. What is wrong is told above the form."""
    identifier = new_id()
    form: dict[str, Any] = {}
    async with request.form(max_files=1, max_fields=30) as sent:
        form = {name: str(value) for name, value in sent.items() if isinstance(value, str)}
        about = {name: form[name] for name in TOLD if form.get(name, "").strip()}
        about |= {name: True for name in ("correction", "redistributable") if name in about}
        try:
            _, path = await save_upload(sent, settings, identifier)
            asked = await run_in_threadpool(described, json.dumps(about))
        except InputRefused as error:
            shutil.rmtree(settings.home / INCOMING / identifier, ignore_errors=True)
            return await run_in_threadpool(shelf_page, request, settings, form, said(error))
    if (tenant := caller_of(request).tenant) != EVERYBODY:
        asked["tenant"] = tenant
    told = {"file": path, "stage": True, "document": asked}
    return await run_in_threadpool(begin, request, settings, "ingest", told, identifier)


def begin(
    request: Request, settings: Settings, kind: JobKind, asked: Mapping[str, Any], identifier: str = ""
) -> Response:
    """Queues a job and shows it."""
    job = queued(request, settings, kind, dict(asked), identifier)
    return RedirectResponse(f"/console/jobs/{job.id}", 303)


@router.post("/console/shelf/publish", dependencies=[WRITING])
def publish(
    request: Request,
    settings: Set,
    edition: Annotated[str, Form(max_length=300)] = "",
    force: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """What waits, or one edition of it; with a reason even through a shut gate."""
    check_target(request, settings, *([edition] if edition else []))
    return begin(
        request, settings, "publish", {"editions": [edition] if edition else [], "force": force.strip()}
    )


@router.post("/console/shelf/withdraw", dependencies=[WRITING])
def withdraw(
    request: Request,
    settings: Set,
    target: Annotated[str, Form(max_length=300)],
    reason: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """An edition leaves every answer."""
    if not reason.strip():
        raise InputRefused("a reason is wanted; it is kept for ever")
    check_target(request, settings, target)
    return begin(request, settings, "withdraw", {"target": target, "reason": reason.strip()})


@router.post("/console/shelf/rollback", dependencies=[WRITING])
def rollback(
    request: Request,
    settings: Set,
    snapshot: Annotated[str, Form(max_length=100)] = "",
    reason: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Readers see a kept snapshot again."""
    rolled_back(request, settings, snapshot, reason.strip())
    return RedirectResponse("/console/shelf#history", 303)


# --- reading -------------------------------------------------------------------------------------------


@router.get("/console/jobs/{id}")
def show_job(request: Request, id: str, settings: Set) -> Response:
    """A job as it runs; then what it did, or what the gate has against it."""
    tenant = caller_of(request).tenant
    with closing(open_catalogue(settings)) as catalogue:
        job = job_json(told_job(catalogue, Jobs(catalogue).get(id), tenant))
        waiting = waiting_json(catalogue.current(), seen_states(catalogue, tenant))["waiting"]
    told = job["result"] or job["problem"] or {}
    objections = [item for item in told.get("objections", ()) if isinstance(item, dict)]
    objections.sort(key=lambda item: not item["blocks"])
    return render(
        request,
        "job.html",
        "shelf",
        job=job,
        objections=objections[:MOST_SHOWN],
        more=max(0, len(objections) - MOST_SHOWN),
        shut=any(item["blocks"] for item in objections) and job["state"] == "failed",
        waiting=waiting,
    )


@router.get("/console/shelf/{edition}/report")
def show_report(request: Request, edition: str, settings: Set) -> Response:
    """What reading an edition's documents brought to light."""
    from medrag_ingest.receipt import parse_reports
    from medrag_ingest.report_page import render_report

    with closing(open_catalogue(settings)) as catalogue:
        check_seen(catalogue, caller_of(request).tenant, edition)
        catalogue.edition(edition)
        reports = parse_reports(catalogue, edition)
    if not reports:
        raise NotFound("the readers of this edition give no report")
    return own_page(render_report(reports, language_of(request)))


@router.get("/console/shelf/{work}/diff")
def show_diff(
    request: Request, work: str, before: str, after: str, desk: Reviewing, settings: Set
) -> Response:
    """What one edition says otherwise than another of the same work; either may still wait."""
    graph = desk.graph_if_any()
    with closing(open_catalogue(settings)) as catalogue:
        check_seen(catalogue, caller_of(request).tenant, work)
        old, new = f"{work}@{before}", f"{work}@{after}"
        document = compare(catalogue, old, new, language_of(request), graph)
    return own_page(changes_page(document))


def own_page(page: str) -> HTMLResponse:
    """A page that carries its own style, which its own policy allows, and nothing else."""
    policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    return HTMLResponse(page, headers={"Content-Security-Policy": policy})


def open_catalogue(settings: Settings) -> Catalogue:
    """Raises NotFound before there is a shelf."""
    if not settings.catalogue_url and not (settings.home / "catalogue.db").is_file():
        raise NotFound("there is no shelf yet")
    return Catalogue(settings.catalogue, create=False)
