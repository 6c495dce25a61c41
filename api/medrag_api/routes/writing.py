"""What every request that writes goes through: it comes from no other site, acts on its caller's own, and becomes a job."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from typing import Any, Final
from urllib.parse import urlsplit

from fastapi import Depends
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from medrag.catalogue import Catalogue
from medrag.catalogue.jobs import Job, JobKind, Jobs
from medrag.settings import Settings
from medrag_api.jobs import JobRunner
from medrag_api.routes.reading import as_json, caller_of
from medrag_api.schemas import job_json
from medrag_api.security.tenancy import check_owned

__all__ = ["WRITING", "check_target", "queued", "same_origin", "started"]

#: What this machine calls itself: without keys the server binds nothing else.
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


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


WRITING: Final = Depends(same_origin)


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


def check_target(request: Request, settings: Settings, *targets: str) -> None:
    """Raises NotFound or 403 unless the editions or works are the caller's to act on."""
    with closing(Catalogue(settings.catalogue, create=True)) as catalogue:
        for target in targets:
            check_owned(catalogue, caller_of(request).tenant, target)
