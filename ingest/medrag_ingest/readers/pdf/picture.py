"""Draws a page of a PDF with the quoted place marked, in a child process: the file is foreign, and so is its drawing."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from medrag_ingest.confine import Bounds, Refusal, confine

__all__ = ["Picture", "draw", "picture_page"]

#: Of one page; a page of A4 at this size needs about 40 MB.
BOUNDS: Final = Bounds(memory=768 << 20, cpu=10, wall=20.0, answer=24 << 20)
#: Pixels of the longer side: words of 9 points can be read.
LONGEST_SIDE: Final = 1400
#: Letters of a quote's beginning that must stand together on the page to be taken for it.
LEAST: Final = 12
#: What white becomes where the quote stands, RGB: marker yellow.
MARK: Final = (255, 236, 130)


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as PNG; ``marked`` says whether the quote was found on it."""

    png: bytes
    marked: bool


def picture_page(data: bytes, page: int, quote: str) -> Picture:
    """Page ``page`` (from 1) with ``quote`` marked. Raises Refusal when there is no such page, ParserFailed when the file
    cannot be drawn within bounds."""
    order = {"page": page, "quote": quote}
    told = confine("medrag_ingest.readers.pdf.picture:draw", data, order, BOUNDS)
    if told.result is None:
        raise Refusal(told.refused, told.remedy)
    return Picture(base64.b64decode(told.result["png"]), bool(told.result["marked"]))


def draw(data: bytes, order: Mapping[str, Any]) -> dict[str, Any]:
    """What the child does."""
    import numpy as np
    import pypdfium2 as pdfium

    try:
        page = pdfium.PdfDocument(data)[int(order["page"]) - 1]
    except (pdfium.PdfiumError, IndexError) as error:
        raise Refusal("the page cannot be drawn") from error
    width, height = page.get_size()
    scale = min(3.0, LONGEST_SIDE / max(width, height, 1.0))
    drawn = page.render(scale=scale, rev_byteorder=True).to_numpy()[:, :, :3].astype(np.uint16)
    places = boxes_of(page, str(order["quote"]))
    for left, bottom, right, top in places:
        rows = slice(max(0, int((height - top) * scale) - 2), max(0, int((height - bottom) * scale) + 3))
        columns = slice(max(0, int(left * scale) - 2), max(0, int(right * scale) + 3))
        drawn[rows, columns] = drawn[rows, columns] * np.array(MARK, np.uint16) // 255
    return {
        "png": base64.b64encode(png_of(drawn.astype(np.uint8))).decode("ascii"),
        "marked": bool(places),
    }


def boxes_of(page: Any, quote: str) -> list[tuple[float, float, float, float]]:
    """Where a quote stands on a page, a box for each line: left, bottom, right, top in points. Letters and digits alone
    are compared, since a text layer breaks lines and words where it likes."""
    import ctypes

    import pypdfium2.raw as raw

    text = page.get_textpage()
    count = text.count_chars()
    letters = [(chr(raw.FPDFText_GetUnicode(text.raw, at)), at) for at in range(count)]
    kept = [(char.casefold(), at) for char, at in letters if char.isalnum()]
    start, length = found_in("".join(char[:1] for char, _ in kept), quote)
    lines: list[tuple[float, float, float, float]] = []
    sides = [ctypes.c_double() for _ in range(4)]
    left, right, bottom, top = sides
    for _, at in kept[start : start + length]:
        if not raw.FPDFText_GetCharBox(text.raw, at, left, right, bottom, top):
            continue
        box = (left.value, bottom.value, right.value, top.value)
        if lines and same_line(lines[-1], box):
            lines[-1] = joined(lines[-1], box)
        else:
            lines.append(box)
    return lines


def found_in(page: str, quote: str) -> tuple[int, int]:
    """Where the longest beginning of the quote stands among a page's letters, and its length; 0 letters when none does.
    A quote that goes on over the page is found as far as the page goes."""
    wanted = "".join(char.casefold()[:1] for char in quote if char.isalnum())
    length = len(wanted)
    while length >= min(LEAST, len(wanted)) and length:
        at = page.find(wanted[:length])
        if at >= 0:
            return at, length
        length = length * 3 // 4
    return 0, 0


Box = tuple[float, float, float, float]


def same_line(one: Box, other: Box) -> bool:
    """Whether two boxes overlap in height and the second does not begin far to the left."""
    overlap = min(one[3], other[3]) - max(one[1], other[1])
    return overlap > 0 and other[0] > one[0] - 1


def joined(one: Box, other: Box) -> Box:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def png_of(pixels: Any) -> bytes:
    """(height, width, 3) uint8 as PNG (RFC 2083), each row unfiltered."""
    height, width, _ = pixels.shape
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b""))
    body = b"".join(
        struct.pack(">I", len(told)) + kind + told + struct.pack(">I", zlib.crc32(kind + told))
        for kind, told in parts
    )
    return b"\x89PNG\r\n\x1a\n" + body
