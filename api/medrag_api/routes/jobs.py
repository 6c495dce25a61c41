"""POST /ingest, the shelf's acts, and the jobs they become."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import shutil
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from fastapi import APIRouter, Body, Depends
from fastapi import Path as PathParameter
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from medrag.catalogue import Catalogue
from medrag.catalogue.jobs import ENDED, Job, JobKind, Jobs, new_id
from medrag.errors import InputRefused, NotFound, Place, UsageError
from medrag.records import Snapshot
from medrag.settings import Settings
from medrag.vocabulary import Authority, Kind, Language
from medrag_api.job_child import INCOMING
from medrag_api.job_models import JobListOut, JobOut, MovedOut
from medrag_api.jobs import JobRunner
from medrag_api.requests import Day, validated
from medrag_api.routes.once import IdempotencyKey, do_once
from medrag_api.routes.paging import Cursor, Limit, mark_of, place_of
from medrag_api.routes.reading import PROBLEM, Set, as_json, caller_of
from medrag_api.schemas import job_json, snapshot_json
from medrag_api.security.callers import EVERYBODY
from medrag_api.security.tenancy import acts_on_all, check_owned, told_to

__all__ = [
    "DescriptionIn",
    "described",
    "queued",
    "rolled_back",
    "router",
    "same_origin",
    "save_upload",
    "told_job",
]

router = APIRouter()

STRICT: Final = ConfigDict(extra="forbid", frozen=True)
#: Seconds between looks at a job that is watched, and between signs of life.
LOOK_S: Final = 0.5
HEARTBEAT_S: Final = 15.0
#: Bytes read of an upload at a time.
CHUNK: Final = 1 << 20
#: What this machine calls itself: without keys the server binds nothing else.
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})

Reason = Annotated[str, Field(max_length=1000)]


class DescriptionIn(BaseModel):
    """What is said of a document that is sent."""

    model_config = STRICT

    title: Annotated[str, Field(min_length=1, max_length=500)]
    publisher: Annotated[str, Field(min_length=1, max_length=500)]
    published: str
    jurisdiction: str
    kind: Kind = "guideline"
    authority: Authority | None = None
    language: Language = "en"
    licence: Annotated[str, Field(max_length=500)] = ""
    redistributable: bool = False
    url: str | None = None
    work: str = ""
    edition: str = ""
    valid_from: Day | None = None
    correction: bool = False
    #: Whose private shelf it goes on; a key that has a tenant decides it.
    tenant: str = ""


class IngestIn(BaseModel):
    """Cards by id, such as `ansm` or `ansm@2019-09`."""

    model_config = STRICT

    targets: Annotated[list[Annotated[str, Field(max_length=200)]], Field(min_length=1, max_length=50)]
    stage: bool = False


class PublishIn(BaseModel):
    model_config = STRICT

    force: Reason = ""


class ReasonIn(BaseModel):
    model_config = STRICT

    reason: Annotated[str, Field(min_length=1, max_length=1000)]


class RollbackIn(BaseModel):
    model_config = STRICT

    reason: Reason = ""


NOTHING_FORCED: Final = PublishIn()
NO_REASON: Final = RollbackIn()
#: Items of a page that names no limit.
PAGE: Final = 50
ShelfId = Annotated[str, PathParameter(max_length=200)]


class EventStream(StreamingResponse):
    """How a stream of events is described in /openapi.json."""

    media_type = "text/event-stream"


def form_of(name: str, *, about: bool = False) -> dict[str, Any]:
    """A form with one file, for /openapi.json."""
    fields: dict[str, Any] = {
        name: {"type": "string", "format": "binary"},
        "stage": {"type": "string", "enum": ["true", "false"]},
    }
    if about:
        fields["about"] = {
            "type": "string",
            "description": "JSON: title, publisher, published, jurisdiction ...",
        }
    wanted = [name, "about"] if about else [name]
    return {"type": "object", "properties": fields, "required": wanted, "additionalProperties": False}


#: The two forms of a body that ``/ingest`` takes, which it reads itself.
INGEST_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": IngestIn.model_json_schema(), "example": {"targets": ["ansm"]}},
            "multipart/form-data": {"schema": {"oneOf": [form_of("file", about=True), form_of("card")]}},
        },
    }
}


def same_origin(request: Request) -> None:
    """Raises 403 for a page of another site: whoever may reach this port from a browser may not write through it. Who came
    with a key was looked at before: a browser sends no other site's key, and the guard no other site's cookie.

    The page must be this machine's own by name: a foreign name that was made to point here would equal its own Host.
    """
    origin = request.headers.get("origin")
    if origin is None or caller_of(request).key is not None:
        return
    parts = urlsplit(origin)
    if parts.netloc != request.headers.get("host") or parts.hostname not in LOOPBACK:
        raise HTTPException(403)


Writing = Depends(same_origin)


@router.post(
    "/ingest",
    status_code=202,
    response_model=JobOut,
    responses=PROBLEM,
    dependencies=[Writing],
    summary="Put a work on the shelf",
    openapi_extra=INGEST_BODY,
)
async def ingest(request: Request, settings: Set, key: IdempotencyKey = None) -> Response:
    """JSON `{"targets": [card id]}`, or multipart/form-data with `file` (a document) and `about` (JSON: title, publisher,
    published, jurisdiction ...), or with `card` (a manifest). `stage`: only stage. Answers 202 with the job."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        try:
            cards = validated(IngestIn, await request.json())
        except ValueError as error:
            raise HTTPException(400) from error
        if caller_of(request).tenant not in ("", EVERYBODY):
            # What cards name is everyone's; a tenant hands in documents and cards of its own.
            raise HTTPException(403)
        told = cards.model_dump()
        return await run_in_threadpool(
            do_once, request, settings, key, told, lambda: started(request, settings, "ingest", told)
        )
    if kind != "multipart/form-data":
        raise HTTPException(415)
    identifier, wanted = new_id(), [False]
    folder = settings.home / INCOMING / identifier

    def start() -> Response:
        reply = started(request, settings, "ingest", told, identifier)
        wanted[0] = True
        return reply

    try:
        told = await take_form(request, settings, identifier)
        asked = await run_in_threadpool(fingerprint, told, settings.home / INCOMING)
        return await run_in_threadpool(do_once, request, settings, key, asked, start)
    finally:
        # What was refused, or had come before, is not read by any job.
        if not wanted[0]:
            shutil.rmtree(folder, ignore_errors=True)


