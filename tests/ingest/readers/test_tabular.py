"""Rows keep their column names and their lines; a terminology's columns become names."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrag.errors import DocumentRefused, ManifestRefused
from tests.ingest.readers.laws import outline, read, read_one

CELLS = st.text(st.sampled_from('ab ,"\n中;|'), max_size=6)
ROWS = st.lists(
    st.lists(CELLS, min_size=3, max_size=3).filter(lambda row: any(map(str.strip, row))),
    min_size=1,
    max_size=8,
)
DRUGS = "id,name,other,cas\nD1,Cordil,Cordil | cordilum,12-3\nD2,Fentaol,,\n"
NAMES = {
    "id": "id",
    "prefix": "db",
    "preferred": "name",
    "synonyms": "other",
    "separator": " | ",
    "codes": {"cas": "cas"},
}


def test_rows_are_blocks_with_their_column_names_and_lines() -> None:
    document = read_one("csv", 'drug,note\nCordil,"two\nlines"\n\nFentaol,one\n', name="d.csv")
    assert outline(document) == [
        ("table_row", "drug: Cordil; note: two lines", []),
        ("table_row", "drug: Fentaol; note: one", []),
    ]
    assert [segment.locator for segment in document.segments] == ["lines:2-3", "lines:5-5"]
    assert document.key == "d.csv#1-2"


def test_rows_can_be_documents() -> None:
    first, second = read(
        "tsv",
        "k\ttitle\tbody\nx\tOne\tSome text\ny\t\tMore\n",
        rows="document",
        key="k",
        title="title",
        text_columns=["body"],
    )
    assert (first.key, first.title, first.text) == ("x", "One", "body: Some text")
    assert (second.key, second.title, second.segments[0].locator) == ("y", "y", "lines:3-3")


def test_a_key_must_be_there_once() -> None:
    with pytest.raises(DocumentRefused, match="line 2 too"):
        read("csv", "k,b\nx,1\nx,2\n", rows="document", key="k")
    with pytest.raises(ManifestRefused, match="needs key"):
        read("csv", "k,b\nx,1\n", rows="document")
    with pytest.raises(DocumentRefused, match="no column 'z'"):
        read("csv", "k,b\nx,1\n", text_columns=["z"])


def test_a_terminology_yields_names_and_a_line_to_cite_each() -> None:
    document = read_one("csv", DRUGS, names=NAMES)
    assert [(n.concept, n.text, n.form, dict(n.codes)) for n in document.names] == [
        ("db:D1", "Cordil", "preferred", {"cas": "12-3"}),
        ("db:D1", "cordilum", "synonym", {"cas": "12-3"}),
        ("db:D2", "Fentaol", "preferred", {}),
    ]
    assert document.text.split("\n")[1] == "id: D2; name: Fentaol"
    assert ({block.kind for block in document.blocks}, document.searchable) == ({"entry"}, False)


def test_names_in_a_second_language() -> None:
    also = [{"column": "zh", "language": "zh", "form": "preferred"}]
    document = read_one(
        "csv", "en,zh\nsodium salt,钠盐\n", names={"id": "en", "prefix": "x", "preferred": "en", "also": also}
    )
    assert [(n.concept, n.text, n.language) for n in document.names] == [
        ("x:sodium_salt", "sodium salt", "en"),
        ("x:sodium_salt", "钠盐", "zh"),
    ]


@pytest.mark.parametrize(
    ("row", "why"), [("D 1,Cordil", "not an id"), (",Cordil", "not an id"), ("a:1,", "no preferred")]
)
def test_a_row_without_id_or_name_is_refused(row: str, why: str) -> None:
    with pytest.raises(DocumentRefused, match=why) as refused:
        read("csv", f"id,name\n{row}\n", names={"id": "id", "preferred": "name"})
    assert refused.value.place.line == 2


def test_a_long_table_becomes_documents_of_bounded_size() -> None:
    documents = read("csv", "a\n" + "".join(f"{n}\n" for n in range(25)), name="t.csv", rows_per_document=10)
    assert [d.key for d in documents] == ["t.csv#1-10", "t.csv#11-20", "t.csv#21-25"]


@given(ROWS)
def test_every_filled_cell_stands_in_its_row(rows: list[list[str]]) -> None:
    sheet = io.StringIO()
    csv.writer(sheet, lineterminator="\n").writerows([["x", "y", "z"], *rows])
    document = read_one("csv", sheet.getvalue())
    assert len(document.blocks) == len(rows)
    lines = sheet.getvalue().split("\n")
    for block, segment, row in zip(document.blocks, document.segments, rows, strict=True):
        words = "; ".join(
            f"{n}: {' '.join(cell.split())}" for n, cell in zip("xyz", row, strict=True) if cell.strip()
        )
        assert document.text[block.start : block.end] == words
        first, last = map(int, segment.locator.removeprefix("lines:").split("-"))
        (read_back,) = csv.reader(line + "\n" for line in lines[first - 1 : last])
        assert read_back == row


@pytest.mark.shared
@pytest.mark.parametrize(
    ("reader", "path", "names", "rows", "total", "tenth"),
    [
        (
            "csv",
            "drugbank-vocabulary/drugbank_vocabulary.csv.gz",
            {"id": "DrugBank ID", "prefix": "drugbank", "preferred": "Common name", "synonyms": "Synonyms"}
            | {"separator": " | ", "codes": {"unii": "UNII", "cas": "CAS", "inchikey": "Standard InChI Key"}},
            19842,
            55594,
            "drugbank:DB00010",
        ),
        (
            "tsv",
            "disease-ontology/HumanDO.tsv.gz",
            {"id": "id", "kind": "disease", "preferred": "label"},
            12296,
            12296,
            "DOID:",
        ),
    ],
)
def test_real_terminologies(
    shared: Path, reader: str, path: str, names: dict[str, object], rows: int, total: int, tenth: str
) -> None:
    data = gzip.decompress((shared / "corpora" / path).read_bytes())
    documents = read(reader, data, name="t", names=names)
    assert sum(len(document.blocks) for document in documents) == rows
    assert sum(len(document.names) for document in documents) == total
    preferred = [name.concept for name in documents[0].names if name.form == "preferred"]
    assert preferred[9].startswith(tenth)
