"""What was found in a text that names a person, and the text without it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

__all__ = ["KINDS", "Finder", "Identifier", "Kind", "Removed"]

Kind = Literal[
    "name",
    "national_id",
    "passport",
    "phone",
    "email",
    "url",
    "address",
    "birth_date",
    "record",
    "card",
    "ip",
    "account",
]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)


@dataclass(frozen=True, slots=True, order=True)
class Identifier:
    """A stretch of a text that names a person: ``text[start:end]``, in code points."""

    start: int
    end: int
    kind: Kind


#: Finds identifiers in a text that is read already (see `medrag.privacy.reading`).
Finder = Callable[[str], Iterator[Identifier]]


@dataclass(frozen=True, slots=True)
class Removed:
    """``text`` with ``[kind]`` where an identifier stood. ``spans`` count in the text as it was given, in its order."""

    text: str
    spans: tuple[Identifier, ...] = ()
    counts: Mapping[Kind, int] = field(default_factory=dict)
