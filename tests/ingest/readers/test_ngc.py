"""Guideline summaries: HTML out of attributes, tables by row, wrong decodings mended where that is provable."""

from __future__ import annotations

from collections import Counter
from html import escape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrag.errors import DocumentRefused
from medrag_ingest.parsed import ParsedDocument, TextBuilder
from medrag_ingest.raw import RawFile
from medrag_ingest.readers.fragments import FragmentWriter
from medrag_ingest.readers.ngc import mend_mojibake, read_ngc
from tests.ingest.readers.laws import check_document, outline
from tests.ingest.readers.packaged import counted, golden, tar_members

GOLDEN = [("ngc-10302", "156d15da903e"), ("ngc-10534", "1433dbb5b488"), ("ngc-9986", "8b7494eb6313")]
COUNTS = {
    "bold_headings": 1265,
    "fields": 2284,
    "fields_repeated": 86,
    "html_in_attribute": 1595,
    "mojibake_mended": 64,
    "private_use_characters": 2,
    "table_rows": 576,
    "tables": 90,
    "tables_without_header": 27,
}


def summary(**fields: str | list[str]) -> str:
    told = {
        "Guideline_Title": "<div>Care of <em>alpha</em>. </div>",
        "Date_Released": "2002 Aug (revised 2014 Oct 3)",
    } | fields
    body = ""
    for name, values in told.items():
        held = "".join(
            f'<FieldValue Value="{escape(value)}"/>'
            for value in ([values] if isinstance(values, str) else values)
        )
        body += (
            f'<Field FieldID="1" OrdBy="1" ID="1" Name="{name.replace("_", " ")}" Type="text">{held}</Field>'
        )
    return f'<Version><xmlSource>x</xmlSource><Section SecID="1" OrdBy="1" Name="General">{body}</Section></Version>'


def read(data: str) -> ParsedDocument:
    (document,) = read_ngc(RawFile.from_bytes("s.tar.gz", data.encode(), member="summaries/ngc-1.xml"), {})
    check_document(document)
    return document


def written(html: str) -> tuple[ParsedDocument, Counter[str]]:
    builder, notes = TextBuilder(), Counter[str]()
    builder.heading("Top", 1, locator="/")
    writer = FragmentWriter(builder, "/", 2, notes)
    writer.feed(html)
    writer.finish()
    text, blocks, segments = builder.finish()
    document = ParsedDocument("k", "t", text, blocks, segments)
    check_document(document)
    return document, notes


def test_fields_become_headings_and_the_facts_of_the_edition_are_taken() -> None:
    document = read(
        summary(
            **{
                "Major_Recommendations": "<p>Do it. (<strong>Strong</strong>)</p>",
                "Guideline_Developer(s)": ["Body A - Federal Agency", "Body B"],
                "Guideline_Availability": '<p>See <a href="https://example.org/g">here</a></p>',
            }
        )
    )
    assert (document.key, document.title, document.published) == ("ngc-1", "Care of alpha .", "2014-10-03")
    assert (document.publisher, document.url) == ("Body A; Body B", "https://example.org/g")
    block = next(
        block for block in document.blocks if document.text[block.start : block.end].startswith("Do it")
    )
    assert block.section == ("General", "Major Recommendations")
    assert document.text[block.start : block.end] == "Do it. (Strong)"
    assert document.notes["html_in_attribute"] == 3


def test_a_repeated_field_is_written_once() -> None:
    one = summary(Scope="Adults")
    twice = one.replace("</Version>", one[one.index("<Section") : one.index("</Version>")] + "</Version>")
    assert read(twice).text == read(one).text
    assert read(twice).notes["fields_repeated"] == 3


def test_lists_keep_numbers_and_nesting() -> None:
    html = '<p>Do:</p><ol start="4"><li>One<ul><li>a</li></ul></li><li>Two</li></ol>'
    document, _ = written(html + '<ol style="list-style-type: lower-alpha;"><li>x</li><li>y</li></ol>')
    assert [(words, scope[1:]) for kind, words, scope in outline(document) if kind == "list_item"] == [
        ("4. One", ["Do:"]),
        ("- a", ["4. One"]),
        ("5. Two", ["Do:"]),
        ("a. x", []),
        ("b. y", []),
    ]


