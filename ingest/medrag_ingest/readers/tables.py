"""Lays out a marked-up table: spans expanded, header rows and group rows told apart, one line of text per row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

__all__ = ["Cell", "LaidRow", "Row", "TableTooWide", "lay_out"]

#: No table of a label or guideline comes near; a colspan of a million would fill the memory.
MAX_COLUMNS: Final = 1000
#: A header is repeated over the columns it spans, so that each column names itself; a longer one stands once.
REPEATED_CHARS: Final = 200


class TableTooWide(ValueError):
    """A row of more than MAX_COLUMNS columns."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as written: its words, whether it is a heading cell, and how many columns and rows it spans."""

    words: str
    is_header: bool = False
    colspan: int = 1
    rowspan: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """One row as written."""

    cells: tuple[Cell, ...]
    locator: str
    in_head: bool = False


@dataclass(frozen=True, slots=True)
class LaidRow:
    """One row as a line of text. A group row names the rows below it until the next group."""

    role: Literal["header", "group", "row"]
    words: str
    locator: str


def lay_out(rows: Sequence[Row], headers: int | None = None) -> list[LaidRow]:
    """The table's lines in order, rows without words left out. Raises TableTooWide.

    Header rows are the first ``headers``; where that is None those of ``thead``, else the leading rows of heading cells
    alone, else the first of several rows where the table has several columns.
    """
    if headers is None:
        headers = _count_headers(rows)
    grid = _expand(rows, headers)
    width = max((len(line) for line in grid), default=0)
    laid: list[LaidRow] = []
    for number, (row, line) in enumerate(zip(rows, grid, strict=True)):
        words = " | ".join(line).rstrip(" |")
        if not words:
            continue
        role: Literal["header", "group", "row"] = "header" if number < headers else "row"
        if role == "row" and width > 1 and _is_group(row, width):
            role = "group"
        laid.append(LaidRow(role, words, row.locator))
    return laid


def _count_headers(rows: Sequence[Row]) -> int:
    head = sum(1 for row in rows if row.in_head)
    if head:
        return head
    leading = 0
    for row in rows:
        if not row.cells or not all(cell.is_header or not cell.words for cell in row.cells):
            break
        leading += 1
    if leading:
        return leading if leading < len(rows) else 1
    columns = max((sum(cell.colspan for cell in row.cells) for row in rows), default=0)
    return 1 if len(rows) > 1 and columns > 1 and not _is_group(rows[0], columns) else 0


def _is_group(row: Row, width: int) -> bool:
    filled = [cell for cell in row.cells if cell.words]
    return len(filled) == 1 and filled[0].colspan >= width and filled[0].rowspan == 1


def _expand(rows: Sequence[Row], headers: int) -> list[list[str]]:
    """Each row's columns: words that span rows are repeated in each, words that span columns in header rows only."""
    grid: list[list[str]] = []
    #: Column -> rows still to fill and the words.
    carried: dict[int, tuple[int, str]] = {}
    for number, row in enumerate(rows):
        line: list[str] = []
        following: dict[int, tuple[int, str]] = {}
        pending = list(row.cells)
        while pending or any(column >= len(line) for column in carried):
            if len(line) > MAX_COLUMNS:
                raise TableTooWide(f"a table row of more than {MAX_COLUMNS} columns")
            if len(line) in carried:
                left, words = carried.pop(len(line))
                _put(line, following, words, left, 1, repeat=False)
            elif pending:
                cell = pending.pop(0)
                repeat = number < headers and len(cell.words) <= REPEATED_CHARS
                _put(line, following, cell.words, cell.rowspan, cell.colspan, repeat=repeat)
            else:
                line.append("")
        carried = following
        grid.append(line)
    return grid


def _put(
    line: list[str],
    following: dict[int, tuple[int, str]],
    words: str,
    rows: int,
    columns: int,
    *,
    repeat: bool,
) -> None:
    for offset in range(min(columns, MAX_COLUMNS)):
        shown = words if repeat or offset == 0 else ""
        if rows > 1:
            following[len(line)] = (rows - 1, shown)
        line.append(shown)
