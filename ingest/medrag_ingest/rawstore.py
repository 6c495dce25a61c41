"""Keeps fetched bytes under their sha256, whole or not at all, and looks for them in mirror folders."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from medrag.errors import IntegrityError, NotFound, Place, SourceUnavailable
from medrag_ingest.mirrors import MirrorIndex

__all__ = ["CHUNK", "RawStore", "Stored", "chunks_of", "hash_file"]

#: Bytes read at a time: large enough for the disk, small beside the memory.
CHUNK: Final = 1 << 20

SHA256: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Stored:
    """A file in the store."""

    sha256: str
    path: Path
    bytes: int


def chunks_of(path: Path) -> Iterator[bytes]:
    """The file's bytes, a chunk at a time."""
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            yield chunk


def hash_file(path: Path) -> str:
    """Hex sha256 of the file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class RawStore:
    """``<home>/raw/<sha256>``: bytes as fetched. A name there always holds the bytes it says."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.folder = home / "raw"
        self._mirrors = MirrorIndex(home / "mirror-index.json", hash_file)

    def path(self, sha256: str) -> Path:
        """Where bytes of that hash lie or would lie. Raises ValueError when it is no hash."""
        if not SHA256.fullmatch(sha256):
            raise ValueError(f"{sha256!r} is not a sha256")
        return self.folder / sha256

    def has(self, sha256: str) -> bool:
        """Whether the bytes are held."""
        return self.path(sha256).is_file()

    def get(self, sha256: str) -> Stored:
        """The file held. Raises NotFound."""
        path = self.path(sha256)
        try:
            return Stored(sha256, path, path.stat().st_size)
        except FileNotFoundError as error:
            raise NotFound("the raw store does not hold this file", place=Place(str(path))) from error

    def verify(self, sha256: str) -> Stored:
        """Reads the file again. Raises NotFound, or IntegrityError when its bytes have another hash."""
        stored = self.get(sha256)
        actual = hash_file(stored.path)
        if actual != sha256:
            raise IntegrityError(
                f"the bytes held have sha256 {actual}",
                place=Place(str(stored.path)),
                remedy="Delete this file and ingest its corpus again",
            )
        return stored

    def put_stream(self, chunks: Iterable[bytes]) -> Stored:
        """Writes the bytes beside the store, makes them durable, then names them by their hash in one step.

        Raises SourceUnavailable when the disk refuses; whatever ``chunks`` raises leaves nothing behind.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=".incoming-", dir=self.folder)
        except OSError as error:
            raise self.disk_refused(error) from error
        temporary = Path(name)
        try:
            sha256, size = self.write(handle, chunks)
            return Stored(sha256, self.adopt(temporary, sha256), size)
        finally:
            temporary.unlink(missing_ok=True)

    def put_file(self, path: Path) -> Stored:
        """Copies a file in. Raises SourceUnavailable when it cannot be read or the disk refuses."""
        try:
            return self.put_stream(chunks_of(path))
        except OSError as error:
            raise SourceUnavailable(f"cannot be read: {error.strerror}", place=Place(str(path))) from error

    def take_file(self, path: Path, sha256: str) -> Stored:
        """Moves a file of the home in, without copying; ``sha256`` is what its bytes have been found to be."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with path.open("rb+") as stream:
                os.fsync(stream.fileno())
        except OSError as error:
            raise self.disk_refused(error) from error
        self.adopt(path, sha256)
        return self.get(sha256)

    def write(self, handle: int, chunks: Iterable[bytes]) -> tuple[str, int]:
        """Hash and count of what was written and made durable."""
        digest, size = hashlib.sha256(), 0
        with os.fdopen(handle, "wb") as stream:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                try:
                    stream.write(chunk)
                except OSError as error:
                    raise self.disk_refused(error) from error
            try:
                stream.flush()
                os.fsync(stream.fileno())
            except OSError as error:
                raise self.disk_refused(error) from error
        return digest.hexdigest(), size

    def adopt(self, temporary: Path, sha256: str) -> Path:
        """Moves a durable file of the same disk to its name."""
        path = self.path(sha256)
        try:
            temporary.replace(path)
            sync_folder(self.folder)
        except OSError as error:
            raise self.disk_refused(error) from error
        return path

    def disk_refused(self, error: OSError) -> SourceUnavailable:
        """What a full or read-only disk is told as."""
        return SourceUnavailable(
            f"the raw store cannot be written: {error.strerror}",
            place=Place(str(self.folder)),
            remedy="Free space or set MEDRAG_HOME to a folder that can be written; nothing was changed",
        )

    def find_in_mirrors(
        self, folders: Sequence[Path], sha256: str | None, filename: str, size: int | None = None
    ) -> Path | None:
        """A mirror's file of that hash: by name first, then by size and hash. See :class:`MirrorIndex`."""
        return self._mirrors.find(folders, sha256, filename, size)


def sync_folder(folder: Path) -> None:
    """Makes a rename durable; on systems whose folders cannot be opened there is nothing to do."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
