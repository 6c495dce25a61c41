"""The shapes that answers, searches and reviews share: documents, quotes, and what was searched."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict

from medrag.vocabulary import Authority, Kind, Language

__all__ = ["CLOSED", "AnswerBasisOut", "BasisOut", "DocumentOut", "EditionRef", "PositionOut", "QuoteOut"]

CLOSED = ConfigDict(extra="forbid")


class DocumentOut(BaseModel):
    """The document a passage stands in, with what is known of its edition and work."""

    model_config = CLOSED

    id: str
    title: str
    work: str
    work_title: str
    publisher: str
    edition: str
    published: str
    retrieved: date
    jurisdiction: str
    language: Language
    licence: str
    url: str | None
    sha256: str
    kind: Kind
    authority: Authority
    superseded_by: str | None
    redistributable: bool
    lost_characters: int


class QuoteOut(BaseModel):
    """W3C Web Annotation TextQuoteSelector."""

    model_config = CLOSED

    exact: str
    prefix: str
    suffix: str


class PositionOut(BaseModel):
    """W3C Web Annotation TextPositionSelector, in code points of the document's text."""

    model_config = CLOSED

    start: int
    end: int


class EditionRef(BaseModel):
    """A work and the label of its edition."""

    model_config = CLOSED

    id: str
    edition: str


class BasisOut(BaseModel):
    """What an answer rests on."""

    model_config = CLOSED

    snapshot: str
    settings: str
    sources_searched: list[EditionRef]
    answerer: str
    logic: str
    limits: list[str]


class AnswerBasisOut(BasisOut):
    """What an answer rests on; where a model wrote it, the sha256 of its prompt and the fingerprint of the model."""

    prompt: str | None
    model: str | None