def test_a_row_travels_with_its_header_and_spans_are_filled() -> None:
    html = (
        "<table><thead><tr><th>Grade</th><th>Means</th></tr></thead><tbody>"
        "<tr><td rowspan='2'>A</td><td>do</td></tr><tr><td><p>offer</p><p>it</p></td></tr></tbody></table>"
    )
    document, notes = written(html)
    assert [item for item in outline(document) if item[0].startswith("table")] == [
        ("table_header", "Grade | Means", ["Top"]),
        ("table_row", "A | do", ["Top", "Grade | Means"]),
        ("table_row", "A | offer; it", ["Top", "Grade | Means"]),
    ]
    assert (notes["tables"], notes["table_rows"], notes["tables_without_header"]) == (1, 3, 0)


def test_a_bold_first_row_is_a_header_and_a_layout_table_is_a_paragraph() -> None:
    document, _ = written(
        "<table><tr><td><b>Drug</b></td><td><b>Dose</b></td></tr><tr><td>x</td><td>5 mg</td></tr></table>"
    )
    assert [kind for kind, _, _ in outline(document)][1:] == ["table_header", "table_row"]
    document, notes = written("<table><tr><td>Alone.</td></tr></table>")
    assert outline(document)[1][:2] == ("paragraph", "Alone.")
    assert not notes["tables"]


def test_a_bold_line_is_a_heading_and_a_bold_sentence_is_not() -> None:
    document, _ = written(
        "<p><strong><span style='text-decoration: underline'>Pain</span></strong></p><p><b>Key 1</b></p><p><b>Stop.</b></p>"
    )
    assert [(block.kind, block.section) for block in document.blocks][1:] == [
        ("heading", ("Top",)),
        ("heading", ("Top", "Pain")),
        ("paragraph", ("Top", "Pain", "Key 1")),
    ]


@given(st.text(alphabet="ab <>/&;pbliotrd=\"'é™", max_size=200))
def test_no_fragment_breaks_the_writer(html: str) -> None:
    written(html)


def test_mojibake_is_mended_where_it_is_provable() -> None:
    assert mend_mojibake("Houseâ\x84¢ â\x80\x94 5\xa0mg, naïve, Ãcute") == (
        "House™ — 5\xa0mg, naïve, Ãcute",
        2,
    )


@given(st.text(max_size=50))
def test_mending_undoes_a_wrong_decoding_and_leaves_ascii_alone(text: str) -> None:
    plain = text.encode("ascii", "ignore").decode()
    assert mend_mojibake(plain) == (plain, 0)
    foreign = "".join(
        character for character in text if ord(character) > 0xFF and not 0xD800 <= ord(character) <= 0xDFFF
    )
    assert mend_mojibake(foreign.encode().decode("latin-1")) == (foreign, len(foreign))


@pytest.mark.parametrize(
    "data", ["<Other/>", "<Version/>", "<Version", '<!DOCTYPE a [<!ENTITY b "c">]><Version/>']
)
def test_other_shapes_and_doctypes_are_refused(data: str) -> None:
    with pytest.raises(DocumentRefused, match=r"s\.tar\.gz!summaries/ngc-1\.xml"):
        read(data)


def test_a_value_without_its_attribute_and_a_summary_without_title_are_refused() -> None:
    with pytest.raises(DocumentRefused, match="FieldValue"):
        read(summary(Scope="x").replace('Value="x"', 'Other="x"'))
    with pytest.raises(DocumentRefused, match="Guideline Title"):
        read(summary(Guideline_Title=""))


@pytest.mark.shared
def test_the_43_summaries(shared: Path) -> None:
    archive = shared / "corpora" / "ngc-public-domain" / "summaries.tar.gz"
    documents = [document for raw in tar_members(archive, ".xml") for document in read_ngc(raw, {})]
    documents.sort(key=lambda document: document.key)
    for document in documents:
        check_document(document)
        assert document.published is not None
        assert "2013" <= document.published < "2019"
        assert document.publisher
    assert len(documents) == 43
    assert counted(documents) == COUNTS
    assert golden(documents) == GOLDEN
