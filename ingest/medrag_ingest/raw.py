"""The raw bytes a reader is given, wherever they lie, and the record of what a run rejected."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from medrag.errors import DocumentRefused
from medrag.identifiers import sha256_bytes

__all__ = ["RawFile", "Rejected"]


@dataclass(frozen=True, slots=True)
class RawFile:
    """One file to read: a whole source, or one member of it. ``open`` gives a fresh binary stream each time."""

    #: The source file's own name: the archive's, where the file is a member of one.
    name: str
    #: sha256 of the source file (the archive, where the file is a member of one).
    sha256: str
    #: Path inside the archive; "" where the source is the file itself.
    member: str
    open: Callable[[], BinaryIO]
    #: Bytes, where the archive or the file system says; None where only reading can tell.
    size: int | None = None

    @property
    def path(self) -> str:
        """The member's path, else the file's name: what a document is called when nothing else names it."""
        return self.member or self.name

    @property
    def place(self) -> str:
        """How an error names the file: ``archive!member`` where both are known."""
        return f"{self.name}!{self.member}" if self.member and self.member != self.name else self.name

    @classmethod
    def from_bytes(cls, name: str, data: bytes, *, member: str = "") -> RawFile:
        """A raw file over bytes in memory."""
        return cls(name, sha256_bytes(data), member, lambda: io.BytesIO(data), len(data))

    @classmethod
    def from_path(cls, path: Path, sha256: str) -> RawFile:
        """A raw file on disk, whose hash the caller has already verified."""
        return cls(path.name, sha256, "", lambda: path.open("rb"), path.stat().st_size)


@dataclass(frozen=True, slots=True)
class Rejected:
    """One file or record that a run left out, for its receipt."""

    file: str
    #: 1-based; None where no line can be named.
    line: int | None
    reason: str

    @classmethod
    def of(cls, error: DocumentRefused, file: str) -> Rejected:
        """The receipt's record of a refusal; ``file`` stands in where the error names none."""
        return cls(error.place.file or file, error.place.line, error.problem)
