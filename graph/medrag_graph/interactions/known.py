"""What reviews of one snapshot find out about concepts and claims, kept between them: nothing of who asked, or for whom."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from medrag_graph.interactions.classes import Path
    from medrag_graph.interactions.report import Citation, Quote
    from medrag_graph.interactions.units import Unit
    from medrag_graph.resolve import Resolution

__all__ = ["MOST_KEPT", "Broader", "Cited", "Known"]

Key = TypeVar("Key", bound=Hashable)
Found = TypeVar("Found")

#: Of each kind. A drug with its classes has some 10 KB, a claim with its quotes some 2 KB.
MOST_KEPT: Final = 20_000


@dataclass(frozen=True, slots=True)
class Broader:
    """A condition with the broader diseases it is a kind of: the path to each, and the folded names of all."""

    paths: Mapping[str, Path]
    folded: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cited:
    """A claim's citations in the order of its evidence, the chief one, the quotes chief first, and its other words."""

    citations: tuple[Citation, ...]
    chief: Citation | None
    quotes: tuple[Quote, ...]
    details: Mapping[str, str]


@dataclass(slots=True)
class Known:
    """Answers of the graph and the shelf to questions that every review asks anew. Made for one snapshot.

    A review writes into a :meth:`draft`, which is kept only when the snapshot was the same before and after. Keys are
    ids of concepts, claims and editions: what a person typed, and for whom, is never kept.
    """

    #: (concept id, products of the regimen it is part of, editions in force) to the unit, its inputs left empty.
    units: dict[tuple[str, tuple[str, ...], frozenset[str]], Unit | None] = field(default_factory=dict)
    #: (kinds looked for, concept ids a name stands for) to what that resolves to, whatever the name was.
    resolved: dict[tuple[tuple[str, ...], tuple[str, ...]], Resolution | None] = field(default_factory=dict)
    broader: dict[str, Broader] = field(default_factory=dict)
    foods: dict[str, tuple[Unit, ...]] = field(default_factory=dict)
    cited: dict[str, Cited] = field(default_factory=dict)

    def draft(self) -> Known:
        """What is known, to read from and write into; nothing is copied."""
        return Known(*(Draft(getattr(self, kind)) for kind in KINDS))

    def keep(self, draft: Known) -> None:
        """Takes over what a draft found out. Several threads may at once: they found the same.

        Nothing is ever taken out of a dictionary that drafts look into: one that is full is put aside for a new one.
        """
        for kind in KINDS:
            kept, found = getattr(self, kind), getattr(draft, kind)
            if len(kept) + len(found) > MOST_KEPT:
                setattr(self, kind, dict(found))
            elif found:
                kept.update(found)


KINDS: Final = ("units", "resolved", "broader", "foods", "cited")


class Draft(dict[Key, Found]):
    """A dictionary that looks into another for what it does not hold itself."""

    __slots__ = ("_kept",)

    def __init__(self, kept: Mapping[Key, Found]) -> None:
        super().__init__()
        self._kept = kept

    def __contains__(self, key: object) -> bool:
        return super().__contains__(key) or key in self._kept

    def __missing__(self, key: Key) -> Found:
        return self._kept[key]
