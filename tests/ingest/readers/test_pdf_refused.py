"""PDFs that are refused: by name, with the reason and what to do, whatever they do to the parser."""

from __future__ import annotations

import io
import sys
import time

import pytest
from pdf_pages import LEFT, draw, put, read
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from medrag.errors import DocumentRefused
from medrag_ingest.raw import RawFile
from medrag_ingest.readers.pdf import reader
from medrag_ingest.readers.sniff import reader_of

WORDS = "Take one tablet a day with water."


def refusal(data: bytes, options: dict[str, object] | None = None) -> DocumentRefused:
    with pytest.raises(DocumentRefused) as caught:
        read(data, options, "leaflet.pdf")
    assert str(caught.value.place) == "leaflet.pdf"
    assert caught.value.problem
    return caught.value


def plain() -> bytes:
    return draw(1, lambda canvas, _: put(canvas, LEFT, 100, WORDS))


def skeleton(objects: list[bytes], *, table: bool = True) -> bytes:
    """A PDF written by hand, object 1 being its root."""
    made, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(made)
    if table:
        made += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
        made += b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(made) + b"trailer << /Root 1 0 R /Size %d >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        start,
    )


def page_of(box: bytes = b"0 0 300 300", kids: bytes = b"3 0 R", count: int = 1) -> bytes:
    return skeleton(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, count),
            b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] >>" % box,
        ]
    )


def test_an_encrypted_document_asks_for_a_copy_without_password() -> None:
    room = io.BytesIO()
    canvas = Canvas(room, encrypt=StandardEncryption("secret", canPrint=0))
    put(canvas, LEFT, 100, WORDS)
    canvas.save()
    told = refusal(room.getvalue())
    assert "password" in told.problem and "without password" in told.remedy


def test_what_is_cut_off_never_gives_half_a_document() -> None:
    data = draw(3, lambda canvas, number: put(canvas, LEFT, 100, f"{WORDS} Page {number} is whole."))
    whole = read(data).text
    for share in (0.02, 0.2, 0.5, 0.8, 0.95):
        try:
            assert read(data[: int(share * len(data))]).text == whole
        except DocumentRefused as error:
            assert error.problem


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"%PDF-1.7\n", "cannot be opened|damaged|no PDF"),
        (b"hello, I am no PDF at all", "does not begin"),
        (page_of(kids=b"", count=0), "no pages|no PDF"),
        (page_of(), "neither text nor pictures"),
        (page_of(box=b"0 0 2000000 2000000"), "limit"),
    ],
)
def test_what_holds_nothing_is_refused_with_its_reason(data: bytes, reason: str) -> None:
    assert any(part in refusal(data).problem for part in reason.split("|"))


def test_fifty_thousand_pages_of_nothing_are_refused_in_time() -> None:
    kids = b" ".join(b"%d 0 R" % number for number in range(3, 50_003))
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] >>"
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [%s] /Count 50000 >>" % kids]
    began = time.monotonic()
    told = refusal(skeleton([*objects, *[page] * 50_000]))
    assert "50000 pages" in told.problem
    assert time.monotonic() - began < reader.TEXT_BOUNDS.wall


@pytest.mark.parametrize(
    "data",
    [
        # The page tree is its own child.
        skeleton([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>"]),
        # The cross-reference table leads back to itself.
        page_of().replace(b"trailer << ", b"trailer << /Prev 9 /XRefStm 9 "),
        # An object that is itself, in a stream whose length is itself.
        skeleton([b"<< /Type /Catalog /Pages 1 0 R /Kids [1 0 R] /Count 1 >>", b"<< /Length 2 0 R >>\nstream\nx\nendstream"]),
        b"%PDF-1.5\n" + b"[" * 200_000,
        b"%PDF-1.5\n" + b"<< /A " * 100_000,
    ],
)  # fmt: skip
def test_loops_and_depth_end_in_a_refusal(data: bytes) -> None:
    refusal(data)


def test_a_crash_of_the_parser_is_a_refused_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "PARSER", "signal:raise_signal")
    assert "parser" in refusal(plain()).problem


def test_an_image_only_document_without_ocr_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    told = refusal(scanned(), {"ocr": "off"})
    assert "1 of its 1 pages are pictures" in told.problem and "medrag[ocr]" in told.remedy
    monkeypatch.setattr(reader, "is_installed", lambda: False)
    assert "medrag[ocr]" in refusal(scanned(), {"ocr": "on"}).remedy


def scanned() -> bytes:
    """A page that is a picture of words."""
    from PIL import Image, ImageDraw, ImageFont
    from reportlab.lib.utils import ImageReader

    picture = Image.new("RGB", (1240, 1754), "white")
    pen = ImageDraw.Draw(picture)
    font = ImageFont.load_default(size=40)
    for number, line in enumerate(
        ("Warfarin 5 mg tablets", "Take one tablet in the evening", "Target INR 2.0 to 3.0")
    ):
        pen.text((120, 160 + 90 * number), line, fill="black", font=font)

    def page(canvas: Canvas, number: int) -> None:
        canvas.drawImage(ImageReader(picture), 0, 0, width=595, height=842)

    return draw(1, page)


@pytest.mark.slow
def test_a_scanned_page_is_read_and_says_so() -> None:
    pytest.importorskip("rapidocr")
    document = read(scanned())
    squeezed = document.text.replace(" ", "")
    assert "Warfarin5mgtablets" in squeezed and "TargetINR2.0to3.0" in squeezed
    assert document.report is not None
    (page,) = document.report.pages
    assert page.source == "ocr" and page.confidence is not None and page.confidence > 0.8
    assert all(" ocr:0." in segment.locator or " ocr:1." in segment.locator for segment in document.segments)


@pytest.mark.skipif(sys.platform != "linux", reason="bounds are held by Linux here")
def test_the_content_and_not_the_name_chooses_the_reader() -> None:
    assert reader_of(RawFile.from_bytes("label.txt", plain())) == "pdf"
    assert reader_of(RawFile.from_bytes("page.txt", b"<!DOCTYPE html><p>x</p>")) == "html"
    assert reader_of(RawFile.from_bytes("notes.md", b"# Notes")) == "markdown"
    with pytest.raises(DocumentRefused, match=r"called \.pdf and does not"):
        reader_of(RawFile.from_bytes("label.pdf", b"# Notes"))
    with pytest.raises(DocumentRefused, match="a program"):
        reader_of(RawFile.from_bytes("label.txt", b"\x7fELF\x02\x01\x01"))
