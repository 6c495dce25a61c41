"""A librarian's acts: what goes back goes back whole, what is withdrawn is served nowhere, what is removed never was."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from small_cards import CountingEncoder, check_laws, contents, find, leaflet, open_small, quiet, write_card

from medrag.errors import MedragError, NotFound, ShelfRefused, UsageError
from medrag.index.snapshot import Plan
from medrag.records import Snapshot
from medrag_ingest.documents import Description, document_card, held_already
from medrag_ingest.gate import GateClosed, Objection
from medrag_ingest.keeping import publish, remove, roll_back, withdraw
from medrag_ingest.leftovers import Leftovers
from medrag_ingest.manifest import Manifest
from medrag_ingest.pins import Pins
from medrag_ingest.pipeline import ingest
from medrag_ingest.publishing import Order
from medrag_ingest.workshop import Workshop

GOUT = ("Colchicine is halved in severe kidney disease.", "Allopurinol is begun at a low dose.")
BLOOD = ("Warfarin and ibuprofen bleed together.", "Check the clotting ratio weekly.")
SENTENCES = st.lists(
    st.sampled_from([*GOUT, *BLOOD, "华法林和布洛芬一起会出血。", "Stop metformin at an eGFR below thirty."]),
    min_size=1,
    max_size=4,
    unique=True,
)


def card(folder: Path, name: str, sentences: tuple[str, ...], **fields: object) -> Manifest:
    return write_card(folder, name, {"a": leaflet(name.title(), sentences)}, **fields)


def seen(workshop: Workshop) -> Snapshot:
    snapshot = workshop.catalogue.current()
    assert snapshot is not None
    return snapshot


def everything(home: Path) -> dict[str, object]:
    """What a home holds, by content: rows, indexes by name, which is a hash of what they hold, source files, vectors."""
    with closing(sqlite3.connect(home / "vectors.db")) as connection:
        vectors = sorted(row[0] for row in connection.execute("SELECT hash FROM vector"))
    rows = contents(home)
    return {
        **{table: held for table, held in rows.items() if table != "publications"},
        "runs": sorted(json.loads(item)["edition"] for item in receipts(home)),
        "indexes": sorted(path.name for path in (home / "index").iterdir()),
        "raw": sorted(path.name for path in (home / "raw").iterdir()),
        "vectors": vectors,
        "pins": sorted(Pins(home).read()),
    }


def receipts(home: Path) -> list[str]:
    with closing(sqlite3.connect(home / "catalogue.db")) as connection:
        return [row[0] for row in connection.execute("SELECT receipt FROM runs")]


@settings(max_examples=6, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(SENTENCES, SENTENCES, st.booleans())
def test_what_is_removed_never_was(
    tmp_path_factory: pytest.TempPathFactory, one: list[str], other: list[str], first: bool
) -> None:
    folder = tmp_path_factory.mktemp("removal")
    kept, gone = card(folder, "kept", tuple(one)), card(folder, "gone", tuple(other))
    alone = open_small(folder / "alone", encoder=CountingEncoder())
    both = open_small(folder / "both", encoder=CountingEncoder())
    ingest([kept], alone, quiet)
    for item in (gone, kept) if first else (kept, gone):
        ingest([item], both, quiet)
    removal = remove(both, "gone", reason="came by mistake", progress=quiet)
    assert removal.editions == ("gone@2024",) and removal.counts["passages"] > 0
    assert everything(folder / "both") == everything(folder / "alone")
    check_laws(both, seen(both))
    last = both.catalogue.publications()[-1]
    assert (last.action, last.reason) == ("remove", "gone@2024: came by mistake")


def test_a_source_file_another_edition_needs_stays(home: Path, tmp_path: Path) -> None:
    workshop = open_small(home)
    first, twin = card(tmp_path, "first", GOUT), card(tmp_path, "first", GOUT, id="twin")
    ingest([first, twin], workshop, quiet)
    assert remove(workshop, "first", progress=quiet).raw == ()
    assert len(list((home / "raw").iterdir())) == 1
    assert len(remove(workshop, "twin", progress=quiet).raw) == 1
    assert workshop.catalogue.current() is None and not list((home / "raw").iterdir())


def test_a_removal_cut_off_is_finished_by_the_next_writer(home: Path, tmp_path: Path) -> None:
    workshop = open_small(home)
    ingest([card(tmp_path, "kept", GOUT), card(tmp_path, "gone", BLOOD)], workshop, quiet)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Leftovers, "clear", stopped)
        with pytest.raises(KeyboardInterrupt):
            remove(workshop, "gone", progress=quiet)
    assert seen(workshop).editions == ("kept@2024",) and len(list((home / "raw").iterdir())) == 2
    publish(workshop, quiet)
    assert len(list((home / "raw").iterdir())) == 1 and not list((home / "removals").iterdir())


def stopped(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_removal_that_never_happened_takes_nothing(home: Path, tmp_path: Path) -> None:
    workshop = open_small(home)
    ingest([card(tmp_path, "kept", GOUT)], workshop, quiet)
    Leftovers(workshop).note(["kept@2024"])
    publish(workshop, quiet)
    assert len(list((home / "raw").iterdir())) == 1 and not list((home / "removals").iterdir())
    check_laws(workshop, seen(workshop))


def test_going_back_passes_over_the_words_of_the_same_editions(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("medrag_ingest.publishing.WORDS_FIRST", 0)
    workshop = open_small(home)
    ingest([card(tmp_path, "gout", GOUT)], workshop, quiet)
    first = seen(workshop)
    ingest([card(tmp_path, "blood", BLOOD)], workshop, quiet)
    assert roll_back(workshop, reason="too early").editions == first.editions
    with pytest.raises(ShelfRefused, match="no earlier snapshot"):
        roll_back(workshop)
    with pytest.raises(NotFound, match="no snapshot"):
        roll_back(workshop, "s_nothing")


def test_what_is_withdrawn_is_served_by_no_snapshot(home: Path, tmp_path: Path) -> None:
    workshop = open_small(home)
    ingest([card(tmp_path, "gout", GOUT)], workshop, quiet)
    ingest([card(tmp_path, "blood", BLOOD)], workshop, quiet)
    held = seen(workshop)
    withdraw(workshop, "gout@2024", reason="a wrong dose", progress=quiet)
    assert seen(workshop).editions == ("blood@2024",)
    roll_back(workshop, held.id)
    assert not any("olchicine" in text for text in find(workshop, "colchicine in kidney disease"))
    with pytest.raises(ShelfRefused, match="withdrawn already"):
        withdraw(workshop, "gout", reason="again", progress=quiet)
    with pytest.raises(UsageError, match="needs a reason"):
        withdraw(workshop, "blood", reason=" ", progress=quiet)
    with pytest.raises(NotFound) as near:
        withdraw(workshop, "blod", reason="x", progress=quiet)
    assert "blood" in near.value.remedy


def test_the_last_work_can_be_withdrawn(home: Path, tmp_path: Path) -> None:
    workshop = open_small(home)
    ingest([card(tmp_path, "gout", GOUT)], workshop, quiet)
    move = withdraw(workshop, "gout", reason="recalled", progress=quiet)
    assert move.moved and move.snapshot is None and workshop.catalogue.current() is None


def test_only_what_is_named_is_published(home: Path, tmp_path: Path) -> None:
    workshop = open_small(home)
    report = ingest([card(tmp_path, "gout", GOUT), card(tmp_path, "blood", BLOOD)], workshop, quiet, None)
    assert report.waiting == ("blood@2024", "gout@2024") and workshop.catalogue.current() is None
    publish(workshop, quiet, editions=["gout@2024"])
    assert seen(workshop).editions == ("gout@2024",)
    with pytest.raises(NotFound, match="waits"):
        publish(workshop, quiet, editions=["gout@2024"])
    publish(workshop, quiet)
    assert seen(workshop).editions == ("blood@2024", "gout@2024")


def refuse(plan: Plan, current: Snapshot | None) -> list[Objection]:
    return [
        Objection("gout@2024", "names", "Xyz", "reaches no drug", blocks=False),
        Objection("gout@2024", "parse", "page 3", "a dose table lost its headers", blocks=True),
    ]


def test_a_shut_gate_keeps_everything_and_opens_for_a_reason(home: Path, tmp_path: Path) -> None:
    workshop = open_small(home)
    report = ingest([card(tmp_path, "gout", GOUT)], workshop, quiet, Order(examine=refuse))
    assert report.held_back and report.waiting == ("gout@2024",) and workshop.catalogue.current() is None
    with pytest.raises(GateClosed, match="page 3") as shut:
        publish(workshop, quiet, examine=refuse)
    assert [item.kind for item in shut.value.objections] == ["names", "parse"]
    publish(workshop, quiet, examine=refuse, force="read on paper")
    kept = workshop.catalogue.publications()[-1].reason
    assert kept.startswith("read on paper") and "lost its headers" in kept and "Xyz" not in kept


def described(**fields: object) -> Description:
    told = {"title": "Gout note", "publisher": "Ward", "published": "2024-01-01", "jurisdiction": "US"}
    return Description(**{**told, **fields})  # type: ignore[arg-type]


def test_a_document_is_a_work_an_edition_or_a_correction_as_the_person_says(
    home: Path, tmp_path: Path
) -> None:
    workshop = open_small(home)
    path = tmp_path / "note.md"
    path.write_text("# Gout\n\n" + GOUT[0], "utf-8")
    ingest([document_card(path, described(), workshop.catalogue)], workshop, quiet)
    assert held_already(path, workshop.catalogue) == "gout-note@2024-01-01"
    path.write_text("# Gout\n\n" + GOUT[1], "utf-8")
    assert held_already(path, workshop.catalogue) is None
    for fields, problem in (
        ({}, "held with other bytes"),
        ({"edition": "second"}, "two editions cannot begin on one day"),
        ({"published": "2099-01-01"}, "lies in the future"),
        ({"published": "01/02/2024"}, "a date is written"),
        ({"published": "2025-01-01", "correction": True}, "cannot be corrected"),
        ({"work": "nowhere", "published": "2025-01-01"}, "cannot be an edition"),
        ({"jurisdiction": "Mars", "published": "2025-01-01"}, "jurisdiction"),
    ):
        with pytest.raises(MedragError, match=problem):
            document_card(path, described(**fields), workshop.catalogue)
    newer = document_card(path, described(published="2025-01-01"), workshop.catalogue)
    assert newer.edition_id == "gout-note@2025-01-01"
    fixed = document_card(path, described(correction=True), workshop.catalogue)
    ingest([newer, fixed], workshop, quiet)
    assert seen(workshop).editions == (
        "gout-note@2024-01-01",
        "gout-note@2024-01-01.r2",
        "gout-note@2025-01-01",
    )
    other = document_card(path, described(title="痛风说明"), workshop.catalogue)
    assert other.id == "work-" + hashlib.sha256("痛风说明".encode()).hexdigest()[:12]
