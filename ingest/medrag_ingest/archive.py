"""Reads members of zip, tar and gz files within limits, without writing anything to disk."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, BinaryIO, Final, cast

from medrag_ingest.members import (
    NESTED,
    STEP,
    BoundedReader,
    Limits,
    Tally,
    chosen,
    chosen_inside,
    damage_told,
    safe_name,
    under_root,
)
from medrag_ingest.raw import RawFile
from medrag_ingest.zip_checks import check_directory, is_document, sound_files

__all__ = ["Limits", "archive_kind", "open_archive"]

#: First bytes that tell what a file is, whatever it is called.
ZIP_MAGIC: Final = (b"PK\x03\x04", b"PK\x05\x06")
PACKED: Final[dict[bytes, Callable[[BinaryIO], io.BufferedIOBase]]] = {
    b"\x1f\x8b": lambda stream: gzip.GzipFile(fileobj=stream, mode="rb"),
    b"BZh": lambda stream: bz2.BZ2File(stream, "rb"),
    b"\xfd7zXZ\x00": lambda stream: lzma.LZMAFile(stream, "rb"),  # noqa: SIM115  closed with its BoundedReader
}

#: Bytes of a tar header that speaks of the next member: a path, at most some kilobytes of it.
MAX_TAR_HEADER: Final = 64 << 10


def archive_kind(path: Path) -> str | None:
    """zip, tar, packed (a tar or one file, compressed), document (docx, epub: a zip by format), or None."""
    with path.open("rb") as stream:
        head = stream.read(tarfile.BLOCKSIZE)
        if head.startswith(ZIP_MAGIC):
            return zip_kind(stream, path.name)
    if head.startswith(tuple(PACKED)):
        return "packed"
    return "tar" if is_tar(head) else None


def zip_kind(stream: BinaryIO, name: str) -> str:
    """document or zip. Raises SourceRefused when the directory is damaged."""
    tally = Tally(Limits(), name)
    with damage_told(tally):
        check_directory(stream, tally)
        with zipfile.ZipFile(stream) as archive:
            return "document" if is_document(archive) else "zip"


def is_tar(head: bytes) -> bool:
    """Whether the first block is a tar header; its checksum decides."""
    try:
        tarfile.TarInfo.frombuf(head, "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return False
    return True


def open_archive(
    path: Path,
    limits: Limits | None = None,
    *,
    name: str = "",
    sha256: str = "",
    members: tuple[str, ...] = (),
    root: str = "",
) -> Iterator[RawFile]:
    """The chosen members in the archive's order. Each stays readable after the next one was taken.

    ``name`` is what people call the archive, ``members`` patterns of the names counted from ``root``; a zip
    inside is opened for a pattern ``a.zip!/b.xml``, or when there are no patterns. Raises SourceRefused: not
    an archive, damaged, unsafe or beyond the limits; SourceUnavailable: the disk cannot be read.
    """
    tally = Tally(limits or Limits(), name or path.name)
    with damage_told(tally):
        kind = archive_kind(path)
        if kind is None:
            raise tally.refuse("is no archive that medrag reads (zip, tar, gz, bz2, xz)")
        opened = Opened(path, tally, sha256, members, root)
        yield from opened.zip_members() if kind in {"zip", "document"} else opened.stream_members()


class Opened:
    """One archive being read."""

    def __init__(self, path: Path, tally: Tally, sha256: str, patterns: tuple[str, ...], root: str) -> None:
        self.path = path
        self.tally = tally
        self.sha256 = sha256
        self.patterns = patterns
        self.root = root

    def held(self, name: str, data: bytes) -> RawFile:
        """A member that is in memory."""
        return RawFile(self.tally.source, self.sha256, name, lambda: io.BytesIO(data), len(data))

    def zip_members(self) -> Iterator[RawFile]:
        """Members of a zip and of the zips in it."""
        with self.path.open("rb") as stream:
            check_directory(stream, self.tally)
            with zipfile.ZipFile(stream) as archive:
                for info, told in sound_files(archive, self.tally):
                    name = under_root(told, self.root)
                    inner = chosen_inside(name, self.patterns)
                    if inner or not self.patterns:
                        yield from self.opened_member(archive, info, name, inner)
                    elif chosen(name, self.patterns):
                        yield self.zip_member(archive, info, name)

    def zip_member(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> RawFile:
        """A member from memory when it is small, else read from the archive each time it is opened."""
        if info.file_size <= self.tally.limits.held_bytes:
            return self.held(name, self.unpack(archive, info, name))

        def reopen() -> BinaryIO:
            with damage_told(self.tally, name):
                again = zipfile.ZipFile(self.path)
                return self.reader(again, info, name, owner=again)

        return RawFile(self.tally.source, self.sha256, name, reopen, info.file_size)

    def opened_member(
        self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, inner: tuple[str, ...]
    ) -> Iterator[RawFile]:
        """The members inside when it is a zip, which ``inner`` patterns demand; else the member itself."""
        with archive.open(info) as stream:
            is_zip = stream.read(4).startswith(ZIP_MAGIC)
        if is_zip:
            yield from self.nested(self.unpack(archive, info, name), name, inner)
        elif inner:
            raise self.tally.refuse("the card opens this member as a zip, which it is not", name)
        else:
            yield self.zip_member(archive, info, name)

    def nested(self, data: bytes, name: str, inner: tuple[str, ...]) -> Iterator[RawFile]:
        """Members of a zip inside a zip; a document that is a zip by format is one member."""
        with damage_told(self.tally, name):
            check_directory(io.BytesIO(data), self.tally)
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                if is_document(archive):
                    yield self.held(name, data)
                    return
                for info, told in sound_files(archive, self.tally, name + NESTED):
                    if chosen(told, inner):
                        piece = self.unpack(archive, info, name + NESTED + told)
                        if not inner and piece.startswith(ZIP_MAGIC):
                            raise self.tally.refuse("archives are nested more than one level deep", name)
                        yield self.held(name + NESTED + told, piece)

    def unpack(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> bytes:
        """The member's bytes; counted while they come, since the directory may lie."""
        with damage_told(self.tally, name), self.reader(archive, info, name) as stream:
            return self.whole(stream, name)

    def whole(self, stream: IO[bytes], name: str) -> bytes:
        """All bytes of a member that is held in memory. Raises SourceRefused when it is too large for that."""
        most = min(self.tally.limits.nested_bytes, self.tally.limits.member_bytes)
        pieces, size = list[bytes](), 0
        while piece := stream.read(STEP):
            size += len(piece)
            if size > most:
                raise self.tally.refuse(f"is larger than the {most} bytes held in memory", name)
            pieces.append(piece)
        return b"".join(pieces)

    def reader(
        self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, owner: zipfile.ZipFile | None = None
    ) -> io.BufferedReader:
        """The member as a bounded stream that closes ``owner`` with itself."""
        stream = cast(io.BufferedIOBase, archive.open(info))
        return io.BufferedReader(
            BoundedReader(stream, lambda: info.compress_size, self.tally, name, owner), STEP
        )

    def stream_members(self) -> Iterator[RawFile]:
        """Members of a tar, or the one file of a compressed file."""
        with self.path.open("rb") as file, self.unpacked(file) as stream:
            if is_tar(stream.peek(tarfile.BLOCKSIZE)[: tarfile.BLOCKSIZE]):
                yield from self.tar_members(stream)
            else:
                yield from self.single_member(stream)

    def unpacked(self, file: BinaryIO) -> io.BufferedReader:
        """The decompressed stream within the limits."""
        head = file.read(8)
        file.seek(0)
        opener = next((made for magic, made in PACKED.items() if head.startswith(magic)), None)
        stream = opener(file) if opener else cast(io.BufferedIOBase, file)
        return io.BufferedReader(BoundedReader(stream, file.tell, self.tally, ""), STEP)

    def tar_members(self, stream: io.BufferedReader) -> Iterator[RawFile]:
        """Plain files of a tar in order; folders are passed over, anything else refuses the archive."""
        header, seen = header_class(self.tally), set[str]()
        with tarfile.open(fileobj=stream, mode="r|", tarinfo=header, encoding="utf-8") as archive:
            for info in archive:
                self.tally.count_member(info.name[:80])
                if info.isdir():
                    continue
                name = safe_name(info.name, self.tally)
                if not info.isreg() or info.issparse():
                    raise self.tally.refuse("a link, device or sparse file is not allowed", name)
                if name in seen:
                    raise self.tally.refuse("two members have this name", name)
                seen.add(name)
                if chosen(short := under_root(name, self.root), self.patterns):
                    yield self.held(short, self.tar_bytes(archive, info, name))
        while stream.read(STEP):  # to the end, where gzip keeps its checksum
            pass

    def tar_bytes(self, archive: tarfile.TarFile, info: tarfile.TarInfo, name: str) -> bytes:
        """The member's bytes, all that were declared."""
        self.tally.check_size(info.size, name)
        data = self.whole(cast(IO[bytes], archive.extractfile(info)), name)
        if len(data) != info.size:
            raise self.tally.refuse(f"ends after {len(data)} of {info.size} bytes", name)
        return data

    def single_member(self, stream: io.BufferedReader) -> Iterator[RawFile]:
        """``HumanDO.tsv.gz`` holds ``HumanDO.tsv``; a name inside the file is not believed."""
        name = safe_name(strip_suffix(self.tally.source), self.tally)
        data = self.whole(stream, name)
        if data.startswith((*ZIP_MAGIC, *PACKED)):
            raise self.tally.refuse("an archive inside a compressed file is not opened", name)
        if chosen(name, self.patterns):
            yield self.held(name, data)


def header_class(tally: Tally) -> type[tarfile.TarInfo]:
    """A TarInfo that refuses what tarfile lets pass: huge extension headers, and an end that is not marked."""

    class StrictHeader(tarfile.TarInfo):
        @classmethod
        def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> StrictHeader:
            try:
                made = super().frombuf(buf, encoding, errors)
            except tarfile.EOFHeaderError:  # type: ignore[attr-defined]
                raise
            except tarfile.HeaderError as error:  # tarfile would take these for the end of the archive
                raise tally.refuse(f"is damaged: {error}") from error
            plain = made.type in tarfile.REGULAR_TYPES or made.type == tarfile.DIRTYPE
            if not plain and made.size > MAX_TAR_HEADER:
                raise tally.refuse(f"a tar header of {made.size} bytes")
            return made

    return StrictHeader


def strip_suffix(name: str) -> str:
    """The name without .gz, .bz2 or .xz."""
    for suffix in (".gz", ".bz2", ".xz"):
        if name.lower().endswith(suffix):
            return name[: -len(suffix)]
    return name
