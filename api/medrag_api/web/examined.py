"""The librarian's pages over the whole shelf: golden questions with their results, and sources compared as pictures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Annotated, Any, Literal

from fastapi import Form
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from medrag.catalogue import Catalogue
from medrag.catalogue.examinations import Examination, Examinations
from medrag.settings import Settings
from medrag_api.examining import all_golden
from medrag_api.routes.reading import Reading, Set, caller_of
from medrag_api.routes.writing import WRITING
from medrag_api.security.tenancy import acts_on_all
from medrag_api.web.compared_view import compared_view
from medrag_api.web.pages import language_of, render
from medrag_api.web.rooms import page_router
from medrag_api.web.shelving import begin, open_catalogue
from medrag_ingest.golden import GoldenPair

__all__ = ["router"]

router = page_router()
#: Publications shown.
MOST = 20


@contextmanager
def whole(request: Request, settings: Settings) -> Iterator[Catalogue]:
    """The catalogue, for who acts on the whole shelf. Raises 403 for others: these pages tell of every work."""
    with closing(open_catalogue(settings)) as catalogue:
        if not acts_on_all(catalogue, caller_of(request).tenant):
            raise HTTPException(403)
        yield catalogue


@router.get("/console/golden")
def show_golden(request: Request, shelf: Reading, settings: Set) -> Response:
    """Every golden question and how it went, and how they went over each publication."""
    with whole(request, settings) as catalogue:
        runs = Examinations(catalogue).of("golden")
        moves = [move for move in reversed(catalogue.publications()) if move.snapshot][:MOST]
        now = shelf.snapshot.id
        asked = [
            {
                "work": work or getattr(item, "work", ""),
                "kind": "pair" if isinstance(item, GoldenPair) else "golden",
                "asked": " + ".join(item.check) if isinstance(item, GoldenPair) else item.ask,
                "wanted": wanted(item),
            }
            for work, item in all_golden(shelf, settings)
        ]
    told: dict[str, Any] = {
        "asked": asked,
        "now": now,
        "run": runs.get(now),
        "results": by_question(runs.get(now)),
    }
    rows = [{"move": move, "run": runs.get(move.snapshot)} for move in moves]
    return render(request, "golden.html", "shelf", rows=rows, **told)


def wanted(item: Any) -> str:
    """What must be found, in a few words."""
    if isinstance(item, GoldenPair):
        return f"≥ {item.at_least}"
    parts = (item.document, f"“{item.says}”" if item.says else "", f"≤ {item.within}")
    return " ".join(part for part in parts if part)


def by_question(run: Examination | None) -> dict[tuple[str, str], str]:
    """(work, what was asked) to the problem, "" when it held."""
    return {(item["work"], item["asked"]): item["problem"] for item in run.results["results"]} if run else {}


@router.get("/console/compared")
def show_compared(request: Request, shelf: Reading, settings: Set) -> Response:
    """How far the sources agree and what they cover, as it was counted for what readers see."""
    with whole(request, settings) as catalogue:
        counted = Examinations(catalogue).of("compared").get(shelf.snapshot.id)
    told = compared_view(counted.results, language_of(request)) if counted else {}
    return render(request, "compared.html", "shelf", counted=counted, now=shelf.snapshot.id, **told)


@router.post("/console/shelf/examine", dependencies=[WRITING])
def examine(
    request: Request, settings: Set, what: Annotated[Literal["golden", "compared"], Form()]
) -> Response:
    """A job that looks at the whole shelf."""
    with whole(request, settings):
        pass
    return begin(request, settings, "examine", {"what": what})
