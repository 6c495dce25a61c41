"""What a reader hands on: one document's canonical text with its structure, and what the source states as facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from medrag.records import Block, Segment, Span
from medrag.vocabulary import BlockKind, Language, Severity
from medrag_ingest.report import ParseReport

__all__ = ["Block", "BlockKind", "ParsedDocument", "RawAssertion", "RawName", "TextBuilder"]


@dataclass(frozen=True, slots=True)
class RawAssertion:
    """A claim as the source words it; offsets count in the document it travels with."""

    predicate: str
    subject: str
    object: str
    severity: Severity
    native_scale: str
    native_level: str
    condition: str = ""
    qualifiers: Mapping[str, str] = field(default_factory=dict)
    #: (role, span): where the level, mechanism, management ... stand in the document's text.
    evidence: tuple[tuple[str, Span], ...] = ()


@dataclass(frozen=True, slots=True)
class RawName:
    """A name of a thing, from a terminology source. ``concept`` is the source's own CURIE, such as ``drugbank:DB00682``."""

    concept: str
    kind: str
    text: str
    language: Language
    form: Literal["preferred", "synonym", "brand", "abbreviation"]
    codes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """One document as read. ``key`` is unique and stable inside the work."""

    key: str
    title: str
    text: str
    blocks: tuple[Block, ...]
    segments: tuple[Segment, ...]
    raw_member: str = ""
    language: Language | None = None
    publisher: str | None = None
    #: ISO 8601, perhaps only a year.
    published: str | None = None
    jurisdiction: str | None = None
    url: str | None = None
    lost_characters: int = 0
    assertions: tuple[RawAssertion, ...] = ()
    names: tuple[RawName, ...] = ()
    #: False for a list that proves assertions or names but answers no question: it is kept and cited, not searched.
    searchable: bool = True
    #: What the reader mended or doubted, counted: {"mojibake": 3, "html_in_attribute": 1}.
    notes: Mapping[str, int] = field(default_factory=dict)
    #: Page by page, where the reader gives one: what the librarian and the gate look at.
    report: ParseReport | None = None


class TextBuilder:
    """Writes canonical text block by block and keeps offsets, headings in force and the map to raw."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._blocks: list[Block] = []
        self._segments: list[Segment] = []
        self._headings: list[tuple[int, str, Span]] = []

    @property
    def length(self) -> int:
        """Code points written so far."""
        return self._length

    @property
    def section(self) -> tuple[str, ...]:
        """The headings in force, outermost first."""
        return tuple(text for _, text, _ in self._headings)

    def heading(
        self, text: str, level: int, *, locator: str, code: str | None = None, page: int | None = None
    ) -> Span:
        """Writes a heading; headings of the same or a deeper level end."""
        self._headings = [item for item in self._headings if item[0] < level]
        span = self.write("heading", text, locator=locator, code=code, page=page)
        self._headings.append((level, " ".join(text.split()), span))
        return span

    def write(
        self,
        kind: BlockKind,
        text: str,
        *,
        locator: str,
        separator: str = "\n\n",
        code: str | None = None,
        page: int | None = None,
        scope: tuple[Span, ...] = (),
    ) -> Span:
        """Writes one block after ``separator`` and returns its span. Raises ValueError on text of white space only."""
        if not text.strip():
            raise ValueError("a block holds text")
        if self._parts:
            self._parts.append(separator)
            self._length += len(separator)
        span = Span(self._length, self._length + len(text))
        self._parts.append(text)
        self._length = span.end
        above = tuple(item[2] for item in self._headings)
        self._blocks.append(Block(kind, span.start, span.end, self.section, code, page, above + scope))
        self._segments.append(Segment(span.start, span.end, locator))
        return span

    def write_lines(
        self,
        kind: BlockKind,
        text: str,
        *,
        segments: Sequence[Segment],
        separator: str = "\n\n",
        code: str | None = None,
        page: int | None = None,
        scope: tuple[Span, ...] = (),
    ) -> Span:
        """Writes one block whose parts come from several places: ``segments`` count from the block's own start."""
        span = self.write(kind, text, locator="", separator=separator, code=code, page=page, scope=scope)
        self._segments.pop()
        self._segments += [Segment(s.start + span.start, s.end + span.start, s.locator) for s in segments]
        return span

    def finish(self) -> tuple[str, tuple[Block, ...], tuple[Segment, ...]]:
        """The canonical text, its blocks and its map to raw."""
        return "".join(self._parts), tuple(self._blocks), tuple(self._segments)
