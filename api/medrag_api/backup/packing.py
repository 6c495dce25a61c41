"""Writes the one file of a backup: a gzipped tar, its account first, that is there whole or not at all."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO, Final, cast

from medrag.errors import IntegrityError, Place, SourceUnavailable
from medrag_api.backup.account import ACCOUNT, Account, Entry
from medrag_ingest.rawstore import hash_file, sync_folder

__all__ = ["describe", "pack"]

#: gzip's level: source files are mostly packed already, and rows shrink fivefold even at the first levels.
LEVEL: Final = 3
CHUNK: Final = 1 << 20


def describe(files: Mapping[str, Path]) -> list[Entry]:
    """Every file by its name in the archive, with its size and hash."""
    return [
        Entry(name=name, bytes=path.stat().st_size, sha256=hash_file(path))
        for name, path in sorted(files.items())
    ]


def pack(target: Path, account: Account, files: Mapping[str, Path]) -> str:
    """Writes the archive, readable for its owner alone, and gives its sha256.

    Raises IntegrityError when a file changed since it was described, SourceUnavailable when the disk refuses.
    """
    draft = target.with_name(f".{target.name}.writing")
    try:
        draft.unlink(missing_ok=True)
        handle = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w+b") as stream:
            write(stream, account, files)
            stream.flush()
            os.fsync(stream.fileno())
            stream.seek(0)
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        os.link(draft, target)
        sync_folder(target.parent)
    except OSError as error:
        raise SourceUnavailable(
            f"the backup cannot be written: {error.strerror}",
            place=Place(file=str(target)),
            remedy="Choose another place, or free space there",
        ) from error
    finally:
        draft.unlink(missing_ok=True)
    return digest


def write(stream: BinaryIO, account: Account, files: Mapping[str, Path]) -> None:
    told = account.model_dump_json().encode()
    with (
        gzip.GzipFile(filename="", mode="wb", compresslevel=LEVEL, fileobj=stream, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.GNU_FORMAT, encoding="utf-8") as archive,
    ):
        archive.addfile(header(ACCOUNT, len(told)), io.BytesIO(told))
        for entry in account.files:
            with files[entry.name].open("rb") as source:
                hashing = Hashing(source)
                archive.addfile(header(entry.name, entry.bytes), cast(BinaryIO, hashing))
                if source.read(1) or hashing.digest.hexdigest() != entry.sha256:
                    raise IntegrityError(
                        "the file changed while it was copied", place=Place(file=str(files[entry.name]))
                    )


def header(name: str, size: int) -> tarfile.TarInfo:
    """Nothing of the machine: no owner, no time."""
    made = tarfile.TarInfo(name)
    made.size, made.mode = size, 0o600
    return made


class Hashing:
    """A file that is hashed as it is read."""

    def __init__(self, source: BinaryIO) -> None:
        self.source, self.digest = source, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        told = self.source.read(size)
        self.digest.update(told)
        return told
