"""What every request passes: an id, a bound on its body, security headers, one line in the log, and no stack trace out."""

from __future__ import annotations

import re
import time
import traceback
import uuid
from collections.abc import Callable
from typing import Any, Final

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from medrag_api.problems import problem_of_status
from medrag_api.tell import instance_of, respond

__all__ = ["HEADERS", "Gate", "bounded"]

#: On every response that does not say otherwise, as the console's pages do: a browser that is shown it may load and run
#: nothing.
HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
#: An id a caller may bring: it goes into logs and headers.
REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")

log = structlog.get_logger("medrag.http")


#: Told method, route, status (499 when the caller went first) and seconds of each request.
Counting = Callable[[str, str, int, float], None]


class Gate:
    """ASGI middleware around the application. Logs the route's template, never a path, a query or a body."""

    def __init__(
        self, app: ASGIApp, *, max_body_bytes: int, max_upload_bytes: int, count: Counting | None = None
    ) -> None:
        self.app = app
        self.count = count
        self.max_body_bytes = max_body_bytes
        self.max_upload_bytes = max_upload_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        request.state.request_id = request_id(request.headers)
        watch = Watch(send, request.state.request_id)
        began = time.perf_counter()
        try:
            most = self.max_upload_bytes if scope["path"] in UPLOADS else self.max_body_bytes
            await self.app(scope, bounded(request.headers, receive, most), watch.send)
        except Exception as error:  # noqa: BLE001 - the last door: said in fixed words, logged without its message
            log.error("unexpected", request_id=request.state.request_id, **where_from(error))
            if watch.status is None:
                problem = problem_of_status(
                    500, "Something failed here. The log names it.", instance_of(request)
                )
                await respond(request, problem)(scope, receive, watch.send)
        finally:
            spent = time.perf_counter() - began
            method = scope["method"] if scope["method"] in METHODS else "other"
            if self.count is not None:
                self.count(method, scope["state"].get("template", "none"), watch.status or 499, spent)
            log.info(
                "request",
                method=method,
                route=getattr(scope.get("route"), "path", "none"),
                status=watch.status,
                ms=round(spent * 1000, 1),
                request_id=request.state.request_id,
            )


#: The addresses that take documents.
UPLOADS: Final = frozenset({"/ingest", "/console/shelf/ingest"})
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Watch:
    """Sees the status go out and adds the headers."""

    def __init__(self, send: Send, identifier: str) -> None:
        self._send = send
        self._id = identifier
        self.status: int | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = int(message["status"])
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers["X-Request-ID"] = self._id
            headers.setdefault("Cache-Control", "no-store")
        await self._send(message)


def request_id(headers: Headers) -> str:
    """The caller's id when it is harmless, else a new one."""
    brought = headers.get("x-request-id", "")
    return brought if REQUEST_ID.fullmatch(brought) else uuid.uuid4().hex


def bounded(headers: Headers, receive: Receive, most: int) -> Receive:
    """``receive`` that stops with 413 when the body is, or turns out to be, longer than ``most`` bytes."""
    declared = headers.get("content-length", "")
    seen = 0

    async def take() -> Message:
        nonlocal seen
        if declared.isdigit() and int(declared[:20]) > most:
            raise HTTPException(413)
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise HTTPException(413)
        return message

    return take


def where_from(error: Exception) -> dict[str, Any]:
    """The error's type and the lines it came through. Its message is left out: it may hold what a person wrote."""
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    return {"error": type(error).__name__, "at": [f"{frame.filename}:{frame.lineno}" for frame in frames]}
