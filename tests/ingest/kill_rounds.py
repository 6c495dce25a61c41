"""Runs acts on a shelf in forked children of one warm process and ends them anyhow: ``kill_rounds.py PLANS.json``.

A plan names a home to copy for each round, the act, its cards and what ends each round; one line of JSON comes out a
round. The parent never opens an index itself, so a fork is safe; it warms what questions and staging load, since a
round is a few tenths of a second of work. What comes after the end of an act is done by one child: it looks, does the
next command, looks again.
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
from medrag.index.folder import BLOCK, copy_folder, describe_files
from medrag.retrieve.plan import plan_question
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


def look(plan: dict[str, Any], home: Path) -> dict[str, Any]:
    """What a reader sees: the snapshot, that it keeps the laws, and what a question finds."""
    workshop = opened(plan, home)
    try:
        snapshot = workshop.catalogue.current()
        assert snapshot is not None
        return {
            "snapshot": snapshot.id,
            "passages": check_laws(workshop, snapshot),
            "found": find(workshop, "colchicine in kidney disease")[:1],
            "contents": contents(home),
            "raw": sorted(path.name for path in (home / "raw").iterdir()),
            "vectors": vectors(home),
            "leftovers": leftovers(home, {kept.index for kept in workshop.catalogue.snapshots()}),
        }
    finally:
        workshop.catalogue.close()


def look_on(plan: dict[str, Any], home: Path, what: str, into: Path) -> Callable[[], None]:
    """What is there after an act, what the next command does of it and how long it takes, and what is there then."""

    def work() -> None:
        told: dict[str, Any] = {"after": look(plan, home)}
        following = NEXT.get(what, what) if told["after"]["snapshot"] != plan.get("old") else what
        began = time.monotonic()
        act(plan, home, following)()
        told["recovered"] = time.monotonic() - began
        told["end"] = look(plan, home)
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


def refusing(home: Path, number: int, error: int) -> End:
    """The disk refuses one call; 0 refuses none and counts."""

    def end(work: Callable[[], None], said: Path) -> tuple[int, dict[str, Any]]:
        def start(first: Callable[[], None]) -> int:
            def both() -> None:
                first()
                work()

            return child(both, said)

        code, calls = run_refusing(start, home, number, error)
        return code, {"number": number, "calls": calls, "error": errno.errorcode[error]}

    return end


def state_of(home: Path, spare: Path) -> str:
    """All a home holds, but for when things were done. The databases are read from copies: whoever opens one a process
    died over mends it, and that is for the next command to do."""
    shutil.rmtree(spare, ignore_errors=True)
    spare.mkdir()
    for path in home.glob("*.db*"):
        shutil.copy(path, spare)
    files = {name: told for name, told in describe_files(home).items() if ".db" not in name}
    return json.dumps([contents(spare), vectors(spare), files], sort_keys=True, default=str)


def one_round(
    plan: dict[str, Any], home: Path, end: End, known: dict[str, dict[str, Any]] | None = None
) -> dict[str, Any]:
    """What came of an act and of the next command. With ``known``, a home just like one that was followed before is
    not followed again."""
    spare, what = home.parent, plan["act"]
    said, seen = spare / "said", spare / "seen"
    shutil.rmtree(home, ignore_errors=True)
    copy_folder(Path(plan["home"]), home, leave_out="")
    said.unlink(missing_ok=True)
    began = time.monotonic()
    code, more = end(act(plan, home, what), said)
    told: dict[str, Any] = {"act": what, "code": code, "seconds": time.monotonic() - began, **more}
    told["said"] = said.read_text() if said.exists() else ""
    state = state_of(home, spare / "state") if known is not None else ""
    if known is not None and state in known:
        return told | known[state] | {"followed": False}
    wrong = wait(child(look_on(plan, home, what, seen), said))
    found = {"broken": said.read_text()} if wrong else json.loads(seen.read_text())
    if known is not None:
        known[state] = found
    return told | found | {"followed": True}


def ends(plan: dict[str, Any], home: Path, whole: dict[str, Any]) -> Iterator[End]:
    chance = random.Random(plan["seed"])
    for _ in range(plan.get("kills", 0)):
        yield kill_after(chance.uniform(0, whole["seconds"] * 1.02))
    yield from map(limited, plan.get("limits", ()))


def refusals(plan: dict[str, Any], home: Path, most: int) -> Iterator[dict[str, Any]]:
    """Rounds that refuse call 1, 1 + step and so on to the ``most`` any round has made (the engine's own threads make
    some more or less): each with both errors, or, where calls are only sampled, with one after the other."""
    step, number, both = plan.get("refuse_step", 0), 1, (errno.ENOSPC, errno.EIO)
    known: dict[str, dict[str, Any]] = {}
    while step and number <= most:
        for error in both if step == 1 else both[number // step % 2 :][:1]:
            told = one_round(plan, home, refusing(home, number, error), known)
            most = max(most, told["calls"])
            yield told
        number += step


def leave_holes(home: Path) -> None:
    """Writes every file anew without its blocks of zeros.

    A memory file system drops such blocks of large pages when it likes; each block it drops is one more call to copy the
    file, so that the calls of an act grew from round to round, and the rounds with them.
    """
    for path in [path for path in home.rglob("*") if path.is_file()]:
        whole, dug = path.read_bytes(), path.with_name(f"{path.name}.dug")
        with dug.open("wb") as writer:
            writer.truncate(len(whole))
            for start in range(0, len(whole), BLOCK):
                block = whole[start : start + BLOCK]
                if block.strip(b"\0"):
                    os.pwrite(writer.fileno(), block, start)
        dug.replace(path)


def run_plan(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The undisturbed round first, with what was there before."""
    home = Path(plan["spare"]) / "home"
    seen, said = home.parent / "seen", home.parent / "said"
    shutil.rmtree(home, ignore_errors=True)
    leave_holes(Path(plan["home"]))
    copy_folder(Path(plan["home"]), home, leave_out="")

    def before() -> None:
        seen.write_text(json.dumps(look(plan, home)))

    assert wait(child(before, said)) == 0, said.read_text()
    held = json.loads(seen.read_text())
    plan["old"] = held["snapshot"]
    counted = refusing(home, 0, errno.EIO) if plan.get("refuse_step") else whole_end
    whole = one_round(plan, home, counted)
    yield {**whole, "before": held}
    for end in ends(plan, home, whole):
        yield one_round(plan, home, end)
    yield from refusals(plan, home, whole.get("calls", 0))


def warm_up(plan: dict[str, Any], spare: Path) -> None:
    """Loads what every child would load for itself; stages, which opens no index."""
    plan_question("colchicine in kidney disease 二甲双胍")
    workshop = opened(plan, spare)
    ingest([Manifest.from_yaml(card) for card in plan["cards"]], workshop, quiet, None)
    workshop.catalogue.close()
    shutil.rmtree(spare)


def main() -> None:
    plans = json.loads(Path(sys.argv[1]).read_text())
    warm_up(plans[0], Path(plans[0]["spare"]) / "warm")
    for plan in plans:
        for told in run_plan(plan):
            print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
