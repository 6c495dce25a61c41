"""Reads the sentences of a label's sections on contraindications, interactions, warnings and dosage, in their place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from medrag.records import Block, Document, Span
from medrag.text.sentences import split_sentences

__all__ = ["CONTRAINDICATIONS", "INTERACTIONS", "SECTIONS", "Line", "read_lines"]

CONTRAINDICATIONS: Final = "34070-3"
INTERACTIONS: Final = "34073-7"
#: LOINC codes of the sections read, with the names FDA gives them (openFDA, ``spl/data/loinc.csv``).
SECTIONS: Final[Mapping[str, str]] = {
    CONTRAINDICATIONS: "Contraindications",
    INTERACTIONS: "Drug Interactions",
    "34066-1": "Boxed Warning",
    "34071-1": "Warnings",
    "43685-7": "Warnings and Precautions",
    "42232-9": "Precautions",
    "34072-9": "General Precautions",
    "34068-7": "Dosage and Administration",
}
#: A longer one is a paragraph that ends in a colon by chance.
LONGEST_INTRODUCTION: Final = 400
_TABLE_OF_RATES: Final = re.compile(r"AUC|C\s?max|ratio|% change|percent|mean|\bKinetic", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence, list item or table row of a label."""

    text: str
    span: Span
    code: str
    #: The innermost heading and what introduces the line ("is contraindicated in patients with:"), where there is one.
    heading: Span | None
    introduction: Span | None
    #: Words of all headings above it.
    section: tuple[str, ...]
    #: Whether nothing stands between the heading and the line.
    first: bool = False


def read_lines(document: Document) -> Iterator[Line]:
    """The lines in order; headings alone, captions and tables of measured values are left out."""
    over = Over()
    for block in document.blocks:
        text = document.text[block.start : block.end]
        if block.kind == "heading":
            over = Over(Span(block.start, block.end))
        elif block.kind in ("caption", "table_header"):
            over.rates = over.rates or bool(_TABLE_OF_RATES.search(text))
        elif block.code in SECTIONS and block.kind == "table_row":
            if not over.rates and block.code == INTERACTIONS:
                yield line_of(document, block, Span(block.start, block.end), over)
        elif block.code in SECTIONS:
            yield from sentences(document, block, over)


@dataclass(slots=True)
class Over:
    """What the blocks read so far put over the next one."""

    heading: Span | None = None
    #: Whether a line was read since the heading.
    begun: bool = False
    introduction: Span | None = None
    #: Blocks read since the introduction: a list may have many, running text only the next.
    since: int = 0
    #: Whether the table at hand gives measured values instead of advice.
    rates: bool = False


def sentences(document: Document, block: Block, over: Over) -> Iterator[Line]:
    """The lines of a paragraph or list item; one that ends in a colon introduces the next."""
    over.rates = False
    over.since += 1
    if over.since > 1 and block.kind != "list_item":
        over.introduction = None
    for span in split_sentences(document.text[block.start : block.end], document.language):
        line = line_of(document, block, Span(block.start + span.start, block.start + span.end), over)
        if not line.text.endswith(":"):
            yield line
        elif len(line.text) <= LONGEST_INTRODUCTION:
            over.introduction, over.since = line.span, 0


def line_of(document: Document, block: Block, span: Span, over: Over) -> Line:
    text, code = span.of(document.text), block.code or ""
    first, over.begun = not over.begun, True
    return Line(text, span, code, over.heading, over.introduction, block.section, first)
