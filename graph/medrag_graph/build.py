"""Builds the graph of a snapshot from the catalogue and medrag's own tables: concepts, links, claims, in canonical order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from medrag.catalogue import Catalogue
from medrag.records import Assertion
from medrag_graph.claims import CLAIMS, make_claims
from medrag_graph.coded import code_claims
from medrag_graph.concepts import Named, name_concepts
from medrag_graph.ends import Dangling, Ends
from medrag_graph.join import Join, join_things
from medrag_graph.kinship import kin_links
from medrag_graph.labels import LabelReading, read_labels
from medrag_graph.links import LINKS, enzyme_links, merge_links, part_links, salt_links, stated_links
from medrag_graph.model import GraphData
from medrag_graph.things import Thing, read_things

__all__ = ["Built", "build_graph", "build_parts"]


@dataclass(frozen=True, slots=True)
class Built:
    """The graph, and what came to light while it was made: the report's material."""

    data: GraphData
    things: tuple[Thing, ...]
    join: Join
    named: Named
    dangling: tuple[Dangling, ...]
    labels: LabelReading


def build_graph(catalogue: Catalogue, editions: Sequence[str], snapshot: str) -> GraphData:
    """The graph of the editions. The same content gives the same graph, in whatever order editions are named.

    Raises CatalogueUnavailable when the catalogue cannot be read.
    """
    return build_parts(catalogue, editions, snapshot).data


def build_parts(catalogue: Catalogue, editions: Sequence[str], snapshot: str) -> Built:
    """As :func:`build_graph`, with the join and what could not be joined."""
    things = read_things(catalogue, editions)
    join = join_things(things)
    named = name_concepts(join)
    ends = Ends(things, join, named)
    stated = [item for edition in sorted(set(editions)) for item in catalogue.assertions_in(edition)]
    links = merge_links(
        [
            *stated_links([item for item in stated if item.predicate in LINKS], ends),
            *part_links(join, named),
            *salt_links(join, named),
            *kin_links(join, named),
            *enzyme_links(named),
        ]
    )
    claims = make_claims([item for item in stated if item.predicate in CLAIMS], ends)
    labels = read_labels(catalogue, editions, (things, join, named), links, claims)
    coded = code_claims(sorted((*claims, *labels.claims), key=lambda claim: claim.id), named.concepts)
    data = GraphData(snapshot, named.concepts, links, coded, named.names)
    return Built(data, tuple(things), join, named, (*ends.dangling(), *unknown(stated)), labels)


def unknown(stated: Sequence[Assertion]) -> list[Dangling]:
    """Assertions of a predicate the graph has no place for."""
    odd = (item for item in stated if item.predicate not in LINKS and item.predicate not in CLAIMS)
    return [Dangling(item.id, item.edition, "predicate", item.predicate) for item in odd]
