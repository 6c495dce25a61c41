"""Two small works and what seals them, for shelves made through the real catalogue."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

from medrag.catalogue import Catalogue
from medrag.identifiers import content_id, edition_id, sha256_text
from medrag.records import Block, Document, Edition, Passage, Rights, Segment, Work

OPEN = Rights("CC0-1.0", "https://example.org/cc0", True, None)
CLOSED = Rights("By permission", None, False, 300)
NOTES = Work(
    "kidney-notes",
    "Kidney notes",
    "A house",
    "guideline",
    "digest",
    "INT",
    "en",
    "https://example.org/k",
    OPEN,
)
LEAFLETS = Work(
    "blood-leaflets", "血液手册", "一家出版社", "monograph", "reference", "CN", "zh", None, CLOSED
)

KIDNEY = (
    "Start an SGLT2 inhibitor in chronic kidney disease when the eGFR is at least 20 mL/min/1.73 m². 😀",
    "Metformin is stopped when the eGFR falls below 30 mL/min/1.73 m².",
    "Colchicine is halved in kidney disease with an eGFR below 30.",
)
BLOOD = ("华法林与布洛芬合用会增加出血风险，应避免合用。", "华法林治疗期间须监测INR。")


def add_edition(
    catalogue: Catalogue, work: Work, label: str, published: str, sentences: tuple[str, ...]
) -> Document:
    """One sealed edition of one document, a passage a sentence."""
    held = edition_id(work.id, label)
    catalogue.put_work(work)
    catalogue.open_edition(
        Edition(held, work.id, label, published, date.fromisoformat(published), date(2026, 1, 2), "0" * 64)
    )
    text = "\n".join(sentences)
    spans, start = [], 0
    for sentence in sentences:
        spans.append((start, start + len(sentence)))
        start += len(sentence) + 1
    digest = sha256_text(text)
    document = Document(
        content_id("d_", held, "a", digest),
        held,
        "a",
        work.title,
        work.language,
        text,
        digest,
        "1" * 64,
        "",
        (Segment(0, len(text), f"chars:0-{len(text)}"),),
        tuple(Block("paragraph", a, b) for a, b in spans),
    )
    parts = [
        Passage(
            content_id("p_", document.id, a, b),
            document.id,
            held,
            n,
            a,
            b,
            text[a:b],
            "prose",
            (),
            None,
            None,
        )
        for n, (a, b) in enumerate(spans)
    ]
    catalogue.add_batch(held, [(0, document, parts)])
    catalogue.seal_edition(held, digest)
    return document


def copy_home(source: Path, target: Path, *without: str) -> None:
    """A home as it is now, but for what is named. The database is copied by SQLite: a file of one that is open in this
    process must not be opened and closed beside it, which gives up its locks."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("catalogue.db*", *without))
    if (source / "catalogue.db").exists():
        with (
            closing(sqlite3.connect(source / "catalogue.db")) as held,
            closing(sqlite3.connect(target / "catalogue.db")) as made,
        ):
            held.backup(made)
