"""The acts on a shelf: publish, withdraw, go back."""

from __future__ import annotations

from contextlib import closing
from typing import Annotated, Final

from fastapi import APIRouter, Body
from fastapi import Path as PathParameter
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from medrag.catalogue import Catalogue
from medrag.records import Snapshot
from medrag.settings import Settings
from medrag_api.job_models import JobOut, MovedOut
from medrag_api.routes.once import IdempotencyKey, do_once
from medrag_api.routes.reading import PROBLEM, Set, as_json, caller_of
from medrag_api.routes.writing import WRITING, check_target, started
from medrag_api.schemas import snapshot_json
from medrag_api.security.tenancy import acts_on_all

__all__ = ["rolled_back", "router"]

router = APIRouter()

STRICT: Final = ConfigDict(extra="forbid", frozen=True)
Reason = Annotated[str, Field(max_length=1000)]


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
ShelfId = Annotated[str, PathParameter(max_length=200)]


@router.post(
    "/shelf/{id}/publish",
    status_code=202,
    response_model=JobOut,
    responses=PROBLEM,
    dependencies=[WRITING],
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
    dependencies=[WRITING],
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
    dependencies=[WRITING],
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
