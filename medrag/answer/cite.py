"""Numbers the quotes of an answer, each once, with its words around it."""

from __future__ import annotations

from medrag.answer.records import CONTEXT, Citation, Source
from medrag.records import Passage, Span
from medrag.text.pages import page_of

__all__ = ["CitationList"]


class CitationList:
    """Citations in the order they are first used; the same span of the same document gets the same number."""

    def __init__(self) -> None:
        self._numbered: dict[tuple[str, int, int], Citation] = {}

    def cite(self, source: Source, passage: Passage, span: Span) -> int:
        """The number of a quote. A heading outside its passage is cited under the passage it scopes."""
        key = (source.document.id, span.start, span.end)
        if key not in self._numbered:
            text = source.document.text
            self._numbered[key] = Citation(
                len(self._numbered) + 1,
                passage.id,
                span.start,
                span.end,
                span.of(text),
                text[max(0, span.start - CONTEXT) : span.start],
                text[span.end : span.end + CONTEXT],
                page_of(source.document.segments, span.start) or passage.page,
                passage.section,
                source,
            )
        return self._numbered[key].n

    def all(self) -> tuple[Citation, ...]:
        return tuple(self._numbered.values())
