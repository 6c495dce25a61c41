"""OpenTelemetry, where the operator wants it: a span a request, named by its route, without a word of what was sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import medrag
from medrag.errors import Place, UsageError

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

__all__ = ["Traced", "open_tracer"]

#: What a span may hold, by OpenTelemetry's names for HTTP servers; no address, no query, no body.
METHOD, ROUTE, STATUS = "http.request.method", "http.route", "http.response.status_code"
REQUEST: Final = "medrag.request_id"


def open_tracer() -> Tracer:
    """A tracer that sends to where ``OTEL_EXPORTER_OTLP_ENDPOINT`` says, by OTLP over HTTP.

    Raises UsageError where the extra ``otel`` is not installed.
    """
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise UsageError(
            "spans need what is not installed",
            place=Place(field="traces"),
            remedy="Run: pip install medrag[otel]; or set MEDRAG_TRACES=off",
        ) from error
    provider = TracerProvider(resource=Resource.create({"service.name": "medrag"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    tracer: Tracer = provider.get_tracer("medrag", medrag.__version__)
    return tracer


class Traced:
    """ASGI middleware around everything: one span a request, below the caller's where it sends one (W3C traceparent)."""

    def __init__(self, app: ASGIApp, *, tracer: Tracer) -> None:
        self.app, self.tracer = app, tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        from opentelemetry.trace import SpanKind
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        above = TraceContextTextMapPropagator().extract(dict(Headers(scope=scope)))
        # Without its exception: the message may hold what a person wrote.
        with self.tracer.start_as_current_span(
            "request", above, SpanKind.SERVER, record_exception=False, set_status_on_exception=False
        ) as span:

            async def watch(message: Message) -> None:
                if message["type"] == "http.response.start":
                    span.set_attribute(STATUS, int(message["status"]))
                await send(message)

            try:
                await self.app(scope, receive, watch)
            finally:
                state = scope.get("state", {})
                template = str(state.get("template", "none"))
                span.update_name(f"{scope['method']} {template}")
                span.set_attribute(METHOD, scope["method"])
                span.set_attribute(ROUTE, template)
                span.set_attribute(REQUEST, str(state.get("request_id", "")))
