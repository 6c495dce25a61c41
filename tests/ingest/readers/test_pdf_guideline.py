"""A guideline in two and three columns: read in order, recommendations whole with their grades, its table whole."""

from __future__ import annotations

import functools
import re

import pytest
from guideline_pages import BODY, FOOT, HEAD, NOTES, TABLE, TITLE, plain, typeset, words_of
from laws import check_document
from pdf_pages import read

from medrag.records import Passage
from medrag_ingest.parsed import ParsedDocument
from medrag_ingest.passages import PassageRules, split_passages

COLUMNS = pytest.mark.parametrize("columns", [1, 2, 3])
RECOMMENDATIONS = [plain(words) for kind, words in BODY if kind == "rec"]


@functools.cache
def guideline(columns: int) -> ParsedDocument:
    document = read(typeset(columns), name="gout.pdf")
    check_document(document)
    return document


def passages(document: ParsedDocument) -> list[Passage]:
    return split_passages(document, "gout@2024", "d_1", PassageRules())


@COLUMNS
def test_paragraphs_come_in_the_order_they_are_read_with_their_words_mended(columns: int) -> None:
    text, at = words_of(guideline(columns).text), 0
    for _, words in BODY:
        found = text.find(plain(words), at)
        assert found >= 0, (plain(words), text[at : at + 300])
        at = found + len(plain(words))


@COLUMNS
def test_a_recommendation_is_one_block_with_its_grade(columns: int) -> None:
    document = guideline(columns)
    blocks = [words_of(document.text[b.start : b.end]) for b in document.blocks]
    for words in RECOMMENDATIONS:
        assert words in blocks, [b for b in blocks if b.startswith(words[:2])]


@COLUMNS
def test_a_recommendation_is_one_passage_with_its_grade_under_its_heading(columns: int) -> None:
    cut = passages(guideline(columns))
    for words in RECOMMENDATIONS:
        held = [p for p in cut if words in words_of(p.text)]
        assert len(held) == 1, words
        assert held[0].section[-1][:1] in "234", held[0].section


@COLUMNS
def test_headings_are_found_and_nothing_else_is_taken_for_one(columns: int) -> None:
    report = guideline(columns).report
    assert report is not None
    heads = [item.words for item in report.headings]
    assert heads == [TITLE, *(words for kind, words in BODY if kind == "head")]


@COLUMNS
def test_running_heads_feet_and_notes_break_into_no_paragraph(columns: int) -> None:
    document = guideline(columns)
    assert HEAD not in document.text and FOOT not in document.text
    blocks = [document.text[b.start : b.end] for b in document.blocks]
    for note in NOTES:
        holding = [words_of(block) for block in blocks if note in words_of(block)]
        assert len(holding) == 1 and not re.search(r"\b(?:R\d|guideline speaks)\b", holding[0])


@COLUMNS
def test_a_table_over_all_columns_keeps_its_rows_under_their_header(columns: int) -> None:
    document = guideline(columns)
    rows = [document.text[b.start : b.end] for b in document.blocks if b.kind == "table_row"]
    assert rows == [" | ".join(row) for row in TABLE[1:]]
    heads = [document.text[b.start : b.end] for b in document.blocks if b.kind == "table_header"]
    assert heads == [" | ".join(TABLE[0])]
    assert document.report is not None
    (told,) = document.report.tables
    assert (told.title, told.page, told.header, told.dose) == (
        "Table 1. Doses by kidney function",
        2,
        True,
        True,
    )


@pytest.mark.parametrize("columns", [2, 3])
def test_the_report_counts_the_columns(columns: int) -> None:
    report = guideline(columns).report
    assert report is not None
    assert report.pages[0].columns == columns
