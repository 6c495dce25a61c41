"""Folds French to what rules are written in, and leads every place of the folded text back to the original."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from medrag.records import Span

__all__ = ["Folded", "fold", "sentences"]

_QUOTES = dict.fromkeys(map(ord, "’‘ʼ´`"), "'")
# A full stop ends a sentence unless a digit follows; a bullet, a semicolon and a blank line end one too.
_END = re.compile(r"(?<=[.;!?])(?!\d)\s*|\s*\x1e\s*|\s(?=- )")


@dataclass(frozen=True, slots=True)
class Folded:
    """Lower case, no accents, one space between words; ``origin[i]`` is where folded character i stands in ``source``."""

    source: str
    text: str
    origin: tuple[int, ...]

    def span(self, start: int, end: int) -> Span:
        """The stretch of the source that folded [start, end) came from. Raises ValueError when it is empty."""
        while start < end and self.text[start] in " \x1e":
            start += 1
        while end > start and self.text[end - 1] in " \x1e":
            end -= 1
        if start >= end:
            raise ValueError("a span of a folded text holds a character")
        return Span(self.origin[start], self.origin[end - 1] + 1)


def _plain(character: str) -> str:
    if character in "œŒ":
        return "oe"
    kept = [c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c)]
    return "".join(kept).casefold().translate(_QUOTES) if kept else ""


def fold(source: str) -> Folded:
    """Folds ``source``. A blank line becomes the record separator, and a hyphen at a line's end joins its word again."""
    letters: list[str] = []
    origin: list[int] = []
    blanks = 0
    for at, character in enumerate(source):
        if character.isspace():
            if letters and letters[-1] not in {" ", "\x1e"}:
                letters.append(" ")
                origin.append(at)
                blanks = 0
            blanks += character == "\n"
            if blanks > 1 and letters and letters[-1] == " ":
                letters[-1] = "\x1e"
            continue
        if letters[-2:-1] == ["-"] and letters[-1] == " " and len(letters) > 2 and letters[-3].isalpha():
            letters.pop()
            origin.pop()
        for plain in _plain(character):
            letters.append(plain)
            origin.append(at)
    return Folded(source, "".join(letters), tuple(origin))


def sentences(folded: Folded) -> Iterator[tuple[int, int]]:
    """(start, end) of each sentence or bulleted item, in folded offsets, white space trimmed."""
    cuts = [0, *(match.end() for match in _END.finditer(folded.text)), len(folded.text)]
    for start, end in pairwise(cuts):
        piece = folded.text[start:end]
        inner = piece.strip(" \x1e")
        if inner:
            lead = start + piece.index(inner)
            yield lead, lead + len(inner)
