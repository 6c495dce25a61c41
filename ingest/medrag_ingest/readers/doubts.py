"""Looks for what a person must see before a text is believed: lost letters, doubtful digits, characters unseen."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

__all__ = [
    "ZERO_WIDTH",
    "count_lost",
    "find_doubtful_numbers",
    "find_zero_width",
    "measure_quality",
    "without_zero_width",
]

#: Characters that are there and not seen: zero-width spaces and joiners, marks of direction, tag characters.
#: U+00AD and U+200C/D have honest uses in other scripts; in English, Chinese and French labels they have none.
ZERO_WIDTH: Final = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\U000e0000-\U000e007f]"
)

#: Replacement characters, private use, controls and unassigned: the file did not say which letter it meant.
_LOST_CATEGORIES: Final = frozenset({"Co", "Cn", "Cs", "Cc"})

#: A number written partly with letters that look like digits, right before a unit; or digits parted by a lost letter.
_UNIT: Final = r"(?:mg|mcg|µg|μg|g|kg|mL|ml|L|units?|IU|mmol|mEq|%|毫克|微克|毫升|片)"
_DOUBTFUL: Final = re.compile(
    rf"(?<![\w.])(?=[\dOolI]*\d)[\dOolI]*[OolI][\dOolI]*(?:[.,][\dOolI]+)?\s*{_UNIT}(?!\w)"
    rf"|(?<![\w.])[lO](?:[.,][\dOl]+)\s*{_UNIT}(?!\w)"
    r"|\d[\ufffd\ue000-\uf8ff]+\d|[\ufffd\ue000-\uf8ff]\d|\d[\ufffd\ue000-\uf8ff]"
)

_WORD: Final = re.compile(r"[A-Za-zÀ-ÿ]{4,}")
_VOWEL: Final = re.compile(r"[aeiouyà-ÿ]", re.IGNORECASE)


def is_lost(letter: str) -> bool:
    """Whether a character says no letter."""
    return letter == "\ufffd" or (unicodedata.category(letter) in _LOST_CATEGORIES and letter not in "\n\t")


def count_lost(text: str) -> int:
    """Replacement, private-use, control and unassigned characters."""
    return 0 if text.isascii() and text.isprintable() else sum(map(is_lost, text))


def find_doubtful_numbers(text: str) -> list[str]:
    """Numbers that may not be the numbers meant: ``1O mg``, ``l.5 mL``, a digit beside a lost character."""
    return [match.group() for match in _DOUBTFUL.finditer(text)]


def find_zero_width(text: str) -> list[str]:
    """Names of the invisible characters a text holds, each once."""
    found = dict.fromkeys(ZERO_WIDTH.findall(text))
    return [f"U+{ord(letter):04X} {unicodedata.name(letter, 'TAG')}" for letter in found]


def without_zero_width(text: str) -> str:
    """The text as a reader sees it."""
    return ZERO_WIDTH.sub("", text)


def measure_quality(text: str) -> float:
    """0 to 1: the share of characters that are letters, and of Latin words that could be words (they hold a vowel).

    A font with a wrong letter table gives words without vowels; a file without one gives lost characters.
    """
    filled = [letter for letter in text if not letter.isspace()]
    if not filled:
        return 1.0
    clean = 1.0 - sum(map(is_lost, filled)) / len(filled)
    words = [word for word in _WORD.findall(text) if not word.isupper()]
    spoken = sum(_VOWEL.search(word) is not None for word in words) / len(words) if len(words) >= 10 else 1.0
    return round(clean * spoken, 4)
