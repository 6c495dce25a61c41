"""The HTTP door: routes, errors as problem documents, and what every response carries."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware

import medrag
from medrag.errors import MedragError
from medrag.settings import Settings
from medrag_api.conversations import Keeper
from medrag_api.describing import describe
from medrag_api.gate import Gate
from medrag_api.holder import ShelfHolder
from medrag_api.hooks.counting import AlertCounter
from medrag_api.jobs import JobRunner
from medrag_api.kept_answers import AnswerKeeper
from medrag_api.metrics import Metrics
from medrag_api.routes import (
    answers,
    ask,
    console,
    consultations,
    drugs,
    feedback,
    fhir,
    health,
    hooks,
    ingest,
    interactions,
    jobs,
    mcp,
    measured,
    openai,
    passages,
    publishing,
    search,
    shelf,
)
from medrag_api.security.guard import Guard, Security
from medrag_api.security.scopes import Doorplan
from medrag_api.serving import is_loopback
from medrag_api.squeezing import Squeeze
from medrag_api.tell import tell_http, tell_invalid, tell_medrag
from medrag_api.tracing import Traced, open_tracer
from medrag_api.wiring import open_models

__all__ = ["create_app"]

DESCRIPTION = """Answers medication and guideline questions from sources it can show: every sentence is proved by an
exact quote. It does not diagnose, triage or write prescriptions."""


def create_app(settings: Settings, holder: ShelfHolder | None = None, *, several: bool = False) -> FastAPI:
    """The application over one home. The shelf opens at start-up, or with the first question where none is run.
    ``several``: other processes answer at the same address."""
    held = holder or ShelfHolder(settings)
    runner = JobRunner(settings)
    keeper = AnswerKeeper(settings)
    talks = Keeper(settings, several=several)
    security = Security(settings, lambda: held.snapshot_id, loopback=is_loopback(settings.host))
    alerts = AlertCounter(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await asyncio.to_thread(held.warm)
        threading.Thread(target=app.state.models.prepare, name="medrag-models", daemon=True).start()
        runner.start()
        try:
            yield
        finally:
            await asyncio.to_thread(runner.close)
            await asyncio.to_thread(keeper.close)
            await asyncio.to_thread(alerts.close)
            talks.close()
            await asyncio.to_thread(security.close)
            await asyncio.to_thread(held.close)

    app = FastAPI(
        title="medrag",
        version=medrag.__version__,
        description=DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.settings = settings
    app.state.holder = held
    app.state.readiness = health.Readiness(held)
    app.state.runner = runner
    app.state.stopping = threading.Event()
    app.state.models = open_models(settings)
    app.state.metrics = metrics = Metrics(settings, lambda: held.snapshot, app.state.models)
    held.on_review = metrics.review
    security.streams.on_step = metrics.line
    app.state.answers = keeper
    app.state.alerts = alerts
    app.state.conversations = talks
    app.state.security = security
    for room in (
        ask,
        answers,
        feedback,
        consultations,
        interactions,
        drugs,
        fhir,
        hooks,
        search,
        passages,
        shelf,
        ingest,
        publishing,
        jobs,
        openai,
        mcp,
        measured,
        health,
        console,
    ):
        app.include_router(room.router)
    app.add_exception_handler(MedragError, tell_medrag)
    app.add_exception_handler(RequestValidationError, tell_invalid)
    app.add_exception_handler(HTTPException, tell_http)

    @cache
    def described(keyed: bool) -> dict[str, Any]:
        return describe(app, keyed=keyed)

    # The framework's own way to give an application a document of its own.
    app.openapi = lambda: described(security.ring.any or not security.loopback)  # type: ignore[method-assign]

    @cache
    def plan() -> Doorplan:
        """Made with the first request, when every route is there."""
        return Doorplan(app.routes)

    app.state.plan = plan
    app.add_middleware(Squeeze)
    app.add_middleware(Guard, security=security, plan=plan)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.cors_origins),
            allow_methods=["GET", "POST", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "If-None-Match"],
            expose_headers=["ETag", "Retry-After", "X-Content-SHA256", "X-Request-ID"],
        )
    app.add_middleware(
        Gate,
        max_body_bytes=settings.max_body_bytes,
        max_upload_bytes=settings.max_upload_bytes,
        count=metrics.request,
    )
    if settings.traces != "off":
        app.add_middleware(Traced, tracer=open_tracer())
    return app
