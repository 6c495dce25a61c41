"""Cuts a passage into the smallest parts that may be quoted alone: sentences, list items, table rows, entries."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from medrag.records import Block, Document, Passage, Span
from medrag.text.sentences import split_sentences

__all__ = ["Unit", "cut_units"]

#: A list item or entry up to this many characters is quoted whole; a longer one sentence by sentence.
WHOLE = 700

#: What may stand before or behind the words of a line without being words: list marks, heading marks.
LEADING = re.compile(r"(?:[\s#>]|[-*+•·](?=\s)|\d{1,3}[.)](?=\s)(?!\s*\d))*")
TRAILING = re.compile(r"[\s#]*$")
#: A row that only rules off a Markdown table's header.
RULE = re.compile(r"[\s|:+=-]+")


@dataclass(frozen=True, slots=True)
class Unit:
    """A span of a document that can be quoted, and what it cannot be read without."""

    passage: Passage
    span: Span
    kind: str
    #: Headings above, outermost first, without their marks.
    headings: tuple[Span, ...]
    #: A table's header row or the sentence that introduces a list.
    lead: tuple[Span, ...]


def cut_units(document: Document, passage: Passage) -> Iterator[Unit]:
    """The quotable parts of a passage in order; headings are no parts of their own."""
    starts = [block.start for block in document.blocks]
    for block in document.blocks:
        start, end = max(block.start, passage.start), min(block.end, passage.end)
        if start >= end or block.kind in ("heading", "table_header", "caption"):
            continue
        above = [(bare(document.text, s), holder(document, starts, s)) for s in block.scope]
        headings = tuple(span for span, kind in above if kind == "heading")
        lead = tuple(span for span, kind in above if kind != "heading")
        for span in parts(document.text, block, Span(start, end)):
            yield Unit(passage, span, block.kind, headings, lead)


def holder(document: Document, starts: list[int], span: Span) -> str:
    """The kind of the block a scope span lies in; a heading's scope leaves out its marks."""
    return document.blocks[bisect_right(starts, span.start) - 1].kind


def parts(text: str, block: Block, span: Span) -> Iterator[Span]:
    """A block whole where it must stay together, else its sentences."""
    if block.kind == "table_row":
        if not RULE.fullmatch(span.of(text)):
            yield trimmed(text, span)
        return
    if block.kind in ("entry", "list_item") and span.end - span.start <= WHOLE:
        yield bare(text, span)
        return
    for sentence in split_sentences(span.of(text)):
        found = bare(text, Span(span.start + sentence.start, span.start + sentence.end))
        if found.end > found.start:
            yield found


def bare(text: str, span: Span) -> Span:
    """The span without list and heading marks around its words."""
    inner = trimmed(text, span)
    said = inner.of(text)
    marks = LEADING.match(said)
    start = inner.start + (marks.end() if marks else 0)
    behind = TRAILING.search(text[start : inner.end])
    end = start + behind.start() if behind else inner.end
    return Span(start, end) if end > start else inner


def trimmed(text: str, span: Span) -> Span:
    """The span without outer white space."""
    said = span.of(text)
    start = span.start + len(said) - len(said.lstrip())
    return Span(start, max(start, span.end - (len(said) - len(said.rstrip()))))
