"""Finds tables without ruling: lines whose words stand under each other in columns, with gaps between."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Final

from medrag_ingest.readers.pdf.columns import BULLETS, Region
from medrag_ingest.readers.pdf.grids import Grid, GridCell
from medrag_ingest.readers.pdf.lines import Line, part_line
from medrag_ingest.readers.pdf.shapes import Box, Word, around

__all__ = ["part_tables"]

#: A gap of this many line heights parts two cells; justified text stretches its spaces less.
CELL_GAP: Final = 1.2
#: Fewer lines with several cells are no table.
LEAST_ROWS: Final = 3
#: Two lines may be a table when both have this many cells.
SURE_CELLS: Final = 3


def part_tables(region: Region) -> list[Region]:
    """The region's lines with its unruled tables taken out, in order."""
    if region.grid is not None:
        return [region]
    parts = [_cells(line) for line in region.lines]
    made: list[Region] = []
    plain: list[Line] = []
    at = 0
    while at < len(region.lines):
        end, edges = _run(region.lines, parts, at)
        if edges:
            head = _header(plain[-1], region.lines[at], edges) if plain else []
            if head:
                plain.pop()
            if plain:
                made.append(Region(plain))
                plain = []
            made.append(Region([], _table([*([head] if head else []), *parts[at:end]], edges)))
            at = end
        else:
            plain.append(region.lines[at])
            at += 1
    return [*made, Region(plain)] if plain else made


def _cells(line: Line) -> list[Line]:
    """The line cut at wide gaps; a bullet or number stays with its words, and dots that lead the eye are no gap."""
    parts = part_line(line, CELL_GAP * line.size)
    while len(parts) > 1 and (set(parts[0].text) <= BULLETS or (parts[0].text.rstrip(".)").isalnum()
                              and len(parts[0].text) <= 3 and parts[0].text[-1] in ".)")):  # fmt: skip
        parts[:2] = [Line.of([*parts[0].words, *parts[1].words])]
    return parts


def _run(lines: Sequence[Line], parts: Sequence[list[Line]], start: int) -> tuple[int, list[Box]]:
    """Where the table that begins at a line ends, and its columns; no columns where none begins."""
    if len(parts[start]) < 2:
        return start, []
    edges = [part.box for part in parts[start]]
    end, rows = start + 1, 1
    for at in range(start + 1, len(lines)):
        if lines[at].box.top - lines[at - 1].box.bottom > 2.2 * lines[at].size:
            break
        joined = _joined(edges, parts[at])
        if joined is None:
            break
        if len(parts[at]) > 1:
            edges, rows, end = joined, rows + 1, at + 1
        elif not _inside(parts[at][0], edges):
            break
        else:
            edges = joined
    # Lines of one cell at the end belong to the table only where they go on from a cell beside the first column.
    while end < len(lines) and len(parts[end]) == 1 and _continues(parts[end][0], lines[end - 1], edges):
        end += 1
    sure = rows >= 2 and len(edges) >= SURE_CELLS
    return (end, edges) if len(edges) >= 2 and (rows >= LEAST_ROWS or sure) else (start, [])


def _header(line: Line, below: Line, edges: Sequence[Box]) -> list[Line]:
    """The bold line right above a table as its header, each word in the column it stands over; [] where it is none."""
    if not line.bold or line.text.endswith((".", ":")) or below.box.top - line.box.bottom > 1.5 * line.size:
        return []
    bounds = [(left.right + right.left) / 2 for left, right in itertools.pairwise(edges)]
    placed: dict[int, list[Word]] = {}
    for word in line.words:
        placed.setdefault(sum(word.box.middle[0] > bound for bound in bounds), []).append(word)
    return [Line.of(placed[at]) for at in sorted(placed)] if len(placed) == len(edges) else []


