"""Measures how a shelf is filled and changed: rates, what a small change costs, going back, and what readers notice."""

from __future__ import annotations

import random
import tempfile
import time
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from medrag.errors import Unavailable
from medrag.index.encoders.hashed import HashEmbedder
from medrag.protocols import Encoder
from medrag.settings import Settings
from medrag_api.bench_crowd import bench_crowd
from medrag_api.bench_shelf import note_card, random_note, text_pdf
from medrag_api.wiring import open_workshop
from medrag_ingest.keeping import roll_back
from medrag_ingest.manifest import Manifest
from medrag_ingest.pipeline import IngestReport, ingest
from medrag_ingest.raw import RawFile
from medrag_ingest.readers import READERS
from medrag_ingest.workshop import Workshop

__all__ = ["bench_ingest"]

Figures = dict[str, Any]

#: Works of the generated shelf, so that one of them is 1 % of it; documents of each, so that one is 1 % of a work.
WORKS, DOCUMENTS = 100, 100
BEGINS: Final = date(2024, 1, 1)
#: Passages encoded to measure the encoder of the settings, and pages of the PDF that is read.
ENCODED, PAGES = 400, 60
IDLE_S: Final = 5.0

NOTES = (
    "the shelf is generated: passages of 60 random words; 100 works, or one work of 100 documents",
    "change: counted in texts the encoder was given and points changed (written, given a vector, moved to other",
    "  editions, deleted); a hashing encoder stands in, since only its calls count",
    "vectors: the encoder of the settings; share: of the rate the same encoder has alone on the same texts",
    "crowd: threads of one process ask without a pause while another process publishes, on the same cores",
)


def bench_ingest(settings: Settings, seed: int, passages: int, publishes: int, threads: int) -> Figures:
    """Every figure, with its unit in its name; nothing is written to the home. Raises Unavailable."""
    chance = random.Random(seed)  # noqa: S311 - a reproducible shelf, no secret
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        return {
            "seed": seed,
            "filling": filling(place / "filling", chance, passages),
            "one_work": one_work(place / "one", chance, passages),
            "vectors": vectors(place / "vectors", settings, chance),
            "pdf": pdf(chance),
            "crowd": bench_crowd(place / "crowd", publishes, threads, IDLE_S),
            "notes": NOTES,
        }


def shop(home: Path, encoder: Encoder | None) -> Workshop:
    here = Settings(home=home, encoder="none", offline=True)
    return replace(open_workshop(here, encode=False), encoder=encoder)


def run(workshop: Workshop, cards: list[Manifest]) -> tuple[IngestReport, float]:
    """The report and its seconds. Raises Unavailable when a card was refused."""
    began = time.monotonic()
    report = ingest(cards, workshop, lambda *_: None)
    if wrong := [item for item in report.receipts if item.outcome not in ("staged", "unchanged")]:
        raise Unavailable(f"{wrong[0].card}: {wrong[0].reason}")
    return report, time.monotonic() - began


def cost(report: IngestReport) -> Figures:
    index = report.move.index_json()
    counted = {name: index[name] for name in ("encoded", "written", "moved", "deleted")}
    return counted | {"writes": counted["written"] + counted["moved"] + counted["deleted"]}


def share(small: Figures, full: Figures) -> Figures:
    """Of the full build."""
    return {f"{name}_percent": 100 * small[name] / full[name] for name in ("encoded", "writes")}


def filling(place: Path, chance: random.Random, passages: int) -> Figures:
    """A hundred works staged and published; one of them changed; nothing changed; gone back."""
    each = max(1, passages // WORKS)
    texts = {f"work-{n:03}": random_note(chance, each) for n in range(WORKS)}
    cards = [
        note_card(place, name, {"a": text}, edition="1", published=BEGINS) for name, text in texts.items()
    ]
    workshop = shop(place / "home", HashEmbedder(64))
    with closing(workshop.catalogue):
        report, whole_s = run(workshop, cards)
        staging_s = sum(receipt.seconds["all"] for receipt in report.receipts)
        held = report.snapshot.passages if report.snapshot else 0
        cards[0] = note_card(
            place,
            "work-000",
            {"a": random_note(chance, each)},
            edition="2",
            published=BEGINS.replace(year=2025),
        )
        changed, changed_s = run(workshop, cards)
        same, same_s = run(workshop, cards)
        began = time.monotonic()
        roll_back(workshop)
        back_ms = (time.monotonic() - began) * 1e3
    return {
        "passages": held,
        "staging_passages_per_s": held / staging_s,
        "words_and_index_passages_per_s": held / report.move.seconds.get("words", whole_s - staging_s),
        "overall_passages_per_s": held / whole_s,
        "full": cost(report) | {"seconds": whole_s},
        "one_work_changed": cost(changed) | share(cost(changed), cost(report)) | {"seconds": changed_s},
        "unchanged": cost(same) | {"seconds": same_s},
        "rollback_ms": back_ms,
    }


def one_work(place: Path, chance: random.Random, passages: int) -> Figures:
    """One work of a hundred documents, one of which is corrected: a new edition of the whole work."""
    each = max(1, passages // DOCUMENTS)
    texts = {f"note-{n:03}": random_note(chance, each) for n in range(DOCUMENTS)}
    workshop = shop(place / "home", HashEmbedder(64))
    with closing(workshop.catalogue):
        first, _ = run(workshop, [note_card(place, "work", texts, edition="1", published=BEGINS)])
        texts["note-000"] = random_note(chance, each)
        later = BEGINS.replace(year=2025)
        second, seconds = run(workshop, [note_card(place, "work", texts, edition="2", published=later)])
    return {
        "full": cost(first),
        "one_document_changed": cost(second) | share(cost(second), cost(first)) | {"seconds": seconds},
    }


def vectors(place: Path, settings: Settings, chance: random.Random) -> Figures | None:
    """The rate of the vectors' stage beside the encoder's own; None without an encoder."""
    from medrag.index.encoders import open_encoder

    encoder = open_encoder(settings)
    if encoder is None:
        return None
    alone = random_note(chance, ENCODED).split("\n\n")[2::2]
    encoder.encode_passages(alone[:8])
    began = time.monotonic()
    encoder.encode_passages(alone)
    alone_rate = len(alone) / (time.monotonic() - began)
    workshop = shop(place / "home", encoder)
    card = note_card(place, "work", {"a": random_note(chance, ENCODED)}, edition="1", published=BEGINS)
    with closing(workshop.catalogue):
        report, _ = run(workshop, [card])
    rate = cost(report)["encoded"] / report.move.seconds["vectors"]
    return {"passages_per_s": rate, "encoder_alone_per_s": alone_rate, "share": rate / alone_rate}


def pdf(chance: random.Random) -> Figures:
    """Pages a second of a PDF full of words, its tables looked for or not."""
    raw = RawFile.from_bytes("bench.pdf", text_pdf(chance, PAGES))
    told: Figures = {"pages": PAGES}
    for name, tables in (("text_pages_per_s", False), ("with_tables_pages_per_s", True)):
        began = time.monotonic()
        characters = sum(len(parsed.text) for parsed in READERS["pdf"](raw, {"tables": tables}))
        told[name] = PAGES / (time.monotonic() - began)
        told["characters"] = characters
    return told