def fingerprint(told: Mapping[str, Any], incoming: Path) -> dict[str, Any]:
    """What a form asks for, whichever folder its file lies in: the file by its name and sha256."""
    field = "card" if "card" in told else "file"
    path = incoming / str(told[field])
    with path.open("rb") as stream:
        return {**told, field: [path.name, hashlib.file_digest(stream, "sha256").hexdigest()]}


async def take_form(request: Request, settings: Settings, identifier: str) -> dict[str, Any]:
    """The job a form asks for; its file lies in a folder of its own, under a name made harmless."""
    async with request.form(max_files=1, max_fields=3) as form:
        field, path = await save_upload(form, settings, identifier)
        stage = str(form.get("stage", "")).lower() in ("1", "true", "yes")
        if field == "card":
            return {"card": path, "stage": stage}
        tenant = caller_of(request).tenant
        about = described(str(form.get("about", "")))
        if tenant != EVERYBODY:
            about["tenant"] = tenant
        return {"file": path, "stage": stage, "document": about}


async def save_upload(form: FormData, settings: Settings, identifier: str) -> tuple[str, str]:
    """Writes the one file of a form under the home; its field, ``file`` or ``card``, and its path under INCOMING.

    Raises InputRefused when there is no file, or more than one.
    """
    sent = [(name, value) for name, value in form.items() if isinstance(value, UploadFile) and value.filename]
    if len(sent) != 1 or sent[0][0] not in ("file", "card"):
        raise InputRefused("one file, called file or card, is wanted", place=Place(field="file"))
    field, upload = sent[0]
    path = f"{identifier}/{harmless(upload.filename or field)}"
    target = settings.home / INCOMING / path
    await asyncio.to_thread(target.parent.mkdir, parents=True, exist_ok=True)
    with target.open("wb") as stream:
        while chunk := await upload.read(CHUNK):
            await asyncio.to_thread(stream.write, chunk)
    return field, path


def described(told: str) -> dict[str, Any]:
    """The description as a job keeps it. Raises InputRefused naming the field."""
    from medrag_ingest.documents import Description

    try:
        body = json.loads(told)
    except ValueError as error:
        raise InputRefused(
            "JSON that describes the document is wanted", place=Place(field="about")
        ) from error
    try:
        asked = DescriptionIn.model_validate(body)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        field = ".".join(["about", *(str(part) for part in problem["loc"])])
        raise InputRefused(str(problem["msg"]), place=Place(field=field)) from error
    return Description(**asked.model_dump()).as_json()


