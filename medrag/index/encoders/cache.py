"""Vectors kept by what they were made from, so that unchanged passages cost no encoding."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from medrag.errors import EncoderUnavailable, IntegrityError, Place
from medrag.protocols import Encoder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]

__all__ = ["EncodeCount", "VectorCache", "encode_cached", "text_hash"]

#: Wait for another process that is writing, milliseconds.
BUSY_MS = 30_000
#: Hashes asked for in one statement; SQLite's least limit of variables is 999.
ASK_MANY = 500
#: Texts encoded, then kept, at a time: what a kill can lose.
BATCH = 512
TABLE = """
CREATE TABLE IF NOT EXISTS vector (
    fingerprint TEXT NOT NULL, hash BLOB NOT NULL, vector BLOB NOT NULL,
    PRIMARY KEY (fingerprint, hash)
) WITHOUT ROWID
"""


@dataclass(slots=True)
class EncodeCount:
    """How many texts were encoded and how many vectors were found kept; grows as the vectors are drawn."""

    encoded: int = 0
    reused: int = 0


def text_hash(text: str) -> bytes:
    """sha256 of the text as UTF-8; a lone surrogate counts as itself."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


class VectorCache:
    """One SQLite file, (fingerprint, sha256 of the text) to little-endian float32. Opens a connection for each call:
    safe in threads, across fork, and with several processes (WAL). Losing it costs time only."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        with self.guard(), closing(self.connect()) as connection, connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(TABLE)

    def get_many(self, fingerprint: str, hashes: Sequence[bytes]) -> dict[bytes, Vector]:
        """The vectors kept for these hashes, float32, shape (dimension,); those not kept are absent.
        Raises EncoderUnavailable, IntegrityError."""
        found: dict[bytes, Vector] = {}
        with self.guard(), closing(self.connect()) as connection:
            for at in range(0, len(hashes), ASK_MANY):
                some = hashes[at : at + ASK_MANY]
                marks = ",".join("?" * len(some))
                asked = f"SELECT hash, vector FROM vector WHERE fingerprint = ? AND hash IN ({marks})"
                for key, blob in connection.execute(asked, (fingerprint, *some)):
                    found[key] = self.read_vector(blob)
        return found

    def put_many(self, fingerprint: str, vectors: Mapping[bytes, Vector]) -> None:
        """Keeps the vectors in one transaction; one already kept stays as it is. Raises EncoderUnavailable."""
        rows = [(fingerprint, key, vector.astype("<f4").tobytes()) for key, vector in sorted(vectors.items())]
        with self.guard(), closing(self.connect()) as connection, connection:
            connection.executemany("INSERT OR IGNORE INTO vector VALUES (?, ?, ?)", rows)

    def count(self, fingerprint: str) -> int:
        """How many vectors of this fingerprint are kept."""
        with self.guard(), closing(self.connect()) as connection:
            asked = "SELECT count(*) FROM vector WHERE fingerprint = ?"
            return int(connection.execute(asked, (fingerprint,)).fetchone()[0])

    def drop_others(self, keep: Sequence[str]) -> int:
        """Removes the vectors of every other fingerprint; returns how many went."""
        with self.guard(), closing(self.connect()) as connection, connection:
            marks = ",".join("?" * len(keep))
            return connection.execute(
                f"DELETE FROM vector WHERE fingerprint NOT IN ({marks})", tuple(keep)
            ).rowcount

    def keep_only(self, hashes: Collection[bytes]) -> int:
        """Removes the vectors of every other text, of whichever encoder; returns how many went."""
        with self.guard(), closing(self.connect()) as connection, connection:
            held = [row[0] for row in connection.execute("SELECT DISTINCT hash FROM vector")]
            gone = [(key,) for key in held if key not in hashes]
            connection.executemany("DELETE FROM vector WHERE hash = ?", gone)
        return len(gone)

    def take_from(self, other: Path) -> None:
        """Keeps what another cache's file holds besides; a vector kept already stays as it is. Raises IntegrityError."""
        with self.guard(), closing(self.connect()) as connection:
            connection.execute("ATTACH DATABASE ? AS other", (str(other),))
            with connection:
                connection.execute(
                    "INSERT OR IGNORE INTO vector SELECT fingerprint, hash, vector FROM other.vector"
                )

    def connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=BUSY_MS / 1000)
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection

    def guard(self) -> CacheGuard:
        return CacheGuard(self.path)

    def read_vector(self, blob: bytes) -> Vector:
        import numpy as np

        if not blob or len(blob) % 4:
            raise IntegrityError(
                f"a vector of {len(blob)} bytes", place=Place(file=str(self.path)), remedy=REMEDY
            )
        return np.frombuffer(blob, dtype="<f4").astype(np.float32)


