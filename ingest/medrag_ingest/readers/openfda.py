"""Reads openFDA's drug-label partitions: a JSON file of gigabytes, one label in memory at a time."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from medrag.records import Segment
from medrag.vocabulary import Language
from medrag_ingest.parsed import ParsedDocument
from medrag_ingest.raw import RawFile
from medrag_ingest.readers.guard import (
    MAX_DOCUMENT_BYTES,
    MAX_JSON_DEPTH,
    Options,
    decode_stream,
    lost_characters,
    parse_options,
    refuse,
)
from medrag_ingest.readers.html import HTML, parse_html
from medrag_ingest.readers.loinc import PRODUCT_DATA, SECTION_NAMES, UNCLASSIFIED, code_of_field
from medrag_ingest.readers.markup import FlowWriter, children_with_paths
from medrag_ingest.readers.strict_json import DECODER, check_value
from medrag_ingest.readers.tables import TableTooWide

__all__ = ["OpenFdaOptions", "iter_results", "read_openfda"]

#: What may follow a number that is not yet whole; "" is the end of the window.
_MAYBE_MORE: Final = ("", ".", "e", "E", *"0123456789+-")
_SPACE = re.compile(r"[ \t\n\r]*")
#: ``/results/3/drug_interactions_table/0``
_TEXT_POINTER = re.compile(r"/results/\d+/[^/]+/\d+")
_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")


class OpenFdaOptions(Options):
    """The labels' language."""

    language: Language = "en"


def read_openfda(raw: RawFile, options: Mapping[str, object]) -> Iterator[ParsedDocument]:
    """One document per label; its key is the set id. Raises DocumentRefused naming the result's pointer."""
    chosen = parse_options(OpenFdaOptions, options, "openfda")
    seen: set[str] = set()
    held: ParsedDocument | None = None
    textless = 0
    for number, result in enumerate(iter_results(raw)):
        pointer = f"/results/{number}"
        if not isinstance(result, dict):
            raise refuse(raw, "a result is not an object", field=pointer)
        check_value(raw, result, pointer)
        document = _document(raw, result, pointer, chosen.language, seen)
        if document is None:
            textless += 1
            continue
        if held is not None:
            yield held
        held = document
    if held is None:
        raise refuse(raw, "the file holds no label with text", field="/results")
    # The last label tells of the labels left out, for the receipt.
    yield replace(held, notes={**held.notes, "labels_without_text": textless}) if textless else held


def iter_results(raw: RawFile) -> Iterator[object]:
    """The members of the top-level ``results``, decoded one at a time. Raises DocumentRefused naming the character."""
    buffer = _Buffer(raw)
    buffer.expect("{")
    found = False
    while buffer.peek() != "}":
        name = buffer.value()
        buffer.expect(":")
        if name == "results":
            found = True
            yield from _members(buffer)
        else:
            buffer.value()
        buffer.comma_before("}")
    buffer.expect("}")
    if buffer.peek():
        raise buffer.wrong("something after the end of the object")
    if not found:
        raise refuse(raw, "no field 'results' at the top level")


def _members(buffer: _Buffer) -> Iterator[object]:
    buffer.expect("[")
    while buffer.peek() != "]":
        yield buffer.value()
        buffer.comma_before("]")
    buffer.expect("]")


class _Buffer:
    """A window that slides over the file's text; it holds what the value at hand needs and no more."""

    def __init__(self, raw: RawFile) -> None:
        self._raw = raw
        self._pieces = decode_stream(raw)
        self._text = ""
        self._at = 0
        #: Characters already dropped from the front.
        self._dropped = 0
        self._ended = False

    def peek(self) -> str:
        """The next character that is not white space; "" at the end of the file."""
        while True:
            self._at = _end_of_space(self._text, self._at)
            if self._at < len(self._text) or not self._more():
                return self._text[self._at : self._at + 1]

    def expect(self, character: str) -> None:
        """Passes one character. Raises DocumentRefused when another stands there."""
        found = self.peek()
        if found != character:
            raise self.wrong(
                f"{character!r} was expected, {f'{found!r} found' if found else 'the file ended'}"
            )
        self._at += 1

    def comma_before(self, closing: str) -> None:
        """Passes the comma between two members; none stands before the closing bracket."""
        if self.peek() == closing:
            return
        self.expect(",")
        if self.peek() == closing:
            raise self.wrong(f"a value was expected after a comma, {closing!r} found")

    def value(self) -> object:
        """The next JSON value. Raises DocumentRefused."""
        self.peek()
        while True:
            try:
                value, end = DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if self._ended:
                    raise self.wrong(f"not JSON, or cut short: {error.msg}", at=error.pos) from error
            except RecursionError as error:
                raise self.wrong(f"nested more than {MAX_JSON_DEPTH} deep") from error
            except ValueError as error:
                raise self.wrong(f"not JSON: {error}") from error
            else:
                # A number at the end of the window ("1", "1.") may go on in the next piece.
                if self._ended or self._text[end : end + 1] not in _MAYBE_MORE:
                    self._at = end
                    return value
            # Twice as much each time, so that a long value is decoded a handful of times, not once a piece.
            self._more(len(self._text) - self._at)

    def _more(self, wanted: int = 1) -> bool:
        """Takes in at least ``wanted`` characters more; False where the file has no more."""
        pieces = [self._text[self._at :]]
        taken = 0
        while taken < wanted and not self._ended:
            piece = next(self._pieces, None)
            self._ended = piece is None
            pieces.append(piece or "")
            taken += len(pieces[-1])
            if len(pieces[0]) + taken > MAX_DOCUMENT_BYTES:
                raise self.wrong(f"one value of more than {MAX_DOCUMENT_BYTES} characters")
        self._dropped += self._at
        self._text, self._at = "".join(pieces), 0
        return taken > 0

    def wrong(self, problem: str, *, at: int | None = None) -> Exception:
        """The refusal, naming the character of the file."""
        return refuse(self._raw, f"{problem} at character {self._dropped + (self._at if at is None else at)}")


