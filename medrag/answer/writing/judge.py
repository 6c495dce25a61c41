"""Judges what a model offers, statement by statement: proved, put into the words it misquoted, or withheld with its reason."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from medrag.answer.compose import GOOD_ENOUGH, Scored, join_quotes, needed
from medrag.answer.draft import Candidate, alone
from medrag.answer.proof.place import place_quote
from medrag.answer.proof.records import WORDS
from medrag.answer.question import BIDI
from medrag.answer.records import Source, Withheld
from medrag.answer.verify import Verifier
from medrag.answer.writing.exhibits import Exhibit, unmarked
from medrag.answer.writing.reply import Offered
from medrag.records import Passage, Span
from medrag.retrieve.plan import Plan
from medrag.text.orders import gives_orders

__all__ = ["Judge", "Judged", "plain"]

#: Marks of Markdown and of citations, which mean nothing in plain text.
MARKDOWN: Final = re.compile(
    r"\*\*|__|`+|^\s*(?:#{1,6}\s+|>\s+|[-*+•]\s+)|\s*\[(?:e[0-9a-f]{8}(?:[,;\s]+)?)+\]"
)
#: Resemblance, 0..100, above which a quote that stands nowhere is taken for a sentence misquoted. It only chooses which
#: exact sentence may be shown instead.
RESEMBLES: Final = 80.0
#: A statement must lean on a sentence that scores at least this share of the best one, or it is about something else.
BEARS: Final = 0.25
#: Reasons after which the exact sentence is not shown in place of the statement either.
FINAL: Final = WORDS["graph_verdict"].split("{", 1)[0]


@dataclass(frozen=True, slots=True)
class Judged:
    """What may be said, if anything; what is withheld, if anything; both where the source's own words stand in."""

    kept: Candidate | None = None
    withheld: Withheld | None = None
    #: Whether what is kept leans on a sentence that answers, by the measure the extractive answer is chosen with.
    answers: bool = False


def plain(text: str) -> str:
    """One line of plain text: no Markdown, no marks for citations, no character that cannot be shown."""
    kept = "".join(
        " " if char.isspace() else char
        for char in BIDI.sub("", text)
        if char.isspace() or unicodedata.category(char) not in ("Cc", "Cs", "Co", "Cn", "Cf")
    )
    return " ".join(MARKDOWN.sub("", kept).split())


class Judge:
    """Weighs statements against the exhibits one model was given."""

    def __init__(
        self, exhibits: Sequence[Exhibit], scored: Sequence[Scored], plan: Plan, verifier: Verifier
    ) -> None:
        self._exhibits: Mapping[str, Exhibit] = {exhibit.id: exhibit for exhibit in exhibits}
        self._scored = scored
        self._best = max((item.score for item in scored), default=0.0)
        self._plan = plan
        self._verifier = verifier

    def weigh(self, offered: Offered) -> Judged:
        """Never raises, whatever was offered."""
        words = plain(offered.text)
        if offered.problem is not None or not words:
            return Judged(withheld=Withheld(words, offered.problem or "the statement is empty"))
        if gives_orders(offered.text):
            return Judged(withheld=Withheld(words, "it repeats or gives orders"))
        places: list[tuple[Source, Passage, Span]] = []
        for cite in offered.cites:
            exhibit = self._exhibits.get(cite.id)
            if exhibit is None:
                return Judged(withheld=Withheld(words, "it cites evidence that was not given"))
            span = find_quote(unmarked(cite.exact, exhibit), exhibit)
            if span is None:
                return self._instead(words, WORDS["quote_not_found"], self._misquoted(cite.exact, exhibit))
            places.append((exhibit.source, exhibit.passage, span))
        return self._prove((words, places, "entailed"))

    def _prove(self, candidate: Candidate) -> Judged:
        problem = self._problem(candidate)
        touched = [item for _, passage, span in candidate[1] for item in self._touched(passage, span)]
        if problem is None and not any(item.score >= BEARS * self._best for item in touched):
            return Judged(withheld=Withheld(candidate[0], "it does not bear on the question"))
        if problem is None:
            return Judged(candidate, answers=any(self._answers(item) for item in touched))
        if problem.startswith(FINAL):
            return Judged(withheld=Withheld(candidate[0], problem))
        return self._instead(candidate[0], problem, max(touched, key=rank, default=None))

    def _problem(self, candidate: Candidate) -> str | None:
        statement, citations = alone(candidate)
        withheld = self._verifier.verify([statement], citations).withheld
        return withheld[0].reason if withheld else None

    def _instead(self, words: str, problem: str, item: Scored | None) -> Judged:
        """The exact sentence, with the headings it needs, where it answers and stands."""
        withheld = Withheld(words, problem)
        if item is None or not self._answers(item):
            return Judged(withheld=withheld)
        candidate = self.exact(item)
        if self._problem(candidate) is not None:
            return Judged(withheld=withheld)
        return Judged(candidate, withheld, answers=True)

    def exact(self, item: Scored) -> Candidate:
        """A sentence as the extractive answer would quote it."""
        spans = [*needed(item, self._plan), item.unit.span]
        source = item.source
        said = join_quotes(spans, item.unit, source.document.text)
        return said, [(source, item.unit.passage, span) for span in spans], "verbatim"

    def _touched(self, passage: Passage, span: Span) -> list[Scored]:
        return [
            item
            for item in self._scored
            if item.unit.passage.id == passage.id
            and item.unit.span.start < span.end
            and span.start < item.unit.span.end
        ]

    def _answers(self, item: Scored) -> bool:
        return item.score > 0 and item.score >= GOOD_ENOUGH * self._best

    def _misquoted(self, exact: str, exhibit: Exhibit) -> Scored | None:
        """The sentence of the exhibit that a quote resembles most; None when it resembles none."""
        from rapidfuzz import fuzz

        told = [
            (fuzz.ratio(exact[:2000], item.unit.span.of(item.source.document.text)), item)
            for item in self._scored
            if item.unit.passage.id == exhibit.passage.id
        ]
        best = max(told, key=lambda pair: (pair[0], rank(pair[1])), default=None)
        return best[1] if best is not None and best[0] >= RESEMBLES else None


def rank(item: Scored) -> tuple[float, int]:
    return item.score, -item.unit.span.start


def find_quote(exact: str, exhibit: Exhibit) -> Span | None:
    """Where a quote stands in the document: its first place in the passage, which must be one that was shown."""
    placed = place_quote(exact, exhibit.passage.text)
    if placed is None:
        return None
    start = exhibit.passage.start + placed.start
    span = Span(start, exhibit.passage.start + placed.end)
    return span if exhibit.shown.start <= span.start and span.end <= exhibit.shown.end else None
