"""The page of a PDF that a quote stands on, as a picture with the quote marked."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from medrag.errors import NotFound, Unavailable
from medrag.records import Passage
from medrag.settings import Settings
from medrag_api.routes.passages import known_id, source_of
from medrag_api.routes.reading import Reading, Set
from medrag_api.web.rooms import page_router

__all__ = ["pdf_of", "router"]

router = page_router()
#: Pages drawn at a time; each takes a process.
AT_ONCE: Final = threading.BoundedSemaphore(2)
#: Longest wait for one's turn, in seconds.
TURN_S: Final = 20.0
MAGIC: Final = b"%PDF-"


def pdf_of(source: Any, passage: Passage, settings: Settings) -> Path | None:
    """The raw PDF a passage was read from; None where it is of another kind, not kept, or not to be shown whole."""
    from medrag_ingest.rawstore import RawStore

    document = source.document
    if passage.page is None or document.raw_member or not source.work.rights.redistributable:
        return None
    path = RawStore(settings.home).path(document.raw_sha256)
    if not path.is_file():
        return None
    with path.open("rb") as stream:
        return path if stream.read(len(MAGIC)) == MAGIC else None


@router.get("/console/passages/{id}/page.png")
def show_page(
    request: Request, id: str, shelf: Reading, settings: Set, start: int = 0, end: int = 0
) -> Response:
    """The page as PNG; between `start` and `end`, offsets in the document, lies what is marked."""
    from medrag_ingest.confine import ParserFailed, Refusal
    from medrag_ingest.readers.pdf.picture import picture_page

    passage = shelf.catalogue.passage(known_id(id, "p_"))
    source = source_of(shelf, passage.document)
    path = pdf_of(source, passage, settings)
    if path is None:
        raise NotFound("no page of this passage can be drawn")
    first, last = (
        (start, end) if passage.start <= start < end <= passage.end else (passage.start, passage.end)
    )
    if not AT_ONCE.acquire(timeout=TURN_S):
        raise Unavailable("too many pages are being drawn", remedy="Try again in a moment")
    try:
        drawn = picture_page(path.read_bytes(), passage.page or 1, source.document.text[first:last])
    except (ParserFailed, Refusal) as error:
        raise NotFound("no page of this passage can be drawn") from error
    finally:
        AT_ONCE.release()
    # The address names a passage by the hash of its content: what is drawn of it stays the same.
    return Response(drawn.png, 200, {"Cache-Control": "private, max-age=3600"}, "image/png")
