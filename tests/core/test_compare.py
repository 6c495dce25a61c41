"""Two editions of a text compared by section: changed numbers first, a new heading is no new text."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from medrag.compare import compare_texts, numbers_in
from medrag.identifiers import sha256_text
from medrag.settings import load_settings
from medrag_api.wiring import open_workshop
from medrag_ingest.manifest import Manifest
from medrag_ingest.receipt import Receipt
from medrag_ingest.staging import stage_card
from tests.core.answer.answer_shelf import CARD, GUIDELINE


def stage(home: Path, folder: Path, label: str, text: str) -> Manifest:
    folder.mkdir()
    (folder / "guideline.md").write_text(text, encoding="utf-8")
    told = CARD.format(sha256=sha256_text(text), limit="null")
    told = told.replace('edition: "1"', f'edition: "{label}"').replace('"2024"', f'"202{label}"')
    (folder / "card.yaml").write_text(told, encoding="utf-8")
    return Manifest.from_yaml(folder / "card.yaml")


def test_sections_and_numbers_that_changed(home: Path, tmp_path: Path) -> None:
    newer = (
        GUIDELINE.replace("eGFR is 20 mL/min", "eGFR is 25 mL/min")
        .replace("## Blood pressure", "## Blood pressure targets")
        .replace("### 2. Metformin", "### 2. Finerenone\n\nAsk a nephrologist.\n\n### 3. Metformin")
    )
    workshop = open_workshop(load_settings(home=home, encoder="none"))
    with workshop.writing("test"):
        for label, text in (("1", GUIDELINE), ("2", newer)):
            card = stage(home, tmp_path / label, label, text)
            assert card.begins == date(2020 + int(label), 1, 1)
            stage_card(card, workshop, Receipt("run", card.id, card.edition_id), lambda *_: None)
    found = compare_texts(workshop.catalogue, "house-kidney@1", "house-kidney@2")
    first = found.changes[0]
    assert (first.kind, first.numbers_gone, first.numbers_come) == (
        "numbers",
        ("20 mL/min/1.73",),
        ("25 mL/min/1.73",),
    )
    assert first.before is not None
    assert "eGFR is 20" in first.before.text
    assert first.before.passage
    kinds = [(change.kind, change.section[-1]) for change in found.changes]
    assert ("added", "2. Finerenone") in kinds
    assert ("retitled", "3. Metformin") in kinds
    assert ("retitled", "Blood pressure targets") in kinds
    assert compare_texts(workshop.catalogue, "house-kidney@1", "house-kidney@1").changes == ()
    workshop.catalogue.close()


def test_a_number_goes_with_its_unit() -> None:
    assert numbers_in("5 mg then 2,5 mg/kg, 30 % of CYP3A4") == ["5 mg", "2.5 mg/kg", "30 %"]
