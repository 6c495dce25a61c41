"""Bytes that no reader may swallow: each is refused by name, with where and why."""

from __future__ import annotations

import pytest

from medrag.errors import DocumentRefused, ManifestRefused
from medrag_ingest.raw import RawFile
from medrag_ingest.readers import READERS
from medrag_ingest.readers.guard import read_bytes
from tests.ingest.readers.laws import read

LAUGHS = (
    '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'
    '<document xmlns="urn:hl7-org:v3"><title>&c;</title></document>'
)
LABEL = '<document xmlns="urn:hl7-org:v3"><setId root="s"/>'
GENERAL = ["csv", "tsv", "json", "jsonl", "markdown", "html", "text", "spl", "openfda", "label_text"]
TEXTS = ["csv", "markdown", "text", "label_text"]


@pytest.mark.parametrize("reader", GENERAL)
@pytest.mark.parametrize("data", [b"", b" \n\t\n"])
def test_an_empty_file_is_refused(reader: str, data: bytes) -> None:
    with pytest.raises(DocumentRefused, match="input"):
        read(reader, data, name="input")


@pytest.mark.parametrize(
    "reader", ["csv", "json", "jsonl", "markdown", "html", "text", "label_text", "openfda"]
)
def test_a_wrong_encoding_names_the_byte(reader: str) -> None:
    with pytest.raises(DocumentRefused, match=r"byte 4 \(0xe9\) is not valid utf-8") as refused:
        read(reader, b'{"a\n\xe9":1}', name="cafe")
    assert (refused.value.place.file, refused.value.place.line) == ("cafe", 2)


@pytest.mark.parametrize("reader", ["csv", "json", "jsonl", "markdown", "html", "text", "label_text"])
def test_a_nul_is_refused(reader: str) -> None:
    with pytest.raises(DocumentRefused, match="NUL"):
        read(reader, '{"a": "x\0y"}')


@pytest.mark.parametrize("reader", TEXTS)
def test_a_line_without_end_is_refused(reader: str) -> None:
    with pytest.raises(DocumentRefused, match="a line of") as refused:
        read(reader, "a,b\n1,2\n" + "x" * (1024 * 1024 + 1))
    assert refused.value.place.line == 3


def test_a_document_too_large_is_refused_before_it_is_read() -> None:
    raw = RawFile("big.txt", "0" * 64, "", lambda: pytest.fail("it was opened"), 2**31)
    with pytest.raises(DocumentRefused, match=r"big\.txt: 2147483648 bytes"):
        next(READERS["text"](raw, {}))


def test_a_document_that_lies_about_its_size_is_refused() -> None:
    raw = RawFile.from_bytes("big.txt", b"x" * 11)
    with pytest.raises(DocumentRefused, match="more than the 10 bytes"):
        read_bytes(RawFile(raw.name, raw.sha256, "", raw.open, None), 10)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (LAUGHS, "DOCTYPE or entity"),
        (
            '<!DOCTYPE document SYSTEM "file:///etc/passwd"><document xmlns="urn:hl7-org:v3"/>',
            "DOCTYPE or entity",
        ),
        (LABEL + "<title>", "not well-formed"),
        (LABEL + "<x>" * 500 + "</x>" * 500 + "</document>", "nest more than 200 deep"),
        (LABEL + "</document>", "no text"),
        ('<document xmlns="urn:hl7-org:v3"><title>A</title></document>', "no set id"),
        ("<html><body>x</body></html>", "not an SPL document"),
        ('<?xml version="1.0" encoding="klingon"?>' + LABEL + "</document>", "encoding"),
        (b'<?xml version="1.0" encoding="UTF-8"?><a>\xff</a>', "not well-formed"),
    ],
)
def test_xml_that_is_no_label_is_refused(data: str | bytes, why: str) -> None:
    with pytest.raises(DocumentRefused, match=why):
        read("spl", data)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ('{"a": [1, 2', "column 12, character 11"),
        ("[" * 100_000, "nested more than 64 deep"),
        ("[" * 65 + "]" * 65, "nested more than 64 deep"),
        ('{"a": 1, "a": 2}', "'a' stands twice"),
        ('{"a": NaN}', "NaN is not JSON"),
        ('{"a": "\\ud800"}', "lone surrogate"),
        ('{"a": "\\u0000"}', "NUL"),
        ("3", "neither a list nor an object"),
        ("[3]", "a record is int"),
        ("[]", "no record"),
        ("[{}]", "no text"),
    ],
)
def test_json_that_parsers_disagree_on_is_refused(data: str, why: str) -> None:
    with pytest.raises(DocumentRefused, match=why):
        read("json", data)


def test_json_lines_name_the_line() -> None:
    with pytest.raises(DocumentRefused, match="not JSON") as refused:
        read("jsonl", '{"a": "x"}\n\n{"a": ')
    assert refused.value.place.line == 3


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ('{"results": [{"set_id": "a", "boxed_warning": ["x"]}, {"set_id": "b"', "cut short"),
        ('{"results": [{"set_id": "a", "boxed_warning": ["x"]},]}', "value was expected after a comma"),
        ('{"results": []}', "no label with text"),
        ('{"meta": 1}', "no field 'results'"),
        ('{"results": [{"boxed_warning": ["x"]}]}', "neither set_id nor id"),
        ('{"results": [{"set_id": "a", "boxed_warning": ["x"]}]} more', "something after the end"),
        ('{"results": ' + "[" * 100_000, "nested more than 64 deep"),
    ],
)
def test_openfda_partitions_that_are_broken_are_refused(data: str, why: str) -> None:
    with pytest.raises(DocumentRefused, match=why):
        read("openfda", data)


@pytest.mark.parametrize(
    ("data", "line", "why"),
    [
        ("a,b\n1,2\n3\n", 3, "1 cells where the header has 2"),
        ('a,b\n"1\n2",3\n4,5,6\n', 4, "3 cells"),
        ('a,b\n1,"2', 2, "not a table"),
        ("a,a\n1,2\n", 1, "name 'a' again"),
        ("a,\n1,2\n", 1, "no name"),
        ("a,b\n", 1, "no row"),
    ],
)
def test_tables_that_are_ragged_are_refused(data: str, line: int, why: str) -> None:
    with pytest.raises(DocumentRefused, match=why) as refused:
        read("csv", data)
    assert refused.value.place.line == line


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("<p hidden>x</p>", "no text a person would see"),
        ("<div>" * 5000 + "x", "Excessive depth"),
        ("<div>" * 230 + "x", "nest more than 200 deep"),
        ("<meta charset=klingon><p>x", "'klingon' is not known"),
        ("<table><tr>" + "<td colspan=999>x" * 3 + "</table>", "more than 1000 columns"),
    ],
)
def test_pages_that_cannot_be_read_whole_are_refused(data: str, why: str) -> None:
    with pytest.raises(DocumentRefused, match=why):
        read("html", data)


@pytest.mark.parametrize("reader", GENERAL)
def test_an_option_no_reader_knows_is_refused(reader: str) -> None:
    with pytest.raises(ManifestRefused, match=r"options\.colour"):
        read(reader, "x", colour="red")
