"""Shares a point between the editions of a work that hold the same passage, so that a new edition costs what it changed.

A point's ``edition`` is not an edition's id but the name of a set of editions, a stratum; which editions a name means
is told once, in the index's meta. When an edition comes or goes, most points of a work go on together: their stratum
keeps its name and means another set. Only the points that part from the rest are given another name, and only what no
edition held before is written. The sets are a function of what the editions hold, never of the order they came in.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from medrag.catalogue import DocumentWords
from medrag.identifiers import content_id, id_of_passage, sha256_text
from medrag.records import Passage
from medrag.text.indexed import index_text

__all__ = ["EditionSet", "Strata", "passage_in", "seat_of"]

#: Edition ids, ascending; the empty one is that of what is not held.
EditionSet = tuple[str, ...]


def seat_of(work: str, document: DocumentWords, passage: Passage) -> tuple[str, str]:
    """(point, place) of a passage: the same in every edition of its work where the same is found by the same words.

    A passage whose id does not follow from its place has a point of its own, and no place.
    """
    digest = sha256_text(passage.text)
    if passage.id != id_of_passage(passage.edition, document.key, passage.start, passage.end, digest):
        return passage.id, ""
    place = json.dumps((document.key, passage.start, passage.end, digest), ensure_ascii=False)
    words = sha256_text(index_text(document.title, passage, document.text))
    marks = (document.jurisdiction or "", document.language, passage.code or "")
    return content_id("p_", "point", work, place, words, *marks), place


def passage_in(edition: str, point: str, place: str) -> str:
    """The id a point's passage has in an edition; the inverse of :func:`seat_of`."""
    return id_of_passage(edition, *json.loads(place)) if place else point


@dataclass(slots=True)
class Strata:
    """What each name of a stratum means, and how many points it has."""

    named: dict[str, tuple[EditionSet, int]]

    @classmethod
    def from_json(cls, told: str) -> Strata:
        return cls({name: (tuple(editions), points) for name, (editions, points) in json.loads(told).items()})

    def as_json(self) -> str:
        return json.dumps(self.named, sort_keys=True)

    @property
    def names(self) -> dict[EditionSet, str]:
        return {editions: name for name, (editions, _) in self.named.items()}

    @property
    def points(self) -> int:
        return sum(points for _, points in self.named.values())

    @property
    def passages(self) -> int:
        """Of all editions together."""
        return sum(len(editions) * points for editions, points in self.named.values())

    def holds(self, work: str, flows: Mapping[tuple[EditionSet, EditionSet], int]) -> bool:
        """Whether the points of a work that are to go on or go are those that are there."""
        before: Counter[EditionSet] = Counter()
        for (old, _), points in flows.items():
            before[old] += points
        del before[()]
        of_work = {held: n for held, n in self.named.values() if held[0].partition("@")[0] == work}
        return of_work == dict(before)

    def regroup(self, flows: Mapping[tuple[EditionSet, EditionSet], int]) -> dict[EditionSet, str]:
        """Takes points from set to set and gives each new set its name: that of the stratum most of it comes from."""
        names, chosen = self.names, dict[EditionSet, str]()
        for (old, new), _ in sorted(flows.items(), key=lambda flow: (-flow[1], flow[0])):
            if old and new and new not in chosen and names[old] not in chosen.values():
                chosen[new] = names[old]
        for old in {old for old, _ in flows if old}:
            del self.named[names[old]]
        for new in sorted({new for _, new in flows if new}):
            name = chosen.setdefault(new, self.unused(chosen.values()))
            points = sum(points for (_, to), points in flows.items() if to == new)
            self.named[name] = new, points
        return chosen

    def unused(self, taken: Iterable[str]) -> str:
        """A name no stratum has."""
        numbers = [int(name[1:]) for name in (*self.named, *taken)]
        return f"e{max(numbers, default=0) + 1}"
