"""Readers and transforms are found by name, and none is imported before it is used."""

from __future__ import annotations

import subprocess
import sys

import pytest

from medrag.errors import DocumentRefused, Place, UsageError
from medrag_ingest.raw import RawFile, Rejected
from medrag_ingest.readers import READER_OF_SUFFIX, READERS, reader_for
from medrag_ingest.transforms import TRANSFORMS


@pytest.mark.parametrize("name", sorted(READERS))
def test_every_reader_loads(name: str) -> None:
    assert callable(READERS[name].load())


def test_naming_a_reader_imports_none() -> None:
    code = "import sys, medrag_ingest.readers, medrag_ingest.transforms; print(*sys.modules)"
    environment = {"PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    assert not {"lxml", "defusedxml", "csv", "markdown_it"} & set(done.stdout.split())


def test_suffixes_lead_to_readers() -> None:
    assert set(READER_OF_SUFFIX.values()) <= set(READERS)
    assert reader_for("a/Guideline.MD") == "markdown"
    with pytest.raises(UsageError, match=r"scan\.tiff"):
        reader_for("scan.tiff")


def test_transforms_are_known() -> None:
    assert sorted(TRANSFORMS) == ["openmedicine"]


def test_raw_file_opens_afresh_and_names_its_place() -> None:
    raw = RawFile.from_bytes("a.zip", b"words", member="b.txt")
    assert raw.open().read() == raw.open().read() == b"words"
    assert (raw.place, raw.size) == ("a.zip!b.txt", 5)
    assert RawFile.from_bytes("b.txt", b"x", member="b.txt").place == "b.txt"
    assert (raw.path, RawFile.from_bytes("b.txt", b"x").path) == ("b.txt", "b.txt")


def test_rejected_keeps_where_and_why() -> None:
    error = DocumentRefused("too long", place=Place(file="a.txt", line=3))
    assert Rejected.of(error, "other") == Rejected("a.txt", 3, "too long")
    assert Rejected.of(DocumentRefused("empty"), "other") == Rejected("other", None, "empty")
