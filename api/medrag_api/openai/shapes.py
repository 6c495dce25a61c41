"""The shapes of the OpenAI-compatible door, as /openapi.json describes them; closed, so that a test holds told.py to them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from medrag.vocabulary import Language
from medrag_api.interaction_models import InteractionReportOut
from medrag_api.models import CitationOut, DrugMentionOut, MissingContextOut, StatementOut, WithheldOut
from medrag_api.shapes import CLOSED, AnswerBasisOut

__all__ = ["ChatCompletionOut", "ErrorOut", "ModelListOut", "ModelOut"]


class MedragOut(BaseModel):
    """What `POST /ask` says beside the text."""

    model_config = CLOSED

    id: str
    status: Literal["answered", "partial", "needs_context", "abstained", "refused"]
    reason: str | None
    language: Language
    statements: list[StatementOut]
    citations: list[CitationOut]
    withheld: list[WithheldOut]
    interactions: InteractionReportOut | None
    missing_context: list[MissingContextOut]
    drugs: list[DrugMentionOut]
    basis: AnswerBasisOut
    degraded: bool


class UrlCitationOut(BaseModel):
    """`content[start_index:end_index]` is the mark `[n]`, in code points."""

    model_config = CLOSED

    start_index: int
    end_index: int
    url: str
    title: str


class AnnotationOut(BaseModel):
    model_config = CLOSED

    type: Literal["url_citation"]
    url_citation: UrlCitationOut


class MessageOut(BaseModel):
    model_config = CLOSED

    role: Literal["assistant"]
    content: str
    refusal: str | None
    annotations: list[AnnotationOut]
    medrag: MedragOut


class ChoiceOut(BaseModel):
    model_config = CLOSED

    index: int
    message: MessageOut
    logprobs: None
    finish_reason: Literal["stop"]


class UsageOut(BaseModel):
    """Upper bounds of the tokens."""

    model_config = CLOSED

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class ChatCompletionOut(BaseModel):
    """The whole answer."""

    model_config = CLOSED

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    system_fingerprint: str
    choices: list[ChoiceOut]
    usage: UsageOut


class ModelOut(BaseModel):
    model_config = CLOSED

    id: str
    object: Literal["model"]
    created: int
    owned_by: str


class ModelListOut(BaseModel):
    model_config = CLOSED

    object: Literal["list"]
    data: list[ModelOut]


class ErrorBodyOut(BaseModel):
    model_config = CLOSED

    message: str
    type: str
    param: str | None
    code: str | None


class ErrorOut(BaseModel):
    """What every failure under /v1 is told as."""

    model_config = CLOSED

    error: ErrorBodyOut
