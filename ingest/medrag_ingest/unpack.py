"""Hands a fetched file to its reader: the file itself, or the members a card chooses of an archive or wheel."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from io import BufferedIOBase
from pathlib import Path
from typing import cast

from medrag.errors import Place, SourceRefused
from medrag_ingest.archive import archive_kind, open_archive
from medrag_ingest.members import NESTED, Limits, chosen
from medrag_ingest.raw import RawFile
from medrag_ingest.sources import Source

__all__ = ["members_hash", "raw_files"]


def raw_files(
    path: Path, source: Source, *, name: str = "", sha256: str = "", limits: Limits | None = None
) -> Iterator[RawFile]:
    """The raw files of one fetched source, in the archive's order; each stays readable.

    A file that is no archive is one raw file with member "". Raises SourceRefused: a damaged, unsafe or
    oversized archive, or a pattern of the card that chooses nothing.
    """
    shown = name or source.name
    if archive_kind(path) in {None, "document"}:
        if source.wheel is not None:
            raise SourceRefused("is no wheel: a wheel is a zip", place=Place(shown))
        yield RawFile(shown, sha256, "", lambda: path.open("rb"), path.stat().st_size)
        return
    waiting = set(source.patterns)
    archive = open_archive(path, limits, name=shown, sha256=sha256, members=source.patterns, root=source.root)
    for file in archive:
        waiting -= {pattern for pattern in waiting if meant(file.member, pattern)}
        yield file
    if waiting:
        raise SourceRefused(
            f"no member is called {sorted(waiting)[0]}",
            place=Place(shown),
            remedy="Compare the card's members with the archive",
        )


def meant(member: str, pattern: str) -> bool:
    """Whether this pattern chose the member."""
    if NESTED not in pattern:
        return chosen(member, (pattern,))
    outer, _, inner = pattern.partition(NESTED)
    name, _, rest = member.partition(NESTED)
    return chosen(name, (outer,)) and (not rest or chosen(rest, (inner,)))


def members_hash(path: Path, source: Source, limits: Limits | None = None) -> str:
    """sha256 of the sorted lines ``<sha256>  <member>`` of the chosen members, however they are packed.

    The same as ``sha256sum MEMBERS | LC_ALL=C sort | sha256sum`` in the unpacked folder.
    """
    lines = []
    for file in raw_files(path, source, limits=limits):
        with file.open() as stream:
            digest = hashlib.file_digest(cast(BufferedIOBase, stream), "sha256").hexdigest()
        lines.append(f"{digest}  {file.member}\n".encode())
    return hashlib.sha256(b"".join(sorted(lines))).hexdigest()
