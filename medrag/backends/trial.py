"""Asks each model one small question, to tell an operator whether it answers, how fast and for how many tokens."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

from medrag.backends.counting import Spent
from medrag.backends.open_model import OpenModel
from medrag.errors import ModelUnavailable
from medrag.protocols import Message

__all__ = ["Trial", "try_model"]

#: A question whose reply is short, and which tells nothing of anybody.
ASKED: Final = (
    Message("system", "You answer in one short sentence."),
    Message("user", "Which vitamin counteracts warfarin?"),
)


@dataclass(frozen=True, slots=True)
class Trial:
    """How one model did. ``problem`` is empty when it answered; seconds are to the first words and to the end."""

    name: str
    fingerprint: str
    on_this_machine: bool
    problem: str
    remedy: str
    first_s: float
    whole_s: float
    spent: Spent


def try_model(model: OpenModel) -> Trial:
    """One real call, at its own time limits. Reads the reply to its end and keeps nothing of it."""
    begun, first, said, problem, remedy = time.monotonic(), 0.0, 0, "", ""
    try:
        for piece in model.write(ASKED, model.settings.total_s):
            first = first or time.monotonic() - begun
            said += len(piece.strip())
        if not said:
            problem, remedy = f"the model {model.name}: it answers nothing", "Try another model"
    except ModelUnavailable as error:
        problem, remedy = error.problem, error.remedy
    whole = time.monotonic() - begun
    here = model.on_this_machine
    return Trial(model.name, model.fingerprint, here, problem, remedy, first, whole, model.spent())
