"""Cleans text that scraping has damaged, for indexing, with a map back: quotes show the original as it is.

Two kinds of damage are known: a Hanzi followed by its own pinyin in brackets (``醫(yī)學(xué)``), which splits every
word for a search, and characters lost to a wrong encoding, which leave U+FFFD or question marks behind.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from medrag.records import Span
from medrag.text.normalise import HAN

__all__ = ["Cleaned", "clean_damage"]

_TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
_INITIAL = "(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])"
#: One syllable that carries a tone mark. An unmarked one, "(mg)", "(a)", "(an)", may be an honest abbreviation.
_SYLLABLE = rf"{_INITIAL}?(?=[a-zü]*[{_TONED}])[aeiouü{_TONED}]{{1,3}}(?:ng|n|r)?|[ńňǹḿ]g?"
_READING = re.compile(rf"(?<=[{HAN}])(?:\((?:{_SYLLABLE})\)|（(?:{_SYLLABLE})）)")

#: Marks that surely stand for lost characters: U+FFFD; a run of "?", or "?!" run into the next word, after a Hanzi
#: that does not end a question.
_ASKS = "吗呢么吧啊嗎麼"
_LOST = re.compile(
    rf"\ufffd|(?<=[{HAN})])(?<![{_ASKS}])(?:\?{{2,}}(?=[,，、。{HAN}A-Za-z])|\?(?=![?{HAN}A-Za-z]))"
)
#: One "?" between words: a lost character in a text known to be damaged, elsewhere a question typed in ASCII.
_LOST_ONE = re.compile(rf"(?<=[{HAN})0-9])(?<![{_ASKS}])\?(?=[{HAN}])")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Text without the damage, and the way back to the original."""

    text: str
    #: (cleaned offset, original offset) where each kept stretch begins, ascending; the first is (0, 0).
    starts: tuple[tuple[int, int], ...]
    #: Length of the original in code points.
    original: int
    #: Bracketed readings removed.
    readings: int
    #: Characters known to be lost; they are not guessed back.
    lost: int

    def back(self, start: int, end: int) -> Span:
        """The stretch of the original that cleaned ``[start, end)`` stands for, the readings inside it included.

        A reading belongs to the Hanzi before it, so a span that ends on that Hanzi ends after its reading.
        Raises ValueError when the range does not lie in the cleaned text.
        """
        if not 0 <= start <= end <= len(self.text):
            raise ValueError(f"[{start}, {end}) is not inside a text of {len(self.text)} characters")
        cleaned, original = self.starts[bisect_right(self.starts, (start, self.original)) - 1]
        begin = original + start - cleaned
        if start == end:
            return Span(begin, begin)
        following = bisect_left(self.starts, (end, 0))
        if following < len(self.starts) and self.starts[following][0] == end:
            return Span(begin, self.starts[following][1])
        cleaned, original = self.starts[following - 1]
        return Span(begin, original + end - cleaned)


def clean_damage(text: str) -> Cleaned:
    """The text without bracketed readings; undamaged text comes back unchanged. Lost characters are counted, not removed."""
    if text.isascii():
        return Cleaned(text, ((0, 0),), len(text), 0, 0)
    kept: list[str] = []
    starts = [(0, 0)]
    at = length = 0
    for match in _READING.finditer(text):
        kept.append(text[at : match.start()])
        length += match.start() - at
        at = match.end()
        starts.append((length, at))
    kept.append(text[at:])
    readings = len(starts) - 1
    return Cleaned("".join(kept), tuple(starts), len(text), readings, _count_lost(text, readings > 0))


def _count_lost(text: str, damaged: bool) -> int:
    sure = sum(len(match[0]) for match in _LOST.finditer(text))
    return sure + (len(_LOST_ONE.findall(text)) if damaged else 0)
