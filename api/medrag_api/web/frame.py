"""What every page needs: the files of ours, and the reader's language."""

from __future__ import annotations

from typing import Final

from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, RedirectResponse, Response

from medrag_api.web.pages import LANGUAGE, asset_path
from medrag_api.web.rooms import page_router

__all__ = ["router"]

router = page_router()
#: A year: the address of a file holds a hash of its content.
FOR_GOOD: Final = "public, max-age=31536000, immutable"


@router.get("/console/language/{language}")
def choose_language(language: str, to: str = "/") -> Response:
    """Remembers the language and goes back to a page of this console."""
    if language not in ("en", "zh"):
        raise HTTPException(404)
    own = to.startswith("/") and not to.startswith(("//", "/\\"))
    reply = RedirectResponse(to if own else "/", 303)
    reply.set_cookie(LANGUAGE, language, max_age=31_536_000, samesite="lax", httponly=True)
    return reply


@router.get("/console/static/{name}")
def static(name: str) -> Response:
    """A style sheet, script or picture of ours."""
    path = asset_path(name)
    if path is None:
        raise HTTPException(404)
    return FileResponse(path, headers={"Cache-Control": FOR_GOOD})
