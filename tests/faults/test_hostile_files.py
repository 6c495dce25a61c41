"""Hostile files at the command line: each is refused with a reason, in little time and memory, and the shelf is as it was."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from hostile_files import CARDS, HOSTILE, make

#: What a refusal may take (design figure: 10 s on an idle machine); a run that hangs is ended later than that.
MOST_MB, WITHIN_S, HANGS_S = 512, 10, 120
#: Tried in every run; the others with make test-faults.
QUICK = ("laughs.xml", "pipe.txt", "deep.html", "torn.pdf", "links.yaml", "new\nline.md")
DESCRIBED = ("--publisher", "P", "--published", "2024-01-01", "--jurisdiction", "US")


@dataclass(frozen=True)
class Ended:
    code: int
    said: str
    seconds: float
    computed: float
    #: The largest of the command's processes.
    megabytes: float


#: Weighs a command from a small process: one started by a large one is counted with its size.
SCALES = """
import json, os, resource, signal, subprocess, sys, time
began = time.monotonic()
child = subprocess.Popen(sys.argv[3:], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
try:
    said, _ = child.communicate(timeout=float(sys.argv[2]))
except subprocess.TimeoutExpired:
    child.kill()
    said, _ = child.communicate()
used = resource.getrusage(resource.RUSAGE_CHILDREN)
told = [child.returncode, said.decode("utf-8", "replace"), time.monotonic() - began,
        used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]
with open(sys.argv[1], "w", encoding="utf-8") as stream:
    json.dump(told, stream)
"""


def medrag(home: Path, *words: str) -> Ended:
    """Runs a command and weighs it, with the processes it started."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(sys.path),
        "MEDRAG_HOME": str(home),
        "MEDRAG_ENCODER": "none",
        "MEDRAG_OFFLINE": "1",
    }
    told = home.parent / "weighed.json"
    command = [sys.executable, "-m", "medrag_api", *words]
    subprocess.run([sys.executable, "-c", SCALES, told, str(HANGS_S), *command], env=environment, check=True)
    return Ended(*json.loads(told.read_text("utf-8")))


def state(home: Path) -> dict[str, object]:
    """All that is kept, but for the accounts of runs."""
    with closing(sqlite3.connect(home / "catalogue.db")) as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = {
            name: sorted(connection.execute(f'SELECT * FROM "{name}"'), key=repr)
            for name in tables
            if name not in ("runs", "jobs") and not name.startswith("sqlite_")
        }
    kept = ("raw", "index", "staging", "removals", "incoming")
    files = sorted(str(path.relative_to(home)) for part in kept for path in (home / part).rglob("*"))
    return {"rows": rows, "files": files}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "good.md").write_text("# Gout\n\nHalve colchicine in severe kidney disease.\n")
    done = medrag(folder / "home", "ingest", str(folder / "good.md"), "--title", "Gout", *DESCRIBED)
    assert done.code == 0, done.said
    return folder / "home"


def refused(home: Path, folder: Path, name: str) -> Ended:
    """Hands the file in and holds the laws; what it took."""
    before = state(home)
    path = make(name, folder)
    outside = sorted(folder.parent.iterdir())
    done = medrag(home, "ingest", str(path), *(() if name in CARDS else ("--title", "Hostile", *DESCRIBED)))
    assert "held with other bytes" not in done.said
    assert done.code in (2, 3), f"{name!r} ended with {done.code}: {done.said}"
    assert "fault in medrag" not in done.said and "Traceback" not in done.said, done.said
    assert len(done.said.strip()) > 20 and "\x1b[2J" not in done.said and "\u202e" not in done.said
    assert state(home) == before, f"{name!r} changed the shelf"
    assert sorted(folder.parent.iterdir()) == outside
    assert done.megabytes < MOST_MB, f"{name!r} took {done.megabytes:.0f} MB"
    return done


@pytest.mark.parametrize("name", QUICK)
def test_a_hostile_file_is_refused(home: Path, tmp_path: Path, name: str) -> None:
    refused(home, tmp_path, name)


@pytest.mark.slow
@pytest.mark.faults
@pytest.mark.timeout(1800)
def test_every_hostile_file_is_refused(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = []
    for number, name in enumerate(HOSTILE):
        folder = tmp_path / str(number) / "in"
        folder.mkdir(parents=True)
        told.append((name, refused(home, folder, name)))
        for path in folder.rglob("*"):
            if path.is_file() and not path.is_symlink():
                path.unlink()
    with capsys.disabled():
        print("\nhostile files: exit, seconds, computed, MB of the largest process, words")
        for name, done in told:
            line = " ".join(done.said.split())
            print(
                f"  {name[:24]!r:28} {done.code} {done.seconds:6.1f} {done.computed:6.1f} {done.megabytes:5.0f}  {line[:150]}"
            )
        quick = sum(done.seconds <= WITHIN_S for _, done in told)
        most = max(done.megabytes for _, done in told)
        print(
            f"hostile files: {len(told)} refused of {len(HOSTILE)}, {quick} within {WITHIN_S} s, at most {most:.0f} MB"
        )
    assert len(told) == len(HOSTILE) >= 40