def _end_of_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _key(raw: RawFile, result: Mapping[str, object], pointer: str, seen: set[str]) -> str:
    """The set id; for a second version of a label in one file, ``<set id>/<id>``."""
    own = [
        value.strip()
        for name in ("set_id", "id")
        if isinstance(value := result.get(name), str) and value.strip()
    ]
    if not own:
        raise refuse(raw, "the label has neither set_id nor id", field=pointer)
    key = own[0] if own[0] not in seen else "/".join(own)
    if key in seen:
        raise refuse(raw, f"two results are the label {key!r}", field=pointer)
    seen.add(key)
    return key


def _document(
    raw: RawFile, result: Mapping[str, object], pointer: str, language: Language, seen: set[str]
) -> ParsedDocument | None:
    """One label; None where no section of it holds text."""
    key = _key(raw, result, pointer, seen)
    names = result.get("openfda")
    openfda: Mapping[str, object] = names if isinstance(names, dict) else {}
    writer = FlowWriter(HTML)
    _write_names(writer, openfda, pointer)
    for field, value in result.items():
        _write_field(raw, writer, field, value, pointer)
    text, blocks, segments = writer.builder.finish()
    if all(block.code == PRODUCT_DATA for block in blocks):
        return None
    return ParsedDocument(
        key=key,
        title=_title(openfda) or f"Drug label {key}",
        text=text,
        blocks=blocks,
        segments=tuple(Segment(item.start, item.end, _pointer_of(item.locator)) for item in segments),
        raw_member=raw.member,
        language=language,
        publisher=", ".join(_texts(openfda.get("manufacturer_name"))) or None,
        published=_date(result.get("effective_time")),
        url=f"https://dailymed.nlm.nih.gov/dailymed/drugInfo.cfm?setid={key.partition('/')[0]}",
        lost_characters=lost_characters(text),
        notes=dict(writer.notes),
    )


def _pointer_of(locator: str) -> str:
    """The JSON pointer alone: a table's rows carry the path inside its markup after it."""
    match = _TEXT_POINTER.match(locator)
    return match.group() if match else locator


def _texts(value: object) -> list[str]:
    return (
        [item.strip() for item in value if isinstance(item, str) and item.strip()]
        if isinstance(value, list)
        else []
    )


def _title(openfda: Mapping[str, object]) -> str:
    brand = ", ".join(_texts(openfda.get("brand_name"))[:1])
    generic = ", ".join(_texts(openfda.get("generic_name")) or _texts(openfda.get("substance_name")))
    return (
        f"{brand} ({generic})"
        if brand and generic and brand.casefold() != generic.casefold()
        else brand or generic
    )


def _date(value: object) -> str | None:
    match = _DATE.match(value) if isinstance(value, str) else None
    return "-".join(match.groups()) if match else None


def _write_names(writer: FlowWriter, openfda: Mapping[str, object], pointer: str) -> None:
    fields = (
        ("Product", "brand_name"),
        ("Generic name", "generic_name"),
        ("Active ingredient", "substance_name"),
    )
    lines = [
        f"{name}: {', '.join(_texts(openfda.get(field)))}"
        for name, field in fields
        if _texts(openfda.get(field))
    ]
    if lines:
        writer.code = PRODUCT_DATA
        writer.builder.write("paragraph", "\n".join(lines), locator=f"{pointer}/openfda", code=PRODUCT_DATA)


def _write_field(raw: RawFile, writer: FlowWriter, field: str, value: object, pointer: str) -> None:
    """Writes a section field, or the tables of one, under the section's name; counts the fields it knows nothing of."""
    base = field.removesuffix("_table")
    code = code_of_field(base)
    if code is None:
        if _texts(value):
            writer.notes["fields_without_section"] += 1
        return
    writer.code = None if code == UNCLASSIFIED else code
    name = SECTION_NAMES.get(code, "") if code != UNCLASSIFIED else ""
    texts = (
        [(number, words) for number, words in enumerate(value) if isinstance(words, str) and words.strip()]
        if isinstance(value, list)
        else []
    )
    # A section's tables come in a field of their own after its text: they stay under the one heading.
    if writer.builder.section != (name,):
        writer.leave(1)
        if texts and name:
            writer.heading(name, 1, f"{pointer}/{field}")
    for number, words in texts:
        at = f"{pointer}/{field}/{number}"
        if base != field:
            _write_table(raw, writer, words, at)
        else:
            writer.write("paragraph", words, at)


def _write_table(raw: RawFile, writer: FlowWriter, markup: str, pointer: str) -> None:
    """openFDA hands tables on as the label's own markup."""
    root = parse_html(raw, markup)
    start = writer.builder.length
    try:
        for body, _ in children_with_paths(root, ""):
            writer.flow(body, pointer)
    except TableTooWide as error:
        raise refuse(raw, str(error), field=pointer) from error
    if writer.builder.length == start:
        writer.notes["empty_tables"] += 1
