"""What an answer is made of: statements, the citations that prove them, and what was searched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from medrag.records import Document, Edition, Work
from medrag.vocabulary import Language

__all__ = [
    "Answer",
    "Basis",
    "Citation",
    "DrugMention",
    "Source",
    "Statement",
    "Status",
    "Support",
    "Withheld",
]

Status = Literal["answered", "partial", "needs_context", "abstained", "refused"]
Support = Literal["verbatim", "fact", "entailed"]

#: Characters shown before and after a quote (W3C Web Annotation, TextQuoteSelector prefix and suffix).
CONTEXT = 32


@dataclass(frozen=True, slots=True)
class Source:
    """The document a quote stands in, with its edition and work."""

    document: Document
    edition: Edition
    work: Work


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote: ``document.text[start:end] == exact``. ``n`` counts from 1 within an answer."""

    n: int
    passage: str
    start: int
    end: int
    exact: str
    prefix: str
    suffix: str
    page: int | None
    section: tuple[str, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of an answer. ``answer.text[start:end] == text``; ``citations`` are numbers, never none."""

    text: str
    start: int
    end: int
    citations: tuple[int, ...]
    support: Support


@dataclass(frozen=True, slots=True)
class Withheld:
    """What the answerer offered and the evidence did not hold."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class DrugMention:
    """A drug the question names, as written and as understood."""

    input: str
    name: str
    names: Mapping[Language, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Basis:
    """What an answer rests on. Same question, snapshot and settings: same answer."""

    snapshot: str
    settings: str
    sources_searched: tuple[tuple[str, str], ...]
    answerer: str
    logic: str
    limits: tuple[str, ...]
    #: sha256 of the prompt file a model was given; empty where no model composed the answer.
    prompt: str = ""
    #: The model's fingerprint, with the settings its words depend on; empty likewise.
    model: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole answer. ``id`` is a hash of everything in it but the timings."""

    id: str
    status: Status
    reason: str | None
    language: Language
    text: str
    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    withheld: tuple[Withheld, ...]
    drugs: tuple[DrugMention, ...]
    basis: Basis
    degraded: bool
    #: The contract's InteractionReport when the question names drugs to review, else None.
    interactions: Mapping[str, Any] | None = None
    timings_ms: Mapping[str, float] = field(default_factory=dict)
