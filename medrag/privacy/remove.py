"""Takes out of a text what names a person, and leaves doses, values, ages, codes and years as they stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from medrag.concepts import Linker, default_linker
from medrag.privacy.names_chinese import find_chinese_names
from medrag.privacy.names_latin import find_latin_names
from medrag.privacy.numbers import find_numbers
from medrag.privacy.places import find_birth_dates, find_places, find_web
from medrag.privacy.reading import read_text
from medrag.privacy.records import KINDS, Identifier, Removed

__all__ = ["find_identifiers", "remove_identifiers"]


def remove_identifiers(text: str, linker: Linker | None = None) -> Removed:
    """The text with ``[kind]`` where an identifier stood, what went and where. Pure: nothing is sent, kept or logged.

    ``linker`` knows the names that are of medicines and diseases and never of people; the lexicon's by default.
    """
    spans = find_identifiers(text, linker)
    parts: list[str] = []
    at = 0
    for found in spans:
        parts += [text[at : found.start], f"[{found.kind}]"]
        at = found.end
    return Removed("".join([*parts, text[at:]]), spans, Counter(found.kind for found in spans))


def find_identifiers(text: str, linker: Linker | None = None) -> tuple[Identifier, ...]:
    """The identifiers of a text in order; those that touch or overlap are one, of the kind of the longest."""
    reading = read_text(text)
    found = joined(find_all(reading.text, linker or default_linker()))
    return tuple(
        Identifier(reading.origin[one.start], reading.origin[one.end - 1] + 1, one.kind) for one in found
    )


def find_all(text: str, linker: Linker) -> Iterator[Identifier]:
    yield from find_web(text)
    yield from find_numbers(text)
    yield from find_birth_dates(text)
    yield from find_places(text)
    yield from find_latin_names(text, linker)
    yield from find_chinese_names(text, linker)


def joined(found: Iterable[Identifier]) -> list[Identifier]:
    """Overlapping spans as one; of spans as long as each other the kind that `KINDS` names first."""
    whole: list[Identifier] = []
    longest = 0
    for one in sorted(found, key=lambda one: (one.start, -one.end, KINDS.index(one.kind))):
        size = one.end - one.start
        if whole and one.start < whole[-1].end:
            last = whole.pop()
            kind = one.kind if size > longest else last.kind
            whole.append(Identifier(last.start, max(last.end, one.end), kind))
            longest = max(longest, size)
        elif size > 0:
            whole.append(one)
            longest = size
    return whole
