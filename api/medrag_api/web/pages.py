"""Renders the console's pages: templates, the reader's language and theme, and the policy a browser is held to."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from starlette.requests import Request
from starlette.responses import HTMLResponse

from medrag_api.web.words import ConsoleLanguage, words_in

if TYPE_CHECKING:
    from jinja2 import Environment

    from medrag_api.security.callers import Caller

__all__ = [
    "LANGUAGE",
    "POLICIES",
    "POLICY",
    "THEME",
    "asset_path",
    "headers",
    "language_of",
    "pieces",
    "render",
]

HERE: Final = Path(__file__).parent
#: Cookies: what the reader chose. Neither says anything of a person.
LANGUAGE, THEME = "medrag_language", "medrag_theme"
#: Nothing from elsewhere, no inline script or style, no framing.
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
#: A form of ours must say where it comes from, or the shelf would not take it; other sites are told nothing.
POLICIES: Final = {"Content-Security-Policy": POLICY, "Referrer-Policy": "same-origin"}
#: The places of the bar above, in order: key of the word, address.
PLACES: Final = (
    ("check", "/"),
    ("ask", "/console/ask"),
    ("drugs", "/console/drugs"),
    ("guidelines", "/console/guidelines"),
    ("shelf", "/console/shelf"),
)
#: Shown to who may enter.
OPERATOR: Final = ("operator", "/console/operator")
#: What a template writes where a piece ends; it is no character of a page.
FLUSH: Final = "\f"
#: BCP 47.
TAGS: Final[Mapping[ConsoleLanguage, str]] = {"en": "en", "zh": "zh-Hans"}


def render(request: Request, template: str, here: str, status: int = 200, **told: Any) -> HTMLResponse:
    """A page in the reader's language. Everything told is escaped by the templates."""
    body = templates().get_template(template).render(framed(request, here, told))
    return HTMLResponse(body, status, headers())


def pieces(request: Request, template: str, here: str, **told: Any) -> Iterator[str]:
    """A page as it is made, in pieces that end where the template says ``{{ flush }}``."""
    held: list[str] = []
    for piece in templates().get_template(template).generate(framed(request, here, told)):
        if piece == FLUSH:
            yield "".join(held)
            held.clear()
        else:
            held.append(piece)
    yield "".join(held)


def headers() -> dict[str, str]:
    """What every page is sent with."""
    return {**POLICIES, "Vary": "Cookie, Accept-Language"}


def framed(request: Request, here: str, told: Mapping[str, Any]) -> dict[str, Any]:
    """What every template is told beside its own."""
    language = language_of(request)
    theme = request.cookies.get(THEME, "")
    caller: Caller | None = getattr(request.state, "caller", None)
    return {
        "w": words_in(language),
        "language": language,
        "tag": TAGS[language],
        "theme": theme if theme in ("light", "dark") else "",
        "places": (*PLACES, OPERATOR) if caller is not None and "admin" in caller.scopes else PLACES,
        "of_one_tenant": caller is not None and caller.tenant not in ("", "*"),
        "by_cookie": caller is not None and caller.by_cookie,
        "here": here,
        "request_path": request.url.path,
        "path": request.url.path if request.method == "GET" else "/",
        "asset": asset,
        "flush": FLUSH,
        **told,
    }


def language_of(request: Request) -> ConsoleLanguage:
    """The one chosen; else Chinese for a browser that asks for it first, else English."""
    chosen = request.cookies.get(LANGUAGE, "")
    if chosen in ("en", "zh"):
        return "zh" if chosen == "zh" else "en"
    return "zh" if request.headers.get("accept-language", "").strip().lower().startswith("zh") else "en"


@cache
def templates() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def asset(name: str) -> str:
    """The address of a file of ours; it holds a hash of the content, so that a browser may keep it for good."""
    digest = hashlib.sha256((HERE / "static" / name).read_bytes()).hexdigest()
    return f"/console/static/{name}?v={digest[:16]}"


@cache
def asset_path(name: str) -> Path | None:
    """The file of that name, or None: only names of files that are there."""
    held = {path.name: path for path in (HERE / "static").iterdir() if path.is_file()}
    return held.get(name)
