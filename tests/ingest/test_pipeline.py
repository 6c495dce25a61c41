"""From cards to what a reader finds: published in one step, written once, corrected without a gap."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from small_cards import (
    CountingEncoder,
    check_laws,
    contents,
    find,
    leaflet,
    open_small,
    quiet,
    write_card,
)

from medrag.errors import IndexUnavailable
from medrag.records import Snapshot
from medrag.shelf import editions_in_force
from medrag_ingest.keeping import publish, remove, roll_back, withdraw
from medrag_ingest.manifest import Manifest
from medrag_ingest.pipeline import ingest
from medrag_ingest.workshop import Workshop

KIDNEY = (
    "Start an inhibitor of glucose transport when the filtration rate is at least twenty.",
    "Metformin is stopped when the filtration rate falls below thirty.",
    "Halve colchicine in severe kidney disease.",
)
BLOOD = (
    "Check the clotting ratio three days after warfarin is begun.",
    "Warfarin and ibuprofen bleed together.",
)


def kidney(folder: Path, third: str = KIDNEY[2], **fields: object) -> Manifest:
    texts = {"a": leaflet("Kidney", KIDNEY[:2]), "b": leaflet("Gout", (third,))}
    return write_card(folder, "kidney", texts, **fields)


def blood(folder: Path) -> Manifest:
    return write_card(folder, "blood", {"a": leaflet("Blood", BLOOD)})


def current(workshop: Workshop) -> Snapshot:
    snapshot = workshop.catalogue.current()
    assert snapshot is not None
    return snapshot


def files_under(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_what_is_ingested_is_found_and_counted(home: Path, tmp_path: Path) -> None:
    workshop = open_small(home, encoder=CountingEncoder())
    report = ingest([kidney(tmp_path), blood(tmp_path)], workshop, quiet)
    assert report.published and report.snapshot == current(workshop)
    assert "clotting ratio" in find(workshop, "When is the clotting ratio checked under warfarin?")[0]
    total = check_laws(workshop, current(workshop))
    for receipt in report.receipts:
        state = workshop.catalogue.edition(receipt.edition)
        told = (receipt.documents, receipt.passages, receipt.assertions, receipt.names)
        assert receipt.outcome == "staged"
        assert told == (state.documents, state.passages, state.assertions, state.names)
        held = list(workshop.catalogue.read_edition(receipt.edition))
        assert told[:2] == (len(held), sum(len(parts) for _, parts in held))
        assert receipt.characters == sum(len(document.text) for document, _ in held)
    assert total == sum(receipt.passages for receipt in report.receipts) > 4
    kept = workshop.catalogue.last_runs()
    assert {run["id"] for run in kept} == {receipt.run for receipt in report.receipts}
    assert {run["outcome"] for run in kept} == {"staged"}


def test_the_same_again_writes_nothing(home: Path, tmp_path: Path) -> None:
    cards = [kidney(tmp_path), blood(tmp_path)]
    ingest(cards, open_small(home, encoder=CountingEncoder()), quiet)
    rows, raw, index = contents(home, runs=True), files_under(home / "raw"), files_under(home / "index")
    vectors = (home / "vectors.db").read_bytes()
    encoder = CountingEncoder()
    workshop = open_small(home, encoder=encoder)
    report = ingest(cards, workshop, quiet)
    assert [receipt.outcome for receipt in report.receipts] == ["unchanged", "unchanged"]
    assert [receipt.passages for receipt in report.receipts] == [
        workshop.catalogue.edition(receipt.edition).passages for receipt in report.receipts
    ]
    assert not report.published and report.snapshot == current(workshop)
    assert (report.built.written, report.built.deleted, report.built.encoded.encoded) == (0, 0, 0)
    assert encoder.texts == []
    assert contents(home, runs=True) == rows
    assert files_under(home / "raw") == raw and files_under(home / "index") == index
    assert (home / "vectors.db").read_bytes() == vectors


def test_changed_bytes_are_a_correction_published_in_one_step(home: Path, tmp_path: Path) -> None:
    first = CountingEncoder()
    ingest([kidney(tmp_path), blood(tmp_path)], open_small(home, encoder=first), quiet)
    encoder = CountingEncoder()
    workshop = open_small(home, encoder=encoder)
    before, seen = current(workshop), list[Snapshot]()
    changed = kidney(tmp_path, "Colchicine: never on dialysis.")
    report = ingest([changed], workshop, lambda *_: seen.append(current(workshop)))
    assert set(seen) == {before}, "a reader saw something between the two snapshots"
    assert report.receipts[0].edition == "kidney@2024.r2" and report.published
    assert before.editions == ("blood@2024", "kidney@2024")
    assert current(workshop).editions == ("blood@2024", "kidney@2024", "kidney@2024.r2")
    assert encoder.texts and all("dialysis" in text for text in encoder.texts)
    assert report.receipts[0].passages == 5
    assert (len(encoder.texts), report.built.encoded.reused) == (1, 0)
    assert (report.built.written, report.built.moved) == (2, 1), "the words and vector of what changed alone"
    held = [workshop.catalogue.edition(name).edition for name in current(workshop).editions]
    day = held[0].retrieved
    assert [edition.id for edition in editions_in_force(held, day)] == ["blood@2024", "kidney@2024.r2"]
    texts = find(workshop, "colchicine in severe kidney disease")
    assert any("dialysis" in text for text in texts)
    assert not any("Halve" in text for text in texts), "the replaced edition was returned"
    check_laws(workshop, current(workshop))
    again = ingest([changed], workshop, quiet)
    assert again.receipts[0].outcome == "unchanged" and not again.published


def test_bytes_that_go_back_are_a_new_correction(home: Path, tmp_path: Path) -> None:
    workshop = open_small(home)
    ingest([kidney(tmp_path)], workshop, quiet)
    ingest([kidney(tmp_path, "Colchicine is not given at all on dialysis.")], workshop, quiet)
    report = ingest([kidney(tmp_path)], workshop, quiet)
    assert report.receipts[0].edition == "kidney@2024.r3" and report.published
    texts = find(workshop, "colchicine in severe kidney disease")
    assert any("Halve" in text for text in texts) and not any("dialysis" in text for text in texts)


def test_a_new_label_follows_the_old_edition(home: Path, tmp_path: Path) -> None:
    workshop = open_small(home)
    ingest([kidney(tmp_path)], workshop, quiet)
    new = kidney(tmp_path, "Avoid colchicine.", edition="2025", published="2025-01-01")
    report = ingest([new], workshop, quiet)
    assert report.receipts[0].edition == "kidney@2025"
    assert not any("Halve" in text for text in find(workshop, "colchicine in kidney disease"))


def test_a_changed_card_rewrites_what_points_say_of_the_work(home: Path, tmp_path: Path) -> None:
    workshop = open_small(home)
    first = kidney(tmp_path)
    ingest([first], workshop, quiet)
    ingest([kidney(tmp_path, authority="regulator")], workshop, quiet)
    other = open_small(home.parent / "other")
    ingest([kidney(tmp_path, authority="digest")], other, quiet)
    ingest([kidney(tmp_path, authority="regulator")], other, quiet)
    assert current(workshop).id == current(other).id
    assert workshop.catalogue.work("kidney").authority == "regulator"


def test_words_are_published_before_many_vectors(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("medrag_ingest.publishing.WORDS_FIRST", 2)
    workshop = open_small(home, encoder=CountingEncoder())
    report = ingest([kidney(tmp_path)], workshop, quiet)
    assert set(report.move.seconds) == {"words", "vectors"}
    assert [s.encoder for s in workshop.catalogue.snapshots()] == ["", CountingEncoder().fingerprint]
    check_laws(workshop, current(workshop))


def test_a_failing_encoder_leaves_the_words_published_and_is_caught_up(home: Path, tmp_path: Path) -> None:
    class Broken(CountingEncoder):
        def encode_passages(self, texts):  # type: ignore[no-untyped-def]
            raise IndexUnavailable("the model is not there")

    card = kidney(tmp_path)
    ingest([card], open_small(home), quiet)
    before = current(open_small(home))
    with pytest.raises(IndexUnavailable):
        ingest([card], open_small(home, encoder=Broken()), quiet)
    workshop = open_small(home, encoder=CountingEncoder())
    assert current(workshop) == before
    report = ingest([card], workshop, quiet)
    assert report.published and current(workshop).encoder == CountingEncoder().fingerprint
    assert report.receipts[0].outcome == "unchanged"
    check_laws(workshop, current(workshop))


def test_a_lost_index_is_built_again(home: Path, tmp_path: Path) -> None:
    workshop = open_small(home)
    card = kidney(tmp_path)
    ingest([card], workshop, quiet)
    workshop.indexes.remove(current(workshop).index)
    report = ingest([card], workshop, quiet)
    assert report.built.written > 0 and not report.published
    check_laws(workshop, current(workshop))


def test_a_damaged_base_does_not_stop_the_next_snapshot(home: Path, tmp_path: Path) -> None:
    workshop = open_small(home)
    ingest([kidney(tmp_path)], workshop, quiet)
    folder = home / "index" / current(workshop).index
    largest = max((p for p in folder.rglob("*") if p.is_file()), key=lambda path: path.stat().st_size)
    with largest.open("r+b") as stream:
        stream.write(b"\xff" * 64)
    ingest([blood(tmp_path)], workshop, quiet)
    check_laws(workshop, current(workshop))


def test_a_rollback_holds_until_something_new_is_staged(home: Path, tmp_path: Path) -> None:
    workshop = open_small(home)
    ingest([kidney(tmp_path)], workshop, quiet)
    old = current(workshop)
    ingest([blood(tmp_path)], workshop, quiet)
    assert roll_back(workshop, reason="wrong dose") == old
    report = ingest([kidney(tmp_path), blood(tmp_path)], workshop, quiet)
    assert not report.published and current(workshop) == old
    assert publish(workshop, quiet).moved and current(workshop) != old


def test_only_so_many_snapshots_are_kept(home: Path, tmp_path: Path) -> None:
    workshop = open_small(home, keep_snapshots=2)
    for turn in range(4):
        ingest([kidney(tmp_path, f"Dose number {turn} of colchicine.")], workshop, quiet)
    kept = workshop.catalogue.snapshots()
    assert len(kept) == 2 and current(workshop) == kept[-1]
    assert workshop.indexes.names() == sorted(snapshot.index for snapshot in kept)


def test_nothing_to_publish_is_said(home: Path) -> None:
    report = publish(open_small(home), quiet)
    assert report.snapshot is None and not report.moved
    assert not report.objections


def test_a_removed_edition_leaves_the_index_it_would_never_have_been_in(home: Path, tmp_path: Path) -> None:
    workshop = open_small(home, encoder=CountingEncoder())
    ingest([kidney(tmp_path)], workshop, quiet)
    alone = current(workshop)
    ingest([blood(tmp_path)], workshop, quiet)
    removal = remove(workshop, "blood", reason="came by mistake", progress=quiet)
    assert removal.editions == ("blood@2024",) and removal.move.moved and current(workshop).id == alone.id
    assert removal.vectors and removal.raw
    assert {path.name for path in workshop.raw.folder.iterdir()}.isdisjoint(removal.raw)
    assert [work.id for work in workshop.catalogue.works()] == ["kidney"]
    check_laws(workshop, current(workshop))


def test_a_withdrawn_edition_is_not_brought_back_by_its_card(home: Path, tmp_path: Path) -> None:
    workshop = open_small(home)
    ingest([kidney(tmp_path), blood(tmp_path)], workshop, quiet)
    withdraw(workshop, "kidney", reason="a wrong dose", progress=quiet)
    assert current(workshop).editions == ("blood@2024",)
    report = ingest([kidney(tmp_path)], workshop, quiet)
    assert report.receipts[0].outcome == "unchanged"
    assert current(workshop).editions == ("blood@2024",)
    assert not any("colchicine" in text for text in find(workshop, "colchicine in kidney disease"))
    check_laws(workshop, current(workshop))
