"""Writes an HTML fragment as blocks: paragraphs, bold lines as headings, list items, table rows with their header."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

from medrag.records import Span
from medrag_ingest.parsed import TextBuilder

__all__ = ["FragmentWriter"]

_BREAKS: Final = frozenset({"p", "div", "br", "ul", "ol", "li", "table", "thead", "tr", "td", "th"})
_CELLS: Final = frozenset({"td", "th"})
_BOLD: Final = frozenset({"strong", "b"})
_LISTS: Final = frozenset({"ul", "ol"})
_BOUND = "; "
_NONE = "-"
#: A bold line longer than this is a sentence that is stressed, not a heading.
_HEADING_CHARS = 160


@dataclass(slots=True)
class _List:
    style: str
    number: int
    intro: tuple[Span, ...]
    item: Span | None = None


@dataclass(slots=True)
class _Cell:
    #: A ``th``, or a cell whose words are all bold.
    header: bool
    rows: int
    wide: bool
    pieces: list[str] = field(default_factory=list)

    @property
    def words(self) -> str:
        return _BOUND.join(self.pieces) or _NONE


@dataclass(slots=True)
class _Table:
    rows: list[list[_Cell]] = field(default_factory=list)
    #: How many rows, from the first, stand in the table's head.
    head: int = 0
    #: Column -> (rows still to fill, words) of a cell that spans rows.
    spans: dict[int, tuple[int, str]] = field(default_factory=dict)


@dataclass(slots=True)
class _Line:
    """Text since the last break, and how much of it is bold or underlined."""

    words: list[str] = field(default_factory=list)
    bold: int = 0
    underlined: int = 0
    all: int = 0


class FragmentWriter(HTMLParser):
    """Feed it one fragment, then ``finish``. Words are the source's; marks of lists and of cells are ours.

    A line that is bold throughout becomes a heading: of ``level`` where it is underlined too, else one deeper. A
    table's rows are written as ``cell | cell`` under its header row; a cell that spans rows stands in each of them.
    ``notes`` counts tables, rows and headings.
    """

    def __init__(self, builder: TextBuilder, locator: str, level: int, notes: Counter[str]) -> None:
        super().__init__(convert_charrefs=True)
        self._builder = builder
        self._locator = locator
        self._level = level
        self._notes = notes
        self._line = _Line()
        self._lists: list[_List] = []
        self._tables: list[_Table] = []
        self._bold = 0
        self._spans: list[bool] = []
        self._marker: str | None = None
        self._last: tuple[str, Span] | None = None

    def finish(self) -> None:
        """Writes what is still open. Unclosed tables are written too."""
        self.close()
        self._flush()
        while self._tables:
            self._close_table()

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        if tag in _BREAKS:
            self._flush()
        told = {name: value or "" for name, value in attrs}
        if tag in _BOLD:
            self._bold += 1
        elif tag == "span":
            self._spans.append("underline" in told.get("style", ""))
        elif tag in _LISTS:
            self._open_list(tag, told)
        elif tag == "li" and self._lists:
            self._marker = _marker(self._lists[-1])
        elif tag == "table":
            self._tables.append(_Table())
        elif tag == "tr" and self._tables:
            self._tables[-1].rows.append([])
        elif tag in _CELLS and self._tables:
            self._open_cell(tag, told)

    def handle_endtag(self, tag: str) -> None:
        if tag in _BREAKS:
            self._flush()
        if tag in _BOLD:
            self._bold = max(0, self._bold - 1)
        elif tag == "span" and self._spans:
            self._spans.pop()
        elif tag in _LISTS and self._lists:
            self._lists.pop()
        elif tag == "li":
            self._marker = None
        elif tag == "thead" and self._tables:
            self._tables[-1].head = len(self._tables[-1].rows)
        elif tag == "table" and self._tables:
            self._close_table()

    def handle_data(self, data: str) -> None:
        count = len("".join(data.split()))
        self._line.words.append(data)
        self._line.all += count
        self._line.bold += count if self._bold else 0
        self._line.underlined += count if any(self._spans) else 0

    def _open_list(self, tag: str, told: Mapping[str, str]) -> None:
        style = "disc" if tag == "ul" else told.get("style", "").rpartition(":")[2].strip(" ;") or "decimal"
        start = told.get("start", "1")
        intro = (self._last[1],) if self._last and self._last[0].endswith(":") else ()
        above = self._lists[-1].item if self._lists else None
        self._lists.append(_List(style, int(start) if start.isdecimal() else 1, (above,) if above else intro))

    def _open_cell(self, tag: str, told: Mapping[str, str]) -> None:
        table = self._tables[-1]
        if not table.rows:
            table.rows.append([])
        rows = told.get("rowspan", "1")
        wide = told.get("colspan", "1") != "1"
        table.rows[-1].append(_Cell(tag == "th", int(rows) if rows.isdecimal() else 1, wide))

    def _flush(self) -> None:
        line, self._line = self._line, _Line()
        words = " ".join("".join(line.words).split())
        if not words:
            return
        if self._tables:
            self._add_to_cell(words, bold=line.bold == line.all)
        elif self._lists:
            self._write_item(words)
        elif line.bold == line.all and len(words) <= _HEADING_CHARS and not words.endswith((".", ";", ",")):
            level = self._level if line.underlined == line.all else self._level + 1
            self._builder.heading(words.rstrip(":").rstrip() or words, level, locator=self._locator)
            self._notes["bold_headings"] += 1
            self._last = None
        else:
            self._last = words, self._builder.write("paragraph", words, locator=self._locator)

    def _add_to_cell(self, words: str, *, bold: bool = False) -> None:
        table = self._tables[-1]
        if table.rows and table.rows[-1]:
            cell = table.rows[-1][-1]
            cell.header = cell.header or (bold and not cell.pieces)
            cell.pieces.append(words)
        else:
            self._last = words, self._builder.write("paragraph", words, locator=self._locator)

    def _write_item(self, words: str) -> None:
        held = self._lists[-1]
        marked = f"{self._marker} {words}" if self._marker else words
        self._marker = None
        span = self._builder.write(
            "list_item", marked, locator=self._locator, separator="\n", scope=held.intro
        )
        held.item = span
        self._last = words, span

    def _close_table(self) -> None:
        table = self._tables.pop()
        heads = _heads(table)
        filled = [(at < heads, _filled(table, row)) for at, row in enumerate(table.rows)]
        rows = [(head, words) for head, words in filled if words]
        if self._tables:
            for _, words in rows:
                self._add_to_cell(words)
        elif len(rows) == 1 and " | " not in rows[0][1]:
            self._last = rows[0][1], self._builder.write("paragraph", rows[0][1], locator=self._locator)
        else:
            self._notes["tables"] += bool(rows)
            self._notes["tables_without_header"] += bool(rows) and not rows[0][0]
            self._notes["table_rows"] += len(rows)
            self._write_rows(rows)

    def _write_rows(self, rows: Sequence[tuple[bool, str]]) -> None:
        header: tuple[Span, ...] = ()
        for at, (head, words) in enumerate(rows):
            separator = "\n\n" if at == 0 else "\n"
            if head:
                span = self._builder.write("table_header", words, locator=self._locator, separator=separator)
                header = (*header, span)
            else:
                self._builder.write(
                    "table_row", words, locator=self._locator, separator=separator, scope=header
                )
        self._last = None


def _heads(table: _Table) -> int:
    """How many rows are header: the table's head, else the first row of header cells and the one under its spans."""
    if table.head:
        return table.head
    count = 0
    while count < len(table.rows) and table.rows[count] and all(cell.header for cell in table.rows[count]):
        count += 1
        if not any(cell.wide or cell.rows > 1 for cell in table.rows[count - 1]):
            break
    return count if count < len(table.rows) else 0


