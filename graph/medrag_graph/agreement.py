"""Compares what two sources say of the drug pairs both could have named: what each names, and how both grade it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from medrag.vocabulary import SEVERITY_ORDER, Severity
from medrag_graph.interactions.whom import read_whom
from medrag_graph.kappa import greatest_kappa, kappa, weighted_kappa
from medrag_graph.model import Claim, GraphData

__all__ = ["LEVELS", "Agreement", "compare_sources"]

#: What sources grade by, most severe first; a pair a source names without a grade is in no table of levels.
LEVELS: Final[tuple[Severity, ...]] = tuple(level for level in SEVERITY_ORDER if level != "unknown")
#: What interrupts; below it a pair is named and no more.
HIGH: Final[frozenset[Severity]] = frozenset({"contraindicated", "major"})
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Named:
    """The worst a source says of a pair, and whether it names the two drugs themselves anywhere."""

    severity: Severity
    itself: bool


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two sources over the drugs both hold. Each kappa is None where it is not defined; its n stands beside it."""

    one: str
    other: str
    drugs: int
    #: Pairs of those drugs: the n of ``listed_kappa``.
    pairs: int
    named_by_one: int
    named_by_other: int
    named_by_both: int
    #: Of the pairs each names, those it reaches only through a class.
    by_class_one: int
    by_class_other: int
    #: Whether a pair is named at all. A pair that neither names counts as agreement.
    listed_kappa: float | None
    #: Pairs both name and grade: the n of the kappas below, and their table, rows the first source, by ``LEVELS``.
    graded_by_both: int
    levels: tuple[tuple[int, ...], ...]
    level_kappa: float | None
    level_kappa_weighted: float | None
    #: What ``level_kappa`` could be at most with the totals of the table.
    level_kappa_greatest: float | None
    #: Major or worse against the rest.
    high_kappa: float | None


def compare_sources(data: GraphData, one: str, other: str) -> Agreement:
    """Agreement of two editions; classes are expanded to the members their own edition gives, salts to their base."""
    bases = {link.source: link.target for link in data.links if link.kind == "form_of"}
    common = drugs_of(data, one, bases) & drugs_of(data, other, bases)
    first, second = (
        {pair: told for pair, told in named_pairs(data, edition, bases).items() if common.issuperset(pair)}
        for edition in (one, other)
    )
    both = first.keys() & second.keys()
    total = len(common) * (len(common) - 1) // 2
    neither = total - len(first) - len(second) + len(both)
    cells = Counter((first[pair].severity, second[pair].severity) for pair in both)
    table = tuple(tuple(cells[row, column] for column in LEVELS) for row in LEVELS)
    return Agreement(
        one,
        other,
        len(common),
        total,
        len(first),
        len(second),
        len(both),
        sum(not told.itself for told in first.values()),
        sum(not told.itself for told in second.values()),
        kappa(((len(both), len(first) - len(both)), (len(second) - len(both), neither))),
        sum(map(sum, table)),
        table,
        kappa(table),
        weighted_kappa(table),
        greatest_kappa(table),
        kappa(high_or_not(table)),
    )


def high_or_not(table: tuple[tuple[int, ...], ...]) -> tuple[tuple[int, int], tuple[int, int]]:
    at = sum(level in HIGH for level in LEVELS)
    return (
        (sum(sum(row[:at]) for row in table[:at]), sum(sum(row[at:]) for row in table[:at])),
        (sum(sum(row[:at]) for row in table[at:]), sum(sum(row[at:]) for row in table[at:])),
    )


def members_of(data: GraphData, edition: str, bases: Mapping[str, str]) -> Mapping[str, frozenset[str]]:
    """Concept -> the drugs a claim of this edition on it is about: itself, its base, or its members, also those of
    classes within a class."""
    kinds = {concept.id: concept.kind for concept in data.concepts}
    inside: dict[str, set[str]] = defaultdict(set)
    for link in data.links:
        if link.kind == "member_of" and link.edition == edition:
            inside[link.target].add(link.source)
    held = {key: {bases.get(key, key)} for key, kind in kinds.items() if kind == "drug"}
    for target in inside:
        within = reached(target, inside)
        held.setdefault(target, set()).update(bases.get(x, x) for x in within if kinds[x] == "drug")
    return {identifier: frozenset(members) for identifier, members in held.items()}


def reached(start: str, inside: Mapping[str, set[str]]) -> set[str]:
    """Everything within a class, however deep; a circle is walked once."""
    seen: set[str] = set()
    floor = [start]
    while floor:
        fresh = inside.get(floor.pop(), set()) - seen
        seen |= fresh
        floor.extend(fresh)
    return seen


def claims_of(data: GraphData, edition: str) -> Iterable[Claim]:
    return (c for c in data.claims if c.edition == edition and c.predicate == "interacts_with")


def drugs_of(data: GraphData, edition: str, bases: Mapping[str, str]) -> set[str]:
    """Every drug a claim of the edition is about, by itself or through a class."""
    members = members_of(data, edition, bases)
    ends = {end for claim in claims_of(data, edition) for end in (claim.subject, claim.object)}
    return {drug for end in ends for drug in members.get(end, ())}


def named_pairs(data: GraphData, edition: str, bases: Mapping[str, str]) -> dict[Pair, Named]:
    """Pair -> the worst severity any claim of the edition gives it. A level that names its drugs is kept to those."""
    members = members_of(data, edition, bases)
    held: dict[Pair, Named] = {}
    for claim in claims_of(data, edition):
        out, meant = set(claim.excepted), meant_by(claim, data, bases)
        for one in members.get(claim.subject, frozenset()) - out:
            for other in members.get(claim.object, frozenset()) - out - {one}:
                if meant and meant.isdisjoint((one, other)):
                    continue
                pair = (one, other) if one < other else (other, one)
                before = held.get(pair, Named(claim.severity, False))
                worst = min(before.severity, claim.severity, key=SEVERITY_ORDER.index)
                ends = {bases.get(end, end) for end in (claim.subject, claim.object)}
                held[pair] = Named(worst, before.itself or ends == {one, other})
    return held


def meant_by(claim: Claim, data: GraphData, bases: Mapping[str, str]) -> set[str]:
    """The drugs a level's condition names, one of which must be in the pair; empty when it names none, or one unknown."""
    whom = read_whom(claim.condition) if claim.condition else None
    if whom is None or not whom.names <= data.names.keys():
        return set()
    return {bases.get(concept, concept) for name in whom.names for concept in data.names[name]}
