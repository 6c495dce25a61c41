"""Documents that cannot be taken: the file, the field and what to do are named, and the shelf stays as it was."""

from __future__ import annotations

import io
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas
from test_jobs import client_end
from test_kept_answers import command

from medrag.settings import Settings
from medrag_api.app import create_app
from medrag_ingest.readers.pdf.ocr import is_installed

LINES = (
    "Gout guideline",
    "Begin colchicine within twelve hours of the first pain.",
    "Give 1 mg, then 0.5 mg.",
)
ABOUT = {"title": "Gout guide", "publisher": "House", "published": "2024-01-01", "jurisdiction": "INT"}


def pdf(*lines: str, **how: Any) -> bytes:
    room = io.BytesIO()
    canvas = Canvas(room, invariant=1, **how)
    for number, line in enumerate(lines):
        canvas.drawString(72, 760 - 16 * number, line)
    canvas.showPage()
    canvas.save()
    return room.getvalue()


def scan() -> bytes:
    """A page that is a picture."""
    from PIL import Image
    from reportlab.lib.utils import ImageReader

    room = io.BytesIO()
    canvas = Canvas(room, invariant=1)
    canvas.drawImage(ImageReader(Image.new("RGB", (620, 877), "grey")), 0, 0, 595, 842)
    canvas.showPage()
    canvas.save()
    return room.getvalue()


GOOD, OTHER = pdf(*LINES), pdf(*LINES, "Not below an eGFR of 30.")
#: Name, bytes, what is said otherwise of it, exit code, and words of the refusal: what is wrong, and what to do.
BAD: dict[str, tuple[str, Callable[[], bytes], dict[str, Any], int, tuple[str, ...]]] = {
    "encrypted": (
        "locked.pdf", lambda: pdf(*LINES, encrypt=StandardEncryption("secret", ownerPassword="o")), {"title": "Locked"}, 3,
        ("locked.pdf", "encrypted", "Save a copy without password"),
    ),
    "empty": ("none.pdf", lambda: b"", {"title": "None"}, 3, ("none.pdf", "the file is empty")),
    "corrupt": ("cut.pdf", lambda: GOOD[:300], {"title": "Cut off"}, 3, ("cut.pdf", "damaged", "Get it again")),
    "image": ("scan.pdf", scan, {"title": "Scanned"}, 3, ("scan.pdf", "picture", "medrag[ocr]")),
    "unsupported": ("old.doc", lambda: b"\xd0\xcf\x11\xe0" + bytes(600), {"title": "Old"}, 3, ("old.doc", "Save it as PDF")),
    "no ending": ("song.mp3", lambda: b"ID3" + bytes([1]) * 500, {"title": "Song"}, 2, ("song.mp3", "Name a reader")),
    "future": ("a.pdf", lambda: OTHER, {"title": "Later", "published": "2999-01-01"}, 3, ("published", "lies in the future")),
    "no date": ("a.pdf", lambda: OTHER, {"title": "When", "published": "1/2/2024"}, 3, ("published", "a date is written")),
    "not held": ("a.pdf", lambda: OTHER, {"work": "nothing-held"}, 4, ("work", "no work 'nothing-held' is held", "shelf list")),
    "one day": (
        "a.pdf", lambda: OTHER, {"work": "gout-guide", "edition": "second"}, 3,
        ("published", "two editions cannot begin on one day", "--valid-from"),
    ),
    "new bytes": ("a.pdf", lambda: OTHER, {}, 3, ("edition", "held with other bytes", "--correction")),
    "nothing to correct": (
        "a.pdf", lambda: OTHER, {"title": "Another", "correction": True}, 3, ("correction", "cannot be corrected"),
    ),
}  # fmt: skip
HELD_BACK = ("documents", "passages", "editions", "works", "publications", "snapshots", "golden", "pointers")


