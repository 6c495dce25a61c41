"""An answer that grows statement by statement and takes nothing back, so that each can leave as soon as it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from medrag.answer.cite import CitationList
from medrag.answer.events import Said
from medrag.answer.records import Citation, Source, Statement, Support
from medrag.records import Passage, Span

__all__ = ["Candidate", "Draft", "alone"]

#: The words of a statement, where each quote stands, and how these support it.
Candidate = tuple[str, Sequence[tuple[Source, Passage, Span]], Support]


class Draft:
    """``opening`` is the line above the statements. Offsets count code points of the whole."""

    def __init__(self, opening: str) -> None:
        self.text = opening
        self.statements: list[Statement] = []
        self._cited = CitationList()
        self._told: set[int] = set()

    def add(self, candidate: Candidate) -> Said:
        """Puts a statement at the end, its quotes numbered on from those before."""
        words, places, support = candidate
        numbers = tuple(dict.fromkeys(self._cited.cite(*place) for place in places))
        before = len(self.text) if self.statements else 0
        start = len(self.text) + 2
        self.text += f"\n\n{words} " + "".join(f"[{number}]" for number in numbers)
        statement = Statement(words, start, start + len(words), numbers, support)
        self.statements.append(statement)
        fresh = tuple(c for c in self.citations() if c.n in numbers and c.n not in self._told)
        self._told |= set(numbers)
        return Said(self.text[before:], statement, fresh)

    def citations(self) -> tuple[Citation, ...]:
        return self._cited.all()


def alone(candidate: Candidate) -> tuple[Statement, tuple[Citation, ...]]:
    """A statement with its citations as if it stood alone: what is verified before it is added."""
    draft = Draft("")
    said = draft.add(candidate)
    return replace(said.statement, start=0, end=len(candidate[0])), said.citations
