"""The twelve FDA labels at hand: headings 1 to 17, their codes, dose tables, pages, compared with the pages as printed."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from medrag_ingest.parsed import ParsedDocument
from medrag_ingest.raw import RawFile
from medrag_ingest.readers.pdf.reader import read_pdf
from medrag_ingest.report import problems

pytestmark = pytest.mark.shared

#: File -> (pages, numbered sections printed in it).
LABELS = {
    "amoxicillin_highlights_2025": (30, [*range(1, 9), *range(10, 18)]),
    "amoxicillin_tablets_2015": (16, [*range(1, 9), *range(10, 18)]),
    "atorvastatin_highlights_2024": (48, [*range(1, 9), *range(10, 15), 16, 17]),
    "lisinopril_highlights_2025": (31, [*range(1, 9), *range(10, 15), 16, 17]),
    "metformin_extended_release_2025": (24, [*range(1, 9), *range(10, 15), 16, 17]),
    "metformin_highlights_2026": (26, [*range(1, 9), *range(10, 15), 16, 17]),
    "warfarin_highlights_2022": (45, [*range(1, 9), *range(10, 18)]),
    "warfarin_label_2025": (44, [*range(1, 9), *range(10, 18)]),
    # Printed without any heading of a section.
    "ciprofloxacin_highlights_2025": (46, []),
    # Labels of the older format and over-the-counter ones: their sections have no numbers.
    "ciprofloxacin_extended_release_2025": (33, []),
    "acetaminophen_highlights_2025": (5, []),
    "ibuprofen_label_2024": (3, []),
}


@cache
def label(shared: Path, name: str) -> ParsedDocument:
    path = shared / "corpora" / "fda-label-pdf" / f"fda_{name}.pdf"
    return next(read_pdf(RawFile.from_path(path, "0" * 64), {"ocr": "off"}))


def rows(document: ParsedDocument, page: int) -> list[str]:
    return [
        document.text[b.start : b.end] for b in document.blocks if b.page == page and b.kind == "table_row"
    ]


@pytest.mark.slow
@pytest.mark.parametrize("name", LABELS)
def test_pages_and_numbered_sections_are_those_printed(shared: Path, name: str) -> None:
    pages, sections = LABELS[name]
    document = label(shared, name)
    assert document.report is not None and len(document.report.pages) == pages
    found = [
        int(heading.words.split()[0])
        for heading in document.report.headings
        if heading.level == 2 and heading.words.split()[0].isdigit()
    ]
    assert found == sections
    assert [item for item in problems(document.report) if item.blocking] == []
    assert document.lost_characters == 0


def test_the_genotype_table_of_warfarin_is_whole(shared: Path) -> None:
    document = label(shared, "warfarin_label_2025")
    blocks = {document.text[block.start : block.end]: block for block in document.blocks}
    row = blocks["AA | 3-4 mg | 3-4 mg | 0.5-2 mg | 0.5-2 mg | 0.5-2 mg | 0.5-2 mg"]
    assert row.page == 7 and row.code == "34068-7" and row.kind == "table_row"
    assert row.section[0] == "FULL PRESCRIBING INFORMATION"
    assert row.section[1:3] == ("2 DOSAGE AND ADMINISTRATION", "2.3 Initial and Maintenance Dosing")
    scope = [span.of(document.text) for span in row.scope]
    assert "VKORC1 | *1/*1 | *1/*2 | *1/*3 | *2/*2 | *2/*3 | *3/*3" in scope
    assert any(words.startswith("Table 1") for words in scope)
    # The title stands at the foot of the page before.
    assert next(block.page for words, block in blocks.items() if words.startswith("Table 1: Three")) == 6


def test_a_valve_target_is_found_on_its_page_under_its_heading(shared: Path) -> None:
    document = label(shared, "warfarin_label_2025")
    block = next(
        block
        for block in document.blocks
        if "tilting disk valves and bileaflet mechanical valves" in document.text[block.start : block.end]
        and block.code == "34068-7"
    )
    assert "target INR of 3.0 (range, 2.5 to 3.5)" in document.text[block.start : block.end]
    assert block.page == 5 and block.section[-1] == "Mechanical and Bioprosthetic Heart Valves"
    assert document.published == "2025-07"


def test_a_row_that_a_page_cuts_through_is_whole(shared: Path) -> None:
    document = label(shared, "atorvastatin_highlights_2024")
    cut = next(row for row in rows(document, 20) if "Rifampin 600 mg QD‡, 5 days" in row)
    assert cut.split(" | ")[0].endswith("(doses separated)ð") and cut.split(" | ")[2:] == ["0.20", "0.60"]
    document = label(shared, "amoxicillin_highlights_2025")
    (mild,) = [row for page in (4, 5) for row in rows(document, page) if "| Mild/Moderate |" in row]
    assert "500 mg every 12 hour or 250 mg every 8 hours" in mild and mild.startswith("Ear/Nose/Throat")


def test_a_line_printed_twice_at_a_page_end_stands_once(shared: Path) -> None:
    document = label(shared, "warfarin_label_2025")
    assert document.text.count("procedures with potential for uncontrollable bleeding ( 4)") == 1
    assert document.text.count("Spinal puncture and other diagnostic") == 2
