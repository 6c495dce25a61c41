"""Reads what an edition states between its parties, and who belongs to what, in a form two editions can be compared in."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from medrag.catalogue import Catalogue
from medrag.records import Assertion, Document, Passage, Stated
from medrag.text.normalise import fold_name
from medrag_graph.changes.records import Entry, Graded, Quoted, rank

__all__ = ["EditionText", "Pair", "key_of", "letters", "read_text"]

#: Two names in the form names are compared in, in their order.
Pair = tuple[str, str]
#: A hyphen that a line break left a space behind: "adrénergiques- s".
BROKEN = re.compile(r"- +")


def key_of(name: str) -> str:
    """A name in the form names of two editions are compared in."""
    return fold_name(BROKEN.sub("-", name))


def letters(text: str) -> str:
    """A text by its letters and digits alone: editions differ in spaces lost at line breaks, which say nothing."""
    return "".join(character for character in fold_name(text) if character.isalnum())


@dataclass(slots=True)
class EditionText:
    """One edition, keyed by folded names."""

    edition: str
    #: Folded name to the name as it is written.
    names: dict[str, str] = field(default_factory=dict)
    #: Pair to what is stated of it.
    graded: dict[Pair, list[Graded]] = field(default_factory=dict)
    #: Class to its members.
    members: dict[str, set[str]] = field(default_factory=dict)

    def entry(self, pair: Pair) -> Entry:
        """What is stated of a pair. The gravest level comes first; mirrored entries that say the same are one."""
        told: dict[tuple[str, ...], Graded] = {}
        for item in self.graded[pair]:
            said = (item.severity, *map(letters, (item.condition, item.management, item.mechanism)))
            told.setdefault(said, item)
        ordered = sorted(
            told.values(), key=lambda item: (rank(item.severity), item.condition, item.management)
        )
        return Entry(self.names[pair[0]], self.names[pair[1]], tuple(ordered))

    @property
    def partners(self) -> dict[str, set[str]]:
        """Name to those it has an entry with."""
        told: dict[str, set[str]] = {}
        for one, other in self.graded:
            told.setdefault(one, set()).add(other)
            told.setdefault(other, set()).add(one)
        return told

    @property
    def classes(self) -> dict[str, set[str]]:
        """Member to its classes."""
        told: dict[str, set[str]] = {}
        for group, members in self.members.items():
            for member in members:
                told.setdefault(member, set()).add(group)
        return told


def read_text(catalogue: Catalogue, edition: str) -> EditionText:
    """The entries and memberships of an edition, with their quotes. Raises CatalogueUnavailable."""
    held = {document.id: (document, passages) for document, passages in catalogue.read_edition(edition)}
    made = EditionText(edition)
    for item in catalogue.assertions_in(edition):
        one, other = key_of(item.subject), key_of(item.object)
        made.names.setdefault(one, item.subject)
        made.names.setdefault(other, item.object)
        if item.predicate == "member_of":
            made.members.setdefault(other, set()).add(one)
        elif item.predicate == "interacts_with":
            pair = (one, other) if one <= other else (other, one)
            made.graded.setdefault(pair, []).append(graded_of(item, held))
    return made


def graded_of(item: Assertion, held: Mapping[str, tuple[Document, Sequence[Passage]]]) -> Graded:
    said = item.qualifiers
    quotes = [quoted_of(proof, *held[proof.document]) for proof in item.evidence if isinstance(proof, Stated)]
    management, mechanism = said.get("management", ""), said.get("mechanism", "")
    level = (item.severity, item.native_scale, item.native_level, item.condition)
    return Graded(*level, management, mechanism, tuple(quotes))


def quoted_of(proof: Stated, document: Document, passages: Sequence[Passage]) -> Quoted:
    at = bisect_right(passages, proof.span.start, key=lambda passage: passage.start) - 1
    inside = at >= 0 and proof.span.start < passages[at].end
    exact = proof.span.of(document.text)
    passage = passages[at].id if inside else None
    return Quoted(proof.role, exact, document.id, proof.span.start, proof.span.end, passage)
