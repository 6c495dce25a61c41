"""Reads CSV and TSV: rows as passages, as documents of their own, or as names of a terminology."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, Literal

from pydantic import Field, model_validator

from medrag.vocabulary import Language
from medrag_ingest.parsed import ParsedDocument, RawName, TextBuilder
from medrag_ingest.raw import RawFile
from medrag_ingest.readers.guard import Options, iter_lines, lost_characters, parse_options, refuse

__all__ = ["NameColumn", "NameColumns", "TableOptions", "read_csv", "read_tsv"]

#: ``prefix:local``, as the Bioregistry writes CURIEs; the local part holds no white space.
_CURIE: Final = re.compile(r"[A-Za-z][\w.-]*:\S+")


class NameColumn(Options):
    """One more column of names."""

    column: str
    language: Language
    form: Literal["preferred", "synonym", "brand", "abbreviation"] = "synonym"
    #: What parts several names in one cell; None where a cell holds one.
    separator: str | None = None


class NameColumns(Options):
    """Which columns make a terminology: ids, preferred names, synonyms, other names, codes."""

    #: Column of the concept's id; with ``prefix``, ``DB00682`` becomes ``drugbank:DB00682`` (white space in it becomes ``_``).
    id: str
    prefix: str | None = Field(default=None, pattern=r"^[A-Za-z][\w.-]*$")
    kind: str = "drug"
    preferred: str
    language: Language = "en"
    synonyms: str | None = None
    #: What parts the synonyms in their cell.
    separator: str = "|"
    also: tuple[NameColumn, ...] = ()
    #: Code system -> column.
    codes: Mapping[str, str] = Field(default_factory=dict)

    def columns(self) -> tuple[str, ...]:
        """Every column the names need."""
        own = (self.id, self.preferred, *([self.synonyms] if self.synonyms else []))
        return (*own, *(item.column for item in self.also), *self.codes.values())


class TableOptions(Options):
    """How the rows become documents. Columns are named as the header row names them."""

    #: ``document``: each row its own; ``block``: rows are blocks of documents of ``rows_per_document`` rows.
    rows: Literal["document", "block"] = "block"
    #: Column that names each document, unique in the file; needed for ``rows: document``.
    key: str | None = None
    title: str | None = None
    #: Columns whose cells are read, in order; empty: all.
    text_columns: tuple[str, ...] = ()
    published: str | None = None
    url: str | None = None
    names: NameColumns | None = None
    #: A document of a long table holds so many rows, so that memory stays flat.
    rows_per_document: int = Field(default=1000, ge=1, le=10_000)
    language: Language | None = None
    encoding: str | None = None
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)

    @model_validator(mode="after")
    def documents_have_keys(self) -> TableOptions:
        """A row that is a document needs a stable name."""
        if self.rows == "document" and self.key is None:
            raise ValueError("rows: document needs key, the column that names each row")
        return self

    def columns(self) -> tuple[str, ...]:
        """Every column the options name."""
        single = (self.key, self.title, self.published, self.url)
        return (
            *(name for name in single if name),
            *self.text_columns,
            *(self.names.columns() if self.names else ()),
        )


@dataclass(frozen=True, slots=True)
class _Row:
    """One row by column name, and the lines of the file it stands on."""

    cells: Mapping[str, str]
    first: int
    last: int

    @property
    def locator(self) -> str:
        return f"lines:{self.first}-{self.last}"


def read_csv(raw: RawFile, options: Mapping[str, object]) -> Iterator[ParsedDocument]:
    """Documents of a comma-separated file with a header row. Raises DocumentRefused naming the line of a ragged row."""
    return _read(raw, parse_options(TableOptions, options, "csv"), ",")


def read_tsv(raw: RawFile, options: Mapping[str, object]) -> Iterator[ParsedDocument]:
    """Documents of a tab-separated file with a header row. Raises as :func:`read_csv`."""
    return _read(raw, parse_options(TableOptions, options, "tsv"), "\t")


def _read(raw: RawFile, chosen: TableOptions, delimiter: str) -> Iterator[ParsedDocument]:
    rows = _rows(raw, chosen, chosen.delimiter or delimiter)
    if chosen.rows == "document":
        yield from _row_documents(raw, chosen, rows)
        return
    number = 0
    while batch := list(islice(rows, chosen.rows_per_document)):
        yield _batch_document(raw, chosen, batch, number + 1)
        number += len(batch)
    if number == 0:
        raise refuse(raw, "the table has a header and no row", line=1)


def _rows(raw: RawFile, chosen: TableOptions, delimiter: str) -> Iterator[_Row]:
    """Rows that hold anything, by column. A row of another length than the header is refused."""
    reader = csv.reader(iter_lines(raw, chosen.encoding), delimiter=delimiter, strict=True)
    header: list[str] = []
    last = 0
    try:
        for cells in reader:
            first, last = last + 1, reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if not header:
                header = _header(raw, cells, chosen, first)
            elif len(cells) != len(header):
                raise refuse(
                    raw, f"{len(cells)} cells where the header has {len(header)} columns", line=first
                )
            else:
                yield _Row(
                    {name: cell.strip() for name, cell in zip(header, cells, strict=True)}, first, last
                )
    except csv.Error as error:
        raise refuse(raw, f"not a table: {error}", line=reader.line_num) from error
    if not header:
        raise refuse(raw, "the table has no header row", line=1)


def _header(raw: RawFile, cells: Sequence[str], chosen: TableOptions, line: int) -> list[str]:
    header = [cell.strip() for cell in cells]
    for number, name in enumerate(header):
        if not name or name in header[:number]:
            raise refuse(
                raw,
                f"column {number + 1} has {'no name' if not name else f'the name {name!r} again'}",
                line=line,
            )
    missing = [name for name in chosen.columns() if name not in header]
    if missing:
        raise refuse(
            raw, f"no column {missing[0]!r}", line=line, remedy=f"Columns there are: {', '.join(header)}."
        )
    return header


def _row_words(chosen: TableOptions, row: _Row) -> str:
    """``Column: value`` of every filled cell, on one line."""
    shown = chosen.text_columns or tuple(row.cells)
    return "; ".join(f"{name}: {' '.join(row.cells[name].split())}" for name in shown if row.cells[name])


def _row_documents(raw: RawFile, chosen: TableOptions, rows: Iterator[_Row]) -> Iterator[ParsedDocument]:
    seen: dict[str, int] = {}
    for row in rows:
        key = row.cells[chosen.key or ""]
        if not key or key in seen:
            problem = f"the key {key!r} stands on line {seen[key]} too" if key else "the row has no key"
            raise refuse(raw, problem, line=row.first, field=chosen.key)
        seen[key] = row.first
        builder = TextBuilder()
        for name in chosen.text_columns or tuple(row.cells):
            if row.cells[name]:
                builder.write("paragraph", f"{name}: {row.cells[name]}", locator=row.locator)
        if not builder.length:
            raise refuse(raw, "the row holds no text", line=row.first)
        yield _document(raw, chosen, builder, [row], key, row.cells[chosen.title] if chosen.title else key)
    if not seen:
        raise refuse(raw, "the table has a header and no row", line=1)


def _batch_document(raw: RawFile, chosen: TableOptions, rows: list[_Row], first: int) -> ParsedDocument:
    builder = TextBuilder()
    for row in rows:
        words = _row_words(chosen, row)
        if not words:
            raise refuse(raw, "the row holds no text", line=row.first)
        kind: Literal["entry", "table_row"] = "entry" if chosen.names else "table_row"
        builder.write(kind, words, locator=row.locator, separator="\n")
    span = f"{first}-{first + len(rows) - 1}"
    return _document(raw, chosen, builder, rows, f"{raw.path}#{span}", f"{raw.path}, rows {span}")


def _document(
    raw: RawFile, chosen: TableOptions, builder: TextBuilder, rows: Sequence[_Row], key: str, title: str
) -> ParsedDocument:
    text, blocks, segments = builder.finish()
    single = rows[0].cells if chosen.rows == "document" else {}
    return ParsedDocument(
        key=key,
        title=title or key,
        text=text,
        blocks=blocks,
        segments=segments,
        raw_member=raw.member,
        language=chosen.language,
        published=single.get(chosen.published or "") or None,
        url=single.get(chosen.url or "") or None,
        lost_characters=lost_characters(text),
        searchable=chosen.names is None,
        names=tuple(name for row in rows for name in _names(raw, chosen.names, row)) if chosen.names else (),
    )


def _names(raw: RawFile, columns: NameColumns, row: _Row) -> Iterator[RawName]:
    """The names of one row: the preferred one first, each text once a language."""
    local = row.cells[columns.id]
    concept = f"{columns.prefix}:{'_'.join(local.split())}" if columns.prefix else local
    if not local or not _CURIE.fullmatch(concept):
        raise refuse(
            raw, f"{concept!r} is not an id of the form prefix:name", line=row.first, field=columns.id
        )
    if not row.cells[columns.preferred]:
        raise refuse(raw, "the row has no preferred name", line=row.first, field=columns.preferred)
    codes = {system: row.cells[column] for system, column in columns.codes.items() if row.cells[column]}
    given: set[tuple[str, str]] = set()
    for column in _name_columns(columns):
        cell = row.cells[column.column]
        for text in (part.strip() for part in (cell.split(column.separator) if column.separator else [cell])):
            if text and (text, column.language) not in given:
                given.add((text, column.language))
                yield RawName(concept, columns.kind, text, column.language, column.form, codes)


def _name_columns(columns: NameColumns) -> Iterator[NameColumn]:
    yield NameColumn(column=columns.preferred, language=columns.language, form="preferred")
    if columns.synonyms:
        yield NameColumn(column=columns.synonyms, language=columns.language, separator=columns.separator)
    yield from columns.also
