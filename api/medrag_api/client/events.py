"""Reads server-sent events, and those of an answer as typed records."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from medrag.errors import NotFound, Unavailable
from medrag_api.client.calls import Json
from medrag_api.models import AnswerOut, CitationOut, StatementOut, WithheldOut
from medrag_api.shapes import AnswerBasisOut

__all__ = [
    "AnswerEvent",
    "DoneEvent",
    "EventReader",
    "MetaEvent",
    "StatementEvent",
    "WithheldEvent",
    "answer_event",
]


class MetaEvent(BaseModel):
    """The asking, and what the answer is meant to rest on."""

    id: str
    basis: AnswerBasisOut


class StatementEvent(StatementOut):
    """A verified statement; ``added`` is what it adds to the text, ``cited`` the citations not told before."""

    added: str
    cited: list[CitationOut]


class WithheldEvent(WithheldOut):
    """What was said and is not proved."""


@dataclass(frozen=True, slots=True)
class DoneEvent:
    """The whole answer; the last event."""

    answer: AnswerOut


AnswerEvent = MetaEvent | StatementEvent | WithheldEvent | DoneEvent


def answer_event(name: str, document: Json) -> AnswerEvent | None:
    """One event of ``POST /ask``; None for a name this version does not know. Raises what an ``error`` event tells."""
    match name:
        case "meta":
            return MetaEvent.model_validate(document, extra="ignore")
        case "statement":
            return StatementEvent.model_validate(document, extra="ignore")
        case "withheld":
            return WithheldEvent.model_validate(document, extra="ignore")
        case "done":
            return DoneEvent(AnswerOut.model_validate(document, extra="ignore"))
        case "error":
            kind = NotFound if document.get("status") == 404 else Unavailable
            raise kind(str(document.get("detail", "the answer broke off")).rstrip("."))
    return None


@dataclass(slots=True)
class EventReader:
    """Takes the lines of a stream and gives (name, document) at each empty one. Comments are left out."""

    _name: str = ""
    _data: list[str] = field(default_factory=list)

    def take(self, line: str) -> tuple[str, Any] | None:
        if line.startswith("event:"):
            self._name = line.removeprefix("event:").strip()
        elif line.startswith("data:"):
            self._data.append(line.removeprefix("data:").removeprefix(" "))
        elif not line and self._data:
            name, data = self._name or "message", "\n".join(self._data)
            self._name, self._data = "", []
            try:
                return name, json.loads(data)
            except ValueError:
                raise Unavailable("the server sent an event that is not JSON") from None
        return None
