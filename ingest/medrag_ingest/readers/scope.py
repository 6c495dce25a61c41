"""Says what of a paragraph introduces the list or table below it, so that an item can be read alone."""

from __future__ import annotations

import re
from typing import Final

from medrag.records import Span

__all__ = ["introducing", "plain_words"]

#: A longer paragraph introduces a list with its last sentence only.
INTRODUCTION_CHARS: Final = 300
_ALL_BOLD = re.compile(r"(\*\*|__)[^\n]+\1[:：]?")
_EMPHASIS = re.compile(r"\*\*|__|`")
_SENTENCE_END = re.compile(r"[.!?]\s+|[。！？；]|\n")


def plain_words(words: str) -> str:
    """One line without Markdown's marks of emphasis."""
    return _EMPHASIS.sub("", " ".join(words.split()))


def introducing(text: str, span: Span) -> Span | None:
    """The introducing part of the paragraph at ``span``: it ends with a colon, or is set bold as a whole; else None."""
    words = span.of(text)
    if not (_EMPHASIS.sub("", words).rstrip("*_ ").endswith((":", "：")) or _ALL_BOLD.fullmatch(words)):
        return None
    if len(words) <= INTRODUCTION_CHARS:
        return span
    ends = [match.end() for match in _SENTENCE_END.finditer(words, 0, len(words) - 1)]
    return Span(span.start + (ends[-1] if ends else 0), span.end)
