"""Brings names and texts into one form: folding for comparison, Simplified Chinese, control characters, language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache

from medrag.vocabulary import Language

__all__ = ["HAN", "detect_language", "fold_name", "has_han", "strip_controls", "to_simplified"]

#: Character class body of Han ideographs: unified, extensions A to H, compatibility, the iteration mark and zero.
HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"

_HAN = re.compile(f"[{HAN}]")
_MARKS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")
_GAPS = re.compile(r"[\s\u00ad\u2010-\u2015\u2212\u2043\ufe58\ufe63\uff0d\u200b\u2060\ufeff-]+")
_BREAKS = re.compile("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_CONTROLS = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_FRENCH = re.compile(
    r"\b(?:le|la|les|des|du|une|et|est|sont|dans|pour|avec|par|sur|chez|aux|ou|que|qui|ne|pas|il|quelle?s?|quand"
    r"|faut|doit|peut|entre|sans|ce|cette|son|ses|comment|combien)\b|\b(?:[ldjnscm]|qu)['’]"
)
_ENGLISH = re.compile(
    r"\b(?:the|of|and|to|in|is|are|for|with|what|which|how|should|can|when|does|do|be|by|from|that|this|it|or"
    r"|not|was|were|has|have|at|who|between|without)\b"
)
_LATIN_WORD = re.compile(r"[^\W\d_\u3000-\U000323af]+")
_FRENCH_ACCENTS = re.compile("[àâçèéêëîïôùûœ]")

#: How much of a text decides its language, in code points: enough for a paragraph, bounded for a megabyte.
_DETECT_CHARS = 4000
#: Folding settles within two rounds on every assigned character; the bound only guards the loop.
_FOLD_ROUNDS = 4


@cache
def _converter() -> Callable[[str], str]:
    import opencc

    convert: Callable[[str], str] = opencc.OpenCC("t2s").convert
    return convert


def has_han(text: str) -> bool:
    """Whether a Han ideograph stands in the text."""
    return not text.isascii() and _HAN.search(text) is not None


def to_simplified(text: str) -> str:
    """Traditional characters to Simplified (opencc t2s); text without Han comes back as it is."""
    return _converter()(text) if has_han(text) else text


def _fold_once(text: str) -> str:
    wide = to_simplified(unicodedata.normalize("NFKC", text)).casefold()
    bare = _MARKS.sub("", unicodedata.normalize("NFKD", wide)).casefold()
    return _GAPS.sub(" ", unicodedata.normalize("NFKC", bare)).strip(" ")


def fold_name(text: str) -> str:
    """The form names are compared in: NFKC, casefold, no accents, Simplified; runs of space and dashes are one space.

    ``Co‑Trimoxazole`` and ``co trimoxazole`` meet; ``阿斯匹靈`` and ``阿斯匹灵`` meet. Folding twice changes nothing.
    """
    if text.isascii():
        return _GAPS.sub(" ", text.lower()).strip(" ")
    folded = _fold_once(text)
    for _ in range(_FOLD_ROUNDS):
        again = _fold_once(folded)
        if again == folded:
            break
        folded = again
    return folded


def strip_controls(text: str) -> str:
    """Text without control, bidi, zero-width and surrogate characters; vertical breaks become newlines.

    Tabs, newlines and the joiners that scripts and emoji need (U+200C, U+200D) stay.
    """
    if text.isascii() and text.isprintable():
        return text
    return _CONTROLS.sub("", _BREAKS.sub("\n", text))


def detect_language(text: str) -> Language:
    """The language a text is most likely in: Chinese by its share of Han, French by function words and accents."""
    sample = text[:_DETECT_CHARS].lower()
    words = len(_LATIN_WORD.findall(sample))
    # A Chinese word is about 1.7 characters; drug names and units in Latin letters do not make a text English.
    if not sample.isascii() and (han := len(_HAN.findall(sample))) and han >= words:
        return "zh"
    french = len(_FRENCH.findall(sample)) + len(_FRENCH_ACCENTS.findall(sample))
    return "fr" if french > len(_ENGLISH.findall(sample)) else "en"
