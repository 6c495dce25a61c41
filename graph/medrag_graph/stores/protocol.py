"""What the review asks of a home of the graph beyond its contents, and how both homes count and order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Protocol

from medrag_graph.model import Claim, ConceptKind, GraphData, GraphStore, Link, Predicate

__all__ = [
    "INTERACTIONS",
    "GraphHome",
    "claim_editions_of",
    "claims_in_order",
    "class_editions_of",
    "counts_of",
    "holding_of",
    "links_in_order",
]

#: The predicates that make an edition one that speaks of interactions.
INTERACTIONS: Final[tuple[Predicate, ...]] = ("interacts_with", "no_interaction_with")


class GraphHome(GraphStore, Protocol):
    """A graph store that also says what each source speaks of, so that "none found" can name who was asked."""

    def check(self, *, links: bool = False) -> None:
        """Raises GraphUnavailable unless everything that was loaded can be read. ``links`` looks at relationships too,
        which may take seconds."""

    def identifiers(self, kind: ConceptKind) -> Sequence[str]:
        """Ids of every concept of a kind, ascending."""

    def starting(self, prefix: str, limit: int) -> Mapping[str, tuple[str, ...]]:
        """The first ``limit`` folded names that begin with a folded prefix, ascending, with their concept ids."""

    def holding(self, identifiers: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
        """Concept id to the editions that state interactions and name it, in a claim or as a member of a class."""

    def claim_editions(self) -> Sequence[str]:
        """Editions that state anything at all, ascending."""

    def class_editions(self) -> Sequence[str]:
        """Editions that say themselves what belongs to their classes; their class claims reach no one else."""


def holding_of(data: GraphData) -> dict[str, tuple[str, ...]]:
    """What :meth:`GraphHome.holding` answers, of a whole snapshot."""
    speaking = {claim.edition for claim in data.claims if claim.predicate in INTERACTIONS}
    held: dict[str, set[str]] = {}
    for claim in data.claims:
        if claim.predicate in INTERACTIONS:
            held.setdefault(claim.subject, set()).add(claim.edition)
            held.setdefault(claim.object, set()).add(claim.edition)
    for link in data.links:
        if link.kind == "member_of" and link.edition in speaking:
            held.setdefault(link.source, set()).add(link.edition)
            held.setdefault(link.target, set()).add(link.edition)
    return {identifier: tuple(sorted(editions)) for identifier, editions in held.items()}


def class_editions_of(data: GraphData) -> tuple[str, ...]:
    """What :meth:`GraphHome.class_editions` answers; our own tables are no edition."""
    return tuple(sorted({link.edition for link in data.links if link.kind == "member_of"} - {"medrag"}))


def claim_editions_of(data: GraphData) -> tuple[str, ...]:
    """What :meth:`GraphHome.claim_editions` answers."""
    return tuple(sorted({claim.edition for claim in data.claims}))


def counts_of(data: GraphData) -> dict[str, int]:
    """Sizes of a snapshot: concepts and links by kind, claims by predicate, names."""
    counts: dict[str, int] = {"names": len(data.names)}
    words = [f"concepts.{item.kind}" for item in data.concepts]
    words += [f"links.{item.kind}" for item in data.links]
    words += [f"claims.{item.predicate}" for item in data.claims]
    for word in words:
        counts[word] = counts.get(word, 0) + 1
    return dict(sorted(counts.items()))


def links_in_order(links: Iterable[Link]) -> tuple[Link, ...]:
    """Each link once, in the canonical order."""
    unique = {(link.kind, link.source, link.target, link.edition): link for link in links}
    return tuple(unique[key] for key in sorted(unique))


def claims_in_order(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """Each claim once, by id."""
    unique = {claim.id: claim for claim in claims}
    return tuple(unique[key] for key in sorted(unique))
