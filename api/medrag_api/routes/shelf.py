"""GET /shelf: which works are held, in which editions, under which rights, and what changed between two of them."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from medrag.errors import NotFound
from medrag.vocabulary import Language
from medrag_api.comparing import compare
from medrag_api.job_models import DiffOut
from medrag_api.models import ShelfOut, WorkOut
from medrag_api.routes.paging import Cursor, Limit, page_of
from medrag_api.routes.reading import PROBLEM, Reading, Reviewing, as_json
from medrag_api.schemas import shelf_json, work_json

__all__ = ["router"]

router = APIRouter()


@router.get("/shelf", response_model=ShelfOut, responses=PROBLEM, summary="All works")
def list_shelf(shelf: Reading, limit: Limit = None, cursor: Cursor = None) -> Response:
    """The works of the published snapshot, by id; all of them without a limit."""
    listed = shelf_json(shelf)
    page, further = page_of(listed["works"], limit, cursor, lambda work: str(work["id"]))
    return as_json({**listed, "works": page, "next": further})


@router.get("/shelf/{id}", response_model=WorkOut, responses=PROBLEM, summary="One work")
def show_work(id: str, shelf: Reading) -> Response:
    """A work with its editions, oldest first."""
    if id not in {edition.work for edition in shelf.editions.values()}:
        raise NotFound("no work of that id is on the shelf")
    return as_json(work_json(shelf, shelf.works[id]))


@router.get(
    "/shelf/{id}/diff",
    response_model=DiffOut,
    responses=PROBLEM,
    summary="What changed between two editions",
)
def show_diff(id: str, before: str, after: str, desk: Reviewing, language: Language = "en") -> Response:
    """What the edition labelled ``after`` says otherwise than the one labelled ``before``; both must be published."""
    old, new = f"{id}@{before}", f"{id}@{after}"
    if not {old, new} <= desk.shelf.editions.keys():
        raise NotFound("one of the editions, or both, are not on the shelf")
    return as_json(compare(desk.shelf.catalogue, old, new, language, desk.graph_if_any()))