def stocked(folder: Path) -> Settings:
    """A shelf that holds one document."""
    made = Settings(home=folder / "home", encoder="none", offline=True)
    assert taken(made, folder, "gout.pdf", GOOD, {}).exit_code == 0
    return made


@pytest.fixture(scope="module")
def standing_shelf(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Made once: what is refused does not change it."""
    return stocked(tmp_path_factory.mktemp("bad"))


def taken(settings: Settings, folder: Path, name: str, data: bytes, about: dict[str, Any]) -> Any:
    """The document handed in at the command line."""
    from click.testing import CliRunner

    from medrag_api.cli import main

    file = folder / name
    file.write_bytes(data)
    told = {**ABOUT, **about}
    words = [f"--{key}={value}" if value is not True else f"--{key}" for key, value in told.items()]
    plain = {"MEDRAG_ENCODER": "none"}
    return CliRunner().invoke(main, ["ingest", str(file), *words, "--home", str(settings.home)], env=plain)


def held(home: Path) -> list[Any]:
    """What the shelf holds, rows and files; the record of runs, refused ones too, is kept beside it."""
    with closing(sqlite3.connect(home / "catalogue.db")) as connection:
        rows = [sorted(connection.execute(f"SELECT * FROM {table}"), key=repr) for table in HELD_BACK]
    files = [
        path for folder in ("raw", "index") for path in sorted((home / folder).rglob("*")) if path.is_file()
    ]
    return [rows, [(path.relative_to(home), path.read_bytes()) for path in files]]


@pytest.mark.parametrize("case", BAD)
def test_a_document_that_cannot_be_taken_is_told_and_nothing_changes(
    standing_shelf: Settings, tmp_path: Path, case: str
) -> None:
    name, data, about, code, words = BAD[case]
    if case == "image" and is_installed():
        pytest.skip("pictures are recognised here")
    before = held(standing_shelf.home)
    result = taken(standing_shelf, tmp_path, name, data(), about)
    said = " ".join(result.output.split())
    assert result.exit_code == code, said
    for word in words:
        assert word in said
    assert held(standing_shelf.home) == before


@pytest.mark.slow
def test_the_same_is_told_over_http(standing_shelf: Settings) -> None:
    before = held(standing_shelf.home)
    with TestClient(create_app(standing_shelf), base_url="http://127.0.0.1") as client:
        for case, (name, data, about, _, words) in BAD.items():
            if case == "image" and is_installed():
                continue
            form = {"about": json.dumps({**ABOUT, **about})}
            answer = client.post("/ingest", files={"file": (name, data())}, data=form)
            assert answer.status_code == 202, (case, answer.text)
            job = client_end(client, answer.headers["location"])
            assert job["state"] == "failed", case
            told = json.dumps([job["problem"], job["result"]], ensure_ascii=False)
            assert any(word in told for word in words[1:]), (case, told)
            assert str(standing_shelf.home) not in told, case
    assert held(standing_shelf.home) == before


@pytest.mark.slow
def test_the_same_bytes_the_same_name_and_a_correction_are_told_apart(tmp_path: Path) -> None:
    settings = stocked(tmp_path)
    before = held(settings.home)
    again = taken(settings, tmp_path, "elsewhere.pdf", GOOD, {"title": "Another title"})
    assert again.exit_code == 0 and "gout-guide@2024-01-01" in again.output and held(settings.home) == before
    other = taken(
        settings,
        tmp_path,
        "gout.pdf",
        pdf("Kidney guide", "Metformin below 30 is stopped."),
        {"title": "Kidney"},
    )
    assert other.exit_code == 0
    corrected = taken(settings, tmp_path, "gout.pdf", OTHER, {"correction": True})
    assert corrected.exit_code == 0, corrected.output
    works = json.loads(command(settings, "shelf", "list", "--json").stdout)["works"]
    assert sorted(work["id"] for work in works) == ["gout-guide", "kidney"]
    editions = [item["id"] for work in works for item in work["editions"] if work["id"] == "gout-guide"]
    assert len(editions) == 2
