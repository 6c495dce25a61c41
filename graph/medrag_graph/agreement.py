"""Compares what two sources say of the drug pairs both could have named: Cohen's kappa, with how many pairs it stands on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from medrag.vocabulary import SEVERITY_ORDER, Severity
from medrag_graph.model import Claim, GraphData

__all__ = ["Agreement", "compare_sources", "kappa"]

#: What interrupts; below it a pair is named and no more.
HIGH: Final[frozenset[Severity]] = frozenset({"contraindicated", "major"})
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two sources over the drugs both hold. ``listed``: whether a pair is named at all; ``graded``: among pairs both
    name, whether it is major or worse. Each is kappa (None where one side never varies) with its number of pairs."""

    one: str
    other: str
    drugs: int
    pairs: int
    named_by_one: int
    named_by_other: int
    named_by_both: int
    listed_kappa: float | None
    graded_kappa: float | None
    #: Among the pairs both name: high in both, high in the first alone, in the second alone, in neither.
    graded: tuple[int, int, int, int]


def compare_sources(data: GraphData, one: str, other: str) -> Agreement:
    """Agreement of two editions; classes are expanded to the members their own edition gives, salts to their base."""
    bases = {link.source: link.target for link in data.links if link.kind == "form_of"}
    first, second = (graded_pairs(data, edition, bases) for edition in (one, other))
    common = drugs_of(data, one, bases) & drugs_of(data, other, bases)
    held = [{p: s for p, s in pairs.items() if common.issuperset(p)} for pairs in (first, second)]
    both = held[0].keys() & held[1].keys()
    total = len(common) * (len(common) - 1) // 2
    listed = (len(both), len(held[0]) - len(both), len(held[1]) - len(both))
    graded = [[held[at][pair] in HIGH for pair in sorted(both)] for at in (0, 1)]
    told = list(zip(*graded, strict=True)) if both else []
    cells = tuple(told.count(cell) for cell in ((True, True), (True, False), (False, True), (False, False)))
    return Agreement(
        one,
        other,
        len(common),
        total,
        len(held[0]),
        len(held[1]),
        len(both),
        kappa(*listed, total - sum(listed)),
        kappa(*cells),
        cells,  # type: ignore[arg-type]
    )


def kappa(both: int, first: int, second: int, neither: int) -> float | None:
    """Cohen's kappa of a two by two table (Cohen 1960); None where chance agreement is complete or n is 0."""
    n = both + first + second + neither
    if n == 0:
        return None
    seen = (both + neither) / n
    chance = ((both + first) * (both + second) + (second + neither) * (first + neither)) / n**2
    return None if chance == 1 else (seen - chance) / (1 - chance)


def members_of(data: GraphData, edition: str, bases: Mapping[str, str]) -> Mapping[str, frozenset[str]]:
    """Concept -> the drugs a claim of this edition on it is about: itself, its base, or its members."""
    kinds = {concept.id: concept.kind for concept in data.concepts}
    held: dict[str, set[str]] = defaultdict(set)
    for link in data.links:
        if link.kind == "member_of" and link.edition == edition and kinds[link.source] == "drug":
            held[link.target].add(bases.get(link.source, link.source))
    for identifier, kind in kinds.items():
        if kind == "drug":
            held[identifier].add(bases.get(identifier, identifier))
    return {identifier: frozenset(members) for identifier, members in held.items()}


def claims_of(data: GraphData, edition: str) -> Iterable[Claim]:
    return (c for c in data.claims if c.edition == edition and c.predicate == "interacts_with")


def drugs_of(data: GraphData, edition: str, bases: Mapping[str, str]) -> set[str]:
    """Every drug a claim of the edition is about, by itself or through a class."""
    members = members_of(data, edition, bases)
    ends = {end for claim in claims_of(data, edition) for end in (claim.subject, claim.object)}
    return {drug for end in ends for drug in members.get(end, ())}


def graded_pairs(data: GraphData, edition: str, bases: Mapping[str, str]) -> dict[Pair, Severity]:
    """Pair -> the worst severity any claim of the edition gives it."""
    members = members_of(data, edition, bases)
    held: dict[Pair, Severity] = {}
    for claim in claims_of(data, edition):
        out = set(claim.excepted)
        for one in members.get(claim.subject, frozenset()) - out:
            for other in members.get(claim.object, frozenset()) - out - {one}:
                pair = (one, other) if one < other else (other, one)
                worst = min(held.get(pair, claim.severity), claim.severity, key=SEVERITY_ORDER.index)
                held[pair] = worst
    return held
