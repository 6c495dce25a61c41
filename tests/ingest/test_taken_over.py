"""A shelf whose writer was killed is taken over with a word: from whom, and what that one was doing."""

from __future__ import annotations

import logging
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from small_cards import find, open_small, quiet
from test_faults import NEW, OLD, WAITING, environment, notes

from medrag.catalogue.jobs import Jobs
from medrag.errors import ShelfBusy
from medrag.settings import Settings
from medrag_api.job_child import run_job
from medrag_ingest.keeping import publish
from medrag_ingest.manifest import Manifest
from medrag_ingest.pipeline import ingest

WORD = "taken over from a process that ended while it wrote (ingest notes, since "


@pytest.fixture
def killed(home: Path, tmp_path: Path) -> int:
    """A home with one edition published, and the number of a process killed while it built the next."""
    workshop = open_small(home)
    ingest([Manifest.from_yaml(notes(tmp_path, OLD))], workshop, quiet)
    card = notes(tmp_path, NEW)
    writer = subprocess.Popen(
        [sys.executable, "-c", WAITING, str(home), str(card)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment(),
    )  # fmt: skip
    assert writer.stdout is not None and writer.stdin is not None
    assert writer.stdout.readline() == "building\n"
    with pytest.raises(ShelfBusy, match=rf"another medrag is writing to .* \(ingest notes, .*{writer.pid}"):
        publish(workshop, quiet)
    workshop.catalogue.close()
    writer.kill()
    writer.wait()
    with writer.stdout, writer.stdin:
        return writer.pid


def test_the_next_command_says_so_on_stderr_and_once(killed: int, home: Path) -> None:
    command = [sys.executable, "-m", "medrag_api", "shelf", "publish"]
    told = {**environment(), "MEDRAG_HOME": str(home), "MEDRAG_ENCODER": "none", "MEDRAG_OFFLINE": "1"}
    first, second = (
        subprocess.run(command, env=told, capture_output=True, text=True, check=False) for _ in range(2)
    )
    assert first.returncode == second.returncode == 0, first.stderr + second.stderr
    assert WORD in first.stderr and f"process {killed} on " in first.stderr
    assert "taken over" not in first.stdout and "taken over" not in second.stderr
    workshop = open_small(home)
    with closing(workshop.catalogue):
        assert any("dialysis" in text for text in find(workshop, "colchicine in kidney disease"))


def test_a_job_keeps_the_word_with_it(killed: int, home: Path) -> None:
    settings = Settings(home=home, encoder="none", offline=True)
    workshop = open_small(home)
    with closing(workshop.catalogue):
        jobs = Jobs(workshop.catalogue)
        job, later = jobs.add("publish", {}), jobs.add("publish", {})
        for each in (job, later):
            taken = jobs.claim("here:1")
            assert taken is not None and taken.id == each.id
            run_job(settings, each.id)
        assert jobs.get(job.id).state == "done"
        assert WORD in jobs.get(job.id).note and f"process {killed} on " in jobs.get(job.id).note
        assert jobs.get(later.id).note == ""


def test_a_torn_mark_is_told_without_its_words(home: Path, caplog: pytest.LogCaptureFixture) -> None:
    (home / "writing.json").write_text('{"doing": "publ')
    workshop = open_small(home)
    with closing(workshop.catalogue), caplog.at_level(logging.WARNING, "medrag.shelf"):
        publish(workshop, quiet)
        publish(workshop, quiet)
    assert [record.getMessage() for record in caplog.records] == [
        "the shelf is taken over from a process that ended while it wrote"
    ]
    assert not (home / "writing.json").exists()
