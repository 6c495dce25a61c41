"""Writes an answer with a model: evidence out, statements back, each judged as it comes and told once enough stands."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from threading import Event
from typing import Any, Final, Literal

from medrag.answer.compose import Scored, score_units
from medrag.answer.draft import Candidate, Draft
from medrag.answer.events import Said
from medrag.answer.records import Withheld
from medrag.answer.verify import Verifier
from medrag.answer.words import model_frame
from medrag.answer.writing.exhibits import Exhibit, fit, lay_exhibits, render
from medrag.answer.writing.judge import Judge, Judged
from medrag.answer.writing.listen import listen
from medrag.answer.writing.prompt import load_prompt
from medrag.answer.writing.reply import Offered, ReplyReader
from medrag.answer.writing.sent import tell_patient, tell_question
from medrag.errors import ModelUnavailable
from medrag.protocols import AnswerModel, Message
from medrag.records import Hit
from medrag.retrieve.plan import Plan
from medrag.settings import Settings
from medrag.shelf import OpenShelf

__all__ = ["Brief", "Failure", "Written", "write_answer"]

#: Statements of the model that are shown: an answer is read at the counter.
MOST_SHOWN: Final = 6
#: Why no model's words are shown; each is said in the limits of the answer.
Failure = Literal["model_down", "model_withheld", "model_silent", "model_no_room", "model_not_asked"]


@dataclass(frozen=True, slots=True)
class Brief:
    """All that an answer is written from. ``facts`` are the graded statements, proved already, with their places."""

    shelf: OpenShelf
    plan: Plan
    hits: tuple[Hit, ...]
    facts: tuple[Candidate, ...]
    patient: Mapping[str, Any] | None
    verifier: Verifier
    settings: Settings


@dataclass(slots=True)
class Written:
    """How it went. ``draft`` is the answer where enough of it stands, else None with the reason in ``failure``."""

    #: Name and fingerprint of the model, and the sha256 of the prompt it was given.
    model: str = ""
    fingerprint: str = ""
    prompt: str = ""
    draft: Draft | None = None
    failure: Failure = "model_down"
    withheld: list[Withheld] = field(default_factory=list)
    #: Exhibits left out or cut short because the model's context has no more room.
    trimmed: int = 0
    whole: int = 0
    #: True when the reply broke off after enough of it stood.
    cut: bool = False


def write_answer(
    brief: Brief, models: Sequence[AnswerModel], gone: Event | None = None
) -> Generator[Said | Withheld, None, Written]:
    """Asks the models in turn until one replies; a reply that says too little that stands is not asked for again.

    Nothing is told before a statement stands that answers; from then on each as soon as it stands, and nothing is taken
    back. Holds an answer up for ``model_wait_s`` at most. Never raises for what a model does.
    """
    deadline = time.monotonic() + brief.settings.model_wait_s
    scored = tuple(score_units(brief.shelf, brief.plan, brief.hits))
    exhibits = lay_exhibits(brief.shelf, brief.hits)
    written, lost = Written(), list[Withheld]()
    for model in models:
        lost += written.withheld
        written = Written(model.name, model.fingerprint, load_prompt(brief.plan.language).sha256)
        try:
            given, written.trimmed = trim(brief, model, exhibits, scored)
            written.whole = len(exhibits)
            if not given:
                written.failure = "model_no_room"
                continue
            judge = Judge(given, scored, brief.plan, brief.verifier)
            messages = instruct(brief, model, given)
            reply = listen(model, messages, max(0.0, deadline - time.monotonic()), gone)
            with closing(reply):
                yield from take_down(brief, judge, reply, written)
        except ModelUnavailable:
            written.cut = written.draft is not None
            if written.draft is None:
                continue
        break
    if written.draft is None:
        written.withheld = lost + written.withheld
    return written


def take_down(
    brief: Brief, judge: Judge, reply: Iterator[str], written: Written
) -> Iterator[Said | Withheld]:
    """Judges a reply while it arrives."""
    reader, waiting, shown = ReplyReader(), Waiting(), set[str]()
    for offered in read_all(reader, reply):
        judged = judge.weigh(offered)
        if judged.withheld is not None:
            written.withheld.append(judged.withheld)
        if judged.kept is not None and judged.kept[0] not in shown and len(shown) < MOST_SHOWN:
            shown.add(judged.kept[0])
        elif judged.kept is not None:
            judged = Judged(withheld=judged.withheld)
        waiting.take(judged)
        if written.draft is None and waiting.enough:
            written.draft = Draft(model_frame(brief.plan.language))
            yield from (written.draft.add(fact) for fact in brief.facts)
        if written.draft is not None:
            yield from waiting.leave(written.draft)
    if written.draft is None:
        written.failure = "model_withheld" if written.withheld or shown else "model_silent"


@dataclass(slots=True)
class Waiting:
    """What was judged and not told yet."""

    told: list[Judged] = field(default_factory=list)
    enough: bool = False

    def take(self, judged: Judged) -> None:
        self.told.append(judged)
        self.enough = self.enough or (judged.kept is not None and judged.answers)

    def leave(self, draft: Draft) -> Iterator[Said | Withheld]:
        for judged in self.told:
            if judged.withheld is not None:
                yield judged.withheld
            if judged.kept is not None:
                yield draft.add(judged.kept)
        self.told = []


def read_all(reader: ReplyReader, reply: Iterator[str]) -> Iterator[Offered]:
    """The statements of a reply; as much of it as is ever read."""
    for piece in reply:
        yield from reader.feed(piece)
        if reader.full:
            return
    yield from reader.end()


def trim(
    brief: Brief, model: AnswerModel, exhibits: Sequence[Exhibit], scored: Sequence[Scored]
) -> tuple[tuple[Exhibit, ...], int]:
    """The exhibits there is room for beside the prompt and the reply."""
    frame = instruct(brief, model, ())
    taken = sum(model.count_tokens(message.content) + 8 for message in frame)
    room = model.context_tokens - model.reply_tokens - taken
    return fit(exhibits, scored, room, model.count_tokens)


def instruct(brief: Brief, model: AnswerModel, given: Sequence[Exhibit]) -> tuple[Message, ...]:
    """The messages a model is sent."""
    language = brief.plan.language
    facts = "\n".join(f"- {words}" for words, _, _ in brief.facts)
    return load_prompt(language).fill(
        {
            "facts": facts or "-",
            "evidence": "\n\n".join(render(exhibit) for exhibit in given),
            "patient": tell_patient(brief.patient, language),
            "question": tell_question(brief.plan, model, brief.settings),
        }
    )
