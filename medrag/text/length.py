"""Estimates how many tokens of multilingual-e5 a text has, without loading a tokenizer."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["estimate_tokens", "weigh_tokens"]


def _classes() -> dict[str, bytes]:
    """Byte classes of UTF-8 whose counts the estimate is linear in."""
    letters = bytes(range(0x41, 0x5B)) + bytes(range(0x61, 0x7B))
    digits = b"0123456789"
    return {
        "letter": letters,
        "upper": bytes(range(0x41, 0x5B)),
        "digit": digits,
        "punctuation": bytes(byte for byte in range(0x21, 0x7F) if byte not in letters + digits),
        "latin": bytes(range(0xC3, 0xCC)),  # lead bytes of accented Latin
        "script": bytes(range(0xCC, 0xE0)),  # Greek, Cyrillic, Hebrew, Arabic
        "symbol": b"\xe2",  # general punctuation, arrows, mathematical signs
        "kana": b"\xe0\xe1\xe3",
        "han": bytes(range(0xE4, 0xEA)),
        "hangul": bytes(range(0xEA, 0xEE)),
        "wide": b"\xef",  # full-width forms
        "emoji": bytes(range(0xF0, 0xF5)),
    }


_CLASSES: Final = _classes()

#: Tokens each byte adds. Least squares on relative error over 1,900 stretches of English guideline digests, FDA labels and
#: health pages, French ANSM entries, Chinese names and prose, against the packaged model's own count; the classes
#: those texts hardly hold (script, kana, hangul, wide, emoji) were set from single sentences.
_WEIGHTS: Final[dict[str, float]] = {
    "letter": 0.171,
    "upper": 0.053,
    "digit": 0.62,
    "punctuation": 0.90,
    "latin": 1.23,
    "script": 0.33,
    "symbol": 1.8,
    "kana": 0.65,
    "han": 0.59,
    "hangul": 0.65,
    "wide": 1.2,
    "emoji": 1.0,
}
_ASCII: Final = ("letter", "upper", "digit", "punctuation")
_PER_WORD: Final = 0.39
#: Ideographic comma and its kin: names strung on them share no pieces.
_PER_CJK_MARK: Final = 2.0
#: Each letter past the eighth of a word: rare words break into more pieces.
_PER_LONG_LETTER: Final = 0.178
_LONG_WORD = re.compile(rb"[A-Za-z\x80-\xbf\xc3-\xcb]{9,}")
_LONG_FROM = 8


def weigh_tokens(text: str) -> float:
    """The estimate before rounding. Weights add up: cutting a text at white space does not change the sum."""
    data = text.encode("utf-8", "replace").replace(b"---", b"-")
    total = len(data.split()) * _PER_WORD + data.count(b"\xe3\x80") * _PER_CJK_MARK
    for name in _ASCII if text.isascii() else _WEIGHTS:
        total += _WEIGHTS[name] * (len(data) - len(data.translate(None, _CLASSES[name])))
    long = _LONG_WORD.findall(data)
    return total + (sum(map(len, long)) - _LONG_FROM * len(long)) * _PER_LONG_LETTER


def estimate_tokens(text: str) -> int:
    """Estimated pieces of the multilingual-e5 tokenizer, without its two special tokens and the task prefix.

    0 for white space, at least 1 for anything else. About 6 % off on average on passages (95 % within 17 %).
    """
    return max(1, round(weigh_tokens(text))) if text and not text.isspace() else 0