REMEDY = "Remove the file; vectors are made anew"


class CacheGuard:
    """Turns what SQLite raises into medrag's errors: damage is an IntegrityError, the rest EncoderUnavailable."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, sqlite3.OperationalError):
            place = Place(file=str(self.path))
            raise EncoderUnavailable(
                f"vector cache: {error}", place=place, remedy="Check the disk, then retry"
            ) from error
        if isinstance(error, sqlite3.DatabaseError):
            raise IntegrityError(
                f"vector cache: {error}", place=Place(file=str(self.path)), remedy=REMEDY
            ) from error


def encode_cached(
    encoder: Encoder,
    cache: VectorCache,
    texts: Sequence[str],
    count: EncodeCount | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[tuple[int, Vector]]:
    """(index, vector) of every text, kept ones first, then the new, batch by batch, each batch kept before it is given.

    Equal texts are encoded once. ``count`` is kept up to date; ``progress`` is told (done, total).
    Raises what the encoder raises; IntegrityError when it gives the wrong number or length of vectors.
    """
    count = count if count is not None else EncodeCount()
    places: dict[bytes, list[int]] = {}
    for index, text in enumerate(texts):
        places.setdefault(text_hash(text), []).append(index)
    missing, done = [], 0
    for keys in batches(list(places)):
        found = cache.get_many(encoder.fingerprint, keys)
        missing += [key for key in keys if key not in found]
        for key, vector in found.items():
            check_length(encoder, vector)
            count.reused += len(places[key])
            done += len(places[key])
            yield from ((index, vector) for index in places[key])
        report(progress, done, len(texts))
    missing.sort(key=lambda key: (-len(texts[places[key][0]]), key))
    for keys in batches(missing):
        fresh = encode_fresh(encoder, cache, keys, [texts[places[key][0]] for key in keys])
        count.encoded += len(keys)
        for key, vector in fresh.items():
            count.reused += len(places[key]) - 1
            done += len(places[key])
            yield from ((index, vector) for index in places[key])
        report(progress, done, len(texts))


def batches(keys: list[bytes]) -> Iterator[list[bytes]]:
    for at in range(0, len(keys), BATCH):
        yield keys[at : at + BATCH]


def encode_fresh(
    encoder: Encoder, cache: VectorCache, keys: list[bytes], texts: list[str]
) -> dict[bytes, Vector]:
    """Encodes and keeps one batch."""
    vectors = encoder.encode_passages(texts)
    if vectors.shape != (len(texts), encoder.dimension):
        problem = f"gave vectors of shape {vectors.shape}, expected {(len(texts), encoder.dimension)}"
        raise IntegrityError(f"encoder {encoder.fingerprint} {problem}")
    fresh = dict(zip(keys, vectors, strict=True))
    cache.put_many(encoder.fingerprint, fresh)
    return fresh


def check_length(encoder: Encoder, vector: Vector) -> None:
    if len(vector) != encoder.dimension:
        raise IntegrityError(
            f"a kept vector has {len(vector)} values, {encoder.fingerprint} gives {encoder.dimension}"
        )


def report(progress: Callable[[int, int], None] | None, done: int, total: int) -> None:
    if progress is not None:
        progress(done, total)
