"""Finds ruled tables: lines that cross make cells, cells that touch make a table, and words fall into cells."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from medrag_ingest.readers.pdf.lines import Line, gather_lines
from medrag_ingest.readers.pdf.shapes import Box, Rule, Word, around

__all__ = ["Grid", "GridCell", "find_grids", "join_grids", "split_grid"]

#: Lines this near (points) to each other are one; browsers draw each cell's own border.
SNAP: Final = 3.0
#: How far a line may end before the one it should meet.
REACH: Final = 3.0
#: Words and marks that no cell ends with.
_UNFINISHED: Final = re.compile(r"(?:\b(?:or|and|to|of|with|than|every)|[,/(])\s*$", re.IGNORECASE)
#: Points the columns of a table may shift from page to page.
SAME_EDGE: Final = 8.0
#: More lines than any table has; a drawing of hatching is no table.
MOST_RULES: Final = 6000
#: A row's first column, last column (exclusive), first row, last row (exclusive).
Span4 = tuple[int, int, int, int]


@dataclass(slots=True)
class GridCell:
    """One cell: where it begins, how many columns and rows it takes, and what is written in it."""

    row: int
    column: int
    rows: int
    columns: int
    box: Box
    lines: list[Line] = field(default_factory=list)
    page: int = 0
    #: It stands empty right below a page's end, beside cells that do not: its row may have begun on the page before.
    cut: bool = False

    @property
    def text(self) -> str:
        """Its lines on one; a word that a line's end cut at a hyphen keeps the hyphen, for it may be its own."""
        made = ""
        for line in self.lines:
            glued = not made or (made[-1] in "-/" and made[-2:-1].isalnum())
            made += line.text if glued else f" {line.text}"
        return made

    @property
    def bold(self) -> bool:
        return bool(self.lines) and all(line.bold for line in self.lines)


@dataclass(slots=True)
class Grid:
    """A table as drawn or as aligned."""

    cells: list[GridCell]
    box: Box
    #: Left edges of the columns and the right edge of the last.
    edges: tuple[float, ...]
    ruled: bool = True
    #: A page's end goes through the middle of its first, its last row: words in it are clipped.
    cut_top: bool = False
    cut_foot: bool = False
    #: Rows that a page's end had cut and that are whole again.
    joined: int = 0

    @property
    def rows(self) -> list[list[GridCell]]:
        """Cells by the row they begin in, from left to right."""
        held: dict[int, list[GridCell]] = {}
        for cell in self.cells:
            held.setdefault(cell.row, []).append(cell)
        return [sorted(held[row], key=lambda cell: cell.column) for row in sorted(held)]

    @property
    def columns(self) -> int:
        return len(self.edges) - 1


@dataclass(slots=True)
class _Track:
    """Rules on one height or side, joined; ``parts`` are the stretches that are drawn."""

    at: float
    parts: list[tuple[float, float]]

    def covers(self, start: float, end: float) -> bool:
        return any(left <= start + REACH and right >= end - REACH for left, right in self.parts)


def find_grids(
    rules: Sequence[Rule], words: Sequence[Word], clipped: Sequence[Word] = ()
) -> tuple[list[Grid], list[Word]]:
    """The ruled tables of a page from the top, and the words outside them. A frame around text is no table.

    ``clipped`` words lie in rows that a page's end cuts through; they are printed on the page before or after.
    """
    if not rules or len(rules) > MOST_RULES:
        return [], list(words)
    grids: list[Grid] = []
    left = list(words)
    for group in _touching(rules):
        grid = _grid(group)
        if grid is None:
            continue
        inside = [word for word in left if grid.box.holds(*word.box.middle)]
        if _fill(grid, inside):
            taken = set(map(id, inside))
            left = [word for word in left if id(word) not in taken]
            parts = split_grid(grid)
            _mark_cuts(parts, clipped)
            grids += parts
    return sorted(grids, key=lambda grid: grid.box.top), left


def _mark_cuts(parts: Sequence[Grid], clipped: Sequence[Word]) -> None:
    top, foot = parts[0].rows[0], parts[-1].rows[-1]
    for word in clipped:
        x, y = word.box.middle
        parts[0].cut_top = parts[0].cut_top or any(cell.box.holds(x, y) for cell in top)
        parts[-1].cut_foot = parts[-1].cut_foot or any(cell.box.holds(x, y) for cell in foot)


def _touching(rules: Sequence[Rule]) -> list[list[Rule]]:
    """Rules that meet, directly or through others."""
    parent = list(range(len(rules)))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    order = sorted(range(len(rules)), key=lambda at: _bounds(rules[at]).left)
    open_: list[int] = []
    for at in order:
        box = _bounds(rules[at])
        open_ = [other for other in open_ if _bounds(rules[other]).right >= box.left]
        for other in open_:
            told = _bounds(rules[other])
            if told.top <= box.bottom and told.bottom >= box.top and root(at) != root(other):
                parent[root(at)] = root(other)
        open_.append(at)
    groups: dict[int, list[Rule]] = {}
    for at, rule in enumerate(rules):
        groups.setdefault(root(at), []).append(rule)
    return list(groups.values())


