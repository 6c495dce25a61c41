"""Brings a text into the form identifiers are looked for in, with a way back to where each character stood."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Reading", "read_text"]

#: Digits written as Chinese numerals, as telephone numbers are: 幺 is how 一 is said in them.
HAN_DIGITS = str.maketrans("〇零一幺二三四五六七八九", "001123456789")
#: A run shorter than this may be a quantity.
HAN_RUN = re.compile("[〇零一幺二三四五六七八九]{7,}")
DASHES = dict.fromkeys("‐‑‒–—―−﹣", "-")
QUOTES = {"’": "'", "‘": "'", "ʼ": "'"}
#: Full-width marks that end a clause stay: a web address may hold a comma, never one of these.
STOPS = frozenset("，。；？！、")


@dataclass(frozen=True, slots=True)
class Reading:
    """``text`` to look in; ``origin[i]`` is where its character ``i`` stood, and one entry more for its end."""

    text: str
    origin: Sequence[int]


def read_text(text: str) -> Reading:
    """Full-width forms become plain, dashes and spaces one kind, invisible characters go; Chinese digits in a row count."""
    if text.isascii():
        return Reading(text, range(len(text) + 1))
    chars: list[str] = []
    origin: list[int] = []
    for at, char in enumerate(text):
        plain = plain_char(char)
        if plain:
            chars.append(plain)
            origin.append(at)
    origin.append(len(text))
    return Reading(HAN_RUN.sub(lambda run: run[0].translate(HAN_DIGITS), "".join(chars)), origin)


def plain_char(char: str) -> str:
    """One character for one; none for a format character (UAX 44, category Cf)."""
    if char.isascii():
        return char
    if char in STOPS:
        return char
    if unicodedata.category(char) == "Cf":
        return ""
    if unicodedata.category(char) == "Zs":
        return " "
    folded = unicodedata.normalize("NFKC", char)
    return DASHES.get(char) or QUOTES.get(char) or (folded if len(folded) == 1 else char)
