"""A shelf of a Markdown guideline and a French interaction entry, read by the real readers and indexed by the real engine."""

from __future__ import annotations

from pathlib import Path

from medrag.identifiers import sha256_text
from medrag.settings import Settings, load_settings
from medrag.shelf import OpenShelf
from medrag_api.wiring import open_shelf, open_workshop
from medrag_ingest.manifest import Manifest
from medrag_ingest.pipeline import ingest

GUIDELINE = """# Kidney care — a house guideline

## Drug treatment

### 1. SGLT2 inhibitors

Before a start:
- **Threshold:** Start when the eGFR is 20 mL/min/1.73 m² or more (Grade 1A).
- **Stop rules:** Keep going below that until dialysis.

### 2. Metformin

| eGFR | Dose of metformin |
|---|---|
| 45 or more | up to 2000 mg a day |
| 30-44 | at most 1000 mg a day |
| below 30 | stop |

## Blood pressure

The target is below 120 mmHg systolic. Do not lower it further in the frail.
"""

CARD = """
id: house-kidney
title: House kidney guideline
publisher: A house
kind: guideline
authority: guideline_body
jurisdiction: INT
language: en
edition: "1"
published: "2024"
rights: {{licence: CC0-1.0, redistributable: true, max_quote_chars: {limit}}}
sources:
  - file: guideline.md
    sha256: {sha256}
reader: {{name: markdown}}
expect: {{documents: 1, passages: 3}}
"""


def build(home: Path, folder: Path, limit: str = "null", text: str = GUIDELINE) -> tuple[OpenShelf, Settings]:
    folder.mkdir(exist_ok=True)
    (folder / "guideline.md").write_text(text, encoding="utf-8")
    card = folder / "card.yaml"
    card.write_text(CARD.format(sha256=sha256_text(text), limit=limit), encoding="utf-8")
    settings = load_settings(home=home, encoder="hash")
    report = ingest([Manifest.from_yaml(card)], open_workshop(settings), lambda *_: None)
    assert report.published, [receipt.reason for receipt in report.receipts]
    return open_shelf(settings), settings
