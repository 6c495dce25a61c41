"""A page of a PDF drawn in a child: the quote is marked where it stands, and hostile bytes are refused in words."""

from __future__ import annotations

import io
import zlib

import pytest

from medrag_ingest.confine import Refusal
from medrag_ingest.readers.pdf.picture import MARK, found_in, picture_page


def printed(*lines: str) -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    held = io.BytesIO()
    canvas = Canvas(held, pagesize=(400, 300))
    for at, line in enumerate(lines):
        canvas.drawString(40, 250 - 20 * at, line)
    canvas.save()
    return held.getvalue()


def rows_marked(png: bytes) -> list[int]:
    """Rows that hold the marker's colour."""
    width = int.from_bytes(png[16:20], "big")
    at = png.index(b"IDAT")
    body = zlib.decompress(png[at + 4 : at + 4 + int.from_bytes(png[at - 4 : at], "big")])
    step = 1 + 3 * width
    return [row for row in range(len(body) // step) if bytes(MARK) in body[row * step : (row + 1) * step]]


LINES = (
    "Nothing of this line is quoted.",
    "Keep the tablets in a dry",
    "place and out of the light.",
    "The end.",
)


def test_the_quote_is_marked_over_its_lines_and_nothing_else() -> None:
    drawn = picture_page(printed(*LINES), 1, "tablets in a dry place and\nout of the light")
    assert drawn.png.startswith(b"\x89PNG")
    assert drawn.marked
    rows = rows_marked(drawn.png)
    # 300 points are 900 rows; the lines stand at 70 and 90 points from the top.
    assert 150 < min(rows) < 212
    assert 240 < max(rows) < 290
    assert not picture_page(printed(*LINES), 1, "words that stand nowhere here").marked


def test_a_quote_that_goes_on_over_the_page_is_marked_as_far_as_it_stands() -> None:
    assert found_in("xxkeepthetabletsdryyy", "Keep the tablets dry and well away from every light") == (2, 17)
    assert found_in("xxkeep", "zzz") == (0, 0)
    assert found_in("", "") == (0, 0)


@pytest.mark.parametrize(("data", "page"), [(b"%PDF-1.4 no more", 1), (printed("one page"), 7), (b"", 1)])
def test_what_cannot_be_drawn_is_refused(data: bytes, page: int) -> None:
    with pytest.raises(Refusal):
        picture_page(data, page, "one page")
