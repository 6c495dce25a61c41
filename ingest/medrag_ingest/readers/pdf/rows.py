"""Turns a table as drawn into lines of text: its header told apart, its rows each on one line, its notes found."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from medrag_ingest.readers.pdf.grids import Grid, GridCell
from medrag_ingest.readers.pdf.shapes import Box, around
from medrag_ingest.readers.tables import Cell, LaidRow, Row, lay_out

__all__ = ["DOSE", "PRODUCT_LISTING", "TableLine", "count_headers", "lay_grid", "locate", "marks_of"]

#: An amount of a drug: in a table that holds it, a number without its column header is dangerous.
DOSE: Final = re.compile(
    r"\d\s*(?:mg|mcg|µg|μg|g|mL|units?|IU|mEq|mmol)(?:/|\b)|\b(?:dose|dosage|dosing)\b|剂量|用量|毫克|微克",
    re.IGNORECASE,
)
#: Rows of the listing DailyMed prints below a label: the product as data, not a table of doses.
PRODUCT_LISTING: Final = re.compile(
    r"Product Information|Item Code \(Source\)|Inactive Ingredients|Marketing Information|Active Ingredient/Active Moiety"
    r"|Package Description|Product Characteristics|Establishment|Registrant -|Labeler -|Business Operations"
)
#: Marks that lead to a note below the table.
_MARKS: Final = re.compile(r"(?:[*†‡§¶#‖∥]+|[ᵃ-ᵛ⁰¹²³⁴-⁹]+)(?=\s|$|\|)")
_NUMERIC: Final = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class TableLine:
    """One row written out."""

    role: str
    words: str
    box: Box
    page: int = 0


def locate(page: int, box: Box) -> str:
    """``page:7 box:41,68,438,82``: the page, 1-based, and the place on it, in points from its top left corner."""
    return f"page:{page} box:{box.left:.0f},{box.top:.0f},{box.right:.0f},{box.bottom:.0f}"


def count_headers(grid: Grid) -> int:
    """How many rows, from the first, are column headers; 0 where nothing on the page says so.

    Bold rows are, and those a header cell reaches down into; else the first row where it is words alone and the columns
    below it hold numbers.
    """
    rows = grid.rows
    heads = 0
    for number, row in enumerate(rows):
        filled = [cell for cell in row if cell.lines]
        if not filled or not all(cell.bold for cell in filled):
            break
        if len(filled) == 1 and filled[0].columns >= grid.columns and number:
            break  # a bold row across the table names the rows below it
        heads = number + 1
    reach = max((cell.row + cell.rows for row in rows[:heads] for cell in row), default=0)
    heads = max(heads, reach if heads else 0)
    if heads >= len(rows):
        # All bold: weight says nothing, so the rest decides.
        heads = 0
    # A lone bold row across all columns is a title: what follows it must be a header too, or there is none.
    titled = heads == 1 and len(rows[0]) == 1 and grid.columns > 1
    if heads and not titled:
        return heads
    return _by_numbers(rows, 1 if titled else 0)


def _by_numbers(rows: Sequence[Sequence[GridCell]], first: int) -> int:
    if len(rows) < first + 2:
        return 0
    head = [cell for cell in rows[first] if cell.column > 0 and cell.lines]
    below = [cell for row in rows[first + 1 :] for cell in row if cell.column > 0 and cell.lines]
    if not head or not below or any(_NUMERIC.match(cell.text) for cell in head):
        return 0
    numeric = sum(_NUMERIC.search(cell.text) is not None for cell in below)
    return first + 1 if numeric >= 0.5 * len(below) else 0


def lay_grid(grid: Grid, headers: int) -> list[TableLine]:
    """The rows as lines of text, in order."""
    rows = grid.rows
    places = [(around(cell.box for cell in row), row[0].page) for row in rows]
    laid = lay_out(
        [Row(tuple(_cells(row, rows, at, grid.columns)), str(at)) for at, row in enumerate(rows)],
        headers,
    )
    return [_line(item, places) for item in laid]


def _line(item: LaidRow, places: Sequence[tuple[Box, int]]) -> TableLine:
    return TableLine(item.role, item.words, *places[int(item.locator)])


def _cells(row: Sequence[GridCell], rows: Sequence[Sequence[GridCell]], at: int, columns: int) -> list[Cell]:
    """The row's cells from left to right with empty ones where nothing is drawn and no cell from above reaches down."""
    taken = {
        column
        for above in rows[:at]
        for cell in above
        if cell.row + cell.rows > row[0].row
        for column in range(cell.column, cell.column + cell.columns)
    }
    made: list[Cell] = []
    column = 0
    for cell in row:
        made += [Cell("") for empty in range(column, cell.column) if empty not in taken]
        made.append(Cell(" ".join(cell.text.split()), cell.bold, cell.columns, cell.rows))
        column = cell.column + cell.columns
    return made


def marks_of(words: str) -> set[str]:
    """The note marks in a row or a title."""
    return {match.group() for match in _MARKS.finditer(words)}
