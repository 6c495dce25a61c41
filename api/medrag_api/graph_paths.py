"""Finds how the graph gets from one concept to another: what sources state between them, else the shortest chain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from medrag_api.desk import Desk
from medrag_graph.interactions.classes import Hop
from medrag_graph.interactions.pairs import Hit, find_hits
from medrag_graph.interactions.report import DrugReport
from medrag_graph.interactions.units import build_units
from medrag_graph.model import GraphConcept, LinkKind, Predicate
from medrag_graph.stores import GraphHome

__all__ = ["paths_between"]

Json = dict[str, Any]
LINKS: Final[tuple[LinkKind, ...]] = ("member_of", "form_of", "part_of", "is_a")
CLAIMS: Final[tuple[Predicate, ...]] = (
    "interacts_with",
    "no_interaction_with",
    "contraindicated_in",
    "indicated_for",
    "palliates",
    "presents_with",
)
#: Longest chain looked for where nothing is stated: further apart, everything is connected to everything.
LONGEST: Final = 4
#: Concepts looked at before the search is given up.
MOST_SEEN: Final = 20_000


def paths_between(desk: Desk, one: GraphConcept, other: GraphConcept) -> list[Json]:
    """Each path as its steps: what sources in force state between the two or their classes; where they state nothing,
    the shortest chain of links and claims, if there is one of at most four steps. Raises Unavailable."""
    graph = desk.graph()
    editions = tuple(edition.id for edition in desk.sources.in_force(None))
    asked = [DrugReport(concept.name, "resolved", concept) for concept in (one, other)]
    units = build_units(graph, asked, editions)
    first = {unit.id for unit in units if 0 in unit.inputs}
    hits = find_hits(graph, units, units, editions, CLAIMS)
    if hits:
        return [hit_json(hit, graph, turned=hit.a not in first) for hit in hits]
    chain = shortest(graph, one.id, other.id, editions)
    return [{"stated": False, "steps": chain}] if chain else []


def hit_json(hit: Hit, graph: GraphHome, *, turned: bool) -> Json:
    """Up from one to what the claim names, over the claim, and down to the other. ``turned``: the claim is stated the
    other way round."""
    claim = hit.claim
    path_up, path_down = (hit.path_b, hit.path_a) if turned else (hit.path_a, hit.path_b)
    up, down = list(path_up), list(reversed(path_down))
    names = graph.concepts([hop.id for hop in (*up, *down)])
    across = {"how": claim.predicate, "edition": claim.edition, "severity": claim.severity, "claim": claim.id}
    steps = [step(hop, names) for hop in up]
    first, *rest = down
    steps.append({"id": first.id, "name": called(first.id, names), **across})
    for before, hop in zip(down, rest, strict=False):
        steps.append(
            {"id": hop.id, "name": called(hop.id, names), "how": before.how, "edition": before.edition}
        )
    return {"stated": True, "steps": steps}


def step(hop: Hop, names: Mapping[str, GraphConcept]) -> Json:
    return {"id": hop.id, "name": called(hop.id, names), "how": hop.how, "edition": hop.edition}


def called(identifier: str, names: Mapping[str, GraphConcept]) -> str:
    return names[identifier].name if identifier in names else identifier


def shortest(graph: GraphHome, start: str, goal: str, editions: tuple[str, ...]) -> list[Json]:
    """Breadth first, in canonical order, so that of several shortest chains the same one is always shown."""
    came: dict[str, Json] = {start: {"id": start, "how": "", "edition": "", "from": ""}}
    floor = [start]
    for _ in range(LONGEST):
        if goal in came or not floor or len(came) > MOST_SEEN:
            break
        fresh: dict[str, Json] = {}
        for near, told in neighbours(graph, floor, editions):
            if near not in came:
                fresh.setdefault(near, told)
        came.update(fresh)
        floor = sorted(fresh)
    return walked(graph, came, goal) if goal in came else []


def neighbours(graph: GraphHome, floor: list[str], editions: tuple[str, ...]) -> Iterator[tuple[str, Json]]:
    allowed, here = {"medrag", *editions}, set(floor)
    for link in (*graph.links_from(floor, LINKS), *graph.links_to(floor, LINKS)):
        if link.edition in allowed:
            for mine, near in ((link.source, link.target), (link.target, link.source)):
                if mine in here:
                    yield near, {"id": near, "how": link.kind, "edition": link.edition, "from": mine}
    for claim in graph.claims_of(floor, CLAIMS, editions):
        for mine, near in ((claim.subject, claim.object), (claim.object, claim.subject)):
            if mine in here:
                yield near, {"id": near, "how": claim.predicate, "edition": claim.edition, "from": mine}


def walked(graph: GraphHome, came: Mapping[str, Json], goal: str) -> list[Json]:
    steps: list[Json] = []
    at = goal
    while at:
        steps.append(came[at])
        at = came[at]["from"]
    names = graph.concepts([item["id"] for item in steps])
    return [
        {"id": item["id"], "name": called(item["id"], names), "how": item["how"], "edition": item["edition"]}
        for item in reversed(steps)
    ]
