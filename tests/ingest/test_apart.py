"""A reader that dies over a member costs that member: refused by name, the others read, and medrag goes on."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from small_cards import leaflet, open_small, quiet, write_card

from medrag.crew import Crew
from medrag_ingest.pipeline import ingest
from medrag_ingest.workshop import Workshop

FATAL = "Deadly words.\n"
#: A site's own start-up file that makes the Markdown reader die over one text, in worker processes alone.
CUSTOM = f"""
import sys
if "-c" in sys.orig_argv and any("medrag.crew" in word for word in sys.orig_argv):
    import os, signal
    import medrag_ingest.readers.markdown as markdown
    read = markdown.read_markdown
    def deadly(raw, options):
        if raw.open().read() == {FATAL.encode()!r}:
            os.kill(os.getpid(), signal.SIGSEGV)
        yield from read(raw, options)
    markdown.read_markdown = deadly
"""


@pytest.fixture
def workshop(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workshop]:
    custom = tmp_path / "custom"
    custom.mkdir()
    (custom / "sitecustomize.py").write_text(CUSTOM)
    monkeypatch.setattr(sys, "path", [str(custom), *sys.path])
    made = replace(open_small(home), crew=Crew(2))
    yield made
    made.catalogue.close()


def texts(pad: int = 0) -> dict[str, str]:
    return {
        "a": leaflet("Gout", ("Halve colchicine.",)),
        "b": FATAL,
        "c": leaflet("Blood", ("Warfarin bleeds.",)) + "x " * pad,
    }


@pytest.mark.parametrize("crowd", [False, True])
def test_a_crash_is_a_refused_member(
    crowd: bool, workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if crowd:
        monkeypatch.setattr("medrag_ingest.staging.CREW_BYTES", 0)
    told = {"on_error": "skip", "max_rejected": 1, "expect": {"documents": 2}}
    report = ingest([write_card(tmp_path, "notes", texts(), **told)], workshop, quiet)
    receipt = report.receipts[0]
    assert (receipt.outcome, receipt.documents) == ("staged", 2), receipt.reason
    assert [item.file for item in receipt.rejected] == ["b.md"]
    assert "it broke (signal 11)" in receipt.rejected[0].reason
    assert report.published


def test_a_crash_over_the_only_document_refuses_the_card(workshop: Workshop, tmp_path: Path) -> None:
    report = ingest([write_card(tmp_path, "notes", {"b": FATAL})], workshop, quiet)
    assert report.receipts[0].outcome == "refused"
    assert "b.md: it cannot be read: it broke (signal 11)" in report.receipts[0].reason
    assert workshop.catalogue.editions() == [] and not list(Path(workshop.raw.folder).iterdir())
