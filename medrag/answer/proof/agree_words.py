"""Whether every other word that says something stands in the quote, and none that narrows it is left out."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any, Final

from medrag.answer.proof.agree_roles import LEVEL
from medrag.answer.proof.marks import DRUGLIKE, Piece
from medrag.answer.proof.window import Told, Window

__all__ = ["conditions_kept", "words_held"]

_LATIN = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
#: What is done or comes about: a statement may not leave it out, or "causes" becomes "is used in".
RELATIONS: Final = frozenset(
    "cause prevent worsen improve stop start interrupt restart monitor interact inhibit affect ineffective impair".split()
)
#: What narrows how something is done or to whom it applies.
NARROWING: Final = frozenset(
    "severe mild moderate active rapid high low long short history bedtime loading maintenance single".split()
)
#: What joins two drugs as "together" does.
_WITH = re.compile(r"\bwith\b|\bavec\b|[与和同]")


def words_held(claim: Piece, window: Window) -> Told:
    """Every other word that says something stands in the quote, itself or in the same sense."""
    held = frozenset(
        id for piece in window.pieces for id in piece.of_kind("word") | piece.of_kind("direction")
    )
    theirs = held
    if claim.doses or any(id.startswith("dose_") for p in window.pieces for id in p.of_kind("direction")):
        held |= {"dose"}
    if any(piece.of_kind("condition") for piece in window.pieces):
        held |= {"during"}
    if (
        _WITH.search(window.sentence)
        and len({n.ids for n in (*claim.names, *claim.head) if n.kind in DRUGLIKE}) > 1
    ):
        held |= {"together"}
    if len({name.ids for name in window.context}) > 1:
        held |= {"together"}
    if any(LEVEL.match(name.written) for name in window.all("names")):
        held |= {"level"}
    mine = claim.of_kind("word")
    if any(sensed.id == "occur" for sensed in claim.senses):
        mine |= {"cause"}
    for sense in sorted((theirs & (RELATIONS | NARROWING)) - mine):
        yield "word", sense
    text = " ".join(piece.text for piece in window.pieces)
    stems = stems_of(text)
    for sensed in claim.senses:
        if sensed.kind == "word" and sensed.id not in held and not own_words(sensed.written, text, stems):
            yield "word", sensed.written
    for word in claim.unknown:
        if not word[:1].isalpha() and not word.isalnum():
            yield "number", word
        if word.isdigit() or not own_words(word, text, stems):
            yield "word", word


def own_words(written: str, text: str, stems: frozenset[str]) -> bool:
    """Whether the very words stand in the quote."""
    if written[:1].isascii():
        return all(stem_of(word) in stems for word in _LATIN.findall(written))
    return written in text


def conditions_kept(claim: Piece, window: Window) -> Told:
    """A case the quote is limited to is still there: its condition word, or something of what follows it."""
    for piece in window.pieces:
        for sensed in piece.senses:
            if sensed.kind == "condition" and not timed(claim) and not carried(claim, piece):
                yield "qualifier_dropped", sensed.written

            tail = [s.id for s in piece.senses if s.kind == "word" and s.start > sensed.end]
            if sensed.id == "during" and tail and not timed(claim) and not set(tail) & claim.of_kind("word"):
                yield "qualifier_dropped", sensed.written


def timed(claim: Piece) -> bool:
    """Whether the claim names a case or a time itself."""
    return bool(claim.of_kind("condition") or "during" in claim.of_kind("word"))


def carried(claim: Piece, piece: Piece) -> bool:
    """Whether all the quote names and bounds, and its other words that stand for a case, are in the claim."""
    mine = claim.of_kind("word") | frozenset(claim.unknown)
    theirs = piece.of_kind("word") | frozenset(piece.unknown)
    return theirs <= mine


@lru_cache(maxsize=4096)
def stems_of(text: str) -> frozenset[str]:
    return frozenset(stem_of(word) for word in _LATIN.findall(text))


@lru_cache(maxsize=20000)
def stem_of(word: str) -> str:
    return str(stemmer().stemWord(word))


@cache
def stemmer() -> Any:
    import Stemmer

    return Stemmer.Stemmer("english")
