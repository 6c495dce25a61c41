"""Finds what sources state between the ingredients of a regimen: directly, or between classes they belong to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from medrag_graph.interactions.classes import Hop, Path, best_path, by_class
from medrag_graph.interactions.known import Known
from medrag_graph.interactions.profiles import profile_of
from medrag_graph.interactions.units import Unit, forms_of
from medrag_graph.interactions.whom import those_meant
from medrag_graph.model import Claim, GraphConcept, Predicate
from medrag_graph.stores import GraphHome
from medrag_graph.stores.protocol import INTERACTIONS

__all__ = ["FOODS", "Hit", "apart", "find_hits", "food_units", "searched"]

#: What a source may warn of that no one writes into a regimen, by the names it goes by.
FOODS: Final = (
    "ethanol",
    "alcohol",
    "alcool",
    "alcool boisson ou excipient",
    "alcool (boisson ou excipient)",
    "grapefruit",
    "grapefruit juice",
    "pamplemousse",
    "pamplemousse jus et fruit",
    "pamplemousse (jus et fruit)",
)


FOOD: Final = "food"


@dataclass(frozen=True, slots=True)
class Hit:
    """One claim that holds for two units, and how it reaches each; the first path ends at the claim's subject."""

    claim: Claim
    a: str
    b: str
    path_a: Path
    path_b: Path

    @property
    def pair(self) -> tuple[str, str]:
        """The two units' ids, ascending."""
        return (self.a, self.b) if self.a < self.b else (self.b, self.a)

    @property
    def by_class(self) -> bool:
        return by_class(self.path_a) or by_class(self.path_b)

    @property
    def denies(self) -> bool:
        return self.claim.predicate == "no_interaction_with"


def find_hits(
    store: GraphHome,
    units: Sequence[Unit],
    others: Sequence[Unit],
    editions: Sequence[str],
    predicates: Sequence[Predicate] = INTERACTIONS,
) -> tuple[Hit, ...]:
    """Every claim between a unit and a unit of ``others``, once a pair, by pair and claim.

    A level that names other drugs of a class than these is left out.
    """
    nodes = {node for unit in units for node in unit.reach}
    beyond = nodes if others is units else {node for unit in others for node in unit.reach}
    claims = store.claims_between(nodes, beyond, predicates, editions)
    if not claims:
        return ()
    owners, beside = owners_of(units), owners_of(others)
    listed = frozenset(store.class_editions())
    best: dict[tuple[str, str, str], Hit] = {}
    for claim in claims:
        ways = [(owners.get(claim.subject, ()), beside.get(claim.object, ()))]
        if others is not units:
            ways.append((beside.get(claim.subject, ()), owners.get(claim.object, ())))
        for left, right in ways:
            for hit in hits_of(claim, left, right, listed):
                key = (*hit.pair, claim.id)
                if key not in best or rank(hit) < rank(best[key]):
                    best[key] = hit
    return those_meant([best[key] for key in sorted(best)], (*units, *others), store)


def owners_of(units: Iterable[Unit]) -> dict[str, list[Unit]]:
    """Concept to the units it may stand for."""
    owners: dict[str, list[Unit]] = {}
    for unit in units:
        for node in unit.reach:
            owners.setdefault(node, []).append(unit)
    return owners


def hits_of(
    claim: Claim, left: Sequence[Unit], right: Sequence[Unit], listed: Collection[str]
) -> Iterator[Hit]:
    """The pairs of units a claim holds for. What it excepts from a class it does not hold for."""
    firsts = ways_to(claim, claim.subject, left, listed)
    seconds = ways_to(claim, claim.object, right, listed)
    for one, path_a in firsts:
        for other, path_b in seconds:
            if one.id != other.id and apart(one, other):
                yield Hit(claim, one.id, other.id, path_a, path_b)


def ways_to(
    claim: Claim, node: str, units: Sequence[Unit], listed: Collection[str]
) -> list[tuple[Unit, Path]]:
    found = []
    for unit in units:
        path = best_path(unit.reach[node], claim.edition, listed)
        if path is not None and not (claim.excepted and by_class(path) and excepted(claim, node, unit)):
            found.append((unit, path))
    return found


def excepted(claim: Claim, node: str, unit: Unit) -> bool:
    """Whether the unit, reached at ``node``, is or belongs to something the claim leaves out of that class."""
    return any(item != node and item in unit.reach for item in claim.excepted)


def apart(one: Unit, other: Unit) -> bool:
    """Whether two units come from different inputs: the parts of one product were combined on purpose."""
    return not one.inputs or not other.inputs or len({*one.inputs, *other.inputs}) > 1


def rank(hit: Hit) -> tuple[int, Path, Path]:
    """Short paths first, then canonical."""
    return len(hit.path_a) + len(hit.path_b), hit.path_a, hit.path_b


def food_units(store: GraphHome, units: Sequence[Unit], known: Known | None = None) -> tuple[Unit, ...]:
    """Foods and alcohol as units of their own, without their classes: only what names them counts."""
    held = {} if known is None else known.foods
    if FOOD not in held:
        held[FOOD] = all_foods(store)
    asked = {unit.id for unit in units}
    return tuple(food for food in held[FOOD] if food.id not in asked)


def all_foods(store: GraphHome) -> tuple[Unit, ...]:
    """Every food and alcohol the graph holds, by id."""
    named = {item for held in store.named(FOODS).values() for item in held}
    wanted = {*store.identifiers(FOOD), *named}
    foods = {key: item for key, item in store.concepts(wanted).items() if item.kind in ("drug", "food")}
    forms = forms_of(store, foods)
    return tuple(food_unit(concept, forms.get(key, ())) for key, concept in foods.items())


def food_unit(concept: GraphConcept, forms: Sequence[str]) -> Unit:
    reach: dict[str, dict[str, Path]] = {concept.id: {"": (Hop(concept.id),)}}
    for form in forms:
        reach[form] = {"": (Hop(concept.id), Hop(form, "form_of"))}
    return Unit(concept.id, concept, (), reach, tuple(reach), profile_of((concept.name,), ""))


def searched(store: GraphHome, units: Sequence[Unit], editions: Collection[str]) -> dict[str, frozenset[str]]:
    """Unit to the editions in force that state interactions and hold it."""
    held = store.holding({node for unit in units for node in unit.own})
    return {
        unit.id: frozenset(e for node in unit.own for e in held.get(node, ()) if e in editions)
        for unit in units
    }
