"""The shapes of jobs, of the shelf's moves and of comparisons over HTTP, as /openapi.json describes them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from medrag.catalogue.jobs import JobKind, JobState
from medrag.vocabulary import Language
from medrag_api.models import SnapshotOut
from medrag_api.shapes import CLOSED

__all__ = ["AnswerListOut", "DiffOut", "JobListOut", "JobOut", "MovedOut"]


class JobOut(BaseModel):
    """A job as it stands; rates are items a second of the stage at hand."""

    model_config = CLOSED

    id: str
    kind: JobKind
    state: JobState
    stage: str
    done: int
    total: int | None
    rate: float | None
    eta_s: float | None
    created: datetime
    started: datetime | None
    finished: datetime | None
    cancelling: bool
    note: str
    #: What came of it: receipts, or the editions published; by kind.
    result: dict[str, Any] | None
    #: RFC 9457 problem, when it failed.
    problem: dict[str, Any] | None


class JobListOut(BaseModel):
    """Jobs, newest first."""

    model_config = CLOSED

    jobs: list[JobOut]
    #: The cursor of the next page; null on the last.
    next: str | None


class MovedOut(SnapshotOut):
    """The snapshot readers see from now on."""

    moved: Literal[True]
    editions: list[str]


class KeptOut(BaseModel):
    """One answer that can be fetched again."""

    model_config = CLOSED

    id: str
    asked: datetime
    snapshot: str
    answerer: str
    #: Of the question's words, which themselves are kept with consent alone.
    question_sha256: str


class AnswerListOut(BaseModel):
    """Answers that are kept, the last given first."""

    model_config = CLOSED

    answers: list[KeptOut]
    #: The cursor of the next page; null on the last.
    next: str | None


class DiffWorkOut(BaseModel):
    """The work whose editions are compared."""

    model_config = CLOSED

    id: str
    title: str
    publisher: str


class SideOut(BaseModel):
    """One of the two editions."""

    model_config = CLOSED

    id: str
    label: str
    published: str
    valid_from: date
    withdrawn: str | None


class DiffOut(BaseModel):
    """What one edition says otherwise than another; what stands in a change depends on ``kind``."""

    model_config = ConfigDict(extra="allow")

    work: DiffWorkOut
    before: SideOut
    after: SideOut
    language: Language
    notes: list[str]
    kind: Literal["text", "interactions"]
    changes: list[dict[str, Any]] = Field(description="Each with what stood before and what stands after.")
