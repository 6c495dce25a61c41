"""Lets a request in: who sends it, whether they may, how often, how long it may take; and writes down how it ended."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request, cookie_parser
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from medrag.errors import MedragError
from medrag.settings import Settings
from medrag_api.problems import problem_of_error, problem_of_status
from medrag_api.security.callers import LOCAL, Caller, KeyRing
from medrag_api.security.limits import Rates, Streams
from medrag_api.security.log import AuditWriter
from medrag_api.security.scopes import Doorplan, Place
from medrag_api.security.sessions import COOKIE, from_our_page, session_key
from medrag_api.tell import instance_of, respond

__all__ = ["Guard", "Security", "body_within"]

#: What a refusal says; nothing that was sent comes back.
SAID: Final = {
    401: "A key is needed, sent as: Authorization: Bearer KEY.",
    403: "This key is not for that.",
    408: "The body took too long to come.",
    429: "This key has asked as often, or holds as many lines open, as it may for now.",
    503: "As many lines are open as this server holds. Come again.",
}
#: Seconds a caller is asked to wait when lines are full.
LINES_FULL_S: Final = 5
#: Methods that change nothing.
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class Security:
    """What guards one process: its keys, its counters, its log. The login page and the doors read it too."""

    def __init__(self, settings: Settings, snapshot: Callable[[], str], *, loopback: bool = True) -> None:
        self.settings = settings
        self.ring = KeyRing(settings)
        self.rates = Rates(settings)
        self.streams = Streams(settings.streams_most, settings.streams_per_key)
        self.log = AuditWriter(settings)
        #: The snapshot readers see now.
        self.snapshot = snapshot
        #: Whether only this machine can come: then nobody needs a key until there is one.
        self.loopback = loopback

    async def ready(self) -> None:
        """Has the keys read when they are not fresh. Raises Unavailable."""
        if not self.ring.fresh:
            await run_in_threadpool(self.ring.refresh)

    def caller(self, headers: Headers) -> Caller | None:
        """Who sends this; None when nobody is known by what it brings."""
        if not self.ring.any:
            # Clients of other protocols cannot leave a key out; where there are none, what they send is none.
            return LOCAL if self.loopback else None
        brought = headers.get("authorization")
        if brought is not None:
            kind, _, text = brought.partition(" ")
            return self.ring.caller_of(text.strip()) if kind.lower() == "bearer" else None
        value = cookie_parser(headers.get("cookie", "")).get(COOKIE, "")
        secret = self.ring.secret
        key = session_key(secret, value) if value and secret is not None else None
        found = self.ring.caller_by_id(key) if key is not None else None
        return Caller(found.id, found.scopes, found.tenant, found.key, True) if found is not None else None

    def note(self, who: str, place: Place | None, method: str, outcome: int) -> None:
        """Has it written down, where the settings want it so."""
        wanted = self.settings.audit
        if wanted == "off" or (wanted == "keys" and not self.ring.any):
            return
        access = place.access if place is not None else None
        if access is not None and access.open:
            return
        template = place.template if place is not None else "none"
        self.log.note(who, f"{method} {template}"[:120], self.snapshot(), outcome)

    def close(self) -> None:
        self.log.close()
        self.ring.close()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not let in, and when it may come again."""

    status: int
    wait_s: int = 0


