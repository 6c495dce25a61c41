"""Decoding is strict, and every offset finds its way back to the raw text."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrag.errors import DocumentRefused
from medrag.records import Span
from medrag_ingest.raw import RawFile
from medrag_ingest.readers.guard import iter_lines, read_decoded

WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1).filter(str.strip)
LINES = st.text(st.sampled_from("ab 中\r\n"), min_size=1).filter(str.strip)


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (b"", "utf-8"),
    ],
)
def test_byte_order_marks_say_the_encoding(mark: bytes, encoding: str) -> None:
    raw = RawFile.from_bytes("a.txt", mark + "禁忌 café".encode(encoding))
    assert read_decoded(raw).text == "禁忌 café"
    assert list(iter_lines(raw)) == ["禁忌 café"]


def test_a_declared_encoding_is_used_and_an_unknown_one_refused() -> None:
    raw = RawFile.from_bytes("a.txt", "药物相互作用".encode("gb18030"))
    assert read_decoded(raw, "gb18030").text == "药物相互作用"
    for name in ("klingon", "base64"):
        with pytest.raises(DocumentRefused, match=name):
            read_decoded(raw, name)


def test_a_broken_byte_far_into_a_stream_is_named_by_its_offset() -> None:
    good = ("é" * 1000 + "\n") * 400
    data = good.encode() + b"\xff"
    with pytest.raises(DocumentRefused, match=rf"byte {len(data) - 1} ") as refused:
        list(iter_lines(RawFile.from_bytes("a.csv", data)))
    assert refused.value.place.line == 401


@given(LINES)
def test_segments_lead_back_to_raw_exactly(text: str) -> None:
    decoded = read_decoded(RawFile.from_bytes("a.txt", text.encode()))
    for segment in decoded.segments():
        start, end = map(int, segment.locator.removeprefix("chars:").split("-"))
        assert text[start:end].replace("\r", "\n") == decoded.text[segment.start : segment.end]


@given(LINES, st.data())
def test_kept_spans_lead_back_to_raw_exactly(text: str, data: st.DataObject) -> None:
    decoded = read_decoded(RawFile.from_bytes("a.txt", text.encode()))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(decoded.text)), min_size=2, max_size=6)))
    spans = [Span(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
    kept, segments = decoded.keep(spans)
    assert kept == "".join(span.of(decoded.text) for span in spans)
    for segment in segments:
        start, end = map(int, segment.locator.removeprefix("chars:").split("-"))
        assert text[start:end].replace("\r", "\n") == kept[segment.start : segment.end]


@given(WORDS)
def test_lines_add_up_to_the_text(text: str) -> None:
    raw = RawFile.from_bytes("a.txt", text.encode())
    assert "".join(iter_lines(raw)) == text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
