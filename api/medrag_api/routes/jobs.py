"""The jobs that writing becomes: listed, looked at, watched, cancelled."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from medrag.catalogue import Catalogue
from medrag.catalogue.jobs import ENDED, Job, Jobs
from medrag.errors import NotFound, UsageError
from medrag.settings import Settings
from medrag_api.job_models import JobListOut, JobOut
from medrag_api.routes.paging import Cursor, Limit, mark_of, place_of
from medrag_api.routes.reading import PROBLEM, Set, as_json, caller_of
from medrag_api.routes.writing import WRITING
from medrag_api.schemas import job_json
from medrag_api.security.callers import EVERYBODY
from medrag_api.security.tenancy import told_to

__all__ = ["router", "told_job"]

router = APIRouter()

#: Seconds between looks at a job that is watched, and between signs of life.
LOOK_S: Final = 0.5
HEARTBEAT_S: Final = 15.0
#: Items of a page that names no limit.
PAGE: Final = 50


class EventStream(StreamingResponse):
    """How a stream of events is described in /openapi.json."""

    media_type = "text/event-stream"


@router.get("/jobs", response_model=JobListOut, responses=PROBLEM, summary="The last jobs")
def list_jobs(request: Request, settings: Set, limit: Limit = None, cursor: Cursor = None) -> Response:
    """Newest first, 50 a page without a limit."""
    tenant, place, most = caller_of(request).tenant, place_of(cursor, 2), limit or PAGE
    with closing(Catalogue(settings.catalogue, create=False)) as catalogue:
        mine = None if tenant == EVERYBODY else tenant
        held = Jobs(catalogue).last(most + 1, mine, (place[0], place[1]) if place is not None else None)
        page = held[:most]
        further = mark_of(page[-1].created, page[-1].id) if len(held) > most else None
        told = [job_json(told_job(catalogue, job, tenant)) for job in page]
    return as_json({"jobs": told, "next": further})


@router.get("/jobs/{id}", response_model=JobOut, responses=PROBLEM, summary="One job")
def show_job(id: str, request: Request, settings: Set) -> Response:
    """Its state, stage, done and total, rate and estimated seconds left, and its result or problem."""
    return as_json(job_json(read_job(settings, id, caller_of(request).tenant)))


@router.delete(
    "/jobs/{id}", response_model=JobOut, responses=PROBLEM, dependencies=[WRITING], summary="Cancel a job"
)
def cancel_job(id: str, request: Request, settings: Set) -> Response:
    """One that waits ends at once; one that runs ends within seconds, and what it published stays."""
    tenant = caller_of(request).tenant
    read_job(settings, id, tenant)
    with closing(Catalogue(settings.catalogue, create=False)) as catalogue:
        Jobs(catalogue).cancel(id)
    return as_json(job_json(read_job(settings, id, tenant)))


@router.get(
    "/jobs/{id}/events",
    response_class=EventStream,
    responses=PROBLEM,
    summary="A job as server-sent events",
)
async def watch_job(id: str, request: Request, settings: Set) -> StreamingResponse:
    """`progress` whenever it changes, then `done` with the whole job; a comment every 15 s says the line is alive."""
    tenant = caller_of(request).tenant
    first = await asyncio.to_thread(read_job, settings, id, tenant)
    stopping: threading.Event = request.app.state.stopping
    told = events(settings, first, tenant, stopping)
    return StreamingResponse(told, media_type="text/event-stream")


async def events(settings: Settings, job: Job, tenant: str, stopping: threading.Event) -> AsyncIterator[str]:
    """Until the job ends, or the server does: who watches then asks again elsewhere, or a little later."""
    said, quiet = "", 0.0
    while not stopping.is_set():
        told = json.dumps(job_json(job), ensure_ascii=False)
        if job.state in ENDED:
            yield f"event: done\ndata: {told}\n\n"
            return
        if told != said:
            yield f"event: progress\ndata: {told}\n\n"
            said, quiet = told, 0.0
        elif quiet >= HEARTBEAT_S:
            yield ": alive\n\n"
            quiet = 0.0
        await asyncio.sleep(LOOK_S)
        quiet += LOOK_S
        job = await asyncio.to_thread(read_job, settings, job.id, tenant)


def read_job(settings: Settings, identifier: str, tenant: str) -> Job:
    """A job as a tenant may be told of it. Raises NotFound, also for one that another tenant asked for."""
    if not settings.catalogue_url and not (settings.home / "catalogue.db").is_file():
        raise UsageError("there is no shelf yet, so there are no jobs")
    with closing(Catalogue(settings.catalogue, create=False)) as catalogue:
        return told_job(catalogue, Jobs(catalogue).get(identifier), tenant)


def told_job(catalogue: Catalogue, job: Job, tenant: str) -> Job:
    """The job without what its end tells of other tenants' works. Raises NotFound for another tenant's."""
    if tenant not in (EVERYBODY, job.tenant):
        raise NotFound("no job of that id is known")
    result, problem = (told_to(catalogue, tenant, item) for item in (job.result, job.problem))
    return replace(job, result=result, problem=problem)
