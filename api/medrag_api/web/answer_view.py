"""Arranges an answer for its page: statements with footnotes, the quotes they stand on, what was withheld, the review."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from medrag.vocabulary import Language
from medrag_api.review_terms import TONGUES, work_said
from medrag_api.web.check_view import check_view, missing, place_of

__all__ = ["answer_view"]

Json = Mapping[str, Any]


def answer_view(answer: Json, language: Language) -> dict[str, Any]:
    """``language`` is the page's; the answer speaks the question's."""
    statements = answer["statements"]
    return {
        "id": answer["id"],
        "status": answer["status"],
        "lang": answer["language"],
        # Without statements the answer is fixed words: an abstention, a refusal.
        "frame": answer["answer"][: statements[0]["start"]].strip() if statements else answer["answer"],
        "statements": statements,
        "citations": [citation(item, language) for item in answer["citations"]],
        "withheld": answer["withheld"],
        "missing": missing(answer["missing_context"], language),
        "findings": check_view(answer["interactions"], language)["findings"]
        if answer["interactions"]
        else [],
        "searched": [work_said(source, language) for source in answer["basis"]["sources_searched"]],
        "basis": answer["basis"],
        "degraded": answer["degraded"],
    }


def citation(item: Json, language: Language) -> dict[str, Any]:
    document = item["document"]
    tongue = document["language"]
    return {
        "n": item["n"],
        "words": item["quote"]["exact"].strip(),
        "lang": tongue,
        "tongue": TONGUES[tongue][language] if tongue != language and tongue in TONGUES else "",
        "place": place_of(item),
        "title": document["title"],
        "section": [part for part in item["section"] if part != document["title"]],
        "source": f"{document['work_title']}, {document['edition']} · {document['publisher']}",
        "published": document["published"],
        "page": item["page"],
    }
