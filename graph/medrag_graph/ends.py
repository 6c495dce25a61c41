"""Finds the concept an assertion's end names: by its source's own names first, then by any name there is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from medrag.records import Assertion
from medrag.text.normalise import fold_name
from medrag_graph.concepts import Named
from medrag_graph.join import Join
from medrag_graph.model import ConceptKind
from medrag_graph.stems import english_forms
from medrag_graph.things import Thing

__all__ = ["Dangling", "Ends", "single"]

#: What an end may be, by predicate; the first kind is preferred where a name has several.
SUBJECTS: Final[dict[str, tuple[ConceptKind, ...]]] = {
    "is_a": ("disease", "finding"),
    "presents_with": ("disease",),
}
OBJECTS: Final[dict[str, tuple[ConceptKind, ...]]] = {
    "member_of": ("class", "drug"),
    "is_a": ("disease", "finding"),
    "presents_with": ("finding", "disease"),
    "indicated_for": ("disease", "finding"),
    "palliates": ("disease", "finding"),
    "contraindicated_in": ("disease", "finding"),
}
ANY: Final[tuple[ConceptKind, ...]] = ("drug", "class", "food")


@dataclass(frozen=True, slots=True, order=True)
class Dangling:
    """An end of an assertion that names no concept, or several."""

    assertion: str
    edition: str
    end: str
    name: str


class Ends:
    """Names to concepts, for the assertions of all editions; remembers what it did not find."""

    def __init__(self, things: Sequence[Thing], join: Join, named: Named) -> None:
        self._named = named
        self._kinds = {concept.id: concept.kind for concept in named.concepts}
        self._own: dict[tuple[str, str], set[str]] = defaultdict(set)
        for thing in things:
            concept = named.ids.get(join.group_of[thing.key])
            if concept is not None:
                self._own[thing.edition, thing.id].add(concept)
                for name in thing.names:
                    self._own[thing.edition, name.folded].add(concept)
        self._missed: set[Dangling] = set()
        self._any = cache(self.anywhere)

    def both(self, item: Assertion) -> tuple[str, str] | None:
        """(subject, object) as concept ids; None, and remembered, when either names none or several."""
        subject = self.one(item.edition, item.subject, SUBJECTS.get(item.predicate, ANY))
        target = self.one(item.edition, item.object, OBJECTS.get(item.predicate, ANY))
        for end, name, found in (("subject", item.subject, subject), ("object", item.object, target)):
            if found is None:
                self._missed.add(Dangling(item.id, item.edition, end, name))
        return (subject, target) if subject is not None and target is not None else None

    def itself(self, item: Assertion) -> tuple[str, str] | None:
        """The subject at both ends, for what is said of one concept."""
        subject = self.one(item.edition, item.subject, ANY)
        if subject is None:
            self._missed.add(Dangling(item.id, item.edition, "subject", item.subject))
            return None
        return subject, subject

    def one(self, edition: str, name: str, kinds: tuple[ConceptKind, ...]) -> str | None:
        """The one concept an edition means by a name, or None."""
        own = self._own.get((edition, name)) or self._own.get((edition, fold_name(name)), set())
        return single(own, self._kinds, kinds) or self._any(name, kinds)

    def anywhere(self, name: str, kinds: tuple[ConceptKind, ...]) -> str | None:
        """The one concept of any source that has the name, or its English form by the spelling rules."""
        folded = fold_name(name)
        for form in (folded, *(form for _, form in english_forms(folded))):
            found = single(self._named.names.get(form, ()), self._kinds, kinds)
            if found is not None:
                return found
        return None

    def dangling(self) -> tuple[Dangling, ...]:
        """Every end that was asked for and not found, in order."""
        return tuple(sorted(self._missed))


def single(
    found: Iterable[str], kinds: Mapping[str, ConceptKind], wanted: tuple[ConceptKind, ...]
) -> str | None:
    """The only one of the first wanted kind that is there at all."""
    held = sorted(found)
    for kind in wanted:
        some = [item for item in held if kinds[item] == kind]
        if some:
            return some[0] if len(some) == 1 else None
    return None
