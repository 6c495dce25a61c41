"""Sends an answer as it comes about, as server-sent events: each statement once it is verified; who goes stops the model."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, Final

from anyio import to_thread

from medrag.answer.events import Begun, Said
from medrag.answer.records import Withheld
from medrag.errors import MedragError
from medrag_api.problems import problem_of_error
from medrag_api.schemas import basis_json, citation_json, statement_json

__all__ = ["HEARTBEAT_S", "AnswerStream", "TextStream", "event_json"]

#: Seconds of silence after which a comment says that the line is alive.
HEARTBEAT_S: Final = 10.0

#: Makes the pieces of a text; the flag is set when nobody waits for them any more.
Making = Callable[[threading.Event], Iterator[str]]
#: Makes the events of one answer by name.
Telling = Callable[[threading.Event], Iterator[tuple[str, dict[str, Any]]]]
#: Writes an event of that name, as the door's protocol has it. An error after the first event has the name ``error``.
Writing = Callable[[str, dict[str, Any]], str]


class TextStream:
    """A text that is made in a thread of its own. :meth:`begin` waits for its first piece, so that what is wrong with a
    question is told as a problem and not in the midst of an answer.

    ``alive`` is sent when nothing was for a while; ``failed`` says what went wrong after the first piece.
    """

    def __init__(
        self,
        making: Making,
        alive: str,
        failed: Callable[[MedragError], str],
        heartbeat_s: float = HEARTBEAT_S,
    ) -> None:
        self._making, self._alive, self._failed = making, alive, failed
        self._heartbeat_s = heartbeat_s
        self._gone = threading.Event()
        self._pieces: queue.SimpleQueue[str | MedragError | None] = queue.SimpleQueue()
        self._first = ""

    def begin(self) -> None:
        """Raises what the question is refused for."""
        threading.Thread(target=self._make, name="medrag-stream", daemon=True).start()
        first = self._pieces.get()
        if isinstance(first, MedragError):
            raise first
        self._first = first or ""

    def _make(self) -> None:
        """Puts the pieces, then None."""
        try:
            for piece in self._making(self._gone):
                self._pieces.put(piece)
        except MedragError as error:
            self._pieces.put(error)
        finally:
            self._pieces.put(None)

    async def text(self) -> AsyncIterator[str]:
        """The body. When it is closed, the model that is writing is stopped."""
        try:
            yield self._first
            while True:
                try:
                    told = await to_thread.run_sync(self._next, abandon_on_cancel=True)
                except queue.Empty:
                    yield self._alive
                    continue
                if told is None:
                    return
                if isinstance(told, MedragError):
                    told = self._failed(told)
                yield told
        finally:
            self._gone.set()

    def _next(self) -> str | MedragError | None:
        return self._pieces.get(timeout=self._heartbeat_s)


class AnswerStream(TextStream):
    """The events of one answer, each as ``write`` has it, by default as a server-sent event."""

    def __init__(
        self, telling: Telling, heartbeat_s: float = HEARTBEAT_S, write: Writing | None = None
    ) -> None:
        written = write or event_text
        super().__init__(
            lambda gone: (written(name, document) for name, document in telling(gone)),
            ": alive\n\n",
            lambda error: written("error", problem_of_error(error, "/ask", places=False)),
            heartbeat_s,
        )


def event_json(event: Begun | Said | Withheld) -> tuple[str, dict[str, Any]]:
    """The name and the document of an event before the last."""
    match event:
        case Begun(id, basis):
            return "meta", {"id": id, "basis": basis_json(basis)}
        case Said(added, statement, citations):
            cited = [citation_json(citation) for citation in citations]
            return "statement", {**statement_json(statement), "added": added, "cited": cited}
        case Withheld(text, reason):
            return "withheld", {"text": text, "reason": reason}


def event_text(name: str, document: dict[str, Any]) -> str:
    """One server-sent event; JSON holds no line break of its own."""
    return f"event: {name}\ndata: {json.dumps(document, ensure_ascii=False)}\n\n"
