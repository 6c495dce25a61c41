"""The page where a person brings a key, once a shift; a signed cookie says so afterwards."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from medrag_api.security.guard import Security
from medrag_api.security.sessions import COOKIE, SESSION_S, from_our_page, open_session
from medrag_api.web.pages import render
from medrag_api.web.rooms import page_router

__all__ = ["router"]

router = page_router()


def security_of(request: Request) -> Security:
    security: Security = request.app.state.security
    return security


@router.get("/console/login")
def show_login(request: Request, to: str = "/") -> Response:
    """Asks for a key, where there are keys."""
    if not security_of(request).ring.any:
        return RedirectResponse("/", 303)
    return login_page(request, own(to))


@router.post("/console/login")
async def log_in(
    request: Request, key: Annotated[str, Form(max_length=200)] = "", to: Annotated[str, Form()] = "/"
) -> Response:
    """Takes the key and opens a session; the key itself is not kept in the browser."""
    security = security_of(request)
    caller = security.ring.caller_of(key.strip()) if security.ring.any else None
    secret = security.ring.secret
    if caller is None or secret is None or not from_our_page(request.headers):
        security.log.note("-", "console login", security.snapshot(), 401)
        return await run_in_threadpool(login_page, request, own(to), 401)
    security.log.note(caller.id, "console login", security.snapshot(), 303)
    reply = RedirectResponse(own(to), 303)
    reply.set_cookie(
        COOKIE,
        open_session(secret, caller.id),
        max_age=SESSION_S,
        httponly=True,
        samesite="strict",
        # Over plain HTTP a browser would not send it back; others than this machine are to come over HTTPS.
        secure=not security.loopback,
    )
    return reply


@router.post("/console/logout")
def log_out(request: Request) -> Response:
    """The browser forgets the session."""
    reply = RedirectResponse("/console/login", 303)
    if from_our_page(request.headers):
        reply.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return reply


def login_page(request: Request, to: str, status: int = 200) -> Response:
    return render(request, "login.html", "", status, to=to, wrong=status == 401)


def own(to: str) -> str:
    """A path of this console, and nothing that leads elsewhere."""
    return to if to.startswith("/") and not to.startswith(("//", "/\\")) else "/"
