"""Reports on the graph: what joined how, what conflicts, what dangles, and how far the sources agree."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from medrag.catalogue import Catalogue
from medrag.errors import NotFound
from medrag_graph.agreement import Agreement, compare_sources
from medrag_graph.build import Built, build_parts
from medrag_graph.ends import Dangling
from medrag_graph.join import Conflict
from medrag_graph.model import GraphConcept, GraphData
from medrag_graph.things import MEDRAG, Thing
from medrag_graph.unlisted import Unlisted, unlisted_members, unspoken_drugs

__all__ = ["JoinReport", "SourceJoin", "join_report"]


@dataclass(frozen=True, slots=True)
class SourceJoin:
    """How the things of one edition and kind came to concepts."""

    edition: str
    kind: str
    things: int
    #: With at least one thing of another source, by code, name, synonym, stem or parts.
    joined: int
    #: Whose concept has an English name from any source but their own.
    english: int
    #: The surest way each joined thing is joined, counted.
    by: Mapping[str, int]
    #: Names of those that no English name was found for.
    unjoined: tuple[str, ...]

    @property
    def share(self) -> float:
        """Of the things, how many have an English name from elsewhere, 0 to 1."""
        return self.english / self.things if self.things else 1.0


@dataclass(frozen=True, slots=True)
class JoinReport:
    """Everything a person asks of a graph before trusting it."""

    snapshot: str
    editions: tuple[str, ...]
    counts: Mapping[str, int]
    sources: tuple[SourceJoin, ...]
    #: Things that interaction claims name, with the share that has an English name from another source, by edition.
    named_in_claims: tuple[SourceJoin, ...]
    conflicts: tuple[Conflict, ...]
    dangling: tuple[Dangling, ...]
    #: Names the index gives to fewer concepts than have them.
    contested_names: int
    #: Those that a claim is about stand first; how many there are stands beside.
    classes_without_members: tuple[str, ...]
    classes_without_members_in_claims: int
    #: Drugs that other sources count in a class and the source that speaks of the class does not list.
    unlisted: tuple[Unlisted, ...]
    #: Single drugs of our table that no source of interactions speaks of.
    unspoken: tuple[str, ...]
    drugs_without_code: tuple[str, ...]
    drugs_without_code_in_claims: int
    agreement: tuple[Agreement, ...]

    def as_json(self) -> dict[str, Any]:
        """JSON-ready, keys as the fields are called, with each share beside its counts."""
        told = asdict(self)
        for key, held in (("sources", self.sources), ("named_in_claims", self.named_in_claims)):
            told[key] = [{**asdict(item), "share": round(item.share, 4)} for item in held]
        return told

    def as_text(self, width: int = 100) -> str:
        """For a terminal of so many columns: a line a fact, long lists cut; the JSON has them whole."""
        from medrag_graph.report_text import report_text

        return report_text(self, width)


def join_report(data: GraphData, catalogue: Catalogue, editions: Sequence[str] | None = None) -> JoinReport:
    """The report on a graph; ``editions`` are the snapshot's where it is kept. Raises NotFound where it is not."""
    told = tuple(sorted(set(editions))) if editions is not None else editions_of(catalogue, data.snapshot)
    built = build_parts(catalogue, told, data.snapshot)
    own = joins_of(built)
    claimed = {(item.edition, end) for item in data.claims for end in (item.subject, item.object)}
    kinds = Counter(concept.kind for concept in data.concepts)
    ends = {end for _, end in claimed}
    filled = {link.target for link in data.links if link.kind == "member_of"}
    empty = used_first((c for c in data.concepts if c.kind == "class" and c.id not in filled), ends)
    uncoded = used_first((c for c in data.concepts if c.kind == "drug" and not c.codes), ends)
    return JoinReport(
        data.snapshot,
        told,
        {**dict(sorted(kinds.items())), "links": len(data.links), "claims": len(data.claims)},
        tuple(summary(built, own, held) for held in grouped(built.things)),
        tuple(summary(built, own, held) for held in grouped(in_claims(built, claimed))),
        built.join.conflicts,
        built.dangling,
        len(built.named.hidden),
        tuple(c.name for c in empty),
        sum(c.id in ends for c in empty),
        unlisted_members(data),
        unspoken_drugs(data, ours(built)),
        tuple(c.name for c in uncoded),
        sum(c.id in ends for c in uncoded),
        agreements(data),
    )


def editions_of(catalogue: Catalogue, snapshot: str) -> tuple[str, ...]:
    for held in catalogue.snapshots():
        if held.id == snapshot:
            return tuple(held.editions)
    raise NotFound(f"no snapshot {snapshot!r} is kept", remedy="Run: medrag shelf list")


def ours(built: Built) -> set[str]:
    """The concepts of our table of drugs that are no combination."""
    groups = ((number, group) for number, group in enumerate(built.join.groups) if not group.parts)
    table = f"{MEDRAG}:drug/"
    return {
        built.named.ids[number]
        for number, group in groups
        if number in built.named.ids and any(thing.id.startswith(table) for thing in group.things)
    }


def joins_of(built: Built) -> Mapping[tuple[str, str], set[str]]:
    """Thing -> the ways it was joined."""
    ways: dict[tuple[str, str], set[str]] = defaultdict(set)
    for step in built.join.steps:
        for key in (step.one, step.other):
            ways[key].add(step.how)
    return ways


def grouped(things: Sequence[Thing]) -> list[list[Thing]]:
    """Things of one edition and kind together, in order; medrag's own are left out: all else is joined to them."""
    held: dict[tuple[str, str], list[Thing]] = defaultdict(list)
    for thing in things:
        if thing.edition != MEDRAG:
            held[thing.edition, thing.kind].append(thing)
    return [held[key] for key in sorted(held)]


def in_claims(built: Built, claimed: set[tuple[str, str]]) -> list[Thing]:
    """The things of an edition that its claims are about."""
    ids, group_of = built.named.ids, built.join.group_of
    return [thing for thing in built.things if (thing.edition, ids.get(group_of[thing.key], "")) in claimed]


def summary(built: Built, own: Mapping[tuple[str, str], set[str]], held: Sequence[Thing]) -> SourceJoin:
    by: Counter[str] = Counter()
    joined = english = 0
    unjoined: list[str] = []
    for thing in held:
        group = built.join.groups[built.join.group_of[thing.key]]
        others = [other for other in group.things if other.edition != thing.edition]
        joined += bool(others)
        if others:
            ways = own.get(thing.key, {"parts"})
            by[next(way for way in ("code", "name", "synonym", "stem", "parts") if way in ways)] += 1
        if any(name.language == "en" for other in others for name in other.names):
            english += 1
        else:
            unjoined.append(thing.name)
    return SourceJoin(
        held[0].edition, held[0].kind, len(held), joined, english, dict(sorted(by.items())), tuple(unjoined)
    )


def used_first(concepts: Iterable[GraphConcept], used: Collection[str]) -> list[GraphConcept]:
    """Those that claims are about before those that are only held, by name. What a source says of a class without
    members reaches nobody."""
    return sorted(concepts, key=lambda c: (c.id not in used, c.name, c.id))


def agreements(data: GraphData) -> tuple[Agreement, ...]:
    """Every two editions that state interactions and share drugs."""
    editions = sorted({item.edition for item in data.claims if item.predicate == "interacts_with"})
    pairs = [(one, other) for at, one in enumerate(editions) for other in editions[at + 1 :]]
    return tuple(found for one, other in pairs if (found := compare_sources(data, one, other)).drugs > 1)
