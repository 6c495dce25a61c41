"""Compares one clause of a statement with clauses of a quote, mark by mark; whatever is not seen to agree does not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from medrag.answer.proof.agree_amounts import amounts_held, often_held, routes_held
from medrag.answer.proof.agree_force import directions_agree, forces_agree, negations_agree
from medrag.answer.proof.agree_names import names_held, names_kept
from medrag.answer.proof.agree_roles import roles_agree, sides_agree
from medrag.answer.proof.agree_words import conditions_kept, words_held
from medrag.answer.proof.marks import Piece
from medrag.answer.proof.records import Reason
from medrag.answer.proof.window import Window

__all__ = ["Difference", "compare"]


@dataclass(frozen=True, slots=True)
class Difference:
    """Why a clause does not follow; ``rank`` says how far the comparison came."""

    reason: Reason
    what: str
    rank: int


def compare(claim: Piece, window: Window) -> Difference | None:
    """None when the clause follows from the window; else the first difference."""
    for rank, check in enumerate(CHECKS):
        for reason, what in check(claim, window):
            return Difference(reason, what, rank)
    return None


CHECKS: Final = (
    names_held,
    amounts_held,
    often_held,
    routes_held,
    names_kept,
    negations_agree,
    forces_agree,
    directions_agree,
    roles_agree,
    sides_agree,
    conditions_kept,
    words_held,
)