def _filled(table: _Table, row: Sequence[_Cell]) -> str:
    """The words of a row, "" where it has none; cells from rows above that span into it stand in their columns."""
    waiting = list(row)
    cells: list[str] = []
    while waiting or len(cells) in table.spans:
        column = len(cells)
        if column in table.spans:
            left, words = table.spans.pop(column)
            if left > 1:
                table.spans[column] = left - 1, words
            cells.append(words)
            continue
        cell = waiting.pop(0)
        if cell.rows > 1:
            table.spans[column] = cell.rows - 1, cell.words
        cells.append(cell.words)
    return "" if all(words == _NONE for words in cells) else " | ".join(cells)


def _marker(held: _List) -> str:
    number, held.number = held.number, held.number + 1
    if held.style in {"lower-alpha", "upper-alpha"} and number <= 26:
        letter = chr(ord("a") + number - 1)
        return f"{letter if held.style == 'lower-alpha' else letter.upper()}."
    if held.style in {"lower-roman", "upper-roman"}:
        roman = _roman(number)
        return f"{roman if held.style == 'lower-roman' else roman.upper()}."
    return f"{number}." if held.style.startswith("decimal") else "-"


def _roman(number: int) -> str:
    made = ""
    for value, sign in ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")):
        count, number = divmod(number, value)
        made += sign * count
    return made
