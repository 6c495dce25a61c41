"""The clauses of a quote that a clause of a statement is compared with, and what both are asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from medrag.answer.proof.amounts import Amount
from medrag.answer.proof.marks import DRUGLIKE, Named, Piece
from medrag.answer.proof.naming import IMPLIED
from medrag.answer.proof.records import Reason

__all__ = ["Told", "Window", "doses", "ids", "offset_of", "turned"]

Told = Iterator[tuple[Reason, str]]


@dataclass(frozen=True, slots=True)
class Window:
    """Neighbouring clauses of one quoted sentence. ``context`` are names from headings, the title and the subject
    before; ``needed`` names of headings that narrow it; ``quoted`` the folded words of the quote itself."""

    pieces: tuple[Piece, ...]
    context: tuple[Named, ...]
    needed: tuple[Named, ...]
    sentence: str
    quoted: frozenset[tuple[Any, ...]] = field(default=frozenset())
    #: Everything the whole sentence names.
    around: frozenset[str] = field(default=frozenset())
    #: Title, headings and the header of the table, folded: they lend general words.
    heads: str = ""

    def all(self, what: str) -> list[Any]:
        return [mark for piece in self.pieces for mark in getattr(piece, what)]


def ids(names: Iterable[Named]) -> frozenset[str]:
    """What names stand for, and what they imply."""
    found = {id for name in names for id in name.ids}
    return frozenset(found | {IMPLIED[id] for id in found if id in IMPLIED})


def offset_of(piece: Piece) -> int:
    """Where the clause begins in its sentence, told by a mark of it."""
    for name in piece.names:
        at = piece.text.replace("-", " ").find(name.written)
        if at >= 0:
            return name.start - at
    return 0


def doses(window: Window) -> list[Amount]:
    return [amount for piece in window.pieces for amount in piece.doses]


def turned(claim: Piece, window: Window) -> bool:
    """Whether the drugs both name come in another order."""
    mine = [name.ids for name in claim.names if name.kind in DRUGLIKE]
    theirs = [name.ids for name in window.all("names") if name.kind in DRUGLIKE]
    shared = [own for own in mine if any(own & other for other in theirs)]
    matched = [
        next(own for own in mine if own & other) for other in theirs if any(own & other for own in mine)
    ]
    return len(shared) > 1 and list(dict.fromkeys(shared)) != list(dict.fromkeys(matched))
