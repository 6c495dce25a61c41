"""The parse report: what it says of a document, what blocks publishing, and the page a person reads."""

from __future__ import annotations

import json
from html.parser import HTMLParser

from medrag_ingest.batch import Batch
from medrag_ingest.receipt import Receipt
from medrag_ingest.report import (
    FlagReport,
    HeadingReport,
    PageReport,
    ParseReport,
    Problem,
    TableReport,
    problems,
)
from medrag_ingest.report_page import render_report

EVIL = "<script>alert('x')</script>\"&"
REPORT = ParseReport(
    key=EVIL,
    reader="pdf",
    title=EVIL,
    pages=(
        PageReport(1, 1200, columns=2, tables=1),
        PageReport(2, 300, "ocr", confidence=0.71),
        PageReport(3, 300, "ocr", confidence=0.97),
        PageReport(4, 90, lost=30, quality=0.6),
    ),
    headings=(HeadingReport(1, 2, EVIL, "34068-7"),),
    tables=(
        TableReport(1, 2, "Table 1", 4, 3, header=False, ruled=True, dose=True),
        TableReport(3, 3, "Table 2", 4, 3, header=False, ruled=True, dose=False),
        TableReport(4, 4, "Table 3", 4, 3, header=True, ruled=True, dose=True),
    ),
    flags=(
        FlagReport(4, "doubtful_digits", "1O mg"),
        FlagReport(2, "orders", EVIL),
        FlagReport(1, "mended_hyphen", "treatment"),
    ),
    running={EVIL: 4},
)


def test_what_blocks_names_its_page() -> None:
    found = problems(REPORT)
    assert {(item.page, item.kind) for item in found if item.blocking} == {
        (1, "dose_table_without_header"),
        (2, "orders"),
        (2, "scan"),
        (4, "doubtful_digits"),
        (4, "low_quality"),
    }
    assert {(item.page, item.kind) for item in found if not item.blocking} == {
        (1, "mended_hyphen"),
        (3, "scan"),
        (3, "table_without_header"),
    }
    assert found == sorted(found) and all(isinstance(item, Problem) and item.words for item in found)


def test_a_report_survives_json_and_travels_in_the_receipt() -> None:
    assert ParseReport.from_json(json.loads(json.dumps(REPORT.as_json()))) == REPORT
    batch, receipt = Batch(), Receipt("run_1", "card", "work@1")
    batch.reports.append(REPORT)
    batch.count_into(receipt)
    (told,) = json.loads(receipt.as_text())["reports"]
    assert ParseReport.from_json(told) == REPORT


class Tags(HTMLParser):
    """The elements of a page, and the words outside of its style."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_the_page_shows_every_word_and_runs_nothing() -> None:
    for language, told in (("en", "blocks publishing"), ("zh", "阻止发布")):
        page = Tags()
        page.feed(render_report([REPORT], language))  # type: ignore[arg-type]
        assert "script" not in page.tags and "img" not in page.tags and "link" not in page.tags
        assert "".join(page.words).count(EVIL) >= 4
        assert any(told in words for words in page.words)
        assert f'<html lang="{language}">' in render_report([REPORT], language)  # type: ignore[arg-type]
