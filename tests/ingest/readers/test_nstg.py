"""Nigerian treatment guideline chapters: the file's own text, with headings, nested doses and tables found in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrag.errors import DocumentRefused
from medrag_ingest.parsed import ParsedDocument
from medrag_ingest.raw import RawFile
from medrag_ingest.readers.nstg import read_nstg
from tests.ingest.readers.laws import check_document, outline
from tests.ingest.readers.packaged import counted, golden

CHAPTER = """ALPHA FEVER
Introduction
A fever of our own making, told in a line that is long enough to wrap and that
goes on here

TREATMENT OF ALPHA FEVER
Drug Treatment:
・ Alphamine
- Child:
    - Neonate: 200 units
    - 1 - 5 years: 5 mg/kg
Or
・ Betazol 10 mg daily
Mild cases
• Rest
| Drug | Dose |
|---|---|
| Alphamine | 5 mg |
"""
GOLDEN = [
    ("ABORTION", "251ff5661078"),
    ("ACUTE KIDNEY INJURY", "023261a5cfac"),
    ("XEROPHTHALMIA", "9b01dd1b8a8d"),
]


def read(text: str, name: str = "ALPHA FEVER_2.txt") -> ParsedDocument:
    (document,) = read_nstg(RawFile.from_bytes(name, text.encode()), {})
    check_document(document)
    return document


def test_a_chapter_in_full() -> None:
    document = read(CHAPTER)
    assert document.text == CHAPTER
    assert (document.key, document.title, document.jurisdiction) == ("ALPHA FEVER_2", "ALPHA FEVER", "NG")
    rows = outline(document)
    assert [row[:2] for row in rows][2:] == [
        (
            "paragraph",
            "A fever of our own making, told in a line that is long enough to wrap and that\ngoes on here",
        ),
        ("heading", "TREATMENT OF ALPHA FEVER"),
        ("heading", "Drug Treatment:"),
        ("list_item", "・ Alphamine"),
        ("list_item", "- Child:"),
        ("list_item", "- Neonate: 200 units"),
        ("list_item", "- 1 - 5 years: 5 mg/kg\nOr"),
        ("list_item", "・ Betazol 10 mg daily"),
        ("heading", "Mild cases"),
        ("list_item", "• Rest"),
        ("table_header", "| Drug | Dose |\n|---|---|"),
        ("table_row", "| Alphamine | 5 mg |"),
    ]
    assert rows[7][2][-2:] == ["・ Alphamine", "- Child:"]
    assert rows[9][2][-1] == "Drug Treatment:"
    assert rows[-1][2][-1] == "| Drug | Dose |\n|---|---|"
    assert document.blocks[7].section == ("ALPHA FEVER", "TREATMENT OF ALPHA FEVER", "Drug Treatment")
    assert document.notes == {"dose_lines": 4, "lines_joined": 3}


@given(st.text(alphabet="aB1 \n・-•|:.#*plusOR", max_size=120))
def test_any_text_is_held_whole(text: str) -> None:
    if text.strip():
        assert read(text).text == text


@pytest.mark.parametrize("data", [b"", b" \n", b"\xff\xfe\xfa", b"A\0B"])
def test_unreadable_files_are_refused(data: bytes) -> None:
    with pytest.raises(DocumentRefused, match=r"x\.txt"):
        list(read_nstg(RawFile.from_bytes("x.txt", data), {}))


@pytest.mark.shared
def test_the_270_chapters(shared: Path) -> None:
    folder = shared / "corpora" / "nstg-nigeria"
    files = sorted((folder / "raw data" / "NSTG 2022").glob("*.txt"))
    documents = [document for file in files for document in read_nstg(RawFile.from_path(file, "0" * 64), {})]
    for document in documents:
        check_document(document)
    assert {document.key for document in documents} == {
        file.stem for file in (folder / "processed_json").glob("*.json")
    }
    assert len(documents) == 270
    assert counted(documents) == {"lines_joined": 3289, "dose_lines": 1445}
    assert golden(documents) == GOLDEN
