"""POST /search: ranked passages, each with how it was found."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from medrag.retrieve.search import search
from medrag_api.models import SearchOut
from medrag_api.requests import SearchRequest, known_filters
from medrag_api.routes.reading import PROBLEM, JsonRoute, Reading, Set, as_json
from medrag_api.schemas import search_json

__all__ = ["router"]

router = APIRouter(route_class=JsonRoute)


@router.post("/search", response_model=SearchOut, responses=PROBLEM, summary="Find passages")
def find_passages(asked: SearchRequest, shelf: Reading, settings: Set) -> Response:
    """Hybrid search over the editions in force."""
    filters = asked.filters.record()
    known_filters(shelf, filters)
    result = search(shelf, asked.words(), settings, filters=filters, as_of=asked.as_of, limit=asked.top_k)
    return as_json(search_json(shelf, result, settings))
