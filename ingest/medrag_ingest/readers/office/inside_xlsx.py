"""The confined half of the XLSX reader: every sheet's rows with their cells as a person sees them."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any, Final

from medrag_ingest.confine import Refusal
from medrag_ingest.readers.office.package import check_package

__all__ = ["parse"]

#: Beyond these a sheet is data for a program, not a table a person reads.
MOST_ROWS: Final = 100_000
MOST_COLUMNS: Final = 200


def parse(data: bytes, order: Mapping[str, Any]) -> dict[str, Any]:
    """Sheets as ``[name, [[row number, [cell, ...]], ...]]``; hidden ones too, counted; formulas by their kept value."""
    check_package(data, "xl/workbook.xml")
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        values = openpyxl.load_workbook(io.BytesIO(data), data_only=True, keep_links=False)
        written = openpyxl.load_workbook(io.BytesIO(data), data_only=False, keep_links=False)
    except (InvalidFileException, KeyError, ValueError, zipfile.BadZipFile, TypeError) as error:
        raise Refusal(
            "it does not open as a workbook", "Open it in a spreadsheet program and save it again"
        ) from error
    counts: Counter[str] = Counter()
    sheets = []
    for sheet in values.worksheets:
        counts["hidden_text"] += sheet.sheet_state != "visible"
        rows = list(rows_of(sheet, written[sheet.title], counts))
        if rows:
            sheets.append([sheet.title, rows])
    if not sheets:
        raise Refusal("the workbook holds no text")
    return {"title": str(values.properties.title or ""), "sheets": sheets, "counts": dict(counts)}


def rows_of(sheet: Any, written: Any, counts: Counter[str]) -> Iterator[list[Any]]:
    """Filled rows. A cell of a merged range says what its first cell says."""
    if sheet.max_row > MOST_ROWS or sheet.max_column > MOST_COLUMNS:
        raise Refusal(
            f"the sheet {sheet.title!r} has {sheet.max_row} rows and {sheet.max_column} columns",
            f"A sheet of {MOST_ROWS} rows and {MOST_COLUMNS} columns at most is read; save it as CSV with a card",
        )
    merged = {
        (row, column): (area.min_row, area.min_col)
        for area in sheet.merged_cells.ranges
        for row, column in cells_of(area)
    }
    for number in range(1, sheet.max_row + 1):
        cells = []
        for column in range(1, sheet.max_column + 1):
            at = merged.get((number, column), (number, column))
            value = sheet.cell(*at).value
            formula = written.cell(*at).value
            if value is None and isinstance(formula, str) and formula.startswith("="):
                counts["formula_without_value"] += 1
            cells.append(shown(value))
        if any(cells):
            counts["hidden_text"] += bool(sheet.row_dimensions[number].hidden)
            yield [number, cells]


def cells_of(area: Any) -> Iterator[tuple[int, int]]:
    for row in range(area.min_row, area.max_row + 1):
        for column in range(area.min_col, area.max_col + 1):
            yield row, column


def shown(value: object) -> str:
    """A value as text: numbers without a false tail, days as ISO 8601."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return " ".join(str(value).split())
