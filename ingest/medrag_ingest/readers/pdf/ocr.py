"""Recognises the words on a picture of a page with RapidOCR; used only inside a confined child, and only where asked."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from medrag_ingest.confine import Refusal
from medrag_ingest.readers.pdf.shapes import Box, Page, Word

__all__ = ["is_installed", "recognise_page"]

#: Pixels to the point: 200 dpi, at which a 6-point footnote is 17 pixels high.
SCALE: Final = 200 / 72
#: Pixels a rendered page may have: A3 at 200 dpi is 7.7 million.
MOST_PIXELS: Final = 16_000_000


def is_installed() -> bool:
    """Whether the optional extra is there; nothing of it is imported."""
    from importlib.util import find_spec

    return all(find_spec(name) is not None for name in ("rapidocr", "onnxruntime", "numpy"))


def recognise_page(page: Any, made: Page) -> list[Word]:
    """The lines found on the page, each as one word with its confidence. Raises Refusal where the engine breaks."""
    scale = min(SCALE, (MOST_PIXELS / max(made.width * made.height, 1.0)) ** 0.5)
    picture = page.render(scale=scale, draw_annots=False).to_numpy()
    if picture.ndim == 3 and picture.shape[2] == 4:
        picture = picture[:, :, :3]
    found = _engine()(picture)
    if found.boxes is None or found.txts is None or found.scores is None:
        return []
    words: list[Word] = []
    for corners, text, score in zip(found.boxes, found.txts, found.scores, strict=True):
        words += _words(corners, text, float(score), scale)
    return words


def _words(corners: Any, text: str, score: float, scale: float) -> list[Word]:
    """A recognised line cut at its spaces, its width shared out by characters."""
    left, right = float(corners[:, 0].min()) / scale, float(corners[:, 0].max()) / scale
    top, bottom = float(corners[:, 1].min()) / scale, float(corners[:, 1].max()) / scale
    step = (right - left) / max(len(text), 1)
    high = bottom - top
    words, at = [], 0
    for part in text.split(" "):
        if part:
            box = Box(left + at * step, top, left + (at + len(part)) * step, bottom)
            words.append(Word(part, box, bottom - 0.2 * high, high, confidence=score))
        at += len(part) + 1
    return words


@cache
def _engine() -> Any:
    """The engine with the models its own wheel carries; it is told nothing that would make it fetch others."""
    import logging

    try:
        from rapidocr import RapidOCR

        logging.getLogger("RapidOCR").setLevel(logging.ERROR)
        return RapidOCR()
    except (ImportError, OSError, RuntimeError, ValueError) as error:
        raise Refusal(
            f"OCR cannot be started: {error}", "Install it with `pip install 'medrag[ocr]'`"
        ) from error
