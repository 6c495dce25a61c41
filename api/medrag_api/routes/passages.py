"""GET /passages and /documents: what a citation points at, so that anyone can prove it."""

from __future__ import annotations

import hashlib
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from medrag.answer.records import Source
from medrag.errors import IntegrityError, NotFound
from medrag.records import Document
from medrag.shelf import OpenShelf
from medrag_api.models import PassageOut
from medrag_api.problems import problem_json
from medrag_api.routes.reading import NOT_CHANGED, PROBLEM, Reading, as_tagged, has_tag
from medrag_api.schemas import in_force_ids, passage_json
from medrag_api.tell import instance_of, problem_response

__all__ = ["held_passage", "router"]

router = APIRouter()


@router.get(
    "/passages/{id}", response_model=PassageOut, responses=PROBLEM | NOT_CHANGED, summary="One passage"
)
def show_passage(id: str, shelf: Reading, request: Request) -> Response:
    """`text` is `document_text[start:end]`, in code points."""
    return as_tagged(held_passage(shelf, id), request)


@router.get(
    "/documents/{id}/text",
    response_class=PlainTextResponse,
    responses={**PROBLEM, **NOT_CHANGED, 403: {"description": "The licence lets only passages be shown"}},
    summary="A document's canonical text",
)
def show_text(id: str, shelf: Reading, request: Request) -> Response:
    """The text that every offset counts in, UTF-8, with its sha256 in `X-Content-SHA256`."""
    source = source_of(shelf, known_id(id, "d_"))
    if not source.work.rights.redistributable:
        return only_passages(request)
    body = verified(source.document)
    tag = f'"{source.document.sha256}"'
    headers = {"ETag": tag, "X-Content-SHA256": source.document.sha256, "Cache-Control": "private, no-cache"}
    if has_tag(request, tag):
        return Response(None, 304, headers)
    return Response(body, 200, headers, "text/plain; charset=utf-8")


def held_passage(shelf: OpenShelf, identifier: str) -> dict[str, Any]:
    """A passage of the snapshot. Raises NotFound."""
    passage = shelf.catalogue.passage(known_id(identifier, "p_"))
    source = source_of(shelf, passage.document)
    return passage_json(passage, source, in_force=passage.edition in in_force_ids(shelf))


def known_id(identifier: str, prefix: str) -> str:
    """``identifier`` when it has the form of an id. Raises NotFound without telling it back."""
    digits = identifier.removeprefix(prefix)
    if digits == identifier or not (0 < len(digits) <= 30 and digits.isascii() and digits.isalnum()):
        raise NotFound("nothing of that id is on the shelf")
    return identifier


def source_of(shelf: OpenShelf, document: str) -> Source:
    """A document with its edition and work. Raises NotFound when the snapshot does not hold its edition."""
    try:
        held = shelf.catalogue.document(document)
    except NotFound:
        held = None
    if held is None or held.edition not in shelf.editions:
        raise NotFound("nothing of that id is on the shelf")
    edition = shelf.editions[held.edition]
    return Source(held, edition, shelf.works[edition.work])


def verified(document: Document) -> bytes:
    """The text's bytes. Raises IntegrityError when they are not those that were sealed."""
    body = document.text.encode("utf-8")
    if hashlib.sha256(body).hexdigest() != document.sha256:
        raise IntegrityError("the document's text does not match its hash", remedy="Run: medrag doctor")
    return body


def only_passages(request: Request) -> Response:
    detail = "The licence of this work lets only passages be shown: use /passages."
    return problem_response(problem_json("rights", "Not redistributable", 403, detail, instance_of(request)))
