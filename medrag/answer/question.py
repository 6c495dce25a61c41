"""Reads what a person asked: cleans it of what cannot be read, refuses what is no question."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from medrag.errors import Place, QuestionRefused
from medrag.shelf import SearchFilters

__all__ = ["LONGEST_QUESTION", "Question", "read_question"]

#: Characters, as the contract says.
LONGEST_QUESTION = 2000
#: Controls that change how the words around them are shown (Unicode bidirectional formatting, UAX 9).
BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and how it shall be answered."""

    text: str
    answerer: str = "auto"
    as_of: date | None = None
    filters: SearchFilters = field(default_factory=SearchFilters)
    top_k: int | None = None
    patient: Mapping[str, object] | None = None


def read_question(text: str) -> str:
    """The question as one line of readable characters. Raises QuestionRefused, never quoting what was asked."""
    if len(text) > LONGEST_QUESTION:
        raise refused(f"a question has at most {LONGEST_QUESTION} characters, this one has {len(text)}")
    if any(0xD800 <= ord(char) <= 0xDFFF for char in text):
        raise refused("the question holds half a character (a lone surrogate)", "Send valid Unicode")
    if "\0" in text:
        raise refused("the question holds a NUL character", "Send text, not binary data")
    plain = BIDI.sub("", text)
    plain = "".join(
        char for char in plain if char in "\t\n\r" or unicodedata.category(char) not in ("Cc", "Cs")
    )
    plain = SPACE.sub(" ", plain).strip()
    if not any(char.isalnum() for char in plain):
        raise refused("the question is empty", "Write what you want to know")
    return plain


def refused(problem: str, remedy: str = "Ask in one or two sentences") -> QuestionRefused:
    return QuestionRefused(problem, place=Place(field="question"), remedy=remedy)
