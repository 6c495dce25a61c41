"""Tells what an index must write, move and delete so that it holds other editions than its base does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from medrag.catalogue import DocumentWords
from medrag.catalogue.reading import CatalogueReader
from medrag.index.strata import EditionSet, Strata, seat_of
from medrag.records import Passage

__all__ = ["Difference", "find_difference", "read_seats"]


@dataclass(slots=True)
class Difference:
    """Points by what becomes of them."""

    #: What the names of strata mean when all is done.
    strata: Strata
    #: Points no edition of the base holds, with their stratum.
    new: dict[str, str] = field(default_factory=dict)
    #: Points that go on in another stratum, by its name.
    moved: dict[str, list[str]] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)


def find_difference(
    catalogue: CatalogueReader, strata: Strata, held: Collection[str], wanted: Collection[str]
) -> Difference | None:
    """From an index of the editions ``held``, whose strata are given, to one of those ``wanted``.

    Only works some of whose editions come or go are read. None when the catalogue does not account for the points the
    index has of them.
    """
    made = Difference(strata)
    for work in sorted({edition.partition("@")[0] for edition in set(held) ^ set(wanted)}):
        before = sorted(edition for edition in held if edition.partition("@")[0] == work)
        after = sorted(edition for edition in wanted if edition.partition("@")[0] == work)
        sets = read_sets(catalogue, work, before, after)
        flows = Counter(sets.values())
        if not strata.holds(work, flows):
            return None
        names = strata.names
        chosen = strata.regroup(flows)
        for point, (old, new) in sets.items():
            if not new:
                made.gone.append(point)
            elif not old:
                made.new[point] = chosen[new]
            elif names[old] != chosen[new]:
                made.moved.setdefault(chosen[new], []).append(point)
    return made


def read_sets(
    catalogue: CatalogueReader, work: str, before: Collection[str], after: Collection[str]
) -> dict[str, tuple[EditionSet, EditionSet]]:
    """The editions that hold each point of a work, of those before and of those after."""
    old, new = frozenset(before), frozenset(after)
    every: dict[str, EditionSet] = {}
    for edition in sorted(old | new):
        for _, seats in read_seats(catalogue, work, edition):
            for _, point, _ in seats:
                every[point] = (*every.get(point, ()), edition)
    known: dict[EditionSet, tuple[EditionSet, EditionSet]] = {}
    for held in every.values():
        if held not in known:
            known[held] = tuple(e for e in held if e in old), tuple(e for e in held if e in new)
    return {point: known[held] for point, held in every.items()}


def read_seats(
    catalogue: CatalogueReader, work: str, edition: str
) -> Iterator[tuple[DocumentWords, list[tuple[Passage, str, str]]]]:
    """Every document of an edition with (passage, point, place) of its passages."""
    for document, passages in catalogue.read_words(edition):
        yield document, [(passage, *seat_of(work, document, passage)) for passage in passages]