def harmless(name: str) -> str:
    """A file name without folders, control signs or leading dots, 100 characters at most, its ending kept."""
    bare = re.sub(r"[^\w.\- ]+", "_", name.replace("\\", "/").rpartition("/")[2]).strip(". ")
    stem, dot, ending = bare.rpartition(".")
    return f"{stem[:80]}.{ending[:12]}" if dot and stem else bare[:90] or "file"


def started(
    request: Request, settings: Settings, kind: JobKind, asked: dict[str, Any], identifier: str = ""
) -> Response:
    """202 with the job and where to look at it."""
    job = queued(request, settings, kind, asked, identifier)
    response = as_json(job_json(job), {"Location": f"/jobs/{job.id}"})
    response.status_code = 202
    return response


def queued(
    request: Request, settings: Settings, kind: JobKind, asked: Mapping[str, Any], identifier: str = ""
) -> Job:
    """A new job, which the runner is told of."""
    with closing(Catalogue(settings.catalogue, create=True)) as catalogue:
        job = Jobs(catalogue).add(kind, asked, identifier, tenant=caller_of(request).tenant)
    runner: JobRunner = request.app.state.runner
    runner.wake()
    return job


@router.post(
    "/shelf/{id}/publish",
    status_code=202,
    response_model=JobOut,
    responses=PROBLEM,
    dependencies=[Writing],
    summary="Publish an edition",
)
def publish(
    id: ShelfId,
    request: Request,
    settings: Set,
    asked: Annotated[PublishIn, Body()] = NOTHING_FORCED,
    key: IdempotencyKey = None,
) -> Response:
    """`id`: an edition that waits, or `all`. Answers 202 with the job; a shut gate fails it and lists the objections."""
    editions = [] if id == "all" else [id]
    check_target(request, settings, *editions)
    told = {"editions": editions, "force": asked.force}
    return do_once(request, settings, key, told, lambda: started(request, settings, "publish", told))


@router.post(
    "/shelf/{id}/withdraw",
    status_code=202,
    response_model=JobOut,
    responses=PROBLEM,
    dependencies=[Writing],
    summary="Withdraw an edition",
)
def withdraw(
    id: ShelfId, request: Request, settings: Set, asked: ReasonIn, key: IdempotencyKey = None
) -> Response:
    """`id`: an edition, or a work. Answers 202 with the job."""
    check_target(request, settings, id)
    told = {"target": id, "reason": asked.reason}
    return do_once(request, settings, key, told, lambda: started(request, settings, "withdraw", told))


@router.post(
    "/shelf/{id}/rollback",
    response_model=MovedOut,
    responses=PROBLEM,
    dependencies=[Writing],
    summary="Go back",
)
def rollback(
    id: ShelfId,
    request: Request,
    settings: Set,
    asked: Annotated[RollbackIn, Body()] = NO_REASON,
    key: IdempotencyKey = None,
) -> Response:
    """`id`: a kept snapshot, or `previous`. Done when it answers."""

    def go_back() -> Response:
        chosen = rolled_back(request, settings, "" if id == "previous" else id, asked.reason)
        return as_json({"moved": True, **snapshot_json(chosen), "editions": list(chosen.editions)})

    return do_once(request, settings, key, {"snapshot": id, "reason": asked.reason}, go_back)


def rolled_back(request: Request, settings: Settings, snapshot: str, reason: str) -> Snapshot:
    """Readers see a kept snapshot, or without a name the one before, from now on. Raises ShelfRefused, NotFound."""
    from medrag_api.wiring import open_workshop
    from medrag_ingest.keeping import roll_back

    with closing(Catalogue(settings.catalogue, create=True)) as catalogue:
        # It moves what every tenant reads.
        if not acts_on_all(catalogue, caller_of(request).tenant):
            raise HTTPException(403)
    workshop = open_workshop(settings, encode=False)
    with closing(workshop.catalogue):
        chosen = roll_back(workshop, snapshot, reason=reason)
    request.app.state.holder.refresh()
    return chosen


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
    "/jobs/{id}", response_model=JobOut, responses=PROBLEM, dependencies=[Writing], summary="Cancel a job"
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


def check_target(request: Request, settings: Settings, *targets: str) -> None:
    """Raises NotFound or 403 unless the editions or works are the caller's to act on."""
    with closing(Catalogue(settings.catalogue, create=True)) as catalogue:
        for target in targets:
            check_owned(catalogue, caller_of(request).tenant, target)
