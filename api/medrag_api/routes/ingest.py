"""POST /ingest: a document, a manifest or cards by id become a job."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from medrag.catalogue.jobs import new_id
from medrag.errors import InputRefused, Place
from medrag.settings import Settings
from medrag.vocabulary import Authority, Kind, Language
from medrag_api.job_child import INCOMING
from medrag_api.job_models import JobOut
from medrag_api.requests import Day, validated
from medrag_api.routes.once import IdempotencyKey, do_once
from medrag_api.routes.reading import PROBLEM, Set, caller_of
from medrag_api.routes.writing import WRITING, started
from medrag_api.security.callers import EVERYBODY

__all__ = ["DescriptionIn", "described", "router", "save_upload"]

router = APIRouter()

STRICT: Final = ConfigDict(extra="forbid", frozen=True)
#: Bytes read of an upload at a time.
CHUNK: Final = 1 << 20


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


@router.post(
    "/ingest",
    status_code=202,
    response_model=JobOut,
    responses=PROBLEM,
    dependencies=[WRITING],
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
