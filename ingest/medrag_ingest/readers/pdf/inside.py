"""Reads a PDF from its first byte to a finished document; runs in a confined child and answers in plain lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from medrag.text.orders import find_orders
from medrag_ingest.confine import Refusal
from medrag_ingest.readers import doubts
from medrag_ingest.readers.pdf.aligned import part_tables
from medrag_ingest.readers.pdf.columns import Region, read_order
from medrag_ingest.readers.pdf.glyphs import FontBook, PageTooFull, read_page
from medrag_ingest.readers.pdf.grids import find_grids
from medrag_ingest.readers.pdf.paragraphs import PARTS, make_paragraphs
from medrag_ingest.readers.pdf.running import take_running
from medrag_ingest.readers.pdf.shapes import Box, Page, Word, around
from medrag_ingest.readers.pdf.writing import Written, write_document
from medrag_ingest.report import FlagReport, PageReport, ParseReport

__all__ = ["MOST_PAGES", "parse"]

#: The thickest guideline at hand has under 1,000; a PDF of tens of thousands is an attack or an archive.
MOST_PAGES: Final = 5_000
#: Points. PDF's own limit is 14,400 a side (ISO 32000-1, annex C.2).
LARGEST_SIDE: Final = 14_400
#: A page with fewer characters is a picture of a page where a picture covers ``SCANNED`` of it.
FEW_CHARACTERS: Final = 24
#: A picture that covers this much of a page is the page.
WHOLE_PAGE: Final = 0.75
#: LOINC code of a label's pictures of its package.
PACKAGE_LABEL: Final = "51945-4"
SCANNED: Final = 0.4
#: Empty pages that are refused rather than ingested: a document of which less than this share holds anything.
LEAST_FILLED: Final = 0.02
#: pdfium's error codes (fpdfview.h).
_PASSWORD, _SECURITY = 4, 5
_OCR_REMEDY: Final = (
    "Install OCR with `pip install 'medrag[ocr]'`, or get the document with its text from the publisher"
)


def parse(data: bytes, order: Mapping[str, Any]) -> dict[str, Any]:
    """The document as JSON can hold it, or ``{"scans": [...]}`` when pages must be recognised first.

    ``order``: ``ocr`` recognises pictures of pages, ``without_ocr`` reads the document without them where most of it is
    text, ``tables: false`` looks for no tables. Raises Refusal.
    """
    pages = read_pages(data, bool(order.get("ocr")))
    scans = [page.number for page in pages if page.is_scan and not page.words]
    if scans and not order.get("ocr") and not order.get("without_ocr"):
        return {"scans": scans}
    if 2 * len(scans) > len(pages):
        told = f"{len(scans)} of its {len(pages)} pages are pictures without text"
        raise Refusal(
            told if not order.get("ocr") else f"{told}, and no words were recognised on them", _OCR_REMEDY
        )
    hidden = [_part_hidden(page) for page in pages]
    tables = bool(order.get("tables", True))
    flows = [_flow(page, unseen, tables) for page, unseen in zip(pages, hidden, strict=True)]
    running = take_running(pages, flows)
    items = make_paragraphs(
        [(page.number, region) for page, flow in zip(pages, flows, strict=True) for region in flow]
    )
    written = write_document(items)
    text, blocks, segments = written.finish()
    if not text.strip():
        raise Refusal(
            "the document holds no text", _OCR_REMEDY if scans else "Open it and look: its pages are empty"
        )
    report = _report(order, pages, flows, hidden, written, running, text)
    return {
        "text": text,
        "blocks": [
            [
                b.kind,
                b.start,
                b.end,
                list(b.section),
                b.code,
                b.page,
                [[span.start, span.end] for span in b.scope],
            ]
            for b in blocks
        ],
        "segments": [[s.start, s.end, s.locator] for s in segments],
        "report": report.as_json(),
        "notes": {name: count for name, count in written.notes.items() if count},
    }


def read_pages(data: bytes, recognise: bool) -> list[Page]:
    """Every page with its words. Raises Refusal on what is no sound, open PDF."""
    import pypdfium2 as pdfium
    import pypdfium2.raw as raw

    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        raise _unopened(error, raw.FPDF_GetLastError()) from error
    count = len(document)
    if count == 0:
        raise Refusal("it has no pages")
    if count > MOST_PAGES:
        raise Refusal(f"it has {count} pages; {MOST_PAGES} are read at most", "Split it into its parts")
    fonts = FontBook(raw)
    pages = []
    for number in range(1, count + 1):
        try:
            page = document[number - 1]
        except pdfium.PdfiumError as error:
            raise Refusal(f"page {number} cannot be read: the file is damaged or cut off") from error
        width, height = page.get_size()
        if not (0 < width <= LARGEST_SIDE and 0 < height <= LARGEST_SIDE):
            raise Refusal(
                f"page {number} measures {width:.0f} x {height:.0f} points; {LARGEST_SIDE} is PDF's limit"
            )
        try:
            made = read_page(page, number, fonts)
        except PageTooFull as error:
            raise Refusal(str(error)) from error
        made.is_scan = made.pictured >= SCANNED and _seen(made.words) < FEW_CHARACTERS
        if made.is_scan:
            _recognise(page, made, recognise)
        pages.append(made)
        page.close()
    if not any(page.words or page.is_scan for page in pages):
        raise Refusal(f"its {count} pages hold neither text nor pictures")
    return pages


def _unopened(error: Exception, code: int) -> Refusal:
    told = str(error).casefold()
    if code == _PASSWORD or "password" in told:
        return Refusal(
            "it is encrypted and asks for a password", "Save a copy without password, and ingest that"
        )
    if code == _SECURITY or "security" in told:
        return Refusal(
            "it is encrypted in a way that cannot be read", "Save a copy without encryption, and ingest that"
        )
    return Refusal(
        "it is no PDF that can be opened: damaged, cut off, or something else",
        "Get it again from its publisher",
    )


def _seen(words: Sequence[Word]) -> int:
    return sum(len(word.text) for word in words if not word.hidden)


def _recognise(page: Any, made: Page, recognise: bool) -> None:
    """Takes the scanner's own words below the picture, or ours. An invisible layer is how scanners write theirs."""
    layer = [word for word in made.words if word.hidden == "invisible"]
    if sum(len(word.text) for word in layer) >= FEW_CHARACTERS:
        for word in layer:
            word.hidden = ""
        return
    made.words = []
    if recognise:
        from medrag_ingest.readers.pdf.ocr import recognise_page

        made.words = recognise_page(page, made)