def _bounds(rule: Rule) -> Box:
    half = SNAP / 2
    if rule.across:
        return Box(rule.start - half, rule.at - half, rule.end + half, rule.at + half)
    return Box(rule.at - half, rule.start - half, rule.at + half, rule.end + half)


def _tracks(rules: Iterable[Rule]) -> list[_Track]:
    tracks: list[tuple[list[float], list[tuple[float, float]]]] = []
    for rule in sorted(rules, key=lambda rule: rule.at):
        if tracks and rule.at - tracks[-1][0][-1] <= SNAP:
            tracks[-1][0].append(rule.at)
            tracks[-1][1].append((rule.start, rule.end))
        else:
            tracks.append(([rule.at], [(rule.start, rule.end)]))
    return [_Track(sum(ats) / len(ats), _join(parts)) for ats, parts in tracks]


def _join(parts: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    joined: list[tuple[float, float]] = []
    for start, end in sorted(parts):
        if joined and start <= joined[-1][1] + REACH:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def _grid(rules: Sequence[Rule]) -> Grid | None:
    """The cells that crossing rules enclose; None where they make fewer than two."""
    across = _tracks(rule for rule in rules if rule.across)
    upright = _tracks(rule for rule in rules if not rule.across)
    if len(across) < 2 or len(upright) < 2 or len(across) * len(upright) > 40_000:
        return None
    spans = _spans(across, upright)
    if len(spans) < 2:
        return None
    cells = []
    for left, right, top, bottom in spans:
        box = Box(upright[left].at, across[top].at, upright[right].at, across[bottom].at)
        cells.append(GridCell(top, left, bottom - top, right - left, box))
    return Grid(cells, around(cell.box for cell in cells), tuple(track.at for track in upright))


def _spans(across: Sequence[_Track], upright: Sequence[_Track]) -> list[Span4]:
    """Every smallest rectangle of tracks that is drawn on all four sides, by its upper left corner."""
    free = [[True] * (len(upright) - 1) for _ in range(len(across) - 1)]
    spans: list[Span4] = []
    for top in range(len(across) - 1):
        for left in range(len(upright) - 1):
            if free[top][left] and (span := _smallest(across, upright, top, left)) is not None:
                spans.append(span)
                for row in range(span[2], span[3]):
                    free[row][span[0] : span[1]] = [False] * (span[1] - span[0])
    return spans


def _smallest(across: Sequence[_Track], upright: Sequence[_Track], top: int, left: int) -> Span4 | None:
    y, x = across[top].at, upright[left].at
    for bottom in range(top + 1, len(across)):
        low = across[bottom].at
        if not upright[left].covers(y, low):
            return None
        for right in range(left + 1, len(upright)):
            far = upright[right].at
            if not across[top].covers(x, far):
                break
            if across[bottom].covers(x, far) and upright[right].covers(y, low):
                return left, right, top, bottom
    return None


def _fill(grid: Grid, words: Sequence[Word]) -> bool:
    """Puts words into cells; False where it is not a table: fewer than two cells are written in, or words lie in none."""
    held: dict[int, list[Word]] = {}
    for word in words:
        x, y = word.box.middle
        at = next((at for at, cell in enumerate(grid.cells) if cell.box.holds(x, y)), None)
        if at is None:
            return False
        held.setdefault(at, []).append(word)
    if len(held) < 2:
        return False
    for at, inside in held.items():
        grid.cells[at].lines = gather_lines(inside)
    _settle(grid)
    _drop_empty_tracks(grid)
    return grid.columns >= 2


def _settle(grid: Grid) -> None:
    """Puts the cells of rows that have as many as most rows under those of the others: some makers draw rows apart."""
    rows = [row for row in grid.rows if len(row) > 1 and all(cell.rows == 1 for cell in row)]
    starts = Counter(tuple(cell.column for cell in row) for row in rows)
    if len(starts) < 2:
        return
    usual, count = starts.most_common(1)[0]
    if count < 2:
        return
    ends = (*usual[1:], len(grid.edges) - 1)
    for row in rows:
        if len(row) == len(usual) and row[0].column == usual[0] and grid.edges[-1] - row[-1].box.right < SNAP:
            for cell, start, end in zip(row, usual, ends, strict=True):
                cell.column, cell.columns = start, end - start


def _drop_empty_tracks(grid: Grid) -> None:
    """Renumbers rows and columns so that those in which no cell begins are gone (double lines, stray rules)."""
    starts = sorted({cell.column for cell in grid.cells})
    tops = sorted({cell.row for cell in grid.cells})
    edges = grid.edges
    for cell in grid.cells:
        cell.columns = sum(1 for start in starts if cell.column <= start < cell.column + cell.columns)
        cell.rows = sum(1 for top in tops if cell.row <= top < cell.row + cell.rows)
        cell.column, cell.row = starts.index(cell.column), tops.index(cell.row)
    right = max(cell.box.right for cell in grid.cells)
    grid.edges = (*(edges[start] for start in starts), right)


def split_grid(grid: Grid) -> list[Grid]:
    """The grid cut where its columns change: tables stacked on each other share lines and are still several.

    A row that is one cell across begins the table below it; one whose columns stay the same stays where it is.
    """
    rows = grid.rows
    parts: list[list[list[GridCell]]] = []
    shape: set[int] = set()
    for at, row in enumerate(rows):
        alone = len(row) == 1 and row[0].rows == 1
        after = next((_inner(later) for later in rows[at:] if len(later) > 1), set[int]())
        other = len(after) != len(shape) and not _fits(after, shape)
        if not parts or (alone and shape and after and other):
            parts.append([])
        parts[-1].append(row)
        shape = shape if alone else _inner(row)
    if len(parts) == 1:
        return [grid]
    return [_part(grid, [cell for row in part for cell in row]) for part in parts]


def _inner(row: Sequence[GridCell]) -> set[int]:
    return {cell.column for cell in row if cell.column > 0}


def _fits(columns: set[int], shape: set[int]) -> bool:
    return columns <= shape or shape <= columns


def _part(grid: Grid, cells: list[GridCell]) -> Grid:
    first = min(cell.row for cell in cells)
    for cell in cells:
        cell.row -= first
    made = Grid(cells, around(cell.box for cell in cells), grid.edges, grid.ruled)
    _settle(made)
    _drop_empty_tracks(made)
    return made


def join_grids(first: Grid, second: Grid) -> Grid | None:
    """One table of the part above a page's end and the part below; None where their columns do not agree.

    One part may know fewer columns than the other, as a header whose cells span them does.
    """
    few, many = sorted((first.edges, second.edges), key=len)
    if abs(few[0] - many[0]) > SAME_EDGE or abs(few[-1] - many[-1]) > SAME_EDGE:
        return None
    if len(few) < 3 or first.ruled != second.ruled or any(_near(edge, many) is None for edge in few):
        return None
    rows = below = max(cell.row + cell.rows for cell in first.cells)
    for grid in (first, second):
        for cell in grid.cells:
            start, end = (
                _near(grid.edges[cell.column], many),
                _near(grid.edges[cell.column + cell.columns], many),
            )
            cell.column, cell.columns = start or 0, max(1, (end or 0) - (start or 0))
    ruptured = second.cut_top or first.cut_foot or _breaks_off(first, second, below)
    if ruptured and _join_rows(first, second, below):
        below -= 1
    top = [cell for cell in second.cells if cell.row == 0]
    for cell in top:
        # An empty corner over bold heads is a header's.
        cell.cut = not cell.lines and any(other.lines and not other.bold for other in top)
    for cell in second.cells:
        cell.row += below
    cells = first.cells + second.cells
    made = Grid(cells, around(cell.box for cell in cells), many, first.ruled, first.cut_top, second.cut_foot)
    made.joined = first.joined + second.joined + (below < rows)
    return made


def _breaks_off(first: Grid, second: Grid, below: int) -> bool:
    """The last row stops in the middle of a sentence ("500 mg every 12 hours or") and the next has empty cells."""
    last = [cell for cell in first.cells if cell.row + cell.rows == below]
    top = [cell for cell in second.cells if cell.row == 0]
    return any(_UNFINISHED.search(cell.text) for cell in last) and any(not cell.lines for cell in top)


def _join_rows(first: Grid, second: Grid, below: int) -> bool:
    """Puts the second part's first row, which begins in the first part's last, where it belongs; False where it cannot."""
    ends = {cell.column: cell for cell in first.cells if cell.row + cell.rows == below}
    rest = [cell for cell in second.cells if cell.row == 0]
    if any(cell.column not in ends and cell.lines for cell in rest):
        return False
    for cell in rest:
        end = ends.get(cell.column)
        if end is not None:
            # A note's mark stands high, and may alone have stayed above the cut.
            mark = not any(letter.isalnum() for letter in end.text)
            end.lines = cell.lines + end.lines if mark else end.lines + cell.lines
            end.rows += cell.rows - 1
    gone = set(map(id, rest))
    second.cells = [cell for cell in second.cells if id(cell) not in gone]
    return True


def _near(edge: float, edges: Sequence[float]) -> int | None:
    at = min(range(len(edges)), key=lambda at: abs(edges[at] - edge))
    return at if abs(edges[at] - edge) <= SAME_EDGE else None
