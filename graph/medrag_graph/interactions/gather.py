"""Reads everything one review needs from the graph and the shelf, in a fixed number of reads, from one snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from medrag.errors import GraphUnavailable
from medrag_graph.interactions.allergies import Allergies, read_allergies
from medrag_graph.interactions.conditions import Conditions, find_condition_hits, read_conditions
from medrag_graph.interactions.known import MOST_KEPT, Cited, Known
from medrag_graph.interactions.merge import Telling, cited_by, evidence_of
from medrag_graph.interactions.pairs import Hit, find_hits, food_units, searched
from medrag_graph.interactions.regimen import Regimen
from medrag_graph.interactions.sources import ShelfSources, SourceEdition
from medrag_graph.interactions.speak import prepare_to_say
from medrag_graph.interactions.units import Resolved, Unit, resolve_regimen, stand_alone
from medrag_graph.model import Claim, GraphConcept, Predicate
from medrag_graph.stores import GraphHome

__all__ = ["Gathered", "gather", "learn"]


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the graph and the shelf hold about one regimen."""

    resolved: Resolved
    conditions: Conditions
    allergies: Allergies
    foods: tuple[Unit, ...]
    hits: tuple[Hit, ...]
    food_hits: tuple[Hit, ...]
    condition_hits: tuple[Hit, ...]
    #: Unit id to its claims about dose by kidney function.
    kidney: Mapping[str, tuple[Claim, ...]]
    #: Unit id to the editions that state interactions and hold it.
    searched: Mapping[str, frozenset[str]]
    #: Editions in force that state anything.
    editions: tuple[SourceEdition, ...]
    telling: Telling


def gather(store: GraphHome, regimen: Regimen, sources: ShelfSources, known: Known | None = None) -> Gathered:
    """Raises Unavailable when anything cannot be read, or the graph changed snapshots more than once meanwhile.

    ``known`` is what earlier reviews of the same snapshot found out; what this one finds out is added.
    """
    known = Known() if known is None else known
    for _ in range(2):
        before = checked_snapshot(store, sources, regimen.as_of)
        draft = known.draft()
        gathered = gather_once(store, regimen, sources, draft)
        if store.snapshot() == before:
            known.keep(draft)
            return gathered
    raise GraphUnavailable("the graph is being replaced", remedy="Ask again in a moment")


#: What a review tells of drugs and classes.
REVIEWED: Final[tuple[Predicate, ...]] = (
    "interacts_with",
    "no_interaction_with",
    "contraindicated_in",
    "dose_by_kidney_function",
)


def learn(store: GraphHome, sources: ShelfSources, known: Known) -> None:
    """Finds out beforehand what reviews of today will ask: every drug an edition speaks of, and the quotes of its claims.

    Raises Unavailable when anything cannot be read, or the graph holds another snapshot than the shelf.
    """
    draft, before = known.draft(), checked_snapshot(store, sources, None)
    editions = tuple(item.id for item in sources.in_force(None))
    drugs = store.identifiers("drug")
    spoken = list(store.holding(drugs))[:MOST_KEPT]
    stand_alone(store, dict.fromkeys(spoken, ()), editions, draft)
    claims = store.claims_of([*drugs, *store.identifiers("class")], REVIEWED, editions)[:MOST_KEPT]
    cite_claims(claims, sources, draft)
    prepare_to_say(claims)
    if store.snapshot() == before:
        known.keep(draft)


def checked_snapshot(store: GraphHome, sources: ShelfSources, as_of: date | None) -> str:
    """What the graph answers to. Raises GraphUnavailable when it is not of the editions that serve on the day."""
    held = store.snapshot()
    if held is None or held != sources.graph(as_of):
        raise GraphUnavailable(
            "the graph does not hold the snapshot the shelf serves", remedy="Ask again in a moment"
        )
    return held


def gather_once(store: GraphHome, regimen: Regimen, sources: ShelfSources, known: Known) -> Gathered:
    forced = tuple(sources.in_force(regimen.as_of))
    editions = tuple(item.id for item in forced)
    resolved = resolve_regimen(store, regimen, editions, known)
    units = resolved.units
    foods = food_units(store, units, known)
    conditions = read_conditions(store, regimen, known)
    allergies = read_allergies(store, regimen.patient.allergies, editions, known)
    hits = find_hits(store, units, units, editions)
    food_hits = find_hits(store, units, foods, editions, ("interacts_with",))
    condition_hits = find_condition_hits(store, units, conditions, editions)
    kidney = kidney_claims(store, units, editions)
    claims = [hit.claim for hit in (*hits, *food_hits, *condition_hits)]
    claims += [claim for held in kidney.values() for claim in held]
    all_hits = (*hits, *food_hits, *condition_hits)
    named = names_needed(store, all_hits, (*units, *foods), conditions.concepts)
    cited = cite_claims(claims, sources, known)
    telling = Telling(regimen.language, {item.id: item for item in forced}, named, cited)
    stating = frozenset(store.claim_editions())
    return Gathered(
        resolved,
        conditions,
        allergies,
        foods,
        hits,
        food_hits,
        condition_hits,
        kidney,
        searched(store, units, frozenset(editions)),
        tuple(item for item in forced if item.id in stating),
        telling,
    )


def cite_claims(claims: Iterable[Claim], sources: ShelfSources, known: Known) -> dict[str, Cited]:
    """Claim id to its quotes; those of claims no review has cited yet are read together."""
    wanted = {claim.id: claim for claim in claims}
    fresh = [claim for claim in wanted.values() if claim.id not in known.cited]
    if fresh:
        found = sources.cite(evidence_of(fresh))
        known.cited.update((claim.id, cited_by(claim, found)) for claim in fresh)
    return {identifier: known.cited[identifier] for identifier in wanted}


def kidney_claims(
    store: GraphHome, units: Sequence[Unit], editions: Sequence[str]
) -> dict[str, tuple[Claim, ...]]:
    """The claims about dose by kidney function of each unit that has any."""
    owners = {node: unit.id for unit in units for node in unit.own}
    held: dict[str, list[Claim]] = {}
    for claim in store.claims_of(owners, ("dose_by_kidney_function",), editions):
        if claim.subject in owners:
            held.setdefault(owners[claim.subject], []).append(claim)
    return {unit: tuple(claims) for unit, claims in held.items()}


def names_needed(
    store: GraphHome, hits: Sequence[Hit], units: Sequence[Unit], others: Sequence[GraphConcept]
) -> dict[str, GraphConcept]:
    """Every concept a sentence or a path will name."""
    known = {unit.id: unit.concept for unit in units} | {item.id: item for item in others}
    wanted = {hop.id for hit in hits for path in (hit.path_a, hit.path_b) for hop in path}
    return dict(store.concepts(wanted - known.keys())) | known
