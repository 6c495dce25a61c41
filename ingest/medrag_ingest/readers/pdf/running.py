"""Finds running heads, running feet and page numbers: lines that come back on many pages at the same place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from medrag_ingest.readers.pdf.columns import Region
from medrag_ingest.readers.pdf.lines import Line
from medrag_ingest.readers.pdf.shapes import Page

__all__ = ["take_running"]

#: Only lines this near to an edge run: shares of the page's height.
MARGIN: Final = 0.12
#: How many lines from the edge may run.
DEEP: Final = 3
#: A line runs when it stands on this share of the pages, and on two at least.
LEAST_SHARE: Final = 0.4
#: Points a running line's height may differ between pages.
SAME_HEIGHT: Final = 6
_NUMBER = re.compile(r"\d+|\b[ivxl]+\b")
_PAGE_NUMBER = re.compile(
    r"(?:page|seite|第)?\s*[-–—|]?\s*\d{1,4}\s*(?:(?:of|/|von|页,?\s*共)\s*\d{1,4}\s*页?)?\s*[-–—|页]?",
    re.IGNORECASE,
)


def take_running(pages: Sequence[Page], flows: Sequence[list[Region]]) -> Counter[str]:
    """Takes running lines out of the regions; what was taken, and how often. Digits count as one: they number pages."""
    edges = [_edge_lines(page, flow) for page, flow in zip(pages, flows, strict=True)]
    seen = Counter(key for found in edges for key in {_key(page, line) for page, line in found})
    least = max(2, LEAST_SHARE * sum(1 for found in edges if found))
    taken: Counter[str] = Counter()
    gone: set[int] = set()
    for found in edges:
        for page, line in found:
            told, height = _key(page, line)
            near = sum(seen[told, height + step] for step in (-1, 0, 1))
            counts = _PAGE_NUMBER.fullmatch(line.text.strip()) is not None and str(page.number) in line.text
            if near >= least or (counts and len(pages) > 1):
                taken[_NUMBER.sub("#", line.text) if near >= least else "#"] += 1
                gone.add(id(line))
    for flow in flows:
        for region in flow:
            region.lines = [line for line in region.lines if id(line) not in gone]
        flow[:] = [region for region in flow if region.lines or region.grid is not None]
    return taken


def _edge_lines(page: Page, flow: Sequence[Region]) -> list[tuple[Page, Line]]:
    """The outermost lines at top and bottom. A line with no letter in it but a digit is a page's number."""
    lines = sorted((line for region in flow for line in region.lines), key=lambda line: line.base)
    top = [line for line in lines if line.box.bottom <= MARGIN * page.height][:DEEP]
    foot = [line for line in lines if line.box.top >= (1 - MARGIN) * page.height][-DEEP:]
    return [(page, line) for line in (*top, *(line for line in foot if line not in top))]


def _key(page: Page, line: Line) -> tuple[str, int]:
    return _NUMBER.sub("#", " ".join(line.text.casefold().split())), round(line.base / SAME_HEIGHT)
