"""The shapes of what medrag says over HTTP, as /openapi.json describes them; closed, so that a test holds schemas.py to them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel

from medrag.vocabulary import Authority, Kind, Language, PassageKind
from medrag_api.consultation_models import ConversationOut
from medrag_api.interaction_models import InteractionReportOut
from medrag_api.shapes import CLOSED, AnswerBasisOut, DocumentOut, EditionRef, PositionOut, QuoteOut

__all__ = ["AnswerOut", "HealthOut", "PassageOut", "SearchOut", "ShelfOut", "WorkOut"]


class CitationOut(BaseModel):
    """A quote and where it stands: ``document_text[start:end] == quote.exact``."""

    model_config = CLOSED

    n: int
    passage_id: str
    quote: QuoteOut
    position: PositionOut
    page: int | None
    section: list[str]
    document: DocumentOut


class StatementOut(BaseModel):
    """One statement of an answer: ``answer[start:end] == text``, never without a citation."""

    model_config = CLOSED

    text: str
    start: int
    end: int
    citations: list[int]
    support: Literal["verbatim", "fact", "entailed"]


class WithheldOut(BaseModel):
    """What the answerer said and the evidence did not."""

    model_config = CLOSED

    text: str
    reason: str


class DrugMentionOut(BaseModel):
    """A drug the question names."""

    model_config = CLOSED

    input: str
    name: str
    names: dict[Language, list[str]]


class MissingContextOut(BaseModel):
    """What must be known of the patient before the answer is whole. ``citation`` is null where the rule that asks rests
    on a source named in ``interactions``, of which no quote is held."""

    model_config = CLOSED

    field: str
    why: str
    citation: int | None


class AnswerOut(BaseModel):
    """The whole answer."""

    model_config = CLOSED

    id: str
    status: Literal["answered", "partial", "needs_context", "abstained", "refused"]
    reason: str | None
    language: Language
    answer: str
    statements: list[StatementOut]
    citations: list[CitationOut]
    withheld: list[WithheldOut]
    interactions: InteractionReportOut | None
    missing_context: list[MissingContextOut]
    drugs: list[DrugMentionOut]
    basis: AnswerBasisOut
    degraded: bool
    timings_ms: dict[str, float]
    #: Only with a conversation_id.
    conversation: ConversationOut | None = None


class FoundOut(BaseModel):
    """How one ranking saw a passage."""

    model_config = CLOSED

    method: str
    rank: int
    score: float


class HitOut(BaseModel):
    """A passage found."""

    model_config = CLOSED

    rank: int
    passage_id: str
    score: float
    found: list[FoundOut]
    folded: list[str]
    text: str
    start: int
    end: int
    kind: PassageKind
    section: list[str]
    code: str | None
    page: int | None
    document: DocumentOut


class SearchOut(BaseModel):
    """Ranked passages and what was searched for them."""

    model_config = CLOSED

    language: Language
    intents: list[str]
    concepts: list[str]
    hits: list[HitOut]
    snapshot: str
    settings: str
    sources_searched: list[EditionRef]
    degraded: bool
    timings_ms: dict[str, float]


class PassageOut(BaseModel):
    """A passage: ``document_text[start:end] == text``."""

    model_config = CLOSED

    id: str
    text: str
    start: int
    end: int
    page: int | None
    section: list[str]
    code: str | None
    kind: PassageKind
    document: DocumentOut
    in_force: bool


class EditionOut(BaseModel):
    """An edition held by the snapshot."""

    model_config = CLOSED

    id: str
    label: str
    published: str
    valid_from: date
    retrieved: date
    in_force: bool
    superseded_by: str | None
    withdrawn: str | None
    documents: int
    passages: int
    assertions: int
    names: int
    content_sha256: str


class RightsOut(BaseModel):
    """What may be done with a source's words."""

    model_config = CLOSED

    licence: str
    url: str | None
    redistributable: bool
    max_quote_chars: int | None


class WorkOut(BaseModel):
    """A work on the shelf with its editions, oldest first."""

    model_config = CLOSED

    id: str
    title: str
    publisher: str
    kind: Kind
    authority: Authority
    jurisdiction: str
    language: Language
    url: str | None
    rights: RightsOut
    editions: list[EditionOut]


class SnapshotOut(BaseModel):
    """What readers see."""

    model_config = CLOSED

    id: str
    created: datetime
    passages: int
    encoder: str | None


class ShelfOut(BaseModel):
    """All works of the published snapshot."""

    model_config = CLOSED

    snapshot: SnapshotOut
    works: list[WorkOut]
    #: The cursor of the next page over HTTP; null on the last.
    next: str | None = None


class HealthOut(BaseModel):
    """Whether the process lives, or can answer."""

    model_config = CLOSED

    status: Literal["live", "ready"]
    snapshot: str | None = None
