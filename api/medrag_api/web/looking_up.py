"""The pages that look things up: a drug's card, and a source at the place that was quoted."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final

from fastapi import Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from medrag.errors import InputRefused, NotFound, Place
from medrag.records import Passage
from medrag_api.cards import drug_card, found_drugs
from medrag_api.desk import Desk
from medrag_api.review_words import VIEW
from medrag_api.routes.passages import known_id, source_of
from medrag_api.routes.reading import Reading, Reviewing, Set
from medrag_api.schemas import in_force_ids
from medrag_api.web.around import around
from medrag_api.web.card_view import card_name, card_view
from medrag_api.web.pages import language_of, render
from medrag_api.web.picturing import pdf_of
from medrag_api.web.rooms import page_router
from medrag_api.web.words import words_in
from medrag_graph.model import GraphConcept

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
def show_drug(request: Request, id: str, desk: Reviewing, as_of: str = "") -> Response:
    """One drug's card, by default of the editions in force today."""
    language = language_of(request)
    day = day_of(as_of)
    card = drug_card(desk, held(desk, id, day), language, day)
    told = {"card": card, "q": "", "as_of": as_of, **card_view(card, language)}
    return render(request, "drug.html", "drugs", **told)


@router.get("/console/drugs/{id}/around")
def show_around(request: Request, id: str, desk: Reviewing) -> Response:
    """What stands around a drug in the graph, as a picture to walk and as a list."""
    language = language_of(request)
    concept = held(desk, id, None)
    card = drug_card(desk, concept, language)
    told = {"id": concept.id, "name": card_name(card, language), "snapshot": card["snapshot"]}
    return render(request, "around.html", "drugs", **told, **around(card, language))


def held(desk: Desk, id: str, as_of: date | None) -> GraphConcept:
    """The drug, class or food of an id. Raises NotFound."""
    concept = desk.graph(as_of).concept(id) if len(id) <= LONGEST else None
    if concept is None or concept.kind not in ("drug", "class", "food"):
        raise NotFound("no drug of that id is held")
    return concept


def day_of(told: str) -> date | None:
    """The day asked for. Raises InputRefused."""
    if not told:
        return None
    try:
        return date.fromisoformat(told)
    except ValueError as error:
        raise InputRefused("a date is written 2024-05-31", place=Place(field="as_of")) from error


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
        document={
            "id": source.document.id,
            "title": source.document.title,
            "language": source.document.language,
        },
        section=passage.section,
        in_force=passage.edition in in_force_ids(shelf),
        apart=text[start:end] if beside(passage, start, end, whole) else "",
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


def beside(passage: Passage, start: int, end: int, whole: bool) -> bool:
    """Whether a quote stands outside the passage, in a heading or a header row it is read with; elsewhere in the document
    only where the licence lets it be shown whole."""
    if passage.start <= start < end <= passage.end or not 0 <= start < end <= start + AROUND:
        return False
    return whole or any(span.start <= start and end <= span.end for span in passage.scope)


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