def _joined(edges: Sequence[Box], cells: Sequence[Line]) -> list[Box] | None:
    """The columns widened by one more line; None where a cell lies across two of them."""
    made = list(edges)
    for cell in cells:
        touched = [
            at for at, edge in enumerate(made) if cell.box.left < edge.right and cell.box.right > edge.left
        ]
        if len(touched) > 1:
            if len(cells) > 1 or touched[0] == 0:
                return None
            continue
        if touched:
            made[touched[0]] = around((made[touched[0]], cell.box))
        elif len(cells) > 1:
            made.append(cell.box)
    made.sort(key=lambda box: box.left)
    if any(left.right > right.left for left, right in itertools.pairwise(made)):
        return None
    return made


def _inside(cell: Line, edges: Sequence[Box]) -> bool:
    """A line alone stays in one column: it goes on from the cell above, or names the rows below."""
    touched = [edge for edge in edges if cell.box.left < edge.right and cell.box.right > edge.left]
    return len(touched) == 1 and cell.box.width < 0.6 * (edges[-1].right - edges[0].left)


def _continues(cell: Line, above: Line, edges: Sequence[Box]) -> bool:
    tight = cell.box.top - above.box.bottom < 0.3 * cell.size
    return tight and _inside(cell, edges) and cell.box.left >= edges[1].left - 1


def _table(parts: Sequence[list[Line]], edges: Sequence[Box]) -> Grid:
    """Rows begin where the first column is written in; a line without it goes on in the row above."""
    rows: list[dict[int, list[Line]]] = []
    pitch = _pitch(parts)
    bottom = 0.0
    for number, line in enumerate(parts):
        placed = {_column(cell, edges): cell for cell in line}
        tight = rows and line[0].box.top - bottom < 0.5 * pitch
        wraps = rows and (0 not in placed or (len(placed) == 1 and tight and len(rows[-1]) > 1 and pitch > 3))
        beside = bool(rows) and line[0].box.top + 0.25 * line[0].size < max(
            cell.box.bottom for cells in rows[-1].values() for cell in cells
        )
        following = parts[number + 1] if number + 1 < len(parts) else []
        # A first cell alone, beside whose end the other cells stand, begins a row of its own.
        opens = list(placed) == [0] and bool(following) and all(_column(cell, edges) for cell in following)
        opens = opens or (bool(rows) and _all_bold(rows[-1]) and not all(cell.bold for cell in line))
        if not opens and len(placed) < len(edges) and (beside or (wraps and (tight or 0 not in placed))):
            full = not beside and len(placed) == 1 and 0 in placed and _is_full(rows[-1], edges)
            for column, cell in placed.items():
                rows[-1].setdefault(max(rows[-1]) if full else column, []).append(cell)
        else:
            rows.append({column: [cell] for column, cell in placed.items()})
        bottom = max(cell.box.bottom for cell in line)
    cells = [
        GridCell(number, column, 1, 1, around(line.box for line in lines), lines)
        for number, row in enumerate(rows)
        for column, lines in sorted(row.items())
    ]
    box = around(cell.box for cell in cells)
    return Grid(cells, box, (*(edge.left for edge in edges), box.right), ruled=False)


def _column(cell: Line, edges: Sequence[Box]) -> int:
    return max(
        range(len(edges)),
        key=lambda at: min(cell.box.right, edges[at].right) - max(cell.box.left, edges[at].left),
    )


def _all_bold(row: dict[int, list[Line]]) -> bool:
    return all(line.bold for lines in row.values() for line in lines)


def _is_full(row: dict[int, list[Line]], edges: Sequence[Box]) -> bool:
    """The row's last cell runs to the right edge: what follows at the left goes on from there, not from the first."""
    right = edges[-1].right
    return row[max(row)][-1].box.right >= right - 0.12 * (right - edges[0].left)


def _pitch(parts: Sequence[list[Line]]) -> float:
    """The usual empty height between lines of several cells, in points."""
    full = [line for line in parts if len(line) > 1]
    gaps = sorted(after[0].box.top - before[0].box.bottom for before, after in itertools.pairwise(full))
    return gaps[len(gaps) // 2] if gaps else 0.0
