"""Tells what interaction sources leave out: members that others count in their classes, and drugs none of them speaks of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from medrag_graph.model import GraphData
from medrag_graph.things import MEDRAG

__all__ = ["Unlisted", "unlisted_members", "unspoken_drugs"]


@dataclass(frozen=True, slots=True)
class Unlisted:
    """What a source says of its class does not reach these drugs, and a person should know."""

    edition: str
    name: str
    #: Members the source lists.
    listed: int
    #: Drugs that another source counts in the class of this name, by name; newer than the list, or sold elsewhere.
    absent: tuple[str, ...]


def unlisted_members(data: GraphData) -> tuple[Unlisted, ...]:
    """By edition and class, for the editions that list members and state interactions; nothing is added to a class."""
    names = {concept.id: concept.name for concept in data.concepts}
    drugs = {concept.id for concept in data.concepts if concept.kind == "drug"}
    base = {link.source: link.target for link in data.links if link.kind == "form_of"}
    speaking = {claim.edition for claim in data.claims if claim.predicate == "interacts_with"}
    held: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for link in data.links:
        if link.kind == "member_of" and link.source in drugs and link.edition != MEDRAG:
            held[link.target][link.edition].add(base.get(link.source, link.source))
    found = []
    for target, by in held.items():
        for edition in sorted(speaking & by.keys()):
            others = set().union(*(members for other, members in by.items() if other != edition))
            absent = tuple(sorted(names[item] for item in others - by[edition]))
            if absent:
                found.append(Unlisted(edition, names[target], len(by[edition]), absent))
    return tuple(sorted(found, key=lambda item: (item.edition, item.name)))


def unspoken_drugs(data: GraphData, wanted: Collection[str]) -> tuple[str, ...]:
    """Names of the wanted drugs that no source of interactions names, by themselves, by a form, or in a class of its own."""
    claims = [claim for claim in data.claims if claim.predicate == "interacts_with"]
    speaking = {claim.edition for claim in claims}
    spoken = {end for claim in claims for end in (claim.subject, claim.object)}
    spoken |= {x.source for x in data.links if x.kind == "member_of" and x.edition in speaking | {MEDRAG}}
    for link in data.links:
        if link.kind == "form_of" and {link.source, link.target} & spoken:
            spoken |= {link.source, link.target}
    return tuple(sorted(c.name for c in data.concepts if c.id in wanted and c.id not in spoken))
