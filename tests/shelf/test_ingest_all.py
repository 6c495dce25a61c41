"""The whole shelf that a mirror and the wheels reach, taken in full, counted against its sources, and taken again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from medrag.identifiers import sha256_text
from medrag.settings import Settings
from medrag_api.wiring import open_workshop
from medrag_ingest.cards import load_cards
from medrag_ingest.pipeline import IngestReport, ingest
from medrag_ingest.receipt import Receipt
from medrag_ingest.unpack import raw_files
from medrag_ingest.workshop import Workshop

pytestmark = [pytest.mark.shared, pytest.mark.timeout(600)]

#: Works whose files lie on their publishers' servers alone: gigabytes that no mirror here holds.
FAR = {"dailymed-rx", "openfda-labels"}


@dataclass(frozen=True)
class Taken:
    workshop: Workshop
    report: IngestReport

    def receipt(self, card: str) -> Receipt:
        return next(receipt for receipt in self.report.receipts if receipt.card == card)


@pytest.fixture(scope="module")
def taken(shared: Path, wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Taken]:
    home = tmp_path_factory.mktemp("whole") / "home"
    mirror = (shared / "corpora", wheels)
    workshop = open_workshop(Settings(home=home, mirror=mirror, encoder="none", offline=True))
    yield Taken(workshop, ingest(list(load_cards().values()), workshop, lambda *_: None))
    workshop.catalogue.close()


def test_every_card_is_taken_or_says_why_not(taken: Taken) -> None:
    outcomes = {receipt.card: receipt.outcome for receipt in taken.report.receipts}
    told = {receipt.card: receipt.reason for receipt in taken.report.receipts if receipt.reason}
    assert {card for card, outcome in outcomes.items() if outcome == "unavailable"} == FAR, told
    assert {outcome for card, outcome in outcomes.items() if card not in FAR} == {"staged"}, told
    for card in FAR:
        receipt = taken.receipt(card)
        assert "offline" in receipt.reason and "looked in" in receipt.reason and receipt.remedy
    assert taken.report.published and taken.report.snapshot is not None
    assert len(taken.report.snapshot.editions) == len(outcomes) - len(FAR)


#: What the sources say of themselves: their PROVENANCE or their package.
COUNTS = {
    "ansm": {"notes.entries": 3139},
    "fda-labels-cardio": {"documents": 182},
    "ngc-public-domain": {"documents": 43},
    "nstg-nigeria": {"documents": 270},
    "openfda-spl": {"documents": 5},
    "openmedicine-renal": {"documents": 23},
    "drug-names": {"notes.variants": 107360},
}


@pytest.mark.parametrize("card", COUNTS)
def test_all_that_the_source_holds_has_arrived(card: str, taken: Taken) -> None:
    receipt = taken.receipt(card)
    for name, expected in COUNTS[card].items():
        kind, _, note = name.partition(".")
        assert (receipt.notes[note] if note else getattr(receipt, kind)) == expected, name
    assert receipt.rejected == []


def test_every_file_of_medquad_is_read_and_every_answer_kept(taken: Taken) -> None:
    source = load_cards()["medquad"].sources[0]
    stored = taken.receipt("medquad").sources[0].sha256
    assert sum(1 for _ in raw_files(taken.workshop.raw.path(stored), source)) == 11_274
    notes = taken.receipt("medquad").notes
    # The source's own count leaves out the answers of the files that are laid out in an older way.
    assert notes["answers"] - notes["answers_in_old_layout"] == 16_407


def test_the_43_guidelines_of_openmedicine_are_there(taken: Taken) -> None:
    edition = taken.receipt("openmedicine-guidelines").edition
    keys = [key for _, key, *_ in taken.workshop.catalogue.document_keys(edition)]
    assert len({key.partition("/")[0] for key in keys}) == 43


def test_every_text_has_its_hash_and_every_passage_is_a_slice_that_leaves_nothing_out(taken: Taken) -> None:
    snapshot = taken.report.snapshot
    assert snapshot is not None
    catalogue, seen = taken.workshop.catalogue, set[str]()
    for name in snapshot.editions:
        state = catalogue.edition(name)
        documents = 0
        for document, passages in catalogue.read_edition(name):
            documents += 1
            assert sha256_text(document.text) == document.sha256
            at = 0
            for passage in passages:
                assert document.text[passage.start : passage.end] == passage.text
                assert passage.text.strip() and not document.text[at : passage.start].strip()
                at = passage.end
            assert not passages or not document.text[at:].strip()
            seen |= {passage.id for passage in passages}
        assert documents == state.documents
    assert len(seen) == snapshot.passages > 30_000
    index = taken.workshop.indexes.open(snapshot.index)
    assert set(index.ids()) == seen
    index.close()


def test_every_raw_file_is_kept_under_its_own_hash(taken: Taken) -> None:
    kept = {path.name: path for path in taken.workshop.raw.folder.iterdir()}
    for receipt in taken.report.receipts:
        for source in receipt.sources:
            if source.name and receipt.outcome == "staged":
                digest = hashlib.sha256(kept[source.sha256].read_bytes()).hexdigest()
                assert digest == source.sha256


def test_taken_again_nothing_is_written(taken: Taken) -> None:
    home = taken.workshop.settings.home
    files = {path: path.stat().st_mtime_ns for path in (home / "index").rglob("*") if path.is_file()}
    raw = sorted(path.name for path in (home / "raw").iterdir())
    runs, moves = taken.workshop.catalogue.last_runs(100), taken.workshop.catalogue.publications()
    report = ingest(list(load_cards().values()), taken.workshop, lambda *_: None)
    assert {r.card for r in report.receipts if r.outcome != "unchanged"} == FAR
    assert not report.published and report.snapshot == taken.report.snapshot
    assert report.built.written == 0
    assert {p: p.stat().st_mtime_ns for p in (home / "index").rglob("*") if p.is_file()} == files
    assert sorted(path.name for path in (home / "raw").iterdir()) == raw
    assert taken.workshop.catalogue.last_runs(100) == runs
    assert taken.workshop.catalogue.publications() == moves
