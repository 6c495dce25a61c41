"""A statement read as one whole against its whole quote, where their clauses are cut in different places.

Asked only when the clauses did not follow one by one. What is lost by not pairing clauses is asked for again: as many
refusals and orders as quoted, each said of the same names, and amounts in the order of what they are said of.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from medrag.answer.proof.agree_force import FORBID, REQUIRED, STEP
from medrag.answer.proof.marks import IMPERATIVE, Named, Piece
from medrag.answer.proof.window import Window, ids, offset_of

__all__ = ["in_their_order", "marks_of", "tied"]

#: Marks that turn what is said of a name, and those of them that refuse.
REFUSING: Final = frozenset(["negation", "forbid"])
TURNING: Final = REFUSING | {"up", "down", "may"}
#: What is done with a thing or comes of it: said of another it is another claim.
DONE: Final = frozenset(
    "stop start interrupt restart inhibit induce cause prevent worsen improve half double exchange".split()
)


def tied(claim: Sequence[Piece], window: Window) -> bool:
    """Whether as much is refused and ordered as quoted, every turn said of a name is quoted of it, and amounts come in the
    order of their names."""
    mine, theirs = turns(claim), turns(window.pieces)
    if mine["negation"] + mine["forbid"] != theirs["negation"] + theirs["forbid"]:
        return False
    if any(mine[id] > theirs[id] for id in ("up", "down", "may")):
        return False
    if mine["may"] and mine["may"] != theirs["may"]:
        return False
    if (
        mine["bid"]
        and not theirs["bid"]
        and not any(orders(piece) for piece in window.pieces)
        and STEP not in window.sentence
    ):
        return False
    if mine["must"] > theirs["must"] and not REQUIRED.search(window.sentence):
        return False
    return same_marks(claim, window.pieces) and in_their_order(claim, window)


def turns(pieces: Iterable[Piece]) -> Counter[str]:
    """How often is refused, forbidden, raised and lowered."""
    return Counter(id for piece in pieces for id in marks_of(piece))


def marks_of(piece: Piece) -> Iterator[str]:
    for sensed in piece.senses:
        if sensed.kind == "negation":
            yield "negation"
        elif sensed.kind == "direction":
            yield sensed.id.removeprefix("dose_")
        elif sensed.id in FORBID:
            yield "forbid"
        elif sensed.id in ("recommend", "must", "consider"):
            yield "bid"
            if sensed.id == "must":
                yield "must"
        # One carried from the clause before counts once.
        elif sensed.id == "may" and sensed.start < sensed.end:
            yield "may"


def orders(piece: Piece) -> bool:
    """Whether a clause bids without a word of force."""
    return (
        piece.orders
        or IMPERATIVE.match(piece.text.lstrip(" ,;:，：；")) is not None
        or bool(REQUIRED.search(piece.text))
    )


def same_marks(claim: Sequence[Piece], quoted: Sequence[Piece]) -> bool:
    """Whether what turns a name in the statement turns it in the quote: of names in both that the quote has once."""
    mine = marks_by_name([part for piece in claim for part in parted(piece)])
    theirs = marks_by_name(quoted, heads=True)
    return all(marks <= theirs[id] for id, marks in mine.items() if id in theirs)


def marks_by_name(pieces: Sequence[Piece], heads: bool = False) -> dict[str, frozenset[str]]:
    """The turns of every clause that names a thing, or of whose head it is."""
    told: dict[str, set[str]] = {}
    for piece in pieces:
        marks = {"no" if mark in REFUSING else mark for mark in marks_of(piece) if mark in TURNING}
        marks |= piece.words() & DONE
        for id in ids((*piece.names, *(piece.head if heads else ()))):
            told.setdefault(id, set()).update(marks)
    return {id: frozenset(marks) for id, marks in told.items()}


_POINT = re.compile(r"[,;，；。]")


def parted(piece: Piece) -> Iterator[Piece]:
    """A clause cut at its points."""
    offset = offset_of(piece) if piece.names else 0
    cuts = [offset + match.end() for match in _POINT.finditer(piece.text)]
    for start, end in pairwise([-1, *cuts, 10**9]):
        yield replace(
            piece,
            names=tuple(name for name in piece.names if start <= name.start < end),
            senses=tuple(sensed for sensed in piece.senses if start <= sensed.start < end),
        )


def in_their_order(claim: Sequence[Piece], window: Window) -> bool:
    """Whether two amounts or more stand with their names in the order of the quote."""
    amounts = [amount for piece in claim for amount in piece.amounts]
    if len({amount.key for amount in amounts}) < 2:
        return True
    mine = firsts(name for piece in claim for name in piece.names)
    theirs = firsts(name for piece in window.pieces for name in piece.names)
    shared = [id for id in mine if id in theirs]
    return shared == [id for id in theirs if id in mine]


def firsts(names: Iterable[Named]) -> list[str]:
    """What is named, each once, in the order of its first mention."""
    return list(dict.fromkeys(min(name.ids) for name in names))
