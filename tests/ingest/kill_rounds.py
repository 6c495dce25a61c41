"""Runs acts on a shelf in forked children of one warm process and ends them at random: ``kill_rounds.py PLAN.json``.

The plan names a home to copy for each round, the act, its cards and what ends each round; one line of JSON comes out a
round. The parent never opens an index or a catalogue itself, so a fork is safe.
"""

from __future__ import annotations

import errno
import json
import os
import random
import resource
import shutil
import signal
import sqlite3
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from refusing_disk import run_refusing
from small_cards import CountingEncoder, check_laws, contents, find, open_small, quiet

import medrag_ingest.batch
import medrag_ingest.readers.markdown
from medrag.errors import MedragError
from medrag.text.tokens import tokenize
from medrag_ingest.keeping import publish, remove, roll_back, withdraw
from medrag_ingest.manifest import Manifest
from medrag_ingest.pipeline import ingest
from medrag_ingest.workshop import Workshop

#: Small, so that a staging of some kilobytes is many transactions.
medrag_ingest.batch.BATCH_CHARACTERS = 100

REFUSED, BROKEN = 40, 41


#: What is done, by the plan's word for it, over the manifests of its cards. The work ``gone`` is the one that goes.
ACTS: dict[str, Callable[[Workshop, list[Manifest]], object]] = {
    "ingest": lambda workshop, cards: ingest(cards, workshop, quiet),
    "stage": lambda workshop, cards: ingest(cards, workshop, quiet, None),
    "publish": lambda workshop, _: publish(workshop, quiet),
    "rollback": lambda workshop, _: roll_back(workshop),
    "withdraw": lambda workshop, _: withdraw(workshop, "gone", reason="a wrong dose", progress=quiet),
    "remove": lambda workshop, _: remove(workshop, "gone", progress=quiet),
}
#: What a person does next when the act was done and its end was cut off.
NEXT = {"rollback": "nothing", "withdraw": "publish", "remove": "publish"}


def act(plan: dict[str, Any], home: Path, what: str) -> Callable[[], None]:
    """The work of a child."""

    def work() -> None:
        workshop = opened(plan, home)
        try:
            cards = [] if what == "nothing" else [Manifest.from_yaml(card) for card in plan["cards"]]
            ACTS["ingest" if what == "nothing" else what](workshop, cards)
        finally:
            workshop.catalogue.close()

    return work


def opened(plan: dict[str, Any], home: Path) -> Workshop:
    return open_small(home, encoder=CountingEncoder() if plan.get("encode") else None)


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


def look(plan: dict[str, Any], home: Path, into: Path) -> Callable[[], None]:
    """What a reader sees: the snapshot, that it keeps the laws, and what a question finds."""

    def work() -> None:
        workshop = opened(plan, home)
        snapshot = workshop.catalogue.current()
        assert snapshot is not None
        told = {
            "snapshot": snapshot.id,
            "passages": check_laws(workshop, snapshot),
            "found": find(workshop, "colchicine in kidney disease")[:1],
            "contents": contents(home),
            "raw": sorted(path.name for path in (home / "raw").iterdir()),
            "vectors": vectors(home),
            "leftovers": leftovers(home, {kept.index for kept in workshop.catalogue.snapshots()}),
        }
        into.write_text(json.dumps(told))

    return work


def vectors(home: Path) -> list[str]:
    if not (home / "vectors.db").is_file():
        return []
    with closing(sqlite3.connect(home / "vectors.db")) as connection:
        return sorted(bytes(row[0]).hex() for row in connection.execute("SELECT hash FROM vector"))


def leftovers(home: Path, kept: set[str]) -> list[str]:
    lost = [
        *(home / "raw").glob(".incoming-*"),
        *(home / "removals").glob("*"),
        *(home / "staging").glob("*"),
    ]
    return [path.name for path in [*lost, *(home / "index").iterdir()] if path.name not in kept]


def see(plan: dict[str, Any], home: Path, spare: Path) -> dict[str, Any]:
    code = wait(child(look(plan, home, spare / "seen"), spare / "said"))
    if code:
        return {"broken": (spare / "said").read_text()}
    told: dict[str, Any] = json.loads((spare / "seen").read_text())
    return told


#: What ends a round: given the work and where its last words go, the exit code and what else there is to tell.
End = Callable[[Callable[[], None], Path], tuple[int, dict[str, Any]]]


def whole_end(work: Callable[[], None], said: Path) -> tuple[int, dict[str, Any]]:
    return wait(child(work, said)), {}


def kill_after(delay: float) -> End:
    def end(work: Callable[[], None], said: Path) -> tuple[int, dict[str, Any]]:
        pid = child(work, said)
        time.sleep(delay)
        os.kill(pid, signal.SIGKILL)
        return wait(pid), {}

    return end


def limited(most: int) -> End:
    """Writes fail beyond ``most`` bytes of a file."""

    def end(work: Callable[[], None], said: Path) -> tuple[int, dict[str, Any]]:
        def bounded() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
            work()

        return wait(child(bounded, said)), {}

    return end


def refusing(home: Path, number: int) -> End:
    """The disk refuses one call: odd numbers as broken, even ones as full."""
    error = errno.EIO if number % 2 else errno.ENOSPC

    def end(work: Callable[[], None], said: Path) -> tuple[int, dict[str, Any]]:
        def start(first: Callable[[], None]) -> int:
            def both() -> None:
                first()
                work()

            return child(both, said)

        code, calls = run_refusing(start, home, number, error)
        return code, {"number": number, "calls": calls, "error": errno.errorcode[error]}

    return end


def one_round(plan: dict[str, Any], home: Path, end: End) -> dict[str, Any]:
    spare, what = home.parent, plan.get("act", "ingest")
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(plan["home"], home)
    (spare / "said").unlink(missing_ok=True)
    began = time.monotonic()
    code, more = end(act(plan, home, what), spare / "said")
    told: dict[str, Any] = {"code": code, "seconds": time.monotonic() - began, **more}
    told["said"] = (spare / "said").read_text() if (spare / "said").exists() else ""
    told["after"] = see(plan, home, spare)
    told["old"] = plan.get("old")
    done = told["after"].get("snapshot") != plan.get("old")
    began = time.monotonic()
    told["again"] = wait(child(act(plan, home, NEXT.get(what, what) if done else what), spare / "said"))
    told["recovered"] = time.monotonic() - began
    told["again_said"] = (spare / "said").read_text() if told["again"] else ""
    told["end"] = see(plan, home, spare)
    return told


def ends(plan: dict[str, Any], home: Path, whole: dict[str, Any]) -> Iterator[End]:
    chance = random.Random(plan["seed"])
    for _ in range(plan["kills"]):
        yield kill_after(chance.uniform(0, whole["seconds"] * 1.02))
    yield from map(limited, plan["limits"])


def main() -> None:
    plan = json.loads(Path(sys.argv[1]).read_text())
    tokenize("warm up 二甲双胍")
    home = Path(plan["spare"]) / "home"
    shutil.copytree(plan["home"], home)
    before = see(plan, home, home.parent)
    plan["old"] = before.get("snapshot")
    whole = one_round(plan, home, whole_end)
    print(json.dumps({**whole, "before": before}), flush=True)
    for end in ends(plan, home, whole):
        print(json.dumps(one_round(plan, home, end)), flush=True)
    number = plan.get("refuse_from", 0)
    while number:
        told = one_round(plan, home, refusing(home, number))
        print(json.dumps(told), flush=True)
        number = 0 if told["calls"] < number else number + plan["refuse_step"]


if __name__ == "__main__":
    main()
