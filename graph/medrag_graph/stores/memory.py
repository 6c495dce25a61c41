"""The graph in memory: plain dictionaries for the review, a networkx graph made when someone asks for paths or an export."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from medrag.errors import GraphUnavailable
from medrag_graph.model import Claim, ConceptKind, GraphConcept, GraphData, Link, LinkKind, Predicate
from medrag_graph.stores.protocol import (
    claim_editions_of,
    claims_in_order,
    class_editions_of,
    counts_of,
    holding_of,
    links_in_order,
)

if TYPE_CHECKING:
    import networkx

__all__ = ["MemoryGraph"]


class Indexes:
    """One snapshot, indexed. Never changed after it is made, so that readers of the old one go on undisturbed."""

    def __init__(self, data: GraphData) -> None:
        self.data = data
        self.concepts = {concept.id: concept for concept in data.concepts}
        self.kinds: dict[str, list[str]] = {}
        for concept in sorted(data.concepts, key=lambda item: item.id):
            self.kinds.setdefault(concept.kind, []).append(concept.id)
        self.links_from: dict[str, list[Link]] = {}
        self.links_to: dict[str, list[Link]] = {}
        for link in data.links:
            self.links_from.setdefault(link.source, []).append(link)
            self.links_to.setdefault(link.target, []).append(link)
        #: Predicate to one end to other end to the claims between them, whichever way round they are stated.
        self.between: dict[str, dict[str, dict[str, list[Claim]]]] = {}
        for claim in data.claims:
            held = self.between.setdefault(claim.predicate, {})
            held.setdefault(claim.subject, {}).setdefault(claim.object, []).append(claim)
            if claim.subject != claim.object:
                held.setdefault(claim.object, {}).setdefault(claim.subject, []).append(claim)
        #: (end, predicate) to the claims with that end.
        self.of: dict[tuple[str, str], list[Claim]] = {}
        for claim in data.claims:
            for end in {claim.subject, claim.object}:
                self.of.setdefault((end, claim.predicate), []).append(claim)
        self.holding = holding_of(data)
        self.class_editions = class_editions_of(data)
        self.claim_editions = claim_editions_of(data)
        self.graph: networkx.MultiDiGraph[str] | None = None
        self.sorted_names: list[str] | None = None


class MemoryGraph:
    """A GraphHome in this process. Loading swaps one reference: a reader sees the old snapshot or the new one."""

    def __init__(self, data: GraphData | None = None) -> None:
        self._held: Indexes | None = None
        if data is not None:
            self.load(data)

    def load(self, data: GraphData) -> None:
        self._held = Indexes(data)

    def _indexes(self) -> Indexes:
        if self._held is None:
            raise GraphUnavailable("no graph is loaded", remedy="Publish a snapshot first: medrag ingest")
        return self._held

    def check(self, *, links: bool = False) -> None:
        self._indexes()

    def snapshot(self) -> str | None:
        return None if self._held is None else self._held.data.snapshot

    def data(self) -> GraphData:
        """Everything held. Raises GraphUnavailable before the first load."""
        return self._indexes().data

    def concept(self, identifier: str) -> GraphConcept | None:
        return self._indexes().concepts.get(identifier)

    def concepts(self, identifiers: Iterable[str]) -> Mapping[str, GraphConcept]:
        held = self._indexes().concepts
        return {item: held[item] for item in sorted(set(identifiers)) if item in held}

    def named(self, folded: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        names = self._indexes().data.names
        return {name: names[name] for name in sorted(set(folded)) if name in names}

    def starting(self, prefix: str, limit: int) -> Mapping[str, tuple[str, ...]]:
        held = self._indexes()
        if held.sorted_names is None:
            held.sorted_names = sorted(held.data.names)
        first = bisect_left(held.sorted_names, prefix)
        following = held.sorted_names[first : first + limit]
        return {name: held.data.names[name] for name in following if name.startswith(prefix)}

    def identifiers(self, kind: ConceptKind) -> Sequence[str]:
        return tuple(self._indexes().kinds.get(kind, ()))

    def links_from(self, identifiers: Iterable[str], kinds: Sequence[LinkKind]) -> Sequence[Link]:
        return chosen(self._indexes().links_from, identifiers, kinds)

    def links_to(self, identifiers: Iterable[str], kinds: Sequence[LinkKind]) -> Sequence[Link]:
        return chosen(self._indexes().links_to, identifiers, kinds)

    def claims_between(
        self,
        one: Iterable[str],
        other: Iterable[str],
        predicates: Sequence[Predicate],
        editions: Iterable[str],
    ) -> Sequence[Claim]:
        between, allowed = self._indexes().between, frozenset(editions)
        left, right = set(one), set(other)
        found: list[Claim] = []
        for held in (between[what] for what in set(predicates) if what in between):
            # Most classes of a drug have no claim of the kind asked for; what has none is left out before any pairing.
            speaking = right & held.keys()
            for item in left & held.keys():
                beside = held[item]
                # Walking the smaller of the two sides keeps a hub class from costing its every neighbour.
                for end in speaking & beside.keys():
                    found += beside[end]
        return claims_in_order(claim for claim in found if claim.edition in allowed)

    def claims_of(
        self, identifiers: Iterable[str], predicates: Sequence[Predicate], editions: Iterable[str]
    ) -> Sequence[Claim]:
        held, allowed, wanted = self._indexes().of, frozenset(editions), set(identifiers)
        found = (claim for item in wanted for what in predicates for claim in held.get((item, what), ()))
        return claims_in_order(claim for claim in found if claim.edition in allowed)

    def holding(self, identifiers: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
        held = self._indexes().holding
        return {item: held[item] for item in sorted(set(identifiers)) if item in held}

    def claim_editions(self) -> Sequence[str]:
        return self._indexes().claim_editions

    def class_editions(self) -> Sequence[str]:
        return self._indexes().class_editions

    def counts(self) -> Mapping[str, int]:
        return counts_of(self._indexes().data)

    def network(self) -> networkx.MultiDiGraph[str]:
        """Links and claims as one networkx graph, for paths and exports; made at the first call and kept."""
        held = self._indexes()
        if held.graph is None:
            held.graph = draw(held.data)
        return held.graph

    def close(self) -> None:
        self._held = None


def chosen(
    held: Mapping[str, Sequence[Link]], identifiers: Iterable[str], kinds: Sequence[LinkKind]
) -> Sequence[Link]:
    """The links of some concepts, of some kinds, in canonical order: most have one, or none."""
    found = [link for item in set(identifiers) for link in held.get(item, ()) if link.kind in kinds]
    return tuple(found) if len(found) < 2 else links_in_order(found)


def draw(data: GraphData) -> networkx.MultiDiGraph[str]:
    """A MultiDiGraph whose edge keys are the kind of a link with its edition, or the id of a claim."""
    import networkx

    graph: networkx.MultiDiGraph[Any] = networkx.MultiDiGraph(snapshot=data.snapshot)
    graph.add_nodes_from((item.id, {"kind": item.kind, "name": item.name}) for item in data.concepts)
    for link in data.links:
        key = f"{link.kind} {link.edition}"
        graph.add_edge(link.source, link.target, key=key, kind=link.kind, edition=link.edition)
    for claim in data.claims:
        told = {"kind": claim.predicate, "edition": claim.edition, "severity": claim.severity}
        graph.add_edge(claim.subject, claim.object, key=claim.id, **told)
    return graph
