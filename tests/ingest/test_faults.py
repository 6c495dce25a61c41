"""Killed, refused by the disk, run by two at once: readers see the old shelf or the new one, and the next run is clean."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from small_cards import check_laws, find, leaflet, open_small, quiet, write_card

from medrag.errors import IndexUnavailable, ShelfBusy, Unavailable
from medrag_ingest.manifest import Manifest
from medrag_ingest.pipeline import ingest

HERE = Path(__file__).resolve().parent
OLD = "Halve colchicine in severe kidney disease."
NEW = "Colchicine is not given at all on dialysis."
KILLED = -9

WAITING = """
import sys
from pathlib import Path
from small_cards import open_small
from medrag_ingest.manifest import Manifest
from medrag_ingest.pipeline import ingest

def told(stage, done, total):
    if stage == "index" and done == total:
        print("building", flush=True)
        sys.stdin.readline()

report = ingest([Manifest.from_yaml(sys.argv[2])], open_small(Path(sys.argv[1])), told)
print(report.snapshot.id, flush=True)
"""


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE), *sys.path])}


def notes(folder: Path, last: str) -> Path:
    texts = {f"n{n:02}": leaflet(f"Note {n}", (f"Take dose {n} twice.", f"Stop at {n}.")) for n in range(9)}
    card = write_card(folder, "notes", {**texts, "z": leaflet("Gout", (last,))})
    return Path(card.card)


@pytest.fixture
def plan(tmp_path: Path, scratch: Path) -> dict[str, Any]:
    """A home with the old edition published, and a card whose bytes have changed."""
    workshop = open_small(scratch / "old")
    ingest([Manifest.from_yaml(notes(tmp_path, OLD))], workshop, quiet)
    workshop.catalogue.close()
    spare = scratch / "spare"
    spare.mkdir()
    return {
        "home": str(scratch / "old"),
        "cards": [str(notes(tmp_path, NEW))],
        "spare": str(spare),
        "act": "ingest",
        "seed": 7,
    }


def rounds(*plans: dict[str, Any], limit: float = 550) -> list[dict[str, Any]]:
    """What happened in each round of each plan, the undisturbed one first."""
    file = Path(plans[0]["spare"]) / "plan.json"
    file.write_text(json.dumps(plans))
    done = subprocess.run(
        [sys.executable, str(HERE / "kill_rounds.py"), str(file)],
        capture_output=True, text=True, env=environment(), timeout=limit, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def check_round(told: dict[str, Any], whole: dict[str, Any]) -> None:
    """Old or new and nothing between; the next command ends as an undisturbed one does."""
    assert "broken" not in told, told["broken"]
    before, after, end = whole["before"], told["after"], told["end"]
    assert (after["snapshot"], after["passages"], after["found"]) in [
        (seen["snapshot"], seen["passages"], seen["found"]) for seen in (before, whole["end"])
    ]
    for what in ("snapshot", "passages", "found", "contents", "raw", "vectors", "leftovers"):
        assert end[what] == whole["end"][what], what
    assert end["leftovers"] == []


@pytest.mark.parametrize("kills", [20, pytest.param(100, marks=[pytest.mark.slow, pytest.mark.timeout(900)])])
def test_a_kill_at_any_moment_leaves_the_old_shelf_and_a_clean_next_run(
    plan: dict[str, Any], kills: int
) -> None:
    whole, *others = rounds({**plan, "kills": kills, "seed": kills})
    assert whole["code"] == 0, whole["said"]
    assert whole["end"]["snapshot"] != whole["before"]["snapshot"]
    assert "dialysis" in whole["end"]["found"][0] and "dialysis" not in whole["before"]["found"][0]
    for told in others:
        assert told["code"] in (KILLED, 0), told["said"]
        check_round(told, whole)
    assert len(others) == kills
    # How many kills come before the run has ended depends on the machine; that some do is what makes this a test.
    assert sum(told["code"] == KILLED for told in others) >= max(1, kills // 10)


def test_a_disk_that_refuses_leaves_old_or_new_and_says_so(plan: dict[str, Any]) -> None:
    sizes = [1 << 10, 60 << 10, 200 << 10, 300 << 10, 1 << 20, 16 << 20]
    whole, *others = rounds({**plan, "limits": sizes})
    refused = [told for told in others if told["code"] != 0]
    assert len(refused) >= 3
    for told in others:
        # 40: an error of medrag's own; anything else is a crash.
        assert told["code"] in (0, 40), told["said"]
        check_round(told, whole)
    old = whole["before"]["snapshot"]
    for told in refused:
        assert told["said"].split(":")[0].endswith(("Unavailable", "Refused")), told["said"]
        assert told["after"]["snapshot"] == old


def test_a_disk_without_room_for_an_index_is_told_before_it_is_built(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    disk = tmp_path / "disk"
    disk.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(disk)], capture_output=True)
    if made.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {made.stderr.decode().strip()}")
    try:
        workshop = open_small(disk / "home")
        with pytest.raises(IndexUnavailable, match="free") as caught:
            ingest([Manifest.from_yaml(notes(tmp_path, OLD))], workshop, quiet)
        assert "MB" in str(caught.value) and caught.value.remedy
        assert workshop.catalogue.current() is None
        workshop.catalogue.close()
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def test_of_two_at_once_one_wins_and_readers_go_on(home: Path, tmp_path: Path) -> None:
    workshop = open_small(home)
    ingest([Manifest.from_yaml(notes(tmp_path, OLD))], workshop, quiet)
    card = notes(tmp_path, NEW)
    first = subprocess.Popen(
        [sys.executable, "-c", WAITING, str(home), str(card)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment(),
    )  # fmt: skip
    assert first.stdout is not None and first.stdin is not None
    assert first.stdout.readline() == "building\n"
    with pytest.raises(ShelfBusy, match="another medrag is writing") as caught:
        ingest([Manifest.from_yaml(card)], workshop, quiet)
    assert str(home) in str(caught.value) and "Wait" in caught.value.remedy
    assert any("Halve" in text for text in find(workshop, "colchicine in kidney disease"))
    first.stdin.write("go on\n")
    first.stdin.flush()
    told = first.stdout.readline().strip()
    assert first.wait(timeout=60) == 0
    snapshot = workshop.catalogue.current()
    assert snapshot is not None and snapshot.id == told
    check_laws(workshop, snapshot)
    assert ingest([Manifest.from_yaml(card)], workshop, quiet).receipts[0].outcome == "unchanged"


def test_what_a_killed_fetch_left_goes_with_the_next_run(home: Path, tmp_path: Path) -> None:
    workshop = open_small(home)
    (home / "raw").mkdir()
    (home / "raw" / ".incoming-abc").write_bytes(b"half a file")
    ingest([Manifest.from_yaml(notes(tmp_path, OLD))], workshop, quiet)
    assert list((home / "raw").glob(".incoming-*")) == []


def test_a_home_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    workshop = open_small(tmp_path / "home")
    elsewhere = workshop.settings.model_copy(update={"home": tmp_path / "file" / "home"})
    with pytest.raises(Unavailable, match="the home cannot be written"):
        ingest([], replace(workshop, settings=elsewhere), quiet)
