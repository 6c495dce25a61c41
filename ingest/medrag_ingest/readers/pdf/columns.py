"""Finds the columns of running text on a page and gives lines and tables in the order they are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from medrag_ingest.readers.pdf.grids import Grid
from medrag_ingest.readers.pdf.lines import Line, gather_lines, part_line
from medrag_ingest.readers.pdf.shapes import Word

__all__ = ["BULLETS", "Region", "read_order"]

BULLETS: Final = frozenset("•●▪◦‣·○■□–*-\uf0b7")
#: Empty space of this many points or more, as high as several lines, parts columns; word spaces stay under 6.
GUTTER: Final = 9.0
#: Fewer lines beside each other are not columns.
LEAST_LINES: Final = 4
#: Words of a usual line of running text; cells of a table hold fewer.
LEAST_WORDS: Final = 3.0
#: How much of its column a usual line of running text fills; cells of a table fill less.
LEAST_FILL: Final = 0.55


@dataclass(slots=True)
class Region:
    """A part of the page read from top to bottom: lines of one column, or one table."""

    lines: list[Line]
    grid: Grid | None = None

    @property
    def top(self) -> float:
        return self.grid.box.top if self.grid is not None else self.lines[0].box.top


@dataclass(frozen=True, slots=True)
class _Band:
    """Everything on one height: stretches of words without a gutter between them."""

    top: float
    bottom: float
    stretches: tuple[tuple[float, float], ...]

    def side(self, x: float) -> str:
        """What a gutter at ``x`` would do to it: ``both`` sides written on, ``left``, ``right``, or it ``crosses``."""
        left = right = False
        for start, end in self.stretches:
            if start < x - GUTTER / 2 + 1 and end > x + GUTTER / 2 - 1:
                return "crosses"
            if (start + end) / 2 < x:
                left = True
            else:
                right = True
        return "both" if left and right else "left" if left else "right"


def read_order(words: Sequence[Word], grids: Sequence[Grid]) -> list[Region]:
    """Regions in reading order: a column is read to its end before the next; what crosses columns parts them."""
    lines = gather_lines(words)
    return _merge(_order(lines, list(grids)))


def _order(lines: list[Line], grids: list[Grid], depth: int = 0) -> list[Region]:
    found = _columns(lines, grids) if depth < 4 else None
    if found is None:
        return _stack(lines, grids)
    x, top, bottom = found
    regions: list[Region] = []
    above = [line for line in lines if line.base < top]
    below = [line for line in lines if line.base > bottom]
    inside = [line for line in lines if top <= line.base <= bottom]
    placed = [
        ("above" if g.box.middle[1] < top else "below" if g.box.middle[1] > bottom else "in", g)
        for g in grids
    ]
    regions += _order(above, [g for where, g in placed if where == "above"], depth + 1)
    left: list[Line] = []
    right: list[Line] = []
    for line in inside:
        for side, words in ((left, [w for w in line.words if w.box.middle[0] < x]),
                            (right, [w for w in line.words if w.box.middle[0] >= x])):  # fmt: skip
            if words:
                side.append(Line.of(words))
    within = [g for where, g in placed if where == "in"]
    regions += _order(left, [g for g in within if g.box.middle[0] < x], depth + 1)
    regions += _order(right, [g for g in within if g.box.middle[0] >= x], depth + 1)
    return regions + _order(below, [g for where, g in placed if where == "below"], depth + 1)


def _stack(lines: Sequence[Line], grids: Sequence[Grid]) -> list[Region]:
    """One column: lines and tables by height."""
    regions: list[Region] = []
    waiting = sorted(grids, key=lambda grid: grid.box.top)
    for line in lines:
        while waiting and waiting[0].box.middle[1] < line.base:
            regions.append(Region([], waiting.pop(0)))
        if not regions or regions[-1].grid is not None:
            regions.append(Region([]))
        regions[-1].lines.append(line)
    return regions + [Region([], grid) for grid in waiting]


def _merge(regions: Sequence[Region]) -> list[Region]:
    return [region for region in regions if region.grid is not None or region.lines]


def _columns(lines: Sequence[Line], grids: Sequence[Grid]) -> tuple[float, float, float] | None:
    """Where the best gutter stands and which heights it spans; None on a page of one column."""
    bands = _bands(lines, grids)
    best: tuple[int, float, float, float] | None = None
    for x in _candidates(bands):
        for first, last in _runs(bands, x):
            count = sum(band.side(x) == "both" for band in bands[first:last])
            if count < LEAST_LINES or (best is not None and count <= best[0]):
                continue
            top, bottom = bands[first].top, bands[last - 1].bottom
            if _is_prose(lines, x, top, bottom):
                best = count, x, top, bottom
    return best[1:] if best is not None else None


def _bands(lines: Sequence[Line], grids: Sequence[Grid]) -> list[_Band]:
    bands = []
    for line in lines:
        parts = part_line(line, GUTTER)
        bands.append(
            _Band(line.box.top, line.box.bottom, tuple((part.box.left, part.box.right) for part in parts))
        )
    bands += [_Band(g.box.top, g.box.bottom, ((g.box.left, g.box.right),)) for g in grids]
    return sorted(bands, key=lambda band: band.top)


def _candidates(bands: Sequence[_Band]) -> list[float]:
    found: set[float] = set()
    for band in bands:
        for (_, end), (start, _) in zip(band.stretches, band.stretches[1:], strict=False):
            found.update((round((end + start) / 2), round(start - GUTTER / 2)))
    return sorted(found)


def _runs(bands: Sequence[_Band], x: float) -> list[tuple[int, int]]:
    """Stretches of bands that do not cross ``x``, trimmed to those with both sides written on."""
    sides = [band.side(x) for band in bands]
    runs: list[tuple[int, int]] = []
    at = 0
    while at < len(bands):
        start = at
        while at < len(bands) and sides[at] != "crosses":
            at += 1
        both = [place for place in range(start, at) if sides[place] == "both"]
        if both:
            # Lines on one side only go with the columns: the other column may be the shorter.
            runs.append((start if sides[start] != "left" else _first(sides, start, both[0]), at))
        at = max(at, start) + 1
    return runs


def _first(sides: Sequence[str], start: int, both: int) -> int:
    """A few lines at the left above the columns are a heading over both."""
    return both if both - start <= 2 else start


def _is_prose(lines: Sequence[Line], x: float, top: float, bottom: float) -> bool:
    """Whether both sides read as running text or as lists, rather than as the cells of a table."""
    inside = [line for line in lines if top <= line.base <= bottom]
    sides: tuple[list[Line], list[Line]] = [], []
    for line in inside:
        for side, words in zip(sides, part_words(line, x), strict=True):
            if words:
                side.append(Line.of(words))
    return all(_reads(side) or _columns(side, ()) is not None for side in sides)


def part_words(line: Line, x: float) -> tuple[list[Word], list[Word]]:
    """The words left and right of a gutter."""
    left = [word for word in line.words if word.box.middle[0] < x]
    return left, [word for word in line.words if word.box.middle[0] >= x]


def _reads(lines: Sequence[Line]) -> bool:
    if len(lines) < LEAST_LINES:
        return False
    if sum(line.words[0].text[0] in BULLETS for line in lines) >= 0.5 * len(lines):
        return True
    width = max(line.box.right for line in lines) - min(line.box.left for line in lines)
    # Cells of a table leave gaps inside a side as well; running text does not.
    gaps = sum(len(part_line(line, GUTTER)) > 1 for line in lines)
    return (
        median(len(line.words) for line in lines) >= LEAST_WORDS
        and median(line.box.width for line in lines) >= LEAST_FILL * width
        and gaps <= 0.5 * len(lines)
    )
