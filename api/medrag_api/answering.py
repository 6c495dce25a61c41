"""Answers a request at any door: the one way from what was asked to the document that is given back, whole or as it comes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from medrag.answer.events import Done
from medrag.answer.question import Question
from medrag.answer.service import answer_events
from medrag.dialogue.keeping import Conversations
from medrag.protocols import ModelShelf
from medrag.settings import Settings
from medrag_api.conversing import Said, hear, replayed, reply
from medrag_api.desk import Desk
from medrag_api.kept_answers import KeptAnswer, to_keep
from medrag_api.requests import AskRequest, known_filters
from medrag_api.reviewing import DeskReviewer
from medrag_api.schemas import answer_json
from medrag_api.streaming import event_json

__all__ = ["Answering", "Heard"]

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Heard:
    """What a request comes to: the question that is asked of the shelf, and the turn it is of a conversation, if it is one."""

    question: Question
    said: Said | None = None


@dataclass(frozen=True, slots=True)
class Answering:
    """What a door answers with, and where what comes of it is kept. ``talks`` opens the conversations; a door that holds
    none leaves it out."""

    settings: Settings
    models: ModelShelf
    keep: Callable[[KeptAnswer | None], None]
    talks: Callable[[], Conversations] | None = None
    owner: str = ""
    #: Told each answer that is given: a server counts them.
    observe: Callable[[Json], None] | None = None

    def answer(self, asked: AskRequest, desk: Desk, earlier: Sequence[str] = ()) -> Json:
        """The whole answer. ``earlier``: a person's turns before this one, where the caller holds them.

        Raises InputRefused, QuestionRefused, UsageError (a filter, a model), NotFound (a conversation), Unavailable.
        """
        told = self.events(asked, desk, earlier)
        return next(document for name, document in told if name == "done")

    def events(
        self,
        asked: AskRequest,
        desk: Desk,
        earlier: Sequence[str] = (),
        gone: threading.Event | None = None,
    ) -> Iterator[tuple[str, Json]]:
        """The same answer as events by name: meta, statement and withheld in turn, done with all of it. What is wrong
        with the request is raised before the first; setting ``gone`` stops a model that is writing."""
        heard = self.hear(asked, desk, earlier)
        known_filters(desk.shelf, heard.question.filters)
        told = answer_events(desk.shelf, heard.question, self.settings, DeskReviewer(desk), self.models, gone)
        for event in told:
            if isinstance(event, Done):
                yield "done", self.close(asked, heard, answer_json(event.answer), desk, earlier)
            else:
                yield event_json(event)

    def hear(self, asked: AskRequest, desk: Desk, earlier: Sequence[str]) -> Heard:
        """The question as it is understood after the turns before it."""
        if asked.conversation_id and self.talks is not None:
            said = hear(asked, desk, self.talks(), self.owner)
            return Heard(said.question, said)
        return Heard(replayed(asked, earlier, desk) if earlier else asked.record())

    def close(
        self, asked: AskRequest, heard: Heard, document: Json, desk: Desk, earlier: Sequence[str]
    ) -> Json:
        """The answer as it is given, once the turn and the answer are kept; one that rests on earlier turns never is."""
        if heard.said is not None and self.talks is not None:
            document = reply(heard.said, document, desk, self.talks())
        if self.observe is not None:
            self.observe(document)
        if not earlier:
            self.keep(to_keep(desk.shelf, asked, document, self.settings))
        return document
