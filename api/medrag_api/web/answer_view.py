"""Arranges an answer for its page: statements with footnotes, the quotes they stand on, what was withheld, the review."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from medrag.vocabulary import Language
from medrag_api.review_terms import TONGUES, work_said
from medrag_api.web.check_view import check_view, missing, place_of

__all__ = ["answer_view", "statement_view"]

Json = Mapping[str, Any]


def statement_view(told: Json) -> dict[str, Any]:
    """A statement as it comes, with the line above it where it is the first."""
    text, added = told["text"], told["added"]
    return {**told, "lead": added[: added.find(text)].strip()}


def answer_view(answer: Json, language: Language) -> dict[str, Any]:
    """``language`` is the page's; the answer speaks the question's."""
    return {
        "id": answer["id"],
        "status": answer["status"],
        "lang": answer["language"],
        # Without statements the answer is fixed words: an abstention, a refusal.
        "fixed": "" if answer["statements"] else answer["answer"],
        "sources": sources(answer["citations"], language),
        "withheld": answer["withheld"],
        "missing": missing(answer["missing_context"], language),
        "findings": check_view(answer["interactions"], language)["findings"]
        if answer["interactions"]
        else [],
        "searched": [work_said(source, language) for source in answer["basis"]["sources_searched"]],
        "basis": answer["basis"],
        "degraded": answer["degraded"],
    }


def sources(citations: Iterable[Json], language: Language) -> list[dict[str, Any]]:
    """The passages quoted, each told once, with its quotes in the order they are cited."""
    places: dict[str, int] = {}
    ordered = sorted(
        citations, key=lambda item: (places.setdefault(item["passage_id"], item["n"]), item["n"])
    )
    return [
        {**source(held[0]), "quotes": [quote(item, language) for item in held]}
        for held in (list(some) for _, some in groupby(ordered, key=lambda item: item["passage_id"]))
    ]


def source(item: Json) -> dict[str, Any]:
    document = item["document"]
    return {
        "title": document["title"],
        "section": [part for part in item["section"] if part != document["title"]],
        "source": f"{document['work_title']}, {document['edition']} · {document['publisher']}",
        "published": document["published"],
        "page": item["page"],
    }


def quote(item: Json, language: Language) -> dict[str, Any]:
    tongue = item["document"]["language"]
    return {
        "n": item["n"],
        "words": item["quote"]["exact"].strip(),
        "lang": tongue,
        "tongue": TONGUES[tongue][language] if tongue != language and tongue in TONGUES else "",
        "place": place_of(item),
    }
