"""Reads the one file of a backup into an empty folder, believing nothing in it: names, sizes and hashes as its account says."""

from __future__ import annotations

import gzip
import hashlib
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final, cast

from medrag.errors import InputRefused, NotFound, Place, Unavailable
from medrag_api.backup.account import ACCOUNT, Account, Entry, read_account, refused
from medrag_ingest.archive import header_class
from medrag_ingest.members import Limits, Tally
from medrag_ingest.rawstore import hash_file

__all__ = ["check_room", "unpack"]

#: An entry has some 150 bytes: room for a million files.
MOST_ACCOUNT: Final = 256 << 20
CHUNK: Final = 1 << 20
ZEROS: Final = bytes(CHUNK)
#: tar fills its last record with zeros; 10,240 bytes is what everybody writes.
MOST_FILL: Final = 1 << 20
DAMAGED: Final = (tarfile.TarError, zlib.error, gzip.BadGzipFile, EOFError, UnicodeError)


def unpack(file: Path, folder: Path, sha256: str = "") -> Account:
    """Writes every file of the archive below ``folder``; on return each has the size and the hash that were told.

    Raises InputRefused for an archive that is damaged, cut short, altered, or holds what no backup holds; NotFound;
    Unavailable when the disk has no room. ``sha256``: what the whole archive must be, when that was noted.
    """
    if not file.is_file():
        raise NotFound("there is no such file", place=Place(file=str(file)))
    if sha256 and hash_file(file) != sha256.lower():
        raise refused("it has another sha256 than was noted", str(file))
    with damage_told(str(file)), gzip.open(file) as packed:
        stream = cast(IO[bytes], packed)
        header = header_class(Tally(Limits(), str(file)))
        with tarfile.open(fileobj=stream, mode="r|", tarinfo=header, encoding="utf-8") as archive:
            account = first_member(archive, str(file))
            check_room(folder, account)
            for entry in account.files:
                write_member(archive, entry, folder, str(file))
            if archive.next() is not None:
                raise refused("it holds more than its account says", str(file))
        check_rest(stream, str(file))
    return account


@contextmanager
def damage_told(file: str) -> Iterator[None]:
    try:
        yield
    except DAMAGED as error:
        raise refused(f"is damaged or cut short: {str(error) or type(error).__name__}", file) from error
    except OSError as error:
        if isinstance(error, gzip.BadGzipFile) or error.errno is None:
            raise refused(f"is damaged or cut short: {error}", file) from error
        raise Unavailable(f"cannot be read or unpacked: {error.strerror}", place=Place(file=file)) from error


def first_member(archive: tarfile.TarFile, file: str) -> Account:
    """The account."""
    info = archive.next()
    if info is None or info.name != ACCOUNT or not plain(info) or info.size > MOST_ACCOUNT:
        raise InputRefused(
            "this is no backup of medrag: its account of itself is not its first file",
            place=Place(file=file),
            remedy="Give the file that medrag backup wrote",
        )
    return read_account(cast(IO[bytes], archive.extractfile(info)).read(), file)


def plain(info: tarfile.TarInfo) -> bool:
    return info.isreg() and not info.issparse()


def check_room(folder: Path, account: Account) -> None:
    """Raises Unavailable when the disk cannot hold what was told, and the rows once more in a database and its journal."""
    needed = account.bytes + 3 * sum(entry.bytes for entry in account.of("tables"))
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise Unavailable(
            f"the backup unpacks to about {needed >> 20} MB and {free >> 20} MB are free",
            place=Place(file=str(folder)),
            remedy="Free space and run this again; nothing was changed",
        )


def write_member(archive: tarfile.TarFile, entry: Entry, folder: Path, file: str) -> None:
    """One file, which must be the one the account names next. Blocks of zeros become holes, as an index has them."""
    info = archive.next()
    if info is None:
        raise refused("is cut short", file, entry.name)
    if info.name != entry.name or not plain(info) or info.size != entry.bytes:
        raise refused("another file stands where this one was told", file, entry.name)
    target = folder / entry.name
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, source = hashlib.sha256(), cast(IO[bytes], archive.extractfile(info))
    with target.open("xb") as stream:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            if chunk == ZEROS[: len(chunk)]:
                stream.seek(len(chunk), 1)
            else:
                stream.write(chunk)
        stream.truncate(entry.bytes)
    if digest.hexdigest() != entry.sha256:
        raise refused("this file is not as it was when the backup was made", file, entry.name)


def check_rest(stream: IO[bytes], file: str) -> None:
    """Reads on to gzip's checksum; nothing but tar's filling may come."""
    size = 0
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if size > MOST_FILL or chunk != ZEROS[: len(chunk)]:
            raise refused("something stands after its end", file)
