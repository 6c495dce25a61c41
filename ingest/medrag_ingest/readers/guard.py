"""What every reader shares at the gate: bounds, strict decoding, offsets back to raw, and typed options."""

from __future__ import annotations

import codecs
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from medrag.errors import DocumentRefused, ManifestRefused, Place
from medrag.records import Segment, Span
from medrag_ingest.raw import RawFile

__all__ = [
    "MAX_DOCUMENT_BYTES",
    "MAX_JSON_DEPTH",
    "MAX_LINE_CHARS",
    "Decoded",
    "Options",
    "check_characters",
    "decode_bytes",
    "decode_stream",
    "iter_lines",
    "lost_characters",
    "parse_options",
    "read_bytes",
    "read_decoded",
    "refuse",
]

#: One document is read whole into memory; the largest label or guideline at hand is 2 MB.
MAX_DOCUMENT_BYTES: Final = 64 * 1024 * 1024
#: A longer line in a line-oriented file is not text a person wrote; it would also be one passage without end.
MAX_LINE_CHARS: Final = 1024 * 1024
#: Real records nest below 10 deep; a bomb nests thousands deep and exhausts the stack.
MAX_JSON_DEPTH: Final = 64

#: Byte order marks, longest first: UTF-32's begins with UTF-16's.
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ENCODING_REMEDY: Final = "Save the file as UTF-8, or name its encoding on the card."
_CHUNK: Final = 256 * 1024

Model = TypeVar("Model", bound=BaseModel)


class Options(BaseModel):
    """Base of every reader's options: frozen, and an unknown option is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def parse_options(model: type[Model], options: Mapping[str, object], reader: str) -> Model:
    """The card's options as the reader's type. Raises ManifestRefused naming the option and what is allowed."""
    try:
        return model.model_validate(dict(options))
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in ("options", *first["loc"]))
        allowed = ", ".join(sorted(model.model_fields)) or "none"
        raise ManifestRefused(
            f"the reader {reader!r} cannot use this option: {first['msg']}",
            place=Place(field=field),
            remedy=f"Options of this reader: {allowed}.",
        ) from error


def refuse(
    raw: RawFile, problem: str, *, line: int | None = None, field: str | None = None, remedy: str = ""
) -> DocumentRefused:
    """The refusal of a raw file, for the caller to raise."""
    return DocumentRefused(problem, place=Place(file=raw.place, line=line, field=field), remedy=remedy)


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file's text with line ends normalised to LF, and the way back to the decoded raw text.

    Raw offsets count code points of the decoded text without its byte order mark, CRLF as two.
    """

    text: str
    #: Offsets in ``text`` of the line feeds that were CRLF, ascending.
    crlf: tuple[int, ...] = ()

    def raw_offset(self, offset: int) -> int:
        """Where ``text[offset]`` stood in the decoded raw text."""
        return offset + bisect_left(self.crlf, offset)

    def locator(self, start: int, end: int) -> str:
        """``chars:A-B`` of a span of ``text``."""
        return f"chars:{self.raw_offset(start)}-{self.raw_offset(end)}"

    def line(self, offset: int) -> int:
        """1-based line of an offset."""
        return self.text.count("\n", 0, offset) + 1

    def segments(self) -> tuple[Segment, ...]:
        """The map from ``text`` to raw, one stretch between two CRLF at a time, so that it is exact inside each."""
        return self.keep([Span(0, len(self.text))])[1]

    def keep(self, spans: Iterable[Span]) -> tuple[str, tuple[Segment, ...]]:
        """The text of ascending spans only, and its map to raw, exact inside each segment."""
        parts: list[str] = []
        segments: list[Segment] = []
        length = 0
        for span in spans:
            breaks = self.crlf[bisect_left(self.crlf, span.start) : bisect_left(self.crlf, span.end)]
            for start, end in zip((span.start, *(at + 1 for at in breaks)), (*breaks, span.end), strict=True):
                if start < end:
                    moved = length - span.start
                    segments.append(Segment(start + moved, end + moved, self.locator(start, end)))
            parts.append(span.of(self.text))
            length += span.end - span.start
        return "".join(parts), tuple(segments)


def read_bytes(raw: RawFile, limit: int = MAX_DOCUMENT_BYTES) -> bytes:
    """The whole file. Raises DocumentRefused beyond ``limit`` bytes or when it is empty."""
    if raw.size is not None and raw.size > limit:
        raise refuse(raw, f"{raw.size} bytes are more than the {limit} one document may have")
    with raw.open() as stream:
        data = stream.read(limit + 1)
    if len(data) > limit:
        raise refuse(raw, f"it holds more than the {limit} bytes one document may have")
    if not data.strip():
        raise refuse(raw, "the file is empty")
    return data


