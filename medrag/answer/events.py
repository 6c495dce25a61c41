"""What is told of an answer in the making: what it will rest on, each statement once proved, what is withheld, the whole."""

from __future__ import annotations

from dataclasses import dataclass

from medrag.answer.records import Answer, Basis, Citation, Statement, Withheld

__all__ = ["Begun", "Done", "Event", "Said"]


@dataclass(frozen=True, slots=True)
class Begun:
    """Before anything is said. ``id`` names the asking, a hash of what is asked and of what; the answer's own id is a hash
    of what it says, so that it is not known yet. ``basis`` is what is meant: the last one may name another answerer."""

    id: str
    basis: Basis


@dataclass(frozen=True, slots=True)
class Said:
    """A statement that was verified. ``added`` is what it adds to the text of the answer, the line above the first
    statement with it; ``citations`` are those not told before."""

    added: str
    statement: Statement
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """The whole answer: every ``added``, joined, is its text, unless there is no statement."""

    answer: Answer


Event = Begun | Said | Withheld | Done