def _part_hidden(page: Page) -> list[Word]:
    """Takes out of the page what no reader of it sees."""
    hidden = [word for word in page.words if word.hidden]
    page.words = [word for word in page.words if not word.hidden]
    return hidden


def _flow(page: Page, unseen: Sequence[Word], tables: bool) -> list[Region]:
    upright = [word for word in page.words if not word.turned]
    clipped = [word for word in unseen if word.hidden == "clipped"]
    grids, free = find_grids(page.rules, upright, clipped) if tables else ([], upright)
    regions = read_order(free, grids)
    if tables:
        regions = [part for region in regions for part in part_tables(region)]
    return regions


def _report(
    order: Mapping[str, Any],
    pages: Sequence[Page],
    flows: Sequence[Sequence[Region]],
    hidden: Sequence[Sequence[Word]],
    written: Written,
    running: Counter[str],
    text: str,
) -> ParseReport:
    flags: list[FlagReport] = []
    told = []
    for page, flow, unseen in zip(pages, flows, hidden, strict=True):
        shown = " ".join(word.text for word in page.words)
        flags += _flags(page, shown, unseen)
        if page.is_scan and not page.words:
            flags.append(_unread(page, written))
        told.append(_page_report(page, flow, shown))
    flags += [FlagReport(page, "repeated_passage", words) for page, words in written.repeated]
    flags += [FlagReport(page, "row_cut_by_page", words) for page, words in written.cut_rows]
    flags += [FlagReport(page, "mended_hyphen", words) for page, words in written.mended]
    return ParseReport(
        str(order.get("key", "")),
        "pdf",
        _title(text, written),
        tuple(told),
        tuple(written.headings),
        tuple(written.tables),
        tuple(flags),
        dict(running),
    )