def decode_bytes(raw: RawFile, data: bytes, declared: str | None = None) -> str:
    """Bytes to text: by byte order mark, else by the declared encoding, else UTF-8; never with replacement."""
    encoding, mark = _encoding_of(raw, data, declared)
    try:
        return data[mark:].decode(encoding)
    except UnicodeDecodeError as error:
        raise _undecodable(
            raw, encoding, mark + error.start, error, data.count(b"\n", 0, mark + error.start) + 1
        ) from error


def _encoding_of(raw: RawFile, head: bytes, declared: str | None) -> tuple[str, int]:
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding, len(mark)
    name = declared or "utf-8"
    try:
        if not codecs.lookup(name)._is_text_encoding:
            raise LookupError(name)
    except LookupError as error:
        raise refuse(raw, f"the declared encoding {name!r} is not known", remedy=_ENCODING_REMEDY) from error
    return name, 0


def _undecodable(
    raw: RawFile, encoding: str, offset: int, error: UnicodeDecodeError, line: int
) -> DocumentRefused:
    value = error.object[error.start]
    problem = f"byte {offset} (0x{value:02x}) is not valid {encoding}: {error.reason}"
    return refuse(raw, problem, line=line, remedy=_ENCODING_REMEDY)


def read_decoded(
    raw: RawFile, declared: str | None = None, *, max_line: int | None = MAX_LINE_CHARS
) -> Decoded:
    """A whole file as text with LF line ends; ``max_line`` is None for formats where a line means nothing."""
    decoded = _normalise(decode_bytes(raw, read_bytes(raw), declared))
    check_characters(raw, decoded.text)
    if not decoded.text.strip():
        raise refuse(raw, "the file holds white space only")
    if max_line is not None:
        _check_lines(raw, decoded.text, max_line)
    return decoded


def _normalise(text: str) -> Decoded:
    if "\r" not in text:
        return Decoded(text)
    found = [match.start() for match in re.finditer("\r\n", text)]
    crlf = tuple(position - earlier for earlier, position in enumerate(found))
    return Decoded(text.replace("\r\n", "\n").replace("\r", "\n"), crlf)


def check_characters(raw: RawFile, text: str, *, line: int | None = None, field: str | None = None) -> None:
    """Refuses NUL, which cuts strings short in C libraries, and lone surrogates, which no UTF-8 can hold."""
    at = text.find("\0")
    if at >= 0:
        where = line if line is not None else text.count("\n", 0, at) + 1
        raise refuse(
            raw, f"a NUL character at character {at}", line=where, field=field, remedy=_ENCODING_REMEDY
        )
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        problem = f"a lone surrogate (U+{ord(text[error.start]):04X}) at character {error.start}"
        raise refuse(raw, problem, line=line, field=field) from error


def _check_lines(raw: RawFile, text: str, limit: int) -> None:
    if len(text) <= limit:
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > limit:
            raise refuse(raw, f"a line of {len(line)} characters; the limit is {limit}", line=number)


def lost_characters(text: str) -> int:
    """Replacement characters (U+FFFD) already in the source: someone before us lost these."""
    return text.count("\ufffd")


def iter_lines(raw: RawFile, declared: str | None = None) -> Iterator[str]:
    """The file's lines in order, each with LF at its end if it had any line end; memory holds one line at a time."""
    number = 0
    for number, line in enumerate(_split(decode_stream(raw, declared)), start=1):
        if len(line) > MAX_LINE_CHARS:
            raise refuse(raw, f"a line of more than {MAX_LINE_CHARS} characters", line=number)
        check_characters(raw, line, line=number)
        yield line
    if number == 0:
        raise refuse(raw, "the file is empty")


def decode_stream(raw: RawFile, declared: str | None = None) -> Iterator[str]:
    """The file's text in pieces of bounded size, decoded as :func:`decode_bytes` does; the last piece may be empty."""
    with raw.open() as stream:
        head = stream.read(_CHUNK)
        encoding, mark = _encoding_of(raw, head, declared)
        decoder = codecs.getincrementaldecoder(encoding)("strict")
        fed, lines, chunk = mark, 1, head[mark:]
        while True:
            fed += len(chunk)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                # The decoder held back the last bytes of the chunk before, so the error counts in its own buffer.
                offset = fed - len(error.object) + error.start
                lines += error.object.count(b"\n", 0, error.start)
                raise _undecodable(raw, encoding, offset, error, lines) from error
            lines += text.count("\n")
            yield text
            if not chunk:
                return
            chunk = stream.read(_CHUNK)


def _split(chunks: Iterator[str]) -> Iterator[str]:
    rest = ""
    for chunk in chunks:
        rest += chunk
        # A CR at the very end may be half of a CRLF: it waits for the next chunk.
        held = "\r" if chunk and rest.endswith("\r") else ""
        ready = rest[: len(rest) - len(held)].replace("\r\n", "\n").replace("\r", "\n")
        *lines, tail = ready.split("\n")
        for line in lines:
            yield line + "\n"
        rest = tail + held
        if len(rest) > MAX_LINE_CHARS + _CHUNK:
            break
    if rest:
        yield rest
