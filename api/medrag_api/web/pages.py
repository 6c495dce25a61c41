"""Renders the console's pages: templates, the reader's language and theme, and the policy a browser is held to."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from starlette.requests import Request
from starlette.responses import HTMLResponse

from medrag_api.web.words import ConsoleLanguage, words_in

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["LANGUAGE", "POLICY", "THEME", "asset_path", "language_of", "render"]

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
    ("shelf", "/console/shelf"),
)
#: BCP 47.
TAGS: Final[Mapping[ConsoleLanguage, str]] = {"en": "en", "zh": "zh-Hans"}


def render(request: Request, template: str, here: str, status: int = 200, **told: Any) -> HTMLResponse:
    """A page in the reader's language. Everything told is escaped by the templates."""
    language = language_of(request)
    theme = request.cookies.get(THEME, "")
    frame = {
        "w": words_in(language),
        "language": language,
        "tag": TAGS[language],
        "theme": theme if theme in ("light", "dark") else "",
        "places": PLACES,
        "here": here,
        "path": request.url.path if request.method == "GET" else "/",
        "asset": asset,
    }
    body = templates().get_template(template).render({**frame, **told})
    return HTMLResponse(body, status, {**POLICIES, "Vary": "Cookie, Accept-Language"})


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
