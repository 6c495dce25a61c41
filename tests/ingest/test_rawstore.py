"""The raw store names bytes by their hash, whole or not at all, and finds files in mirrors."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from medrag.errors import IntegrityError, NotFound, SourceUnavailable
from medrag.identifiers import sha256_bytes
from medrag_ingest import rawstore
from medrag_ingest.mirrors import MirrorIndex
from medrag_ingest.rawstore import RawStore


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(st.lists(st.binary(max_size=300), max_size=5))
def test_what_is_put_is_held_under_its_hash(home: Path, chunks: list[bytes]) -> None:
    store, data = RawStore(home), b"".join(chunks)
    stored = store.put_stream(chunks)
    assert stored.sha256 == sha256_bytes(data)
    assert stored.bytes == len(data)
    assert store.verify(stored.sha256).path.read_bytes() == data
    assert store.put_stream([data]) == stored


def test_a_stream_that_breaks_leaves_nothing(home: Path) -> None:
    def breaking() -> Iterator[bytes]:
        yield b"half"
        raise SourceUnavailable("broken")

    store = RawStore(home)
    with pytest.raises(SourceUnavailable, match="broken"):
        store.put_stream(breaking())
    assert list(store.folder.iterdir()) == []


def test_damage_is_told_with_both_hashes(home: Path) -> None:
    store = RawStore(home)
    stored = store.put_stream([b"good"])
    stored.path.write_bytes(b"evil")
    with pytest.raises(IntegrityError, match=sha256_bytes(b"evil")):
        store.verify(stored.sha256)


def test_what_is_not_held_is_not_found(home: Path) -> None:
    store = RawStore(home)
    assert not store.has("0" * 64)
    with pytest.raises(NotFound):
        store.verify("0" * 64)


@pytest.mark.parametrize("name", ["", "../x", "A" * 64, "0" * 63, "0" * 64 + "/x"])
def test_only_hashes_are_names(home: Path, name: str) -> None:
    with pytest.raises(ValueError, match="not a sha256"):
        RawStore(home).path(name)


def test_a_home_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    with pytest.raises(SourceUnavailable, match="cannot be written"):
        RawStore(tmp_path / "home").put_stream([b"x"])


def test_a_full_disk_is_told_and_leaves_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(rawstore.os, "fsync", full)
    store = RawStore(home)
    with pytest.raises(SourceUnavailable, match="No space left"):
        store.put_stream([b"x"])
    assert list(store.folder.iterdir()) == []


def test_a_file_taken_in_is_moved(home: Path) -> None:
    part = home / "x.part"
    part.write_bytes(b"abc")
    stored = RawStore(home).take_file(part, sha256_bytes(b"abc"))
    assert (stored.bytes, part.exists()) == (3, False)


class Counting:
    """A hash function that remembers what it read."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def __call__(self, path: Path) -> str:
        self.read.append(path.name)
        return sha256_bytes(path.read_bytes())


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    folder = tmp_path / "mirror" / "deep"
    folder.mkdir(parents=True)
    (folder / "a.txt").write_bytes(b"alpha")
    (folder / "renamed.bin").write_bytes(b"gamma")
    (folder / "long.bin").write_bytes(b"something longer")
    return tmp_path / "mirror"


def test_a_mirror_is_searched_by_name_first(home: Path, mirror: Path) -> None:
    count = Counting()
    found = MirrorIndex(home / "i.json", count).find([mirror], sha256_bytes(b"alpha"), "a.txt", None)
    assert found == mirror.resolve() / "deep" / "a.txt"
    assert count.read == ["a.txt"]


def test_then_by_size_and_hash_each_file_once(home: Path, mirror: Path) -> None:
    count = Counting()
    index = MirrorIndex(home / "i.json", count)
    wanted = sha256_bytes(b"gamma")
    assert index.find([mirror], wanted, "g.txt", 5) == mirror.resolve() / "deep" / "renamed.bin"
    assert "long.bin" not in count.read  # another size
    again = MirrorIndex(home / "i.json", count)
    before = list(count.read)
    assert again.find([mirror], wanted, "g.txt", 5) is not None
    assert count.read == before
    assert json.loads((home / "i.json").read_text())


def test_a_changed_file_is_hashed_again(home: Path, mirror: Path) -> None:
    count, file = Counting(), mirror / "deep" / "a.txt"
    assert MirrorIndex(home / "i.json", count).find([mirror], sha256_bytes(b"alpha"), "a.txt", None)
    file.write_bytes(b"omega")
    os.utime(file, ns=(1, 1))
    assert MirrorIndex(home / "i.json", count).find([mirror], sha256_bytes(b"alpha"), "a.txt", None) is None


def test_a_wrong_file_of_the_right_name_is_not_taken(home: Path, mirror: Path) -> None:
    (mirror / "a.txt").write_bytes(b"other")
    found = RawStore(home).find_in_mirrors([mirror], sha256_bytes(b"alpha"), "a.txt")
    assert found == mirror.resolve() / "deep" / "a.txt"


def test_links_are_not_followed_out_of_a_mirror(home: Path, mirror: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_bytes(b"secret")
    (mirror / "link.txt").symlink_to(tmp_path / "secret.txt")
    (mirror / "folder").symlink_to(tmp_path)
    (mirror / "inside.txt").symlink_to(mirror / "deep" / "a.txt")
    (mirror / "nowhere.txt").symlink_to(mirror / "none")
    store = RawStore(home)
    assert store.find_in_mirrors([mirror], sha256_bytes(b"secret"), "link.txt") is None
    assert (
        store.find_in_mirrors([mirror], sha256_bytes(b"alpha"), "inside.txt")
        == mirror.resolve() / "inside.txt"
    )


@pytest.mark.parametrize("damage", [b"{", b"[]", b'{"a": 1}', b"\xff"])
def test_a_damaged_index_is_made_anew(home: Path, mirror: Path, damage: bytes) -> None:
    (home / "mirror-index.json").write_bytes(damage)
    assert RawStore(home).find_in_mirrors([mirror], sha256_bytes(b"gamma"), "g") is not None


def test_absent_mirrors_hold_nothing(home: Path, tmp_path: Path) -> None:
    assert RawStore(home).find_in_mirrors([tmp_path / "none"], "0" * 64, "a") is None
