"""Reads plain text: paragraphs over the file's own text, Chinese label headings, page breaks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from medrag.records import Span
from medrag.vocabulary import Language
from medrag_ingest.parsed import Block, ParsedDocument
from medrag_ingest.raw import RawFile
from medrag_ingest.readers.guard import Options, lost_characters, parse_options, read_decoded
from medrag_ingest.readers.loinc import code_of_chinese_heading

__all__ = ["PlainOptions", "iter_paragraphs", "read_text", "scan_paragraphs"]

_PARAGRAPH = re.compile(r"[^\s].*(?:\n(?![ \t]*(?:\n|$)).*)*")
#: 【禁忌】 at the start of a paragraph or of a line in it.
_CHINESE_HEADING = re.compile(r"^[ \t　]*【[^】\n]{1,40}】", re.MULTILINE)


class PlainOptions(Options):
    """``key`` and ``title`` stand in for the file's name and first line."""

    key: str | None = None
    title: str | None = None
    language: Language | None = None
    encoding: str | None = None


def read_text(raw: RawFile, options: Mapping[str, object]) -> Iterator[ParsedDocument]:
    """One document of paragraphs parted by blank lines. Raises DocumentRefused, ManifestRefused."""
    chosen = parse_options(PlainOptions, options, "text")
    decoded = read_decoded(raw, chosen.encoding)
    yield ParsedDocument(
        key=chosen.key or raw.path,
        title=chosen.title or PurePosixPath(raw.path).stem,
        text=decoded.text,
        blocks=scan_paragraphs(decoded.text),
        segments=decoded.segments(),
        raw_member=raw.member,
        language=chosen.language,
        lost_characters=lost_characters(decoded.text),
    )


def iter_paragraphs(text: str, start: int = 0, end: int | None = None) -> Iterator[Span]:
    """Runs of lines parted by blank lines, without white space at either end."""
    for match in _PARAGRAPH.finditer(text, start, len(text) if end is None else end):
        yield Span(match.start(), match.start() + len(match.group().rstrip()))


def scan_paragraphs(text: str) -> tuple[Block, ...]:
    """The blocks of a plain text: paragraphs, Chinese label headings, pages."""
    return tuple(_blocks(text))


def _blocks(text: str) -> Iterator[Block]:
    heading: Span | None = None
    page, seen = (1 if "\f" in text else None), 0
    for paragraph in iter_paragraphs(text):
        for span, is_heading in _part_headings(text, paragraph):
            if page is not None:
                page, seen = page + text.count("\f", seen, span.start), span.start
            if is_heading:
                yield Block("heading", span.start, span.end, code=_code(text, span), page=page)
                heading = span
            elif heading is None:
                yield Block("paragraph", span.start, span.end, page=page)
            else:
                section = (heading.of(text),)
                yield Block(
                    "paragraph", span.start, span.end, section, _code(text, heading), page, (heading,)
                )


def _code(text: str, heading: Span) -> str | None:
    return code_of_chinese_heading(heading.of(text))


def _part_headings(text: str, paragraph: Span) -> Iterator[tuple[Span, bool]]:
    """Parts a paragraph at its bracketed headings: what follows one on its line is text."""
    at = paragraph.start
    for match in _CHINESE_HEADING.finditer(text, paragraph.start, paragraph.end):
        yield from ((span, False) for span in iter_paragraphs(text, at, match.start()))
        bracket = text.index("【", match.start())
        yield Span(bracket, match.end()), True
        at = match.end()
    yield from ((span, False) for span in iter_paragraphs(text, at, paragraph.end))
