"""Finds files by hash in read-only mirror folders, hashing each file once."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final

__all__ = ["MirrorIndex"]

#: Seconds a folder's listing is trusted before a miss walks it again.
LISTING_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a mirror as last seen."""

    path: Path
    name: str
    size: int
    mtime_ns: int


class MirrorIndex:
    """What is known of the mirrors: listings in memory, hashes in ``<home>/mirror-index.json``.

    A hash is kept under path, size and modification time, so a changed file is hashed again. Nothing is
    written in a mirror, and no link is followed out of it.
    """

    def __init__(self, file: Path, hash_file: Callable[[Path], str]) -> None:
        self._file = file
        self._hash_file = hash_file
        self._listings: dict[Path, tuple[float, list[Entry]]] = {}
        self._hashes: dict[str, str] | None = None
        self._changed = False

    def find(
        self, folders: Sequence[Path], sha256: str | None, filename: str, size: int | None
    ) -> Path | None:
        """The file of that hash, or, when no hash is known yet, the first of that name; None when there is none."""
        entries = [entry for folder in folders for entry in self.listing(folder)]
        named = [entry for entry in entries if entry.name == filename]
        if sha256 is None:
            return named[0].path if named else None
        others = (entry for entry in entries if entry.name != filename)
        try:
            return self.first_of_hash(chain(named, others), sha256, size)
        finally:
            self.save()

    def first_of_hash(self, entries: Iterable[Entry], sha256: str, size: int | None) -> Path | None:
        """Hashes files of a fitting size, in order, until one has the hash."""
        for entry in entries:
            if (size is None or entry.size == size) and self.hash_of(entry) == sha256:
                return entry.path
        return None

    def hash_of(self, entry: Entry) -> str | None:
        """The file's hash, from the index when it is unchanged; None when it cannot be read."""
        key = f"{entry.path}\0{entry.size}\0{entry.mtime_ns}"
        known = self.hashes()
        if key not in known:
            try:
                known[key] = self._hash_file(entry.path)
            except OSError:
                return None
            self._changed = True
        return known[key]

    def listing(self, folder: Path) -> list[Entry]:
        """The regular files under ``folder``, in a fixed order."""
        when, entries = self._listings.get(folder, (0.0, []))
        now = time.monotonic()
        if not when or now - when > LISTING_S:
            entries = list_files(folder)
            self._listings[folder] = (now, entries)
        return entries

    def hashes(self) -> dict[str, str]:
        """The index; an unreadable one is started afresh, since it holds nothing that cannot be counted again."""
        if self._hashes is None:
            try:
                told = json.loads(self._file.read_text("utf-8"))
            except (OSError, ValueError):
                told = {}
            fit = isinstance(told, dict) and all(isinstance(value, str) for value in told.values())
            self._hashes = told if fit else {}
        return self._hashes

    def save(self) -> None:
        """Writes the index in one step when it grew. A home that cannot be written only costs hashing again."""
        if not self._changed:
            return
        temporary = self._file.with_name(f"{self._file.name}.{os.getpid()}")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_text(json.dumps(self._hashes, ensure_ascii=False), "utf-8")
            temporary.replace(self._file)
        except OSError:
            temporary.unlink(missing_ok=True)
        self._changed = False


def list_files(folder: Path) -> list[Entry]:
    """Regular files under ``folder``; a link counts when it ends inside. An absent folder has none."""
    top = folder.resolve()
    found: list[Entry] = []
    for parent, folders, names in os.walk(top, followlinks=False):
        folders.sort()
        for name in sorted(names):
            path = Path(parent, name)
            if path.is_symlink() and not path.resolve().is_relative_to(top):
                continue
            if path.is_file():
                told = path.stat()
                found.append(Entry(path, name, told.st_size, told.st_mtime_ns))
    return found