class Guard:
    """ASGI middleware between the gate and the application's routes."""

    def __init__(self, app: ASGIApp, *, security: Security, plan: Callable[[], Doorplan]) -> None:
        self.app, self.security, self._plan = app, security, plan

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        place = self._plan().place(method, scope["path"])
        # For the counters, also of what is not let in.
        scope.setdefault("state", {})["template"] = place.template if place is not None else "none"
        request = Request(scope)
        who = "-"
        try:
            await self.security.ready()
        except MedragError as error:
            await respond(request, problem_of_error(error, instance_of(request), places=False))(
                scope, receive, send
            )
            return
        caller = self.security.caller(request.headers)
        refusal = await self._refusal(caller, place, request)
        if caller is not None:
            who = caller.id
        if refusal is not None:
            self.security.note(who, place, method, refusal.status)
            await refuse(request, refusal)(scope, receive, send)
            return
        await self._let_in(caller, place, request, receive, send)

    async def _refusal(self, caller: Caller | None, place: Place | None, request: Request) -> Refusal | None:
        access = place.access if place is not None else None
        if access is not None and access.open:
            return None
        if caller is None:
            return Refusal(401)
        if caller.by_cookie and request.method not in SAFE and not from_our_page(request.headers):
            return Refusal(403)
        if place is not None and (access is None or not access.lets(caller.scopes)):
            return Refusal(403)
        rates = self.security.rates
        wait = await run_in_threadpool(rates.wait_s, caller) if rates.remote else rates.wait_s(caller)
        return Refusal(429, wait) if wait else None

    async def _let_in(
        self, caller: Caller | None, place: Place | None, request: Request, receive: Receive, send: Send
    ) -> None:
        settings, access = self.security.settings, place.access if place is not None else None
        state = request.scope.setdefault("state", {})
        state["caller"] = caller
        state["key_id"] = caller.id if caller is not None and caller.key is not None else ""
        key = caller.key if caller is not None else None
        uploads = access is not None and access.uploads
        take = body_within(receive, settings.upload_seconds if uploads else settings.body_seconds)
        if key is not None and key.max_body_bytes is not None:
            take = no_longer(request.headers, take, key.max_body_bytes)
        line = Line(self.security.streams, caller.id if caller is not None else "-", send, request)
        try:
            if access is not None and access.streams and not await line.take():
                return
            await self.app(request.scope, take, line.send)
        except Exception:
            # What the application makes of a line that was refused while it began to stream is no fault.
            if not line.refused:
                raise
        finally:
            line.close()
            self.security.note(line.caller, place, request.method, line.status or 499)


class Line:
    """One response: sees its status, and counts it among the lines held open when it streams events."""

    def __init__(self, streams: Streams, caller: str, send: Send, request: Request) -> None:
        self._streams, self.caller, self._send, self._request = streams, caller, send, request
        self.status: int | None = None
        self.held = False
        self.refused = False

    async def take(self) -> bool:
        """A line among those held open, or a refusal sent."""
        status = self._streams.refusal(self.caller)
        if status is None:
            self.held = True
            return True
        self.refused, self.status = True, status
        reply = refuse(self._request, Refusal(status, LINES_FULL_S))
        reply.headers["Connection"] = "close"
        await reply(self._request.scope, no_more, self._send)
        return False

    async def send(self, message: Message) -> None:
        if self.refused:
            raise OSError("the line was refused")
        if message["type"] == "http.response.start":
            self.status = message["status"]
            kind = Headers(raw=message.get("headers", [])).get("content-type", "")
            if kind.startswith("text/event-stream") and not self.held and not await self.take():
                raise OSError("the line was refused")
        await self._send(message)

    def close(self) -> None:
        if self.held:
            self._streams.release(self.caller)


async def no_more() -> Message:
    return {"type": "http.disconnect"}


def refuse(request: Request, refusal: Refusal) -> Response:
    """The refusal as a problem; a person who opened a page of the console is shown where to bring the key."""
    if refusal.status == 401 and "text/html" in request.headers.get("accept", "") and request.method == "GET":
        return RedirectResponse(f"/console/login?to={quote(request.url.path)}", 303)
    status = refusal.status
    problem = problem_of_status(status, SAID[status], instance_of(request))
    headers = {"WWW-Authenticate": 'Bearer realm="medrag"'} if status == 401 else {}
    reply = respond(request, problem, headers)
    if refusal.wait_s:
        reply.headers["Retry-After"] = str(refusal.wait_s)
    return reply


def body_within(receive: Receive, seconds: float) -> Receive:
    """``receive`` that stops with 408 when the body has not come within ``seconds``. What is received after it, that the
    client went away, may take as long as the answer does."""
    until = time.monotonic() + seconds
    whole = False

    async def take() -> Message:
        nonlocal whole
        if whole:
            return await receive()
        try:
            async with asyncio.timeout(max(0.0, until - time.monotonic())):
                message = await receive()
        except TimeoutError as error:
            raise HTTPException(HTTPStatus.REQUEST_TIMEOUT, headers={"Connection": "close"}) from error
        whole = not message.get("more_body", False)
        return message

    return take


def no_longer(headers: Headers, receive: Receive, most: int) -> Receive:
    """``receive`` within a key's own bound on bodies."""
    from medrag_api.gate import bounded

    return bounded(headers, receive, most)
