"""What a member of an archive may be called, how large it may be, and which members a card's patterns choose."""

from __future__ import annotations

import io
import lzma
import re
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Protocol

from medrag.errors import Place, SourceRefused, SourceUnavailable

__all__ = [
    "NESTED",
    "BoundedReader",
    "Limits",
    "Tally",
    "chosen",
    "chosen_inside",
    "damage_told",
    "safe_name",
]

#: What the libraries raise on damaged archives.
DAMAGED: Final = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    NotImplementedError,
    ValueError,
)

#: Between the name of an archive inside an archive and the member in it, as jar URLs write it.
NESTED: Final = "!/"

#: Bytes decompressed at a time, after which the limits are asked.
STEP: Final = 1 << 18

#: Longest member name. Linux file systems allow 255 bytes a part and 4096 a path; the longest seen is 130.
MAX_NAME: Final = 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What an archive may unpack to; beyond, it is refused. Bytes are counted as they come, not as declared."""

    #: DailyMed's largest part holds 10,000 labels of about six files each; 50,000 such labels are 300,000 members.
    members: int = 500_000
    #: The largest known: an openFDA partition, one JSON text of about 1.2 GB.
    member_bytes: int = 4 << 30
    #: A DailyMed part is 3.2 GB, mostly pictures that do not shrink; a repository's tarball under 1 GB.
    total_bytes: int = 32 << 30
    #: Deflate reaches 1032 at most and XML labels 5 to 30; zeros and nested bombs are at 1000 and beyond.
    ratio: int = 200
    #: Bytes below which no ratio is asked: a small file of blanks is not a bomb.
    ratio_from: int = 1 << 20
    #: An archive in an archive is held in memory whole; DailyMed's largest label with its pictures is near 60 MB.
    nested_bytes: int = 256 << 20
    #: A member up to this size is handed out from memory; a larger one is streamed from the archive.
    held_bytes: int = 64 << 20


class Tally:
    """What one archive, with those inside it, has unpacked so far."""

    def __init__(self, limits: Limits, source: str) -> None:
        self.limits = limits
        self.source = source
        self.members = 0
        self.bytes = 0

    def refuse(self, problem: str, member: str = "") -> SourceRefused:
        """The error that names archive and member."""
        return SourceRefused(
            problem,
            place=Place(f"{self.source}{NESTED}{member}" if member else self.source),
            remedy="Nothing of this archive was used; get it again from its publisher and compare the hash",
        )

    def count_member(self, member: str) -> None:
        """One more. Raises SourceRefused above the limit."""
        self.members += 1
        if self.members > self.limits.members:
            raise self.refuse(f"holds more than {self.limits.members} members", member)

    def count_bytes(self, size: int, member: str) -> None:
        """So many more. Raises SourceRefused above the limit."""
        self.bytes += size
        if self.bytes > self.limits.total_bytes:
            raise self.refuse(f"unpacks to more than {self.limits.total_bytes} bytes", member)

    def check_size(self, size: int, member: str) -> None:
        """A member's size, declared or counted. Raises SourceRefused above the limit."""
        if size > self.limits.member_bytes:
            raise self.refuse(f"a member unpacks to more than {self.limits.member_bytes} bytes", member)

    def check_ratio(self, unpacked: int, packed: int, member: str) -> None:
        """Raises SourceRefused when few bytes became very many: a decompression bomb."""
        if unpacked > self.limits.ratio_from and unpacked > self.limits.ratio * max(packed, 1):
            raise self.refuse(f"{packed} bytes unpack to more than {self.limits.ratio} times as many", member)


@contextmanager
def damage_told(tally: Tally, member: str = "") -> Iterator[None]:
    """Turns what the libraries raise on damage into SourceRefused, and a disk's errors into SourceUnavailable."""
    try:
        yield
    except DAMAGED as error:
        refused = tally.refuse(f"is damaged: {str(error) or type(error).__name__}", member)
        if isinstance(error, OSError) and error.errno is not None:
            raise SourceUnavailable(f"cannot be read: {error.strerror}", place=refused.place) from error
        raise refused from error


class Closable(Protocol):
    """Something to close."""

    def close(self) -> None: ...


class BoundedReader(io.RawIOBase):
    """A decompressed stream that stops at the limits. ``packed`` tells the compressed bytes taken so far.

    ``owner``, when given, is closed with the stream.
    """

    def __init__(
        self,
        stream: io.BufferedIOBase,
        packed: Callable[[], int],
        tally: Tally,
        member: str,
        owner: Closable | None = None,
    ) -> None:
        self._stream = stream
        self._packed = packed
        self._tally = tally
        self._member = member
        self._owner = owner
        self._size = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        with damage_told(self._tally, self._member):
            piece = self._stream.read(min(len(buffer), STEP))
        self._size += len(piece)
        self._tally.count_bytes(len(piece), self._member)
        if self._member:
            self._tally.check_size(self._size, self._member)
        self._tally.check_ratio(self._size, self._packed(), self._member)
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
            if self._owner is not None:
                self._owner.close()
        super().close()


def safe_name(told: str, tally: Tally) -> str:
    """The member's relative path. Raises SourceRefused on what could reach outside a folder or mislead a reader."""
    if re.search(r"[\x00-\x1f\x7f\\\ud800-\udfff]", told) or len(told) > MAX_NAME or not told:
        raise tally.refuse(
            f"a member is named {told[:80]!r}: control characters, backslashes, not UTF-8 or too long"
        )
    if told.startswith("/") or re.match(r"[A-Za-z]:", told) or NESTED in told:
        raise tally.refuse(f"a member is named {told[:80]!r}: an absolute path")
    parts = [part for part in told.split("/") if part not in {"", "."}]
    if ".." in parts:
        raise tally.refuse(f"a member is named {told[:80]!r}: it climbs out of its folder")
    return "/".join(parts)


def under_root(name: str, root: str) -> str:
    """``name`` counted from ``root`` when it lies there."""
    return name.removeprefix(f"{root.rstrip('/')}/") if root else name


def chosen(name: str, patterns: tuple[str, ...]) -> bool:
    """Whether the patterns choose the member; no patterns choose all."""
    return not patterns or any(compiled(pattern).fullmatch(name) for pattern in patterns)


@lru_cache(maxsize=4096)
def compiled(pattern: str) -> re.Pattern[str]:
    """``*`` and ``?`` stay within a folder, ``**/`` spans folders, ``[...]`` is a set."""
    made, at = "", 0
    while at < len(pattern):
        if pattern.startswith("**/", at):
            made, at = made + "(?:[^/]+/)*", at + 3
        elif pattern.startswith("**", at):
            made, at = made + ".*", at + 2
        elif pattern[at] in "*?":
            made, at = made + ("[^/]*" if pattern[at] == "*" else "[^/]"), at + 1
        elif pattern[at] == "[" and (end := pattern.find("]", at + 2)) > 0:
            inside = pattern[at + 1 : end].replace("\\", r"\\").replace("[", r"\[")
            negated = inside.startswith(("!", "^"))
            made, at = made + ("[^" + inside[1:] + "]" if negated else f"[{inside}]"), end + 1
        else:
            made, at = made + re.escape(pattern[at]), at + 1
    return re.compile(made, re.DOTALL)


def chosen_inside(name: str, patterns: tuple[str, ...]) -> tuple[str, ...]:
    """Of the patterns ``a.zip!/b.xml`` that reach into this archive inside the archive: the inner parts."""
    split = (pattern.partition(NESTED) for pattern in patterns if NESTED in pattern)
    return tuple(inner for outer, _, inner in split if compiled(outer).fullmatch(name))
