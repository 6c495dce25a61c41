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
REFUSED_ACTS = ("rollback", "ingest", "publish", "remove")
LONG = [pytest.mark.slow, pytest.mark.faults, pytest.mark.timeout(6000)]
#: Exit code of a child that an error of medrag's own ended; see kill_rounds.
REFUSED = 40


def plan_of(act: str, folder: Path, scratch: Path, *, tiny: bool = False) -> dict[str, Any]:
    """A home before the act: one work published that stays and one that goes, and a new edition of the first.

    A tiny one has a passage of each and no vectors: every call of an act on it can be refused in turn.
    """
    home, spare = scratch / act / "before", scratch / act / "spare"
    spare.mkdir(parents=True)
    workshop = open_small(home, encoder=None if tiny else CountingEncoder())
    gone = write_card(folder, "gone", {"a": leaflet("Blood", ("Colchicine in kidney disease: ask first.",))})
    ingest([Manifest.from_yaml(card_of(folder, OLD, tiny)), gone], workshop, quiet)
    cards = [str(card_of(folder, NEW, tiny))]
    if act in ("publish", "rollback"):
        staged = [Manifest.from_yaml(card) for card in cards]
        ingest(staged, workshop, quiet, None) if act == "publish" else ingest(staged, workshop, quiet)
    workshop.catalogue.close()
    return {
        "home": str(home), "spare": str(spare), "act": act, "cards": cards, "encode": not tiny, "seed": 11,
    }  # fmt: skip


def card_of(folder: Path, last: str, tiny: bool) -> Path:
    if not tiny:
        return notes(folder, last)
    return Path(write_card(folder, "notes", {"z": leaflet("Gout", (last,))}).card)


def by_act(told: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Rounds by act, the undisturbed one first, which was done and moved the pointer unless it only staged."""
    found: dict[str, list[dict[str, Any]]] = {}
    for one in told:
        found.setdefault(one["act"], []).append(one)
    for act, (whole, *_) in found.items():
        assert whole["code"] == 0, whole["said"]
        assert (whole["end"]["snapshot"] != whole["before"]["snapshot"]) == (act != "stage")
    return found


@pytest.mark.parametrize("kills", [2, pytest.param(60, marks=LONG)])
def test_an_act_killed_at_any_moment_is_done_or_not(
    kills: int, tmp_path: Path, scratch: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plans = [{**plan_of(act, tmp_path / act, scratch), "kills": kills} for act in ACTS]
    lines, all_killed = [], 0
    for act, (whole, *others) in by_act(rounds(*plans, limit=2900)).items():
        for told in others:
            assert told["code"] in (KILLED, 0), told["said"]
            check_round(told, whole)
        killed = sum(told["code"] == KILLED for told in others)
        all_killed += killed
        assert len(others) == kills
        moved = sum(told["after"]["snapshot"] != whole["before"]["snapshot"] for told in others)
        slowest = max(told["recovered"] for told in others)
        lines.append(
            f"{act}: {kills} kills, {killed} in time, {moved} after the pointer moved, {kills} clean restarts;"
            f" the next command {slowest:.2f} s at most (undisturbed {whole['seconds']:.2f} s)"
        )
    assert len(lines) == len(ACTS) and all_killed
    with capsys.disabled():
        print("\n" + "\n".join(lines))


@pytest.mark.skipif(
    not WORKS_HERE, reason="calls can be refused on Linux on x86-64 alone, where they may be watched"
)
@pytest.mark.parametrize(
    ("acts", "step"),
    [(("ingest", "remove"), 150), *(pytest.param((act,), 1, marks=LONG) for act in REFUSED_ACTS)],
)
def test_whichever_call_the_disk_refuses_the_shelf_is_old_or_new(
    acts: tuple[str, ...], step: int, tmp_path: Path, scratch: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plans = [{**plan_of(act, tmp_path / act, scratch, tiny=True), "refuse_step": step} for act in acts]
    lines = []
    for act, (whole, *others) in by_act(rounds(*plans, limit=5900)).items():
        for told in others:
            assert told["code"] in (0, REFUSED), (told["number"], told["error"], told["said"])
            check_round(told, whole)
        reached = [told for told in others if told["calls"] >= told["number"]]
        assert len(reached) >= 0.9 * whole["calls"] // step * (2 if step == 1 else 1)
        assert all(told["code"] == 0 for told in others if told not in reached)
        old = sum(told["after"]["snapshot"] == whole["before"]["snapshot"] for told in reached)
        refused = sum(told["code"] == REFUSED for told in reached)
        assert refused
        how = "each x 2 errors (full, broken)" if step == 1 else "as full or as broken"
        lines.append(
            f"{act}: {max(told['calls'] for told in (whole, *others))} writes, fsyncs and renames; {len(reached)} refused, {how}:"
            f" {old} old, {len(reached) - old} new, 0 between; {refused} told, {len(reached) - refused} borne;"
            f" {sum(told['followed'] for told in reached)} unlike states left, the next command clean after each"
        )
    assert len(lines) == len(acts)
    with capsys.disabled():
        print("\n" + "\n".join(lines))
