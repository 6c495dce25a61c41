"""A folder of an index as files: copied with its holes, made durable, and checked byte for byte before it is opened."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

__all__ = [
    "copy_folder",
    "describe_files",
    "list_files",
    "remove_folder",
    "settle_folder",
    "spoilt_file",
    "write_durably",
]

#: Bytes moved at once where the kernel cannot copy between files.
CHUNK = 1 << 20

#: Bytes compared with zero, and hashed, at once.
BLOCK = 1 << 16
ZEROS = bytes(BLOCK)


def list_files(folder: Path) -> list[str]:
    """Relative paths of every file, sorted."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def describe_files(folder: Path) -> dict[str, str]:
    """The digest of every file by relative path."""
    return {name: file_digest(folder / name) for name in list_files(folder)}


def file_digest(path: Path) -> str:
    """Hex sha256 of a file's size and of every block that is not all zero, with its number.

    The engine's files are mostly zeros set aside for later, as holes or not; leaving them out makes the digest of
    a small index, taken at every opening, several times cheaper, and still no byte can change unseen.
    """
    with path.open("rb") as stream:
        size = os.fstat(stream.fileno()).st_size
        told = hashlib.sha256(str(size).encode())
        for number, block in filled_blocks(stream.fileno(), size):
            told.update(number.to_bytes(8, "little"))
            told.update(block)
    return told.hexdigest()


def filled_blocks(handle: int, size: int) -> Iterator[tuple[int, bytes]]:
    """(number, bytes) of each block that is not all zero."""
    following = 0
    for start, end in extents(handle, size):
        for number in range(max(following, start // BLOCK), -(-end // BLOCK)):
            block = os.pread(handle, BLOCK, number * BLOCK)
            if block != ZEROS[: len(block)]:
                yield number, block
            following = number + 1


def spoilt_file(folder: Path, expected: Mapping[str, str]) -> str | None:
    """The first file that is missing, added or not what ``describe_files`` saw; None when all is as it was.

    Needed because the engine opens a shard with a lost segment or a lost id table without complaint, as a smaller index.
    """
    present = list_files(folder)
    odd = set(present) ^ set(expected)
    if odd:
        return min(odd)
    return next((name for name in present if file_digest(folder / name) != expected[name]), None)


def settle_folder(folder: Path) -> None:
    """fsync of every file and folder below ``folder``, and of ``folder``."""
    for path in [*folder.rglob("*"), folder]:
        sync_path(path)


def sync_path(path: Path) -> None:
    """fsync of one file or folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_durably(path: Path, text: str) -> None:
    """Writes a small file; on return its bytes are on disk. Its folder's entry is the caller's to sync."""
    with path.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())


def remove_folder(folder: Path, mark: str) -> None:
    """Removes a folder, the file ``mark`` first, so that a removal cut short does not leave what looks whole."""
    (folder / mark).unlink(missing_ok=True)
    for last in (False, False, True):
        try:
            shutil.rmtree(folder)
            return
        except OSError as error:  # a reader that opens it just now may put a file where all were gone
            if last or error.errno != errno.ENOTEMPTY:
                raise


def copy_folder(source: Path, target: Path, *, leave_out: str) -> None:
    """Copies the tree but for the file ``leave_out``; holes stay holes, and bytes are shared where the file system can.

    The engine preallocates: 30,000 points take 183 MB of names for 69 MB of disk, which a plain copy would fill.
    """
    target.mkdir(parents=True)
    for path in sorted(source.rglob("*")):
        to = target / path.relative_to(source)
        if path.is_dir():
            to.mkdir()
        elif path != source / leave_out:
            copy_file(path, to)


def copy_file(source: Path, target: Path) -> None:
    """One file, extent by extent."""
    with source.open("rb") as reader, target.open("wb") as writer:
        size = os.fstat(reader.fileno()).st_size
        writer.truncate(size)
        for start, end in extents(reader.fileno(), size):
            copy_range(reader.fileno(), writer.fileno(), start, end)


def extents(handle: int, size: int) -> Iterator[tuple[int, int]]:
    """(start, end) of the parts of a file that hold data; all of it where the system does not tell."""
    if not hasattr(os, "SEEK_DATA"):
        yield 0, size
        return
    end = 0
    while end < size:
        try:
            start = os.lseek(handle, end, os.SEEK_DATA)
        except OSError:  # ENXIO: only a hole is left
            return
        end = os.lseek(handle, start, os.SEEK_HOLE)
        yield start, end


def copy_range(reader: int, writer: int, start: int, end: int) -> None:
    """Bytes start..end, in the kernel where it can (which reflinks on btrfs and xfs), else through a buffer."""
    in_kernel = hasattr(os, "copy_file_range")
    while start < end:
        if in_kernel:
            try:
                start += os.copy_file_range(reader, writer, end - start, start, start)
                continue
            except OSError:  # an old kernel, or two file systems
                in_kernel = False
        start += os.pwrite(writer, os.pread(reader, min(CHUNK, end - start), start), start)
