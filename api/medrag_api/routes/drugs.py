"""GET /drugs: what a name stands for, and one drug's card."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from medrag.errors import NotFound
from medrag.vocabulary import Language
from medrag_api.cards import drug_card, found_drugs, suggested_names
from medrag_api.interaction_models import DrugCardOut, DrugListOut, SuggestionsOut
from medrag_api.requests import Day
from medrag_api.routes.paging import Cursor, Limit, page_of
from medrag_api.routes.reading import NOT_CHANGED, PROBLEM, Reviewing, as_json, as_tagged

__all__ = ["router"]

router = APIRouter(prefix="/drugs")
#: Longest name looked for, and longest id, in code points.
LONGEST = 200


@router.get("", response_model=DrugListOut, responses=PROBLEM, summary="Find a drug by name")
def find_drugs(
    q: Annotated[str, Query(min_length=1, max_length=LONGEST)],
    desk: Reviewing,
    limit: Limit = None,
    cursor: Cursor = None,
) -> Response:
    """The concept the name stands for, or candidates to choose from; a name that is near is never used unasked."""
    found = found_drugs(desk, q)[0]
    page, further = page_of(found["drugs"], limit, cursor, lambda drug: str(drug["id"]))
    return as_json({**found, "drugs": page, "next": further})


@router.get("/suggest", response_model=SuggestionsOut, responses=PROBLEM, summary="Names that begin so")
def suggest_names(
    q: Annotated[str, Query(min_length=1, max_length=LONGEST)], desk: Reviewing, language: Language = "en"
) -> Response:
    """For a box that completes what is typed, over every form of a name. A person chooses; nothing is used unasked."""
    return as_json(suggested_names(desk, q, language))


@router.get("/{id}", response_model=DrugCardOut, responses=PROBLEM | NOT_CHANGED, summary="One drug's card")
def show_drug(
    id: str, desk: Reviewing, request: Request, language: Language = "en", as_of: Day | None = None
) -> Response:
    """By concept id, such as `rxnorm:11289`; `as_of`: from what was in force that day."""
    concept = desk.graph(as_of).concept(id) if len(id) <= LONGEST else None
    if concept is None or concept.kind not in ("drug", "class", "food"):
        raise NotFound("no drug of that id is held", remedy="See: /drugs?q=")
    return as_tagged(drug_card(desk, concept, language, as_of), request)
