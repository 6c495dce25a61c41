"""Reads one packaged CSV table and refuses a damaged one by file, line and column."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from importlib.resources import files
from io import StringIO
from typing import NoReturn, TypeVar

from medrag.errors import IntegrityError, Place

__all__ = ["Row", "parse_table", "read_table"]

Word = TypeVar("Word", bound=str)


class Row:
    """One record of a table; asks for a column answer its text, or say where the table is wrong."""

    __slots__ = ("cells", "file", "line")

    def __init__(self, file: str, line: int, cells: dict[str, str]) -> None:
        self.file = file
        self.line = line
        self.cells = cells

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def words(self, column: str) -> tuple[str, ...]:
        """The ``|``-separated words of a column, empty when the column is; an empty word between bars is refused."""
        text = self.cells[column]
        words = tuple(text.split("|")) if text else ()
        if any(not word or word != word.strip() for word in words):
            self.refuse(column, f"{text!r} holds an empty or padded word")
        return words

    def one_of(self, column: str, allowed: Sequence[Word]) -> Word:
        """The column's text when it stands in ``allowed``; refused otherwise."""
        return self._member(column, self.cells[column], allowed)

    def all_of(self, column: str, allowed: Sequence[Word]) -> tuple[Word, ...]:
        """The column's words, each of which must stand in ``allowed``."""
        return tuple(self._member(column, word, allowed) for word in self.words(column))

    def _member(self, column: str, text: str, allowed: Sequence[Word]) -> Word:
        if text not in allowed:
            self.refuse(column, f"{text!r} is not one of {', '.join(allowed)}")
        return allowed[allowed.index(text)]

    def refuse(self, column: str, problem: str) -> NoReturn:
        raise IntegrityError(
            problem,
            place=Place(self.file, self.line, column),
            remedy="Reinstall medrag, or correct the table.",
        )


def read_table(name: str, columns: tuple[str, ...], *, required: tuple[str, ...]) -> tuple[Row, ...]:
    """Every record of the packaged table ``name``; its header must be ``columns``, ``required`` cells not empty."""
    text = files("medrag.lexicon").joinpath(name).read_text(encoding="utf-8")
    return parse_table(text, f"medrag/lexicon/{name}", columns, required=required)


def parse_table(
    text: str, file: str, columns: tuple[str, ...], *, required: tuple[str, ...]
) -> tuple[Row, ...]:
    """As `read_table`, from text; ``file`` is the name that errors give. Raises `IntegrityError`."""
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    rows: list[Row] = []
    try:
        header = tuple(next(reader, ()))
        if header != columns:
            Row(file, 1, {}).refuse(",".join(header), f"the header must be {','.join(columns)}")
        rows.extend(_row(file, reader.line_num, columns, cells, required) for cells in reader)
    except csv.Error as problem:
        Row(file, reader.line_num, {}).refuse("", f"not well-formed CSV: {problem}")
    return tuple(rows)


def _row(file: str, line: int, columns: tuple[str, ...], cells: list[str], required: tuple[str, ...]) -> Row:
    row = Row(file, line, dict(zip(columns, cells, strict=False)))
    if len(cells) != len(columns):
        row.refuse("", f"{len(cells)} cells where {len(columns)} are due")
    for column in columns:
        if row[column] != row[column].strip():
            row.refuse(column, f"{row[column]!r} has spaces around it")
    for column in required:
        if not row[column]:
            row.refuse(column, "empty")
    return row
