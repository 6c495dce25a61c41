"""Wheels: found by hash, else brought by the user's pip, verified, and read without being installed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from archives import zip_bytes

from medrag.errors import SourceRefused, SourceUnavailable
from medrag.identifiers import sha256_bytes
from medrag.settings import Settings
from medrag_ingest.cards import starter_cards
from medrag_ingest.rawstore import RawStore, hash_file
from medrag_ingest.wheel import fetch_wheel, read_member

NAME = "medrag_sample_data-1.0-py3-none-any.whl"
TAG = b"Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
WHEEL = zip_bytes(
    {
        "medrag_sample_data/__init__.py": b"raise SystemExit('imported')\n",
        "medrag_sample_data/a.json": b"[1]",
        "medrag_sample_data/odd [1]*.txt": b"odd",
        "medrag_sample_data-1.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: medrag-sample-data\nVersion: 1.0\n",
        "medrag_sample_data-1.0.dist-info/WHEEL": TAG,
        "medrag_sample_data-1.0.dist-info/RECORD": b"",
    }
)


def options(home: Path, **told: Any) -> Settings:
    return Settings(home=home, **told)


@pytest.fixture
def pip_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all that the user's pip knows, through the user's own configuration."""
    folder = tmp_path / "links"
    folder.mkdir()
    config = tmp_path / "pip.conf"
    config.write_text(f"[global]\nno-index = true\nfind-links = {folder}\n")
    for name in ("PIP_FIND_LINKS", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(config))
    return folder


def test_pip_brings_a_wheel_that_is_kept_and_never_imported(home: Path, pip_finds: Path) -> None:
    (pip_finds / NAME).write_bytes(WHEEL)
    store = RawStore(home)
    stored = fetch_wheel("medrag-sample-data==1.0", NAME, sha256_bytes(WHEEL), options(home), store)
    assert stored.path.read_bytes() == WHEEL
    assert "medrag_sample_data" not in sys.modules
    (pip_finds / NAME).unlink()
    assert fetch_wheel("medrag-sample-data==1.0", NAME, sha256_bytes(WHEEL), options(home), store) == stored


def test_a_changed_wheel_is_refused_with_both_hashes(home: Path, pip_finds: Path) -> None:
    (pip_finds / NAME).write_bytes(WHEEL)
    with pytest.raises(SourceRefused, match=sha256_bytes(WHEEL)) as caught:
        fetch_wheel("medrag-sample-data==1.0", NAME, "0" * 64, options(home), RawStore(home))
    assert "0" * 64 in str(caught.value)
    assert not (home / "raw").exists()


def test_pips_own_words_are_told(home: Path, pip_finds: Path) -> None:
    assert pip_finds.is_dir()
    with pytest.raises(SourceUnavailable, match="No matching distribution found") as caught:
        fetch_wheel("medrag-sample-data==1.0", NAME, "0" * 64, options(home), RawStore(home))
    assert "MEDRAG_MIRROR" in caught.value.remedy


def test_another_file_than_the_cards_is_told(home: Path, pip_finds: Path) -> None:
    (pip_finds / NAME).write_bytes(WHEEL)
    other = "medrag_sample_data-1.0-cp311-none-any.whl"
    with pytest.raises(SourceUnavailable, match=f"pip brought {NAME}, not {other}"):
        fetch_wheel("medrag-sample-data==1.0", other, "0" * 64, options(home), RawStore(home))


def test_a_pip_that_hangs_is_stopped(home: Path, pip_finds: Path) -> None:
    (pip_finds / NAME).write_bytes(WHEEL)
    with pytest.raises(SourceUnavailable, match="still at work"):
        fetch_wheel(
            "medrag-sample-data==1.0", NAME, "0" * 64, options(home, fetch_total_s=0.01), RawStore(home)
        )


def test_offline_starts_no_pip(home: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="offline"):
        fetch_wheel("medrag-sample-data==1.0", NAME, "0" * 64, options(home, offline=True), RawStore(home))
    (tmp_path / NAME).write_bytes(WHEEL)
    settings = options(home, offline=True, mirror=(tmp_path,))
    stored = fetch_wheel("medrag-sample-data==1.0", NAME, sha256_bytes(WHEEL), settings, RawStore(home))
    assert stored.bytes == len(WHEEL)


def test_members_are_read_by_exact_name(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(WHEEL)
    assert read_member(path, "medrag_sample_data/a.json") == b"[1]"
    assert read_member(path, "medrag_sample_data/odd [1]*.txt") == b"odd"
    with pytest.raises(SourceRefused, match=r"has no member a\.json"):
        read_member(path, "a.json")
    path.write_bytes(WHEEL[:100])
    with pytest.raises(SourceRefused, match="damaged"):
        read_member(path, "medrag_sample_data/a.json")


def test_the_cache_holds_the_starter_shelfs_wheels(wheels: Path) -> None:
    wanted = {
        s.wheel.filename: s.wheel.sha256 for c in starter_cards().values() for s in c.sources if s.wheel
    }
    assert len(wanted) == 4
    assert {name: hash_file(wheels / name) for name in wanted} == wanted
