"""Reads JSON and XML whose shape is known in advance; what is not as announced is refused, with its place."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, NoReturn

from medrag_ingest.raw import RawFile
from medrag_ingest.readers.guard import (
    Options,
    check_characters,
    decode_bytes,
    parse_options,
    read_bytes,
    refuse,
)

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["check_keys", "load_json", "load_xml", "no_options", "text_at", "unforeseen"]

_REMEDY: Final = "Compare the file with the card's hash; a new edition of the source may need a new reader."


def no_options(options: Mapping[str, object], reader: str) -> None:
    """For readers without options. Raises ManifestRefused when the card gives one."""
    parse_options(Options, options, reader)


def unforeseen(raw: RawFile, problem: str, *, field: str | None = None, line: int | None = None) -> NoReturn:
    """Raises DocumentRefused that names the file and the field (a JSON pointer or XPath) or line."""
    raise refuse(raw, problem, field=field, line=line, remedy=_REMEDY)


def load_json(raw: RawFile) -> object:
    """The file's JSON. Raises DocumentRefused: not UTF-8, truncated, a key twice, NaN, nested too deep."""
    text = decode_bytes(raw, read_bytes(raw))
    check_characters(raw, text)
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        unforeseen(raw, f"not JSON: {error.msg}", line=error.lineno)
    except (ValueError, RecursionError) as error:
        unforeseen(raw, f"not JSON medrag reads: {error}")


def _unique(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    made: dict[str, object] = {}
    for key, value in pairs:
        if key in made:
            raise ValueError(f"the key {key!r} stands twice in one object")
        made[key] = value
    return made


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def check_keys(raw: RawFile, value: object, keys: frozenset[str], pointer: str) -> Mapping[str, object]:
    """``value`` when it is an object of exactly these keys, else DocumentRefused naming the pointer."""
    if not isinstance(value, dict):
        unforeseen(raw, f"an object of {', '.join(sorted(keys))} was expected", field=pointer)
    if odd := set(value) ^ keys:
        unforeseen(raw, f"keys missing or not known: {', '.join(sorted(map(repr, odd)))}", field=pointer)
    return value


def text_at(raw: RawFile, value: object, pointer: str, *, filled: bool = False) -> str:
    """``value`` when it is text (``filled``: not of white space only), else DocumentRefused naming the pointer."""
    if not isinstance(value, str) or (filled and not value.strip()):
        unforeseen(raw, "text was expected", field=pointer)
    return value


def load_xml(raw: RawFile) -> Element:
    """The file's root element. Raises DocumentRefused: not well-formed, a DOCTYPE, an entity of its own."""
    # defusedxml: entity expansion and outside references are refused before they are read.
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    try:
        root: Element = fromstring(read_bytes(raw), forbid_dtd=True)
    except ParseError as error:
        line = error.position[0] if getattr(error, "position", None) else None
        unforeseen(raw, f"not well-formed XML: {error}", line=line)
    except DefusedXmlException as error:
        unforeseen(raw, f"XML that is refused whoever wrote it: {type(error).__name__}")
    except (LookupError, ValueError) as error:
        unforeseen(raw, f"not XML medrag reads: {error}")
    return root
