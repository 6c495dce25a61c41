"""Reads Word documents and workbooks: the parsing is done by a confined child, whose answer becomes a document here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, Final

from medrag.records import Span
from medrag.text.orders import find_orders
from medrag.vocabulary import Language
from medrag_ingest.confine import Bounds, ParserFailed, confine
from medrag_ingest.parsed import ParsedDocument, TextBuilder
from medrag_ingest.raw import RawFile
from medrag_ingest.readers.doubts import (
    count_lost,
    find_doubtful_numbers,
    find_zero_width,
    measure_quality,
)
from medrag_ingest.readers.guard import Options, check_characters, parse_options, read_bytes, refuse
from medrag_ingest.readers.tables import Cell, Row, TableTooWide, lay_out
from medrag_ingest.report import FlagKind, FlagReport, HeadingReport, PageReport, ParseReport, TableReport

__all__ = ["OfficeOptions", "read_docx", "read_xlsx"]

DOCX: Final = "medrag_ingest.readers.office.inside_docx:parse"
XLSX: Final = "medrag_ingest.readers.office.inside_xlsx:parse"
BOUNDS: Final = Bounds(memory=512 << 20, cpu=60, wall=120.0)
REMEDY: Final = "Open it in its program and save it again, or print it to a PDF and ingest that"


class OfficeOptions(Options):
    """``key`` and ``title`` stand in for the file's name and its own title."""

    key: str | None = None
    title: str | None = None
    language: Language | None = None


def read_docx(raw: RawFile, options: Mapping[str, object]) -> Iterator[ParsedDocument]:
    """One document: headings, paragraphs, list items, tables with their headers, notes. Raises DocumentRefused."""
    chosen = parse_options(OfficeOptions, options, "docx")
    told = parsed(raw, DOCX)
    writer = Writer(raw)
    for kind, level, content, place in told["blocks"]:
        if kind == "table":
            writer.table(docx_rows(content, place), place, "")
        elif kind == "heading":
            writer.heading(content, level, place)
        else:
            writer.plain("list_item" if kind == "list_item" else "paragraph", content, place)
    yield writer.document(chosen, "docx", str(told["title"]), told["counts"])


def docx_rows(rows: Sequence[Any], place: str) -> list[Row]:
    """Rows as :func:`lay_out` takes them: a cell that continues the one above becomes that one's second row."""
    spans: dict[int, list[int]] = {}
    laid: list[list[tuple[str, int, int]]] = []
    for number, (cells, _) in enumerate(rows):
        line: list[tuple[str, int, int]] = []
        column = 0
        for words, columns, below in cells:
            if below and column in spans:
                above, index = spans[column]
                first = laid[above][index]
                laid[above][index] = (first[0], first[1], number - above + 1)
            else:
                spans[column] = [number, len(line)]
                line.append((words, columns, 1))
            column += columns
        laid.append(line)
    return [
        Row(
            tuple(Cell(w, colspan=c, rowspan=r) for w, c, r in line), f"{place} row:{n + 1}", bool(rows[n][1])
        )
        for n, line in enumerate(laid)
    ]


def read_xlsx(raw: RawFile, options: Mapping[str, object]) -> Iterator[ParsedDocument]:
    """One document: a section a sheet, its rows with the words of their column heads. Raises DocumentRefused."""
    chosen = parse_options(OfficeOptions, options, "xlsx")
    told = parsed(raw, XLSX)
    writer = Writer(raw)
    for name, rows in told["sheets"]:
        place = f"sheet:{name}"
        writer.heading(str(name), 1, place)
        title, body = above_table(rows)
        for number, words in title:
            writer.plain("caption", words, f"{place} row:{number}")
        lines = [
            Row(tuple(Cell(words) for words in cells), f"{place} row:{number}", at == 0 and len(body) > 1)
            for at, (number, cells) in enumerate(body)
        ]
        if lines:
            writer.table(lines, place, str(name))
    yield writer.document(chosen, "xlsx", str(told["title"]), told["counts"])


def above_table(rows: Sequence[Any]) -> tuple[list[tuple[int, str]], list[Any]]:
    """(row number, words) of the leading rows with one filled cell, which are titles; and the rows of the table."""
    title: list[tuple[int, str]] = []
    for at, (number, cells) in enumerate(rows):
        filled = list(dict.fromkeys(words for words in cells if words))
        if len(filled) > 1 or len(cells) == 1:
            return title, list(rows[at:])
        title.append((number, filled[0]))
    return title, []


