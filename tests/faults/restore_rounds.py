"""Restores over a shelf in forked children that are killed at their n-th touch of the disk: ``restore_rounds.py PLAN.json``.

A line of JSON a round: what the home holds afterwards, ``old`` or ``new``, and whether the child came to its end. The
parent opens no index and no database before it forks; each round's home is looked at by a child of its own.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import select

from medrag.catalogue import Catalogue
from medrag.catalogue.schema import works
from medrag.index.folder import copy_folder
from medrag.settings import Settings
from medrag_api.backup.restoring import restore
from medrag_api.security.log import audit_of

#: What Python tells of before it is done: renames, removals, folders, files opened, databases opened.
TOUCHES = frozenset(
    {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "open", "sqlite3.connect", "shutil.rmtree"}
)


def kill_at(count: int) -> None:
    """SIGKILL at the n-th touch from now on."""
    left = [count]

    def hook(event: str, _: object) -> None:
        if event in TOUCHES:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def in_child(work: Callable[[], None]) -> bool:
    """Whether it came to its end."""
    pid = os.fork()
    if pid == 0:
        try:
            work()
            os._exit(0)
        except BaseException:  # noqa: BLE001 - the end of a child, told on stderr
            import traceback

            traceback.print_exc()
            os._exit(9)
    status = os.waitpid(pid, 0)[1]
    if os.WIFEXITED(status) and os.WEXITSTATUS(status) != 0:
        raise SystemExit(f"a child failed in round {ROUND}")
    return os.WIFEXITED(status)


ROUND = 0


def look(home: Path, told: Path) -> None:
    """What is held, once the next command has looked at the home: works, sources, the log under the secret."""
    settings = Settings(home=home, encoder="hash")
    with closing(Catalogue(settings.catalogue, create=False)) as catalogue:
        log = audit_of(settings, catalogue).verify()
        current = catalogue.current()
        held = {
            "works": sorted(row[0] for row in catalogue.tuples(select(works.c.id))),
            "raw": sorted(path.name for path in (home / "raw").iterdir()),
            "index": sorted(path.name for path in (home / "index").iterdir()),
            "log": [log.problem, log.records],
            "current": current.id if current else None,
            "left": (home / "restoring" / "commit.json").exists(),
        }
    told.write_text(json.dumps(held))


def held_by(home: Path) -> dict[str, Any]:
    told = home.with_suffix(".json")
    in_child(lambda: look(home, told))
    held: dict[str, Any] = json.loads(told.read_text())
    return held


def main(plan: dict[str, Any]) -> None:
    global ROUND
    room, file = Path(plan["room"]), Path(plan["backup"])
    first, last = Path(plan["old"]), Path(plan["new"])
    old, new = held_by(first), held_by(last)
    for at in plan["at"]:
        ROUND, home = at, room / f"round-{at}"
        copy_folder(first, home, leave_out="")

        def work(home: Path = home, at: int = at) -> None:
            kill_at(at)
            restore(Settings(home=home, encoder="hash"), file, replace=True)

        ended = in_child(work)
        held = held_by(home)
        told = "old" if held == old else "new" if held == new else held
        print(json.dumps({"at": at, "ended": ended, "held": told}), flush=True)
        shutil.rmtree(home)


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text()))
