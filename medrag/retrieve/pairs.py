"""Looks up what the shelf's sources state between two things a question names: by name, not by resemblance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

from medrag.concepts import Thing
from medrag.shelf import Standing, StatedPair
from medrag.text.normalise import fold_name
from medrag.vocabulary import SEVERITY_ORDER

__all__ = ["find_stated"]


def find_stated(
    standing: Standing, things: Sequence[Thing], editions: Iterable[str]
) -> list[tuple[str, float]]:
    """(passage id, weight) of every entry between any two of the things, the most severe first.

    A thing is met under its own names and those of the classes it belongs to. The weight is 1.0 for the most severe
    level and falls by a tenth a level; passages of equal weight are ordered by id.
    """
    allowed = frozenset(editions)
    told: dict[str, float] = {}
    for one, other in combinations(things, 2):
        for pair in between(standing, one, other):
            if pair.edition in allowed:
                weight = 1.0 - SEVERITY_ORDER.index(pair.severity) / 10
                told[pair.passage] = max(told.get(pair.passage, 0.0), weight)
    return sorted(told.items(), key=lambda item: (-item[1], item[0]))


def between(standing: Standing, one: Thing, other: Thing) -> Iterable[StatedPair]:
    theirs = keys(other)
    for subject in keys(one):
        for object_, pair in standing.stated.get(subject, ()):
            if object_ in theirs:
                yield pair


def keys(thing: Thing) -> set[str]:
    """The folded names a source may use for a thing."""
    return {fold_name(name) for name in (*thing.all_names(), *thing.groups)}
