"""Reads tables whose rows each state one thing of two: a drug and its class, a drug and what it treats."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import Field, model_validator

from medrag_ingest.parsed import ParsedDocument, RawAssertion, RawName, TextBuilder
from medrag_ingest.raw import RawFile
from medrag_ingest.readers.checked import unforeseen
from medrag_ingest.readers.guard import Options, iter_lines, parse_options

__all__ = ["End", "PairTable", "PairTables", "read_pairs"]

_ROWS_A_DOCUMENT: Final = 500


class End(Options):
    """The columns that name one end of a row's statement."""

    name: str
    id: str
    #: Beginning of an id -> the CURIE prefix to write before it; "" where the id is a CURIE already.
    prefixes: Mapping[str, str]
    kind: str

    def curie(self, local: str) -> str | None:
        """The id as a CURIE; None when it begins like none of the prefixes."""
        for begins, prefix in sorted(self.prefixes.items(), reverse=True):
            if local.startswith(begins):
                return f"{prefix}:{local}" if prefix else local
        return None


class PairTable(Options):
    """One file: its ends, and what its rows say of them."""

    file: str
    subject: End
    object: End
    #: Said of every row; or by the value of ``level``.
    predicate: str | None = None
    level: str | None = None
    predicates: Mapping[str, str] = Field(default_factory=dict)
    #: Levels that state nothing the graph holds; such rows are shown and counted, and make no assertion.
    left_out: tuple[str, ...] = ()
    #: Further columns kept beside the assertion.
    qualifiers: tuple[str, ...] = ()

    @model_validator(mode="after")
    def says_something(self) -> PairTable:
        """One predicate, or one for each level."""
        if (self.predicate is None) == (self.level is None):
            raise ValueError("either predicate, or level with predicates")
        return self

    def columns(self) -> tuple[str, ...]:
        ends = (self.subject.name, self.subject.id, self.object.name, self.object.id)
        return (*ends, *([self.level] if self.level else []), *self.qualifiers)


class PairTables(Options):
    """The tables of a card, by file name, and what their levels are called."""

    scale: str
    tables: tuple[PairTable, ...] = Field(min_length=1)
    delimiter: str = Field(default="\t", min_length=1, max_length=1)


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    cells: Mapping[str, str]


def read_pairs(raw: RawFile, options: Mapping[str, object]) -> Iterator[ParsedDocument]:
    """One document for every 500 rows; each row is a table row, an assertion with it as evidence, and two names.

    Raises DocumentRefused with the line of a row that lacks a name, has an id of no known form, or a level the card
    does not name; ManifestRefused on options that fit no table.
    """
    chosen = parse_options(PairTables, options, "pairs")
    table = next((item for item in chosen.tables if item.file == raw.path.rpartition("/")[2]), None)
    if table is None:
        unforeseen(raw, f"no table of the card is called {raw.path}", field="options.tables")
    rows = _rows(raw, table, chosen.delimiter)
    for start in range(0, len(rows), _ROWS_A_DOCUMENT):
        yield _document(raw, table, chosen.scale, rows[start : start + _ROWS_A_DOCUMENT], start + 1)


def _rows(raw: RawFile, table: PairTable, delimiter: str) -> list[_Row]:
    reader = csv.reader(iter_lines(raw), delimiter=delimiter, strict=True)
    header = next(reader, [])
    missing = [name for name in table.columns() if name not in header]
    if missing:
        unforeseen(raw, f"no column {missing[0]!r}", line=1)
    rows: list[_Row] = []
    for cells in reader:
        if len(cells) != len(header):
            unforeseen(raw, f"{len(header)} columns were expected, {len(cells)} found", line=reader.line_num)
        told = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
        rows.append(_Row(reader.line_num, told))
    if not rows:
        unforeseen(raw, "the table has a header and no row", line=1)
    return rows


def _document(raw: RawFile, table: PairTable, scale: str, rows: Sequence[_Row], first: int) -> ParsedDocument:
    builder = TextBuilder()
    notes: Counter[str] = Counter(rows=len(rows))
    claims: list[RawAssertion] = []
    names: dict[tuple[str, str], RawName] = {}
    for row in rows:
        subject, target = (_name(raw, end, row) for end in (table.subject, table.object))
        level = row.cells[table.level] if table.level else ""
        words = " | ".join(row.cells[name] for name in table.columns() if row.cells[name])
        span = builder.write("table_row", words, locator=f"lines:{row.line}-{row.line}", separator="\n")
        names.update({(name.concept, name.text): name for name in (subject, target)})
        predicate = _predicate(raw, table, level, row.line)
        if predicate is None:
            notes[f"left_out_{level.casefold()}"] += 1
            continue
        told = {name: row.cells[name] for name in table.qualifiers if row.cells[name]}
        claims.append(
            RawAssertion(
                predicate,
                subject.concept,
                target.concept,
                "unknown",
                scale,
                level,
                "",
                told,
                (("row", span),),
            )
        )
    text, blocks, segments = builder.finish()
    span_of_rows = f"{first}-{first + len(rows) - 1}"
    return ParsedDocument(
        key=f"{table.file}#{span_of_rows}",
        title=f"{table.file}, rows {span_of_rows}",
        text=text,
        blocks=blocks,
        segments=segments,
        raw_member=raw.member,
        searchable=False,
        assertions=tuple(claims),
        names=tuple(names.values()),
        notes=dict(notes),
    )


def _name(raw: RawFile, end: End, row: _Row) -> RawName:
    text, local = row.cells[end.name], row.cells[end.id]
    curie = end.curie(local)
    if not text or curie is None:
        unforeseen(raw, f"not a name and an id of a known form: {text!r}, {local!r}", line=row.line)
    return RawName(curie, end.kind, text, "en", "preferred")


def _predicate(raw: RawFile, table: PairTable, level: str, line: int) -> str | None:
    if table.predicate is not None:
        return table.predicate
    if level in table.left_out:
        return None
    if level not in table.predicates:
        unforeseen(raw, f"a level the card does not name: {level!r}", line=line)
    return table.predicates[level]
