"""Text damaged by scraping is found by its clean words, quoted as it stands, and its losses are on the receipt."""

from __future__ import annotations

from pathlib import Path

import pytest

from medrag.identifiers import sha256_bytes
from medrag.retrieve.search import search
from medrag.settings import load_settings
from medrag_api.wiring import open_shelf, open_workshop
from medrag_ingest.manifest import Manifest
from medrag_ingest.pipeline import ingest

CARD = """
id: scraped
title: Scraped texts
publisher: A press
kind: monograph
authority: community
jurisdiction: CN
language: zh
edition: "1"
published: "2025"
rights: {licence: unknown, redistributable: false, max_quote_chars: 400}
reader: {name: text}
expect: {documents: 1}
sources:
"""


def card(folder: Path, files: list[Path]) -> Manifest:
    lines = [f"  - file: {file}\n    sha256: {sha256_bytes(file.read_bytes())}\n" for file in files]
    (folder / "card.yaml").write_text(CARD + "".join(lines), encoding="utf-8")
    return Manifest.from_yaml(folder / "card.yaml")


def test_damaged_words_are_found_clean_and_quoted_as_they_are(home: Path, tmp_path: Path) -> None:
    words = "同濟(jì)大學(xué)的醫(yī)生建議(yì)復(fù)查腎(shèn)功能。"
    (tmp_path / "a.txt").write_text(words, encoding="utf-8")
    settings = load_settings(home=home, encoder="none")
    report = ingest([card(tmp_path, [tmp_path / "a.txt"])], open_workshop(settings), lambda *_: None)
    assert report.receipts[0].notes["bracketed_readings"] == 6
    hit = search(open_shelf(settings), "同济大学医生肾功能复查", settings).hits[0]
    assert hit.passage.text == words


@pytest.mark.shared
def test_the_receipt_counts_every_reading_and_loss(home: Path, tmp_path: Path, shared: Path) -> None:
    files = sorted((shared / "fixtures" / "damaged-zh").glob("*.txt"))
    settings = load_settings(home=home, encoder="none")
    receipt = ingest([card(tmp_path, files)], open_workshop(settings), lambda *_: None).receipts[0]
    assert receipt.outcome == "staged", receipt.reason
    assert receipt.notes["bracketed_readings"] == 596
    assert receipt.lost_characters >= 15
    shelf = open_shelf(settings)
    for document, passages in shelf.catalogue.read_edition("scraped@1"):
        raw = next(file for file in files if sha256_bytes(file.read_bytes()) == document.raw_sha256)
        assert all(
            passage.text in raw.read_text(encoding="utf-8-sig").replace("\r\n", "\n") for passage in passages
        )
