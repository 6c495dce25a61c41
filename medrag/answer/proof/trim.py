"""A quoted sentence without what may be left unsaid: a bracket that narrows nothing, a purpose told at its end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from medrag.answer.proof.amounts import is_bound
from medrag.answer.proof.read import read_sentence
from medrag.concepts import Linker

__all__ = ["trimmed"]

_BRACKET = re.compile(r"\s*[(（][^()（）]*[)）]")
#: Whose guideline says it, and of which year.
_SPOKEN = re.compile(
    r"\b[Tt]he (?:(?:19|20)\d\d )?(?:[A-Z]{2,6}(?:/[A-Z]{2,6})* )?[Gg]uidelines? (?=recommend|suggest|advise)"
)
#: What something is for, told last.
_PURPOSE = re.compile(r",? (?:to account for|in order to|to reflect|to allow for|so as to)\b[^.;]*(?=[.;]?$)")


@lru_cache(maxsize=2048)
def trimmed(text: str, linker: Linker) -> tuple[str, ...]:
    """The sentence in its shorter forms; none where nothing may be left unsaid, and none that cannot be read."""
    return tuple(
        form for form in dict.fromkeys(forms(text, linker)) if form != text and readable(form, linker)
    )


def readable(text: str, linker: Linker) -> bool:
    try:
        read_sentence(text, linker)
    except ValueError:
        return False
    return True


def forms(text: str, linker: Linker) -> Iterator[str]:
    short = _BRACKET.sub(lambda m: "" if idle(m[0].strip(" ()（）"), linker) else m[0], text)
    yield short
    yield _SPOKEN.sub("the guideline ", text)
    yield _PURPOSE.sub("", text)
    yield _PURPOSE.sub("", short)


def idle(inside: str, linker: Linker) -> bool:
    """Whether a bracket says neither of whom nor when, bounds nothing and neither orders nor refuses."""
    try:
        pieces = read_sentence(inside, linker).pieces
    except ValueError:
        return False
    told = {sensed.kind for piece in pieces for sensed in piece.senses}
    named = {name.kind for piece in pieces for name in piece.names}
    bounded = any(is_bound(amount) for piece in pieces for amount in piece.amounts)
    dosed = any(piece.doses or piece.often or piece.routes for piece in pieces)
    narrows = told & {"condition", "negation", "restrict", "force", "direction"} or named & {
        "population",
        "disease",
        "drug",
        "class",
    }
    return not (narrows or bounded or dosed)
