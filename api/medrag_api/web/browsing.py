"""The pages that list guidelines and open a document at a section."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from medrag.records import Block, Document
from medrag_api.routes.passages import known_id, source_of
from medrag_api.routes.reading import Reading
from medrag_api.schemas import in_force_ids
from medrag_api.web.guidelines import FACETS, chosen, counted, guidelines_of
from medrag_api.web.looking_up import LONGEST, source_facts
from medrag_api.web.pages import render
from medrag_api.web.rooms import page_router

__all__ = ["router"]

router = page_router()
#: Guidelines on one page.
SHOWN: Final = 50
#: Code points of a document shown on one page; the rest opens by its section.
WHOLE: Final = 60_000
Asked = Annotated[str, Query(max_length=LONGEST)]


@router.get("/console/guidelines")
def list_guidelines(
    request: Request,
    shelf: Reading,
    q: Asked = "",
    condition: Asked = "",
    publisher: Asked = "",
    year: Asked = "",
    grade: Asked = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    """Guidelines in force, narrowed by what one chooses."""
    held = guidelines_of(shelf)
    asked = dict(zip(FACETS, (condition, publisher, year, grade), strict=True))
    found = chosen(held, asked, q)
    told = {key: value for key, value in {**asked, "q": q}.items() if value}
    return render(
        request,
        "guidelines.html",
        "guidelines",
        q=q,
        asked=asked,
        facets=counted(held),
        found=found[(page - 1) * SHOWN : page * SHOWN],
        count=len(found),
        before="?" + urlencode({**told, "page": page - 1}) if page > 1 else "",
        after="?" + urlencode({**told, "page": page + 1}) if len(found) > page * SHOWN else "",
    )


@router.get("/console/documents/{id}")
def show_document(request: Request, id: str, shelf: Reading, section: int = 0) -> Response:
    """A document by its sections; a long one from the section asked for. Where the licence lets only passages be shown, its
    headings alone."""
    source = source_of(shelf, known_id(id, "d_"))
    document = source.document
    sections = list(sections_of(document))
    whole = source.work.rights.redistributable
    first = min(max(section, 0), max(0, len(sections) - 1)) if len(document.text) > WHOLE else 0
    return render(
        request,
        "document.html",
        "guidelines" if source.work.kind == "guideline" else "",
        document={"id": document.id, "title": document.title, "language": document.language},
        sections=sections,
        shown=shown(sections[first:]) if whole else [],
        whole=whole,
        long=len(document.text) > WHOLE,
        in_force=document.edition in in_force_ids(shelf),
        facts=source_facts(request, source, None),
    )


def sections_of(document: Document) -> Iterator[dict[str, Any]]:
    """Each heading with its depth and the blocks under it, numbered; what stands above the first heading is section 0."""
    title, depth, number = "", 1, 0
    held: list[dict[str, str]] = []
    for block in document.blocks:
        if block.kind == "heading":
            if held or title:
                yield made(number, title, depth, held)
                number += 1
            title, depth, held = text_of(document, block).lstrip("# "), len(block.section) + 1, []
        else:
            held.append({"kind": block.kind, "text": text_of(document, block)})
    if held or title:
        yield made(number, title, depth, held)


def made(number: int, title: str, depth: int, held: list[dict[str, str]]) -> dict[str, Any]:
    return {"number": number, "title": title, "depth": min(depth, 4), "blocks": held}


def text_of(document: Document, block: Block) -> str:
    return document.text[block.start : block.end].strip()


def shown(sections: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The sections from the first on that fit a page; one at least."""
    told: list[dict[str, Any]] = []
    length = 0
    for section in sections:
        length += sum(len(block["text"]) for block in section["blocks"])
        if told and length > WHOLE:
            break
        told.append(section)
    return told
