"""A librarian's acts cut off anywhere, by a kill or by a disk that refuses: old or new, and the next act is clean."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from refusing_disk import WORKS_HERE
from small_cards import CountingEncoder, leaflet, open_small, quiet, write_card
from test_faults import KILLED, NEW, OLD, check_round, notes, rounds

from medrag_ingest.manifest import Manifest
from medrag_ingest.pipeline import ingest

ACTS = ("stage", "publish", "rollback", "withdraw", "remove")
LONG = [pytest.mark.slow, pytest.mark.faults, pytest.mark.timeout(3000)]
#: Exit code of a child that an error of medrag's own ended; see kill_rounds.
REFUSED = 40


def plan_of(act: str, folder: Path, scratch: Path) -> dict[str, Any]:
    """A home before the act: one work published that stays and one that goes, and a new edition of the first."""
    home, spare = scratch / "before", scratch / "spare"
    spare.mkdir()
    workshop = open_small(home, encoder=CountingEncoder())
    gone = write_card(folder, "gone", {"a": leaflet("Blood", ("Colchicine in kidney disease: ask first.",))})
    ingest([Manifest.from_yaml(notes(folder, OLD)), gone], workshop, quiet)
    cards = [str(notes(folder, NEW))]
    if act in ("publish", "rollback"):
        staged = [Manifest.from_yaml(card) for card in cards]
        ingest(staged, workshop, quiet, None) if act == "publish" else ingest(staged, workshop, quiet)
    workshop.catalogue.close()
    return {
        "home": str(home), "spare": str(spare), "act": act, "cards": cards, "encode": True,
        "kills": 0, "limits": [], "seed": 11,
    }  # fmt: skip


@pytest.mark.parametrize("kills", [3, pytest.param(60, marks=LONG)])
@pytest.mark.parametrize("act", ACTS)
def test_an_act_killed_at_any_moment_is_done_or_not(
    act: str, kills: int, tmp_path: Path, scratch: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, *others = rounds({**plan_of(act, tmp_path, scratch), "kills": kills}, limit=2900)
    assert whole["code"] == 0, whole["said"]
    assert (whole["end"]["snapshot"] != whole["before"]["snapshot"]) == (act != "stage")
    for told in others:
        assert told["code"] in (KILLED, 0), told["said"]
        check_round(told, whole)
    killed = sum(told["code"] == KILLED for told in others)
    assert len(others) == kills and killed
    moved = sum(told["after"]["snapshot"] != whole["before"]["snapshot"] for told in others)
    slowest = max(told["recovered"] for told in others)
    with capsys.disabled():
        print(
            f"\n{act}: {kills} rounds, {killed} killed in time, {moved} after the pointer moved, all clean after;"
            f" the next command {slowest:.2f} s at most (undisturbed {whole['seconds']:.2f} s)"
        )


@pytest.mark.skipif(
    not WORKS_HERE, reason="calls can be refused on Linux on x86-64 alone, where they may be watched"
)
@pytest.mark.parametrize("step", [29, pytest.param(1, marks=LONG)])
@pytest.mark.parametrize("act", ["ingest", "remove"])
def test_whichever_call_the_disk_refuses_the_shelf_is_old_or_new(
    act: str, step: int, tmp_path: Path, scratch: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = {**plan_of(act, tmp_path, scratch), "refuse_from": 1, "refuse_step": step}
    whole, *others = rounds(plan, limit=2900)
    assert whole["code"] == 0, whole["said"]
    for told in others:
        assert told["code"] in (0, REFUSED), (told["number"], told["error"], told["said"])
        check_round(told, whole)
    calls = others[-1]["calls"]
    refused = sum(told["code"] == REFUSED for told in others)
    assert calls > 50 and refused
    with capsys.disabled():
        print(
            f"\n{act}: {calls} writes, fsyncs and renames; {len(others) - 1} refused in turn, {refused} told,"
            f" {len(others) - 1 - refused} borne; old or new each time, the next command clean"
        )