def parsed(raw: RawFile, parser: str) -> Mapping[str, Any]:
    try:
        answer = confine(parser, read_bytes(raw), {}, BOUNDS)
    except ParserFailed as error:
        raise refuse(raw, error.reason, remedy=REMEDY) from error
    if answer.result is None:
        raise refuse(raw, answer.refused, remedy=answer.remedy)
    return answer.result


class Writer:
    """Writes blocks, and notes what a librarian should look at."""

    def __init__(self, raw: RawFile) -> None:
        self.raw = raw
        self.builder = TextBuilder()
        self.headings: list[HeadingReport] = []
        self.tables: list[TableReport] = []
        self.introduction: Span | None = None

    def heading(self, words: str, level: int, place: str) -> None:
        self.builder.heading(words, level, locator=place)
        self.headings.append(HeadingReport(1, level, " ".join(words.split())))
        self.introduction = None

    def plain(self, kind: Any, words: str, place: str) -> None:
        """A paragraph, caption or list item; items hang under the paragraph that ends in a colon before them."""
        scope = (self.introduction,) if kind == "list_item" and self.introduction else ()
        span = self.builder.write(kind, words, locator=place, scope=scope)
        if kind != "list_item":
            self.introduction = span if words.rstrip().endswith((":", "：")) else None

    def table(self, rows: Sequence[Row], place: str, title: str) -> None:
        try:
            laid = lay_out(rows)
        except TableTooWide as error:
            raise refuse(self.raw, str(error)) from error
        heads: list[Span] = []
        group: Span | None = None
        for line in laid:
            if line.role == "header":
                heads.append(self.builder.write("table_header", line.words, locator=line.locator))
                continue
            scope = (*heads, *((group,) if group is not None and line.role == "row" else ()))
            span = self.builder.write(
                "table_row", line.words, locator=line.locator, separator="\n", scope=scope
            )
            group = span if line.role == "group" else group
        width = max((len(row.cells) for row in rows), default=0)
        self.tables.append(
            TableReport(1, 1, title or place, len(laid), width, bool(heads), True, any(map(is_dose, laid)))
        )
        self.introduction = None

    def document(
        self, chosen: OfficeOptions, reader: str, title: str, counts: Mapping[str, int]
    ) -> ParsedDocument:
        text, blocks, segments = self.builder.finish()
        if not text.strip():
            raise refuse(self.raw, "the document holds no text")
        check_characters(self.raw, text)
        key = chosen.key or self.raw.path
        named = chosen.title or title.strip() or PurePosixPath(self.raw.path).stem
        page = PageReport(
            1, len(text), tables=len(self.tables), lost=count_lost(text), quality=measure_quality(text)
        )
        return ParsedDocument(
            key=key,
            title=named,
            text=text,
            blocks=blocks,
            segments=segments,
            raw_member=self.raw.member,
            language=chosen.language,
            lost_characters=count_lost(text),
            notes={name: count for name, count in counts.items() if count},
            report=ParseReport(
                key,
                reader,
                named,
                (page,),
                tuple(self.headings),
                tuple(self.tables),
                tuple(flags(text, counts)),
            ),
        )


def is_dose(line: Any) -> bool:
    from medrag_ingest.readers.pdf.rows import DOSE

    return DOSE.search(line.words) is not None


def flags(text: str, counts: Mapping[str, int]) -> Iterator[FlagReport]:
    """What a person should look at before readers do."""
    if hidden := counts.get("hidden_text", 0):
        yield FlagReport(1, "hidden_text", "words that are hidden, or white on white", hidden)
    if empty := counts.get("formula_without_value", 0):
        yield FlagReport(1, "lost_characters", "formulas whose value the file does not keep", empty)
    found: tuple[tuple[FlagKind, list[str]], ...] = (
        ("doubtful_digits", find_doubtful_numbers(text)),
        ("orders", find_orders(text)),
        ("zero_width", find_zero_width(text)),
    )
    for kind, words in found:
        if words:
            yield FlagReport(1, kind, "; ".join(words)[:200], len(words))
