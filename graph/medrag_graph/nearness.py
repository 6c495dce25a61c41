"""Finds names near a misspelt one, by edit and by sound, through keys that stand in the index of names beside the names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from medrag.text.normalise import has_han

__all__ = ["MARK", "edits", "near_keys", "skeleton", "typo_keys"]

#: Begins every key that is no name; folding never leaves it in a name of the sources.
MARK: Final = "\u2248"
#: Stands for the one character that may differ in a Chinese name.
ANY: Final = "\uff5e"
LONGEST: Final = 24
SHORTEST: Final = 4
LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"

#: What sounds alike in drug names, in the order applied.
SOUNDS: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile("ph"), "f"),
    (re.compile("th"), "t"),
    (re.compile("rh"), "r"),
    (re.compile("ch(?=[lr])"), "k"),
    (re.compile("c(?=[eiy])|z"), "s"),
    (re.compile("[cq]"), "k"),
    (re.compile("x"), "ks"),
    (re.compile("y"), "i"),
    (re.compile("v"), "f"),
)
VOWELS: Final = re.compile("(?<=.)[aeiouhw]")
DOUBLE: Final = re.compile(r"(.)\1+")
WORD: Final = re.compile("[a-z]+")


def skeleton(word: str) -> str:
    """What is left of a name when vowels go and letters of one sound become one: ``warfrin`` and ``warfarin``."""
    for pattern, written in SOUNDS:
        word = pattern.sub(written, word)
    return DOUBLE.sub(r"\1", VOWELS.sub("", word))


def near_keys(folded: str) -> Iterator[str]:
    """The keys a name is found near by: the sound of a Latin one-word name, each character of a Chinese one left open."""
    if WORD.fullmatch(folded) and SHORTEST <= len(folded) <= LONGEST:
        yield MARK + skeleton(folded)
    elif has_han(folded) and 3 <= len(folded) <= 10:
        yield from (f"{MARK}{folded[:at]}{ANY}{folded[at + 1 :]}" for at in range(len(folded)))
        yield MARK + folded


def typo_keys(folded: str) -> list[str]:
    """Every key and name that a name one edit, or one sound, away from a typed one is held under."""
    if has_han(folded):
        held = list(near_keys(folded)) if len(folded) > 2 else []
        # One character too many or too few.
        held += [MARK + folded[:at] + folded[at + 1 :] for at in range(len(folded)) if len(folded) > 3]
        held += [f"{MARK}{folded[:at]}{ANY}{folded[at:]}" for at in range(len(folded) + 1) if len(folded) > 1]
        return held
    if not 3 < len(folded) <= LONGEST:
        return []
    near = edits(folded)
    sounds = {MARK + skeleton(word) for word in (folded, *near) if WORD.fullmatch(word)}
    return [*near, *sorted(sounds)]


def edits(word: str) -> list[str]:
    """Every word one deletion, transposition, substitution or insertion away (Damerau 1964)."""
    pairs = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    made = [left + right[1:] for left, right in pairs if right]
    made += [left + right[1] + right[0] + right[2:] for left, right in pairs if len(right) > 1]
    made += [left + letter + right[1:] for left, right in pairs if right for letter in LETTERS]
    made += [left + letter + right for left, right in pairs for letter in LETTERS]
    return sorted(set(made) - {word})
