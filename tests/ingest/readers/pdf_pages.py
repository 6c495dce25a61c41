"""Draws the PDFs that the reader's tests read, so that what is on each page is known."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from medrag_ingest.parsed import ParsedDocument
from medrag_ingest.raw import RawFile
from medrag_ingest.readers.pdf.reader import read_pdf

WIDE, HIGH = A4
LEFT, TOP = 56.0, 60.0
#: Draws on a page: the canvas, and the page's number from 1.
Draw = Callable[[Canvas, int], None]


def draw(pages: int, on_page: Draw) -> bytes:
    """A PDF of so many pages."""
    room = io.BytesIO()
    canvas = Canvas(room, pagesize=A4, invariant=1)
    for number in range(1, pages + 1):
        on_page(canvas, number)
        canvas.showPage()
    canvas.save()
    return room.getvalue()


def put(canvas: Canvas, x: float, y: float, text: str, *, font: str = "Helvetica", size: float = 11) -> None:
    """Writes at a distance from the page's top left corner."""
    canvas.setFont(font, size)
    canvas.drawString(x, HIGH - y, text)


def put_lines(
    canvas: Canvas, x: float, y: float, lines: Sequence[str], *, pitch: float = 14, **style: Any
) -> float:
    """Writes lines under each other; where the next would stand."""
    for line in lines:
        put(canvas, x, y, line, **style)
        y += pitch
    return y


def put_table(
    canvas: Canvas,
    x: float,
    y: float,
    rows: Sequence[Sequence[str]],
    widths: Sequence[float],
    *,
    heads: int = 1,
    ruled: bool = True,
) -> float:
    """A table; the first ``heads`` rows are bold. Where it ends."""
    high = 18.0
    edges = [x + sum(widths[:at]) for at in range(len(widths) + 1)]
    for number, row in enumerate(rows):
        for edge, cell in zip(edges, row, strict=False):
            font = "Helvetica-Bold" if number < heads else "Helvetica"
            put(canvas, edge + 3, y + 13, cell, font=font, size=10)
        y += high
    if ruled:
        top = y - high * len(rows)
        for number in range(len(rows) + 1):
            canvas.line(edges[0], HIGH - top - number * high, edges[-1], HIGH - top - number * high)
        for edge in edges:
            canvas.line(edge, HIGH - top, edge, HIGH - y)
    return y


def read(data: bytes, options: Mapping[str, object] | None = None, name: str = "made.pdf") -> ParsedDocument:
    """The document the reader makes of it."""
    return next(read_pdf(RawFile.from_bytes(name, data), options or {}))


def kinds(document: ParsedDocument) -> list[tuple[str, str]]:
    """Each block's kind and words."""
    return [(block.kind, document.text[block.start : block.end]) for block in document.blocks]