def _title(text: str, written: Written) -> str:
    """A heading of the highest level on the first page that names no part every label has; else the first line."""
    first = next((h.words for h in written.headings if h.page == 1 and h.level == 1), "")
    if PARTS.match(first):
        first = ""
    return " ".join((first or text.partition("\n")[0]).split())[:200]


def _page_report(page: Page, flow: Sequence[Region], text: str) -> PageReport:
    known = [word.confidence for word in page.words if word.confidence is not None]
    source = "ocr" if known else "scan" if page.is_scan else "text" if page.words else "none"
    return PageReport(
        page.number,
        len(text),
        source,  # type: ignore[arg-type]
        round(sum(known) / len(known), 4) if known else None,
        _count_columns([around(line.box for line in region.lines) for region in flow if region.lines]),
        sum(region.grid is not None for region in flow),
        doubts.count_lost(text),
        doubts.measure_quality(text),
    )


def _count_columns(boxes: Sequence[Box]) -> int:
    """The most stretches of text that stand beside each other; 0 on a page without."""
    return max((1 + sum(_beside(one, other) for other in boxes) for one in boxes), default=0)


def _beside(one: Box, other: Box) -> bool:
    """Whether two stretches share half the height of the lower one, and no width."""
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    least = min(one.bottom - one.top, other.bottom - other.top)
    return shared > 0.5 * least and (one.right <= other.left or other.right <= one.left)


def _flags(page: Page, text: str, unseen: Sequence[Word]) -> Iterator[FlagReport]:
    clipped = [word for word in unseen if word.hidden == "clipped"]
    unseen = [word for word in unseen if word.hidden != "clipped"]
    if clipped:
        yield FlagReport(page.number, "clipped_text", " ".join(w.text for w in clipped)[:200], len(clipped))
    if unseen:
        words = " ".join(word.text for word in unseen)
        kinds = ", ".join(sorted({word.hidden for word in unseen if word.hidden}))
        yield FlagReport(page.number, "hidden_text", f"{kinds}: {words[:200]}", len(unseen))
        for order in find_orders(words):
            yield FlagReport(page.number, "orders", order[:200])
    for words in find_orders(text):
        yield FlagReport(page.number, "orders", words[:200])
    if lost := doubts.count_lost(text):
        yield FlagReport(page.number, "lost_characters", _around_lost(text), lost)
    for words in doubts.find_doubtful_numbers(text):
        yield FlagReport(page.number, "doubtful_digits", words)
    for words in doubts.find_zero_width(text):
        yield FlagReport(page.number, "zero_width", words)
    unmapped = [word for word in page.words if word.unmapped]
    if unmapped:
        words = " ".join(word.text for word in unmapped[:20])
        doubtful = any(letter.isdigit() for word in unmapped for letter in word.text)
        yield FlagReport(
            page.number, "doubtful_digits" if doubtful else "unmapped_characters", words, len(unmapped)
        )
    turned = [word for word in page.words if word.turned]
    if turned:
        words = " ".join(word.text for word in turned)
        yield FlagReport(page.number, "turned_text", words[:200], len(turned))


def _unread(page: Page, written: Written) -> FlagReport:
    """A page that is a picture; in a label's last section that is the package, whose words stand in the label too."""
    section = next((h.code for h in reversed(written.headings) if h.page <= page.number and h.code), None)
    told = f"a picture covers {page.pictured:.0%} of the page and no text was recognised on it"
    package = section == PACKAGE_LABEL or page.pictured < WHOLE_PAGE
    return FlagReport(page.number, "unread_picture" if package else "unread_page", told)


def _around_lost(text: str) -> str:
    at = next(at for at, letter in enumerate(text) if doubts.is_lost(letter))
    return text[max(0, at - 30) : at + 30]
