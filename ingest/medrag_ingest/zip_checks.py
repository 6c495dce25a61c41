"""Finds a zip file's directory sound before anything of it is unpacked."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Iterator
from typing import BinaryIO, Final

from medrag_ingest.members import Tally, safe_name

__all__ = ["check_directory", "is_document", "sound_files"]

#: Bytes of a zip's directory allowed a member: 46 fixed, a name and extra fields.
DIRECTORY_PER_MEMBER: Final = 512

#: The end record (PKWARE APPNOTE 4.3.16): 22 bytes and a comment of 65,535 at most.
END_RECORD: Final = b"PK\x05\x06"


def check_directory(stream: BinaryIO, tally: Tally) -> None:
    """Refuses a zip whose directory alone would fill the memory; zipfile reads it whole."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - (22 + 65535)))
    tail = stream.read()
    at = tail.rfind(END_RECORD)
    declared = int.from_bytes(tail[at + 12 : at + 16], "little") if at >= 0 else 0
    if declared == 0xFFFFFFFF:  # zip64 keeps it elsewhere; no directory is larger than its file
        declared = size if size < tally.limits.members * DIRECTORY_PER_MEMBER else 0
    stream.seek(0)
    if declared > tally.limits.members * DIRECTORY_PER_MEMBER:
        raise tally.refuse(f"its directory of {declared} bytes is too large")


def sound_files(archive: zipfile.ZipFile, tally: Tally, outer: str = "") -> list[tuple[zipfile.ZipInfo, str]]:
    """Every file with its safe name, after all of them were found sound. ``outer`` prefixes the names in errors."""
    found: dict[str, zipfile.ZipInfo] = {}
    for info in plain_files(archive, tally):
        name = safe_name(info.filename, tally)
        tally.count_member(outer + name)
        if name in found:
            raise tally.refuse("two members have this name", outer + name)
        tally.check_size(info.file_size, outer + name)
        tally.check_ratio(info.file_size, info.compress_size, outer + name)
        found[name] = info
    if sum(info.file_size for info in found.values()) > tally.limits.total_bytes:
        raise tally.refuse(f"declares more than {tally.limits.total_bytes} bytes", outer)
    refuse_overlap(archive, tally)
    return [(info, name) for name, info in found.items()]


def plain_files(archive: zipfile.ZipFile, tally: Tally) -> Iterator[zipfile.ZipInfo]:
    """The archive's files; folders are passed over, links, devices and encrypted members refuse it."""
    for info in archive.infolist():
        shown = info.filename[:80]
        if stat.S_IFMT(info.external_attr >> 16) not in {0, stat.S_IFREG, stat.S_IFDIR}:
            raise tally.refuse("a link or device is not allowed", shown)
        if info.flag_bits & 0x1:
            raise tally.refuse("an encrypted member is not allowed", shown)
        if "\0" in info.orig_filename:
            raise tally.refuse(f"a member is named {info.orig_filename[:80]!r}")
        safe_name(info.filename, tally)
        if not info.is_dir():
            yield info


def refuse_overlap(archive: zipfile.ZipFile, tally: Tally) -> None:
    """Members that share bytes are the trick of the flat zip bombs (Fifield, WOOT 2019)."""
    end = 0
    for info in sorted(archive.infolist(), key=lambda item: item.header_offset):
        if info.header_offset < end:
            raise tally.refuse("members overlap", info.filename[:80])
        end = info.header_offset + info.compress_size


def is_document(archive: zipfile.ZipFile) -> bool:
    """Whether the zip is one document by format: docx, xlsx, odt, epub."""
    names = archive.NameToInfo
    return "[Content_Types].xml" in names or "mimetype" in names
