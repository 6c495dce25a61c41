"""Reads the plain-text drug labels of the PDDI corpus: section headings on their own line become LOINC sections."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from medrag.records import Span
from medrag.vocabulary import Language
from medrag_ingest.parsed import Block, BlockKind, ParsedDocument
from medrag_ingest.raw import RawFile
from medrag_ingest.readers.guard import Options, lost_characters, parse_options, read_decoded, refuse
from medrag_ingest.readers.loinc import code_of_heading
from medrag_ingest.readers.scope import introducing

__all__ = ["LabelOptions", "read_label_text"]

#: A longer line is a sentence, even alone between blank lines.
HEADING_CHARS: Final = 80
#: The corpus kept a few tags of the XML it was made from, at the start of a line and mostly not closed.
_TAGS = re.compile(r"(?:[ \t]*</?(?:item|list|paragraph|main)>)+")
_NUMBER = re.compile(r"\d+(?P<deeper>\.\d+)*\.?\s+\S")
_CORPUS_TITLE = re.compile(r"Drug Label for drug brand (?P<brand>.+), containing (?P<generic>.+?)\.?")
_PRODUCT_TITLE = re.compile(r"(?P<brand>[^()]+?) \((?P<generic>.+)\)(?: .*)?")
#: The first sentence of a label without a title line: ``Brand (ingredient) is ...``.
_OPENING = re.compile(r"(?P<brand>[A-Z][\w-]*(?: [A-Z]\w*){0,2}) \((?P<generic>[a-z][a-z -]+)\) (?:is|are) ")
#: Levels below the product's own line, which is level 1.
_SECTION, _SUBSECTION, _TOPIC = 2, 3, 4


class LabelOptions(Options):
    """``published`` is the corpus's own date: the texts carry none."""

    published: str = "2014-05"
    language: Language = "en"
    encoding: str | None = None


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of canonical text, without its tags and the white space at its ends; ``tags`` stood before it."""

    span: Span
    words: str
    tags: str


def read_label_text(raw: RawFile, options: Mapping[str, object]) -> Iterator[ParsedDocument]:
    """One label; its key is the file's stem, a DailyMed set id. Raises DocumentRefused, ManifestRefused.

    The canonical text is the file's own, less the tags the corpus left in some: offsets are raw offsets where there
    were none, and the segments lead back where there were.
    """
    chosen = parse_options(LabelOptions, options, "label_text")
    decoded = read_decoded(raw, chosen.encoding)
    kept, tags = _split_tags(decoded.text)
    text, segments = decoded.keep(_join(kept))
    lines = _lines(text, kept, tags)
    if not any(line.words for line in lines):
        raise refuse(raw, "the label holds tags only")
    title, note = _title(lines)
    notes = {"tags_removed": sum(tag.count("<") for tag in tags), note: 1}
    yield ParsedDocument(
        key=PurePosixPath(raw.path).stem,
        title=title or f"Drug label {PurePosixPath(raw.path).stem}",
        text=text,
        blocks=_Outline(text, lines).blocks(),
        segments=segments,
        raw_member=raw.member,
        language=chosen.language,
        published=chosen.published,
        lost_characters=lost_characters(text),
        notes={name: count for name, count in notes.items() if name and count},
    )


def _split_tags(text: str) -> tuple[list[Span], list[str]]:
    """What to keep of each line, line end and all, and the tags that stood before it."""
    kept: list[Span] = []
    tags: list[str] = []
    at = 0
    for line in _with_ends(text):
        match = _TAGS.match(line)
        kept.append(Span(at + (match.end() if match else 0), at + len(line)))
        tags.append(match.group() if match else "")
        at += len(line)
    return kept, tags


def _with_ends(text: str) -> list[str]:
    """Lines by LF alone: ``str.splitlines`` parts at form feeds and U+2028 too."""
    lines = [line + "\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines


def _join(kept: Sequence[Span]) -> list[Span]:
    joined: list[Span] = []
    for span in kept:
        if joined and joined[-1].end == span.start:
            span = Span(joined.pop().start, span.end)
        joined.append(span)
    return joined


def _lines(text: str, kept: Sequence[Span], tags: Sequence[str]) -> list[_Line]:
    lines: list[_Line] = []
    at = 0
    for span, tag in zip(kept, tags, strict=True):
        line = text[at : at + span.end - span.start]
        start = at + len(line) - len(line.lstrip())
        lines.append(_Line(Span(start, max(start, at + len(line.rstrip()))), line.strip(), tag))
        at += len(line)
    return lines


def _title(lines: Sequence[_Line]) -> tuple[str, str]:
    """``Brand (ingredient)`` of the first line, or of the first text where a label begins with a section, and a note."""
    filled = [line.words for line in lines if line.words]
    match = _CORPUS_TITLE.fullmatch(filled[0]) or _PRODUCT_TITLE.fullmatch(filled[0])
    if not code_of_heading(filled[0]):
        return (_named(match) if match else filled[0].rstrip("."), "")
    opening = _OPENING.match(filled[1]) if len(filled) > 1 else None
    return (_named(opening), "title_from_text") if opening else ("", "untitled")


def _named(match: re.Match[str]) -> str:
    return f"{match['brand']} ({match['generic']})"


class _Outline:
    """Finds headings, list items and paragraphs among the lines."""

    def __init__(self, text: str, lines: Sequence[_Line]) -> None:
        self._text = text
        self._lines = lines
        self._blocks: list[Block] = []
        #: Level, words, span and section code of each heading in force.
        self._headings: list[tuple[int, str, Span, str | None]] = []
        self._introduction: Span | None = None

    def blocks(self) -> tuple[Block, ...]:
        """The blocks in order; a paragraph's lines are one block."""
        first = next(i for i, line in enumerate(self._lines) if line.words)
        number = first
        while number < len(self._lines):
            line = self._lines[number]
            if "</list>" in line.tags:
                self._introduction = None
            if line.words and (level := self._level(number, first)):
                self._heading(line, level)
            elif line.words:
                number = self._paragraph(number)
            number += 1
        return tuple(self._blocks)

    def _level(self, number: int, first: int) -> int:
        """The heading level of a line; 0 for text."""
        line = self._lines[number]
        code = code_of_heading(line.words)
        alone = self._blank(number - 1) and self._blank(number + 1)
        if line.tags or (len(line.words) > HEADING_CHARS and code is None):
            return 1 if number == first else 0
        capitals = line.words == line.words.upper()
        numbered = _NUMBER.match(line.words)
        if code and capitals and not (numbered and numbered["deeper"]):
            return _SECTION
        if number == first:
            return 1
        if not alone or (line.words[-1] in ".;,:" and code is None):
            return 0
        return _SUBSECTION if code or numbered else _TOPIC

    def _blank(self, number: int) -> bool:
        return not 0 <= number < len(self._lines) or not self._lines[number].words

    def _heading(self, line: _Line, level: int) -> None:
        self._headings = [item for item in self._headings if item[0] < level]
        code = (code_of_heading(line.words) if level > 1 else None) or self._code()
        self._write("heading", line.span, code)
        self._headings.append((level, " ".join(line.words.split()), line.span, code))
        self._introduction = None

    def _paragraph(self, number: int) -> int:
        """Writes the paragraph that begins at a line, and returns its last line."""
        last = number
        while not self._blank(last + 1) and not self._lines[last + 1].tags:
            last += 1
        span = Span(self._lines[number].span.start, self._lines[last].span.end)
        if "<item>" in self._lines[number].tags:
            self._write("list_item", span, self._code(), self._introduction)
        else:
            self._write("paragraph", span, self._code())
            self._introduction = introducing(self._text, span)
        return last

    def _code(self) -> str | None:
        return self._headings[-1][3] if self._headings else None

    def _write(self, kind: BlockKind, span: Span, code: str | None, introduction: Span | None = None) -> None:
        scope = (*(item[2] for item in self._headings), *([introduction] if introduction else []))
        section = tuple(item[1] for item in self._headings)
        self._blocks.append(Block(kind, span.start, span.end, section, code, scope=scope))
