"""Reads a bz2 pickle that holds plain data only: nothing it names is ever imported, built or called."""

from __future__ import annotations

import bz2
import io
import pickle
import pickletools
import re
from typing import Final, NoReturn

from medrag_ingest.raw import RawFile
from medrag_ingest.readers.guard import refuse

__all__ = ["load_plain_pickle"]

# The opcodes that pickle protocols 2 to 5 write for dicts, lists, tuples, sets, text, numbers, booleans and None, and
# those that keep them in order. Whatever is not here (GLOBAL, REDUCE, BUILD, INST, OBJ, NEWOBJ, EXT, PERSID ...) may
# run code.
_ALLOWED: Final = re.compile(
    "PROTO|STOP|FRAME|MARK|POP|POP_MARK|DUP|MEMOIZE|(LONG_)?BIN(PUT|GET)|(EMPTY_)?(DICT|LIST|TUPLE)|EMPTY_SET|TUPLE[123]"
    "|SETITEMS?|APPENDS?|ADDITEMS|FROZENSET|NONE|NEWTRUE|NEWFALSE|BININT[12]?|LONG[14]|BINFLOAT|(SHORT_)?BINUNICODE8?"
)
#: pickletools' sign for "as many bytes as the argument's first 1, 4 or 8 say" -> how many those are.
_PREFIXES: Final = {
    pickletools.TAKEN_FROM_ARGUMENT1: 1,
    pickletools.TAKEN_FROM_ARGUMENT4: 4,
    pickletools.TAKEN_FROM_ARGUMENT4U: 4,
    pickletools.TAKEN_FROM_ARGUMENT8U: 8,
}
#: Opcode -> (bytes of its argument, bytes of the argument's length).
_SIZES: Final[dict[int, tuple[int, int]]] = {
    ord(opcode.code): (max(opcode.arg.n, 0), _PREFIXES.get(opcode.arg.n, 0)) if opcode.arg else (0, 0)
    for opcode in pickletools.opcodes
    if _ALLOWED.fullmatch(opcode.name)
}
_STOP, _LONG_BINPUT = pickle.STOP[0], pickle.LONG_BINPUT[0]


class _Plain(pickle.Unpickler):
    """A second lock behind the opcode check."""

    def find_class(self, module: str, name: str) -> NoReturn:
        raise pickle.UnpicklingError(f"it names {module}.{name}")

    def persistent_load(self, pid: object) -> NoReturn:
        raise pickle.UnpicklingError("it refers to an object outside itself")


def load_plain_pickle(raw: RawFile, limit: int) -> object:
    """The pickled value: builtin containers, text, numbers, booleans and None.

    ``limit``: bytes after decompression. Raises DocumentRefused for damage, for more bytes, and for any opcode that
    could import or call; the opcodes are read before anything is built.
    """
    data = _decompress(raw, limit)
    try:
        _check(data)
        return _Plain(io.BytesIO(data)).load()
    except (
        pickle.UnpicklingError,
        ValueError,
        EOFError,
        IndexError,
        KeyError,
        TypeError,
        OverflowError,
    ) as error:
        raise refuse(raw, f"not a pickle of plain data: {error}") from error
    except (MemoryError, RecursionError) as error:
        raise refuse(raw, "a pickle that asks for more memory than its size warrants") from error


def _decompress(raw: RawFile, limit: int) -> bytes:
    with raw.open() as stream:
        packed = stream.read(limit + 1)
    decompressor = bz2.BZ2Decompressor()
    try:
        data = decompressor.decompress(packed, max_length=limit + 1)
    except (OSError, ValueError) as error:
        raise refuse(raw, f"not a bz2 file: {error}") from error
    if len(data) > limit:
        raise refuse(raw, f"it holds more than {limit} bytes when decompressed")
    if not decompressor.eof or decompressor.unused_data:
        raise refuse(raw, "the bz2 stream is truncated or something follows it")
    return data


def _check(data: bytes) -> None:
    """Reads every opcode without building anything. pickletools would do, but takes seconds for a million opcodes."""
    position, end, code = 0, len(data), -1
    while position < end and code != _STOP:
        code = data[position]
        if code not in _SIZES:
            raise ValueError(f"an opcode that is refused, 0x{code:02x}, at byte {position}")
        size, prefix = _SIZES[code]
        position += 1
        # The unpickler allots its memo up to the highest index written: one no pickler would use is a bomb.
        if code == _LONG_BINPUT and int.from_bytes(data[position : position + 4], "little") > end:
            raise ValueError(f"a memo index out of bounds at byte {position}")
        position += size + prefix + int.from_bytes(data[position : position + prefix], "little")
    if code != _STOP or position != end:
        raise ValueError("it is truncated or something follows it")
