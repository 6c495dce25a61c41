"""Parses JSON strictly: no duplicate keys, no NaN, no NUL, bounded depth; and follows JSON pointers (RFC 6901)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NoReturn

from medrag_ingest.raw import RawFile
from medrag_ingest.readers.guard import MAX_JSON_DEPTH, check_characters, refuse

__all__ = ["DECODER", "check_value", "escape", "follow", "parse_json"]


def _unique(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for number, name in enumerate(names) if name in names[:number])
        raise _NotStrictError(f"the key {twice!r} stands twice in one object")
    return made


def _no_constant(name: str) -> NoReturn:
    raise _NotStrictError(f"{name} is not JSON")


class _NotStrictError(ValueError):
    """JSON that parsers disagree on."""


#: Decodes one value at a position; raises ValueError (JSONDecodeError where it may be truncated) or RecursionError.
DECODER: Final = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant)


def parse_json(raw: RawFile, text: str, *, line: int | None = None) -> object:
    """The value of a text. Raises DocumentRefused naming line and column; ``line`` where the text is one line of many."""
    try:
        value: object = DECODER.decode(text)
    except json.JSONDecodeError as error:
        where = f"column {error.colno}, character {error.pos}"
        raise refuse(raw, f"not JSON: {error.msg} at {where}", line=line or error.lineno) from error
    except RecursionError as error:
        raise refuse(raw, f"nested more than {MAX_JSON_DEPTH} deep", line=line) from error
    except ValueError as error:
        raise refuse(raw, f"not JSON: {error}", line=line) from error
    check_value(raw, value, "", line=line)
    return value


def check_value(raw: RawFile, value: object, pointer: str, *, line: int | None = None) -> None:
    """Refuses a value nested beyond MAX_JSON_DEPTH, or with text no UTF-8 can hold or a NUL cuts short."""
    layer: list[tuple[str, object]] = [(pointer, value)]
    depth = 0
    while layer:
        below: list[tuple[str, object]] = []
        for place, item in layer:
            if isinstance(item, str):
                check_characters(raw, item, line=line, field=place)
            elif isinstance(item, dict | list) and depth == MAX_JSON_DEPTH:
                raise refuse(raw, f"nested more than {MAX_JSON_DEPTH} deep", line=line, field=pointer or None)
            else:
                below.extend(_inside(place, item))
        layer, depth = below, depth + 1


def _inside(place: str, item: object) -> Iterator[tuple[str, object]]:
    if isinstance(item, Mapping):
        for key, value in item.items():
            yield f"{place}/{escape(key)}", key
            yield f"{place}/{escape(key)}", value
    elif isinstance(item, list):
        for number, value in enumerate(item):
            yield f"{place}/{number}", value


def escape(key: str) -> str:
    """A key as one step of a JSON pointer."""
    return key.replace("~", "~0").replace("/", "~1")


def follow(value: object, pointer: str) -> object:
    """The value a JSON pointer leads to; None where it leads nowhere."""
    for step in pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(value, Mapping):
            value = value.get(key)
        elif isinstance(value, list) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        else:
            return None
    return value
