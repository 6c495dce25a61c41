"""The shelf as the review reads it: editions with their days, and quotes that stand in the catalogue's documents."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, cast

import pytest

from medrag.catalogue import Catalogue
from medrag.editions import valid_until
from medrag.identifiers import sha256_text
from medrag.records import Document, Edition, Passage, Rights, Snapshot, Span, Work
from medrag.shelf import OpenShelf
from medrag_graph.interactions import OpenShelfSources
from medrag_graph.model import Evidence

TEXT = "Warfarin\n\n华法林与布洛芬合用时出血风险升高。Watch the INR."
DAY = date(2026, 1, 2)


def edition(label: str, begins: date) -> Edition:
    return Edition(f"book@{label}", "book", label, label, begins, DAY, "0" * 64)


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[OpenShelf]:
    catalogue = Catalogue(f"sqlite:///{tmp_path / 'catalogue.db'}")
    rights = Rights("CC0-1.0", None, True, None)
    catalogue.put_work(Work("book", "A book", "Someone", "monograph", "reference", "EU", "zh", None, rights))
    for held in (edition("2019", date(2019, 1, 1)), edition("2024", date(2024, 6, 1))):
        catalogue.open_edition(held)
        number = held.label
        document = Document(
            f"d_{number}",
            held.id,
            "warfarin",
            "Warfarin",
            "zh",
            TEXT,
            sha256_text(TEXT),
            "1" * 64,
            "",
            (),
            (),
        )
        passage = Passage(
            f"p_{number}", document.id, held.id, 0, 10, len(TEXT), TEXT[10:], "prose", ("Warfarin",), None, 3
        )
        catalogue.add_batch(held.id, [(0, document, [passage])])
        catalogue.seal_edition(held.id, "2" * 64)
    snapshot = Snapshot("s_1", datetime(2026, 1, 2, tzinfo=UTC), ("book@2019", "book@2024"), "none", "", 2)
    catalogue.publish(snapshot)
    yield OpenShelf(catalogue, snapshot, cast(Any, None), None)
    catalogue.close()


def test_the_edition_in_force_and_until_when(shelf: OpenShelf) -> None:
    sources = OpenShelfSources(shelf, "f" * 64)
    assert (sources.snapshot, sources.settings) == ("s_1", "f" * 64)
    (now,) = sources.in_force(None)
    assert (now.id, now.valid_from, now.valid_to) == ("book@2024", date(2024, 6, 1), None)
    (then,) = sources.in_force(date(2020, 1, 1))
    assert (then.id, then.valid_to) == ("book@2019", date(2024, 6, 1))


def test_a_quote_is_the_document_s_own_words_with_its_passage(shelf: OpenShelf) -> None:
    sources = OpenShelfSources(shelf, "")
    start = TEXT.index("华")
    item = Evidence("d_2024", Span(start, start + 17), "statement")
    for _ in range(2):
        citation = sources.cite([item, item])[item]
        assert citation.quote.exact == TEXT[start : start + 17] == "华法林与布洛芬合用时出血风险升高。"
        assert (citation.quote.prefix, citation.quote.suffix) == (TEXT[:start], "Watch the INR.")
        assert (citation.passage, citation.page, citation.section) == ("p_2024", 3, ("Warfarin",))
        assert citation.document["edition"] == "2024"
        assert citation.document["work_title"] == "A book"


def test_a_heading_outside_every_passage_is_still_quoted(shelf: OpenShelf) -> None:
    item = Evidence("d_2019", Span(0, 8), "level")
    citation = OpenShelfSources(shelf, "").cite([item])[item]
    assert (citation.quote.exact, citation.passage) == ("Warfarin", None)


def test_a_withdrawn_edition_ends_nothing() -> None:
    first, last = edition("2019", date(2019, 1, 1)), edition("2024", date(2024, 6, 1))
    assert valid_until(first, [first, last]) == date(2024, 6, 1)
    assert valid_until(last, [first, last]) is None
