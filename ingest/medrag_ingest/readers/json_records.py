"""Reads JSON and JSON Lines: one document per record, with a JSON pointer for every block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from pydantic import field_validator

from medrag.vocabulary import Language
from medrag_ingest.parsed import ParsedDocument, TextBuilder
from medrag_ingest.raw import RawFile
from medrag_ingest.readers.guard import (
    Options,
    check_characters,
    decode_bytes,
    iter_lines,
    lost_characters,
    parse_options,
    read_bytes,
    refuse,
)
from medrag_ingest.readers.strict_json import escape, follow, parse_json

__all__ = ["JsonOptions", "read_json", "read_jsonl"]

#: A shorter value stands on one line with its name; a longer one stands under its name as a heading.
INLINE_CHARS: Final = 120


class JsonOptions(Options):
    """JSON pointers (``/drug/name``; a bare name is a top-level field), all but ``records`` within a record."""

    #: Where the list of records stands; "" is the whole file.
    records: str = ""
    #: Field that names each record, unique in the file; the record's position where not given.
    key: str | None = None
    title: str | None = None
    #: Fields to read, in order; empty: all of the record.
    text: tuple[str, ...] = ()
    published: str | None = None
    url: str | None = None
    language: Language | None = None
    encoding: str | None = None

    @field_validator("records", "key", "title", "published", "url")
    @classmethod
    def as_pointer(cls, value: str | None) -> str | None:
        """A bare name becomes a pointer."""
        return f"/{escape(value)}" if value and not value.startswith("/") else value

    @field_validator("text")
    @classmethod
    def as_pointers(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        """Bare names become pointers."""
        return tuple(value if value.startswith("/") else f"/{escape(value)}" for value in values)


def read_json(raw: RawFile, options: Mapping[str, object]) -> Iterator[ParsedDocument]:
    """One document per record; a file that is one object is one record. Raises DocumentRefused, ManifestRefused."""
    chosen = parse_options(JsonOptions, options, "json")
    text = decode_bytes(raw, read_bytes(raw), chosen.encoding)
    check_characters(raw, text)
    records = follow(parse_json(raw, text), chosen.records)
    if not isinstance(records, list | dict):
        raise refuse(raw, "no records: neither a list nor an object", field=chosen.records or "/")
    if isinstance(records, dict):
        yield from _documents(raw, chosen, [(chosen.records, None, records)])
    else:
        yield from _documents(
            raw, chosen, ((f"{chosen.records}/{n}", None, item) for n, item in enumerate(records))
        )


def read_jsonl(raw: RawFile, options: Mapping[str, object]) -> Iterator[ParsedDocument]:
    """One document per line; blank lines are passed over. Locators are lines. Raises as :func:`read_json`."""
    chosen = parse_options(JsonOptions, options, "jsonl")
    if chosen.records:
        raise refuse(raw, "JSON Lines has no list of records to point to", field="options.records")
    lines = ((n, line) for n, line in enumerate(iter_lines(raw, chosen.encoding), start=1) if line.strip())
    yield from _documents(
        raw, chosen, (("", number, parse_json(raw, line, line=number)) for number, line in lines)
    )


def _documents(
    raw: RawFile,
    chosen: JsonOptions,
    records: Iterable[tuple[str, int | None, object]],
) -> Iterator[ParsedDocument]:
    seen: set[str] = set()
    for pointer, line, record in records:
        if not isinstance(record, dict):
            raise refuse(
                raw, f"a record is {type(record).__name__}, not an object", line=line, field=pointer or None
            )
        document = _document(raw, chosen, pointer, line, record)
        if document.key in seen:
            raise refuse(raw, f"two records have the key {document.key!r}", line=line, field=pointer or None)
        seen.add(document.key)
        yield document
    if not seen:
        raise refuse(raw, "the file holds no record", field=chosen.records or None)


def _document(
    raw: RawFile, chosen: JsonOptions, pointer: str, line: int | None, record: object
) -> ParsedDocument:
    def named(field: str | None, what: str) -> str | None:
        if field is None:
            return None
        value = follow(record, field)
        if isinstance(value, bool) or not isinstance(value, str | int) or not str(value).strip():
            raise refuse(raw, f"the record has no {what}", line=line, field=f"{pointer}{field}")
        return str(value).strip()

    base = raw.path
    key = named(chosen.key, "key") or (f"{base}#{line}" if line else f"{base}#{pointer}" if pointer else base)
    builder = TextBuilder()
    for field in chosen.text or ("",):
        _write(
            builder,
            follow(record, field),
            field,
            f"{pointer}{field}",
            f"lines:{line}-{line}" if line else None,
            1,
        )
    text, blocks, segments = builder.finish()
    if not text:
        raise refuse(raw, "the record holds no text", line=line, field=pointer or None)
    return ParsedDocument(
        key=key,
        title=named(chosen.title, "title") or key,
        text=text,
        blocks=blocks,
        segments=segments,
        raw_member=raw.member,
        language=chosen.language,
        published=named(chosen.published, "date"),
        url=named(chosen.url, "address"),
        lost_characters=lost_characters(text),
    )


def _write(
    builder: TextBuilder, value: object, name: str, pointer: str, line: str | None, level: int
) -> None:
    """Writes a value: an object's and a list's parts each on their own, a long text under its name, a short one after it."""
    label = name.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
    locator = line or pointer or "/"
    if isinstance(value, dict | list):
        if label and value and not label.isdecimal():
            builder.heading(label, level, locator=locator)
        steps = value.items() if isinstance(value, dict) else enumerate(value)
        for step, item in steps:
            at = escape(str(step))
            _write(builder, item, f"/{at}", f"{pointer}/{at}", line, level + 1)
        return
    words = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value).strip()
    if not words:
        return
    if label.isdecimal() or not label:
        builder.write("list_item", words, locator=locator)
    elif len(words) <= INLINE_CHARS and "\n" not in words:
        builder.write("paragraph", f"{label}: {words}", locator=locator)
    else:
        builder.heading(label, level, locator=locator)
        builder.write("paragraph", words, locator=locator)
