"""Reads everything one review needs from the graph and the shelf, in a fixed number of reads, from one snapshot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from medrag.errors import GraphUnavailable
from medrag_graph.interactions.allergies import Allergies, read_allergies
from medrag_graph.interactions.conditions import Conditions, find_condition_hits, read_conditions
from medrag_graph.interactions.merge import Telling, evidence_of
from medrag_graph.interactions.pairs import Hit, find_hits, food_units, searched
from medrag_graph.interactions.regimen import Regimen
from medrag_graph.interactions.sources import ShelfSources, SourceEdition
from medrag_graph.interactions.units import Resolved, Unit, resolve_regimen
from medrag_graph.model import Claim, GraphConcept
from medrag_graph.stores import GraphHome

__all__ = ["Gathered", "gather"]


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


def gather(store: GraphHome, regimen: Regimen, sources: ShelfSources) -> Gathered:
    """Raises Unavailable when anything cannot be read, or the graph changed snapshots more than once meanwhile."""
    for _ in range(2):
        before = store.snapshot()
        if before is None or before != sources.snapshot:
            raise GraphUnavailable(
                "the graph does not hold the snapshot the shelf serves",
                remedy="Build the graph: medrag graph build",
            )
        gathered = gather_once(store, regimen, sources)
        if store.snapshot() == before:
            return gathered
    raise GraphUnavailable("the graph is being replaced", remedy="Ask again in a moment")


def gather_once(store: GraphHome, regimen: Regimen, sources: ShelfSources) -> Gathered:
    forced = tuple(sources.in_force(regimen.as_of))
    editions = tuple(item.id for item in forced)
    resolved = resolve_regimen(store, regimen, editions)
    units = resolved.units
    foods = food_units(store, units)
    conditions = read_conditions(store, regimen)
    allergies = read_allergies(store, regimen.patient.allergies, editions)
    hits = find_hits(store, units, units, editions)
    food_hits = find_hits(store, units, foods, editions, ("interacts_with",))
    condition_hits = find_condition_hits(store, units, conditions, editions)
    kidney = kidney_claims(store, units, editions)
    claims = [hit.claim for hit in (*hits, *food_hits, *condition_hits)]
    claims += [claim for held in kidney.values() for claim in held]
    all_hits = (*hits, *food_hits, *condition_hits)
    known = names_needed(store, all_hits, (*units, *foods), conditions.concepts)
    telling = Telling(
        regimen.language, {item.id: item for item in forced}, known, sources.cite(evidence_of(claims))
    )
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
