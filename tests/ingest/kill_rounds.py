"""Runs ingests in forked children of one warm process and ends them at random: ``kill_rounds.py PLAN.json``.

The plan names a home to copy for each round, the cards to ingest and what ends each round; one line of JSON comes out a round.
The parent never opens an index or a catalogue itself, so a fork is safe.
"""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from small_cards import check_laws, contents, find, open_small, quiet

import medrag_ingest.batch
import medrag_ingest.readers.markdown
from medrag.errors import MedragError
from medrag.text.tokens import tokenize
from medrag_ingest.manifest import Manifest
from medrag_ingest.pipeline import ingest

#: Small, so that a staging of some kilobytes is many transactions.
medrag_ingest.batch.BATCH_CHARACTERS = 100

REFUSED, BROKEN = 40, 41


def run_ingest(home: Path, cards: list[str]) -> None:
    workshop = open_small(home)
    try:
        ingest([Manifest.from_yaml(card) for card in cards], workshop, quiet)
    finally:
        workshop.catalogue.close()


def child(work: Callable[[], None], said: Path) -> int:
    """Forks; what the child raises is written to ``said``."""
    pid = os.fork()
    if pid:
        return pid
    code = BROKEN
    try:
        work()
        code = 0
    except MedragError as error:
        said.write_text(f"{type(error).__name__}: {error}")
        code = REFUSED
    except BaseException:  # noqa: BLE001  a forked child must not return into its parent's code
        said.write_text(traceback.format_exc())
    finally:
        os._exit(code)


def wait(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def look(home: Path, into: Path) -> Callable[[], None]:
    """What a reader sees: the snapshot, that it keeps the laws, and what a question finds."""

    def work() -> None:
        workshop = open_small(home)
        snapshot = workshop.catalogue.current()
        assert snapshot is not None
        told = {
            "snapshot": snapshot.id,
            "passages": check_laws(workshop, snapshot),
            "found": find(workshop, "colchicine in kidney disease")[:1],
            "contents": contents(home),
            "leftovers": leftovers(home, {kept.index for kept in workshop.catalogue.snapshots()}),
        }
        into.write_text(json.dumps(told))

    return work


def leftovers(home: Path, kept: set[str]) -> list[str]:
    incoming = [path.name for path in (home / "raw").glob(".incoming-*")]
    return incoming + [path.name for path in (home / "index").iterdir() if path.name not in kept]


def see(home: Path, spare: Path) -> dict[str, Any]:
    code = wait(child(look(home, spare / "seen"), spare / "said"))
    if code:
        return {"broken": (spare / "said").read_text()}
    told: dict[str, Any] = json.loads((spare / "seen").read_text())
    return told


def limited(home: Path, cards: list[str], most: int) -> Callable[[], None]:
    """An ingest whose writes fail beyond ``most`` bytes of a file."""

    def work() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
        run_ingest(home, cards)

    return work


def one_round(plan: dict[str, Any], spare: Path, delay: float | None, most: int | None) -> dict[str, Any]:
    home = spare / "home"
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(plan["home"], home)
    (spare / "said").unlink(missing_ok=True)
    began = time.monotonic()
    work = (lambda: run_ingest(home, plan["cards"])) if most is None else limited(home, plan["cards"], most)
    pid = child(work, spare / "said")
    if delay is not None:
        time.sleep(delay)
        os.kill(pid, signal.SIGKILL)
    code = wait(pid)
    told: dict[str, Any] = {"code": code, "seconds": time.monotonic() - began}
    told["said"] = (spare / "said").read_text() if (spare / "said").exists() else ""
    told["after"] = see(home, spare)
    told["again"] = wait(child(lambda: run_ingest(home, plan["cards"]), spare / "said"))
    told["again_said"] = (spare / "said").read_text() if told["again"] else ""
    told["end"] = see(home, spare)
    return told


def main() -> None:
    plan = json.loads(Path(sys.argv[1]).read_text())
    tokenize("warm up 二甲双胍")
    spare = Path(plan["spare"])
    whole = one_round(plan, spare, None, None)
    print(json.dumps(whole), flush=True)
    chance = random.Random(plan["seed"])
    for _ in range(plan["kills"]):
        delay = chance.uniform(0, whole["seconds"] * 1.02)
        print(json.dumps(one_round(plan, spare, delay, None)), flush=True)
    for most in plan["limits"]:
        print(json.dumps(one_round(plan, spare, None, most)), flush=True)


if __name__ == "__main__":
    main()
