"""Writes a document's paragraphs and tables as canonical text with sections, pages and the way back to the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from medrag.records import Block, Segment, Span
from medrag_ingest.parsed import TextBuilder
from medrag_ingest.readers.loinc import PRODUCT_DATA
from medrag_ingest.readers.pdf.outline import GRADE, RECOMMENDATION, Heading, Outline, find_contents
from medrag_ingest.readers.pdf.paragraphs import CAPTION, Paragraph, TableItem
from medrag_ingest.readers.pdf.rows import (
    DOSE,
    PRODUCT_LISTING,
    TableLine,
    count_headers,
    lay_grid,
    locate,
    marks_of,
)
from medrag_ingest.report import HeadingReport, TableReport

__all__ = ["Written", "write_document"]

#: A longer paragraph below a table is text again, not a note to it.
NOTE_CHARS: Final = 600
#: Shorter paragraphs (a strength, "Rx only") come back in every label without meaning anything.
REPEATED_CHARS: Final = 120


@dataclass(slots=True)
class _OpenTable:
    """The last table written, while it may still go on or be followed by its notes."""

    heads: tuple[Span, ...]
    #: (span, marks) of its rows and caption.
    rows: list[tuple[Span, set[str]]]
    report: int


@dataclass(slots=True)
class Written:
    """The document as text, and what writing it brought to light."""

    builder: TextBuilder = field(default_factory=TextBuilder)
    headings: list[HeadingReport] = field(default_factory=list)
    tables: list[TableReport] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)
    #: (page, words) of paragraphs that stand in the document before.
    repeated: list[tuple[int, str]] = field(default_factory=list)
    #: Row or caption -> the notes it needs.
    noted: dict[Span, tuple[Span, ...]] = field(default_factory=dict)
    mended: list[tuple[int, str]] = field(default_factory=list)
    #: (page, words) of rows of doses whose beginning may stand on the page before.
    cut_rows: list[tuple[int, str]] = field(default_factory=list)

    def finish(self) -> tuple[str, tuple[Block, ...], tuple[Segment, ...]]:
        """Text, blocks with the notes of tables among their scope, segments."""
        text, blocks, segments = self.builder.finish()
        made = tuple(
            replace(block, scope=block.scope + self.noted.get(Span(block.start, block.end), ()))
            for block in blocks
        )
        return text, made, segments


def write_document(items: Sequence[Paragraph | TableItem]) -> Written:
    """Everything in reading order."""
    return _Writer(items).write()


class _Writer:
    def __init__(self, items: Sequence[Paragraph | TableItem]) -> None:
        self.items = items
        self.contents = find_contents(items)
        self.outline = Outline.of(items)
        self.done = Written()
        self.seen: set[str] = set()
        self.table: _OpenTable | None = None
        self.caption: tuple[Span, str] | None = None
        self.last: Span | None = None
        self.at = 0

    def write(self) -> Written:
        for at, item in enumerate(self.items):
            self.at = at
            after = self.items[at + 1] if at + 1 < len(self.items) else None
            if isinstance(item, TableItem):
                self.write_table(item)
            else:
                self.write_paragraph(item, after, at in self.contents)
        return self.done

    def write_paragraph(self, item: Paragraph, after: Paragraph | TableItem | None, listed: bool) -> None:
        if not item.text.strip():
            return
        self.caption = None
        if listed:
            self.put("list_item", item)
            return
        if isinstance(after, TableItem) and (CAPTION.match(item.text.strip()) or self.names_table(item)):
            self.caption = self.put("caption", item), item.text.strip()
            return
        heading = self.outline.take(item, after)
        if heading is not None:
            self.write_heading(item, heading)
            return
        self.note_repeated(item)
        whole = item.item or RECOMMENDATION.match(item.text) or self.grades(item)
        span = self.put("list_item" if whole else "paragraph", item)
        self.link_note(item, span)

    def names_table(self, item: Paragraph) -> bool:
        """A bold line right above a table, neither numbered nor a section, is its title."""
        trial = replace(self.outline, codes=dict(self.outline.codes))
        found = trial.take(item, None)
        return item.bold and len(item.text) < 300 and (found is None or not found.opens)

    def grades(self, item: Paragraph) -> bool:
        """A strength of evidence alone on its line belongs to the recommendation before it."""
        return len(item.text) < 200 and GRADE.match(item.text) is not None

    def write_heading(self, item: Paragraph, heading: Heading) -> None:
        self.table = None
        words = heading.words
        span = self.done.builder.heading(
            words,
            heading.level,
            locator=locate(item.page, item.pieces[0].box),
            code=self.outline.code,
            page=item.page,
        )
        self.last = span
        self.done.headings.append(HeadingReport(item.page, heading.level, words, heading.code))

    def put(self, kind: str, item: Paragraph) -> Span:
        """Writes a paragraph line by line, so that every line leads back to its place."""
        grade = kind == "list_item" and self.grades(item)
        text = "".join(piece.text for piece in item.pieces).rstrip()
        start, segments = 0, []
        for piece in item.pieces:
            end = min(start + len(piece.text), len(text))
            if end > start:
                told = locate(piece.page, piece.box) + (" mended" if piece.mended else "")
                if piece.confidence is not None:
                    told += f" ocr:{piece.confidence:.2f}"
                segments.append(Segment(start, end, told))
            if piece.mended:
                self.done.mended.append((piece.page, text[max(0, end - 12) : end + 12]))
            start = end
        self.done.notes["hyphens_mended"] += sum(piece.mended for piece in item.pieces)
        span = self.done.builder.write_lines(
            kind,  # type: ignore[arg-type]
            text,
            segments=segments,
            separator="\n" if grade or (kind == "list_item" and item.item) else "\n\n",
            code=self.outline.code,
            page=item.page,
            scope=(self.last,) if grade and self.last is not None else (),
        )
        self.last = span
        return span

    def note_repeated(self, item: Paragraph) -> None:
        key = " ".join(item.text.casefold().split())
        if len(key) >= REPEATED_CHARS and key in self.seen:
            self.done.repeated.append((item.page, item.text[:80]))
        self.seen.add(key)

    def link_note(self, item: Paragraph, span: Span) -> None:
        """A paragraph under a table that begins with one of its marks is a note to the rows that bear it."""
        if self.table is None or len(item.text) > NOTE_CHARS:
            self.table = None
            return
        begin = item.text.lstrip()
        marks = {mark for _, found in self.table.rows for mark in found}
        mark = next((mark for mark in sorted(marks, key=len, reverse=True) if begin.startswith(mark)), None)
        if mark is None:
            return
        for row, found in self.table.rows:
            if mark in found:
                self.done.noted[row] = (*self.done.noted.get(row, ()), span)
        self.done.notes["table_notes"] += 1

    def write_table(self, item: TableItem) -> None:
        heads = count_headers(item.grid)
        lines = self.without_repeats(lay_grid(item.grid, heads))
        if not lines:
            return
        caption, title = self.caption or (
            None,
            self.done.builder.section[-1] if self.done.builder.section else "",
        )
        listing = any(PRODUCT_LISTING.search(line.words) for line in lines)
        self.done.notes["continued_captions"] += item.continued
        self.done.notes["rows_joined_over_pages"] += item.grid.joined
        self.table = _OpenTable((), [], len(self.done.tables))
        if caption is not None:
            self.table.rows.append((caption, marks_of(title)))
        self.done.tables.append(
            TableReport(
                item.page,
                item.last_page,
                " ".join(title.split())[:200],
                0,
                item.grid.columns,
                heads > 0,
                item.grid.ruled,
                not listing and (bool(DOSE.search(title)) or any(DOSE.search(line.words) for line in lines)),
            )
        )
        if self.done.tables[-1].dose:
            self.note_cut_rows(item)
        code = PRODUCT_DATA if listing else self.outline.code
        self.write_rows(lines, code, (caption,) if caption is not None else ())

    def without_repeats(self, lines: list[TableLine]) -> list[TableLine]:
        """The lines without the column headers that each page repeats."""
        heads = [line.words for line in lines if line.role == "header"]
        kept: list[TableLine] = []
        at = 0
        while at < len(lines):
            again = [line.words for line in lines[at : at + len(heads)]]
            turned = at > 0 and lines[at].page != lines[at - 1].page
            if heads and turned and again == heads:
                self.done.notes["repeated_table_headers"] += len(heads)
                at += len(heads)
                continue
            kept.append(lines[at])
            at += 1
        return kept

    def note_cut_rows(self, item: TableItem) -> None:
        """Rows of a table of doses that begin a page with empty cells: what belongs there may stand on the page before."""
        for row in item.grid.rows:
            if any(cell.cut for cell in row):
                words = " | ".join(cell.text for cell in row)
                self.done.cut_rows.append((row[0].page, words[:200]))

    def write_rows(self, lines: Sequence[TableLine], code: str | None, scope: tuple[Span, ...]) -> None:
        held = self.table
        assert held is not None  # noqa: S101  opened by write_table
        group: tuple[Span, ...] = ()
        for number, line in enumerate(lines):
            header = line.role == "header"
            span = self.done.builder.write(
                "table_header" if header else "table_row",
                line.words,
                locator=locate(line.page, line.box),
                separator="\n\n" if number == 0 else "\n",
                code=code,
                page=line.page,
                scope=(*scope, *group) if not header else (),
            )
            held.rows.append((span, marks_of(line.words)))
            if header:
                held.heads = (*held.heads, span) if held.heads else (*scope, span)
                scope = held.heads
            elif line.role == "group":
                group = (span,)
        report = self.done.tables[held.report]
        count = sum(line.role != "header" for line in lines)
        self.done.tables[held.report] = replace(report, rows=report.rows + count)
        self.last = None
