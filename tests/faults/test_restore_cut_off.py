"""Whoever kills a restore finds what was there before, or all the backup holds, with the secret that belongs to it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "api"))

from guarded import give_key  # noqa: E402
from sample_shelf import BLOOD, KIDNEY, LEAFLETS, NOTES, add_edition  # noqa: E402

from medrag.catalogue import Catalogue  # noqa: E402
from medrag.catalogue.audit import Act  # noqa: E402
from medrag.settings import Settings  # noqa: E402
from medrag_api.backup.making import make_backup  # noqa: E402
from medrag_api.security.log import audit_of  # noqa: E402
from medrag_api.wiring import open_workshop  # noqa: E402
from medrag_ingest.keeping import publish  # noqa: E402


def shelf(home: Path, work: Any, sentences: tuple[str, ...]) -> Settings:
    """A published work with a source file, a key, and a log under a secret of its own."""
    settings = Settings(home=home, encoder="hash")
    workshop = open_workshop(settings)
    with closing(workshop.catalogue):
        add_edition(workshop.catalogue, work, "1", "2020-01-01", sentences)
        publish(workshop, lambda *_: None)
        workshop.raw.put_stream([work.id.encode()])
    give_key(settings, "ask")
    with closing(Catalogue(settings.catalogue)) as catalogue:
        acts = [Act("2026-01-01", "local", f"POST /ask {n}", "", "200") for n in range(len(sentences))]
        audit_of(settings, catalogue).add(acts)
    return settings


def rounds(folder: Path, at: list[int]) -> list[dict[str, Any]]:
    folder.mkdir(exist_ok=True)
    old, new = shelf(folder / "old", NOTES, KIDNEY), shelf(folder / "new", LEAFLETS, BLOOD)
    plan = {"room": str(folder), "at": at, "old": str(old.home), "new": str(new.home)}
    plan["backup"] = str(make_backup(new, folder / "new.tar.gz").file)
    (folder / "plan.json").write_text(json.dumps(plan))
    script = [sys.executable, str(Path(__file__).with_name("restore_rounds.py")), str(folder / "plan.json")]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "MEDRAG_ENCODER": "hash"}
    done = subprocess.run(script, capture_output=True, env=env, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.faults
def test_a_restore_killed_anywhere_leaves_old_or_new(tmp_path: Path) -> None:
    told = rounds(tmp_path, [1, 120, 320, 640, 960, 1000, 1080, 100_000])
    assert all(item["held"] in ("old", "new") for item in told), told
    assert told[0]["held"] == "old" and told[-1] == {"at": 100_000, "ended": True, "held": "new"}


@pytest.mark.faults
@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_restore_killed_at_every_ninth_touch_of_the_disk_leaves_old_or_new(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = rounds(tmp_path / "all", [*range(1, 1300, 9)])
    last = max(item["at"] for item in told if not item["ended"])
    # What a restore does after its switch is little: each of the last touches is one to be killed at.
    told += rounds(tmp_path / "last", [*range(last - 6, last + 10)])
    held = {kind: sum(item["held"] == kind for item in told) for kind in ("old", "new")}
    killed = [item for item in told if not item["ended"]]
    with capsys.disabled():
        new = sum(item["held"] == "new" for item in killed)
        print(
            f"\nrestore: {len(told)} rounds, {len(killed)} killed, {new} of them after the switch; {held}, ",
            end="",
        )
        print(f"{len(told) - sum(held.values())} between")
    assert all(item["held"] in ("old", "new") for item in told), told
    assert {item["held"] for item in killed} == {"old", "new"}
