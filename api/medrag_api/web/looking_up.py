"""The pages that look things up: a drug's card, and a source at the place that was quoted."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from medrag.errors import NotFound
from medrag_api.cards import drug_card, found_drugs
from medrag_api.review_words import VIEW
from medrag_api.routes.passages import known_id, source_of
from medrag_api.routes.reading import Reading, Reviewing, Set
from medrag_api.schemas import in_force_ids
from medrag_api.web.card_view import card_view
from medrag_api.web.pages import language_of, render
from medrag_api.web.picturing import pdf_of
from medrag_api.web.rooms import page_router
from medrag_api.web.words import words_in

__all__ = ["router"]

router = page_router()
#: Longest name looked for, and longest id, in code points.
LONGEST: Final = 200
#: Code points of the document shown before and after a passage.
AROUND: Final = 600


@router.get("/console/drugs")
def find(request: Request, desk: Reviewing, q: Annotated[str, Query(max_length=LONGEST)] = "") -> Response:
    """A search box, the card of the drug that a name stands for, or those it may stand for."""
    found = found_drugs(desk, q)[0] if q.strip() else None
    if found is not None and found["status"] == "resolved":
        return RedirectResponse(f"/console/drugs/{found['drugs'][0]['id']}", 303)
    no_near = VIEW["no_near"][language_of(request)]
    return render(request, "drugs.html", "drugs", found=found, q=q, no_near=no_near)


@router.get("/console/drugs/{id}")
def show_drug(request: Request, id: str, desk: Reviewing) -> Response:
    """One drug's card."""
    language = language_of(request)
    concept = desk.graph().concept(id) if len(id) <= LONGEST else None
    if concept is None or concept.kind not in ("drug", "class", "food"):
        raise NotFound("no drug of that id is held")
    card = drug_card(desk, concept, language)
    return render(request, "drug.html", "drugs", card=card, q="", **card_view(card, language))


@router.get("/console/passages/{id}")
def show_passage(
    request: Request, id: str, shelf: Reading, settings: Set, start: int = 0, end: int = 0
) -> Response:
    """A passage in its context, the quoted place marked, with the page of the PDF it was read from. `start` and `end` are
    offsets in the document."""
    passage = shelf.catalogue.passage(known_id(id, "p_"))
    source = source_of(shelf, passage.document)
    text = source.document.text
    whole = source.work.rights.redistributable
    first, last = (
        (start, end) if passage.start <= start < end <= passage.end else (passage.start, passage.start)
    )
    return render(
        request,
        "passage.html",
        "",
        document={"title": source.document.title, "language": source.document.language},
        section=passage.section,
        in_force=passage.edition in in_force_ids(shelf),
        before=text[max(0, passage.start - AROUND) : passage.start] if whole else "",
        head=text[passage.start : first],
        exact=text[first:last],
        tail=text[last : passage.end],
        after=text[passage.end : passage.end + AROUND] if whole else "",
        facts=source_facts(request, source, passage.page),
        page=passage.page,
        picture=f"/console/passages/{passage.id}/page.png?start={first}&end={last}"
        if pdf_of(source, passage, settings)
        else "",
    )


def source_facts(request: Request, source: Any, page: int | None) -> list[tuple[str, Any]]:
    w = words_in(language_of(request))
    return [
        (w.whole_work, source.work.title),
        (w.edition, source.edition.label),
        (w.published, source.edition.published),
        (w.publisher, source.work.publisher),
        (w.authority, source.work.authority),
        (w.page_number, page),
        (w.licence, source.work.rights.licence),
        (w.origin, source.document.url),
    ]
