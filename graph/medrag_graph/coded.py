"""Reads the coded sources' texts once, when the graph is built, and keeps the facts with the claim: no check waits for it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import astuple, dataclass, fields, replace
from functools import lru_cache
from typing import Any, Final

from medrag.records import Span
from medrag.vocabulary import Severity
from medrag_graph.model import Claim, GraphConcept
from medrag_graph.pddi.facts import Condition, DrugWord, ManagementFact, MechanismFact, Quantity

__all__ = ["CODED_SCALES", "Facts", "code_claims", "facts_of", "kept_facts", "source_name"]

#: The scales whose texts the rules can read.
CODED_SCALES: Final = frozenset({"ansm"})


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules read out of a claim's two texts."""

    mechanism: tuple[MechanismFact, ...] = ()
    management: tuple[ManagementFact, ...] = ()


def code_claims(claims: Iterable[Claim], concepts: Iterable[GraphConcept]) -> tuple[Claim, ...]:
    """The claims in their order, those of coded scales with their facts."""
    held = {concept.id: concept for concept in concepts}
    return tuple(
        replace(claim, coded=coded_text(read_claim(claim, held)))
        if claim.native_scale in CODED_SCALES
        else claim
        for claim in claims
    )


def facts_of(claim: Claim, concepts: Mapping[str, GraphConcept]) -> Facts:
    """A claim's facts, as they were kept, else read from its texts: a graph made by hand keeps none."""
    if claim.native_scale not in CODED_SCALES:
        return Facts()
    return kept_facts(claim.coded) if claim.coded else read_claim(claim, concepts)


def read_claim(claim: Claim, concepts: Mapping[str, GraphConcept]) -> Facts:
    mechanism = claim.qualifiers.get("mechanism", "")
    management = claim.qualifiers.get("management", "")
    main, plus = (source_name(end, concepts) for end in (claim.subject, claim.object))
    return read_texts(mechanism, management, claim.severity, main, plus)


@lru_cache(maxsize=16_384)
def read_texts(mechanism: str, management: str, level: Severity, main: str, plus: str) -> Facts:
    from medrag_graph.pddi.rules import read_management, read_mechanism

    return Facts(
        read_mechanism(mechanism, main, plus) if mechanism else (),
        read_management(management, level, main, plus) if management else (),
    )


def source_name(identifier: str, concepts: Mapping[str, GraphConcept]) -> str:
    """The name the French text is likely to use."""
    concept = concepts.get(identifier)
    return "" if concept is None else next(iter(concept.names.get("fr", ())), concept.name)


def coded_text(facts: Facts) -> str:
    """The facts as a JSON text, each the list of its fields in their order."""
    return json.dumps(astuple(facts), ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=16_384)
def kept_facts(coded: str) -> Facts:
    """The facts of :func:`coded_text`."""
    mechanism, management = json.loads(coded)
    return Facts(tuple(map(mechanism_of, mechanism)), tuple(map(management_of, management)))


def mechanism_of(row: list[Any]) -> MechanismFact:
    told: dict[str, Any] = dict(zip(MECHANISM, row, strict=True))
    return MechanismFact(**told | {name: MAKE[name](told[name]) for name in MECHANISM if name in MAKE})


def management_of(row: list[Any]) -> ManagementFact:
    told: dict[str, Any] = dict(zip(MANAGEMENT, row, strict=True))
    return ManagementFact(**told | {name: MAKE[name](told[name]) for name in MANAGEMENT if name in MAKE})


def drug_of(row: list[Any] | None) -> DrugWord | None:
    return None if row is None else DrugWord(*row)


def condition_of(row: list[Any] | None) -> Condition | None:
    return None if row is None else Condition(Span(*row[0]), row[1])


def quantity_of(row: list[Any] | None) -> Quantity | None:
    if row is None:
        return None
    value, unit, upper, per, bound = row
    return Quantity(value, unit, upper, tuple(per), bound)


#: Fields of the facts that JSON has no form of its own for, and how they are made again.
MAKE: Final[Mapping[str, Callable[[Any], Any]]] = {
    "affected": drug_of,
    "target": drug_of,
    "monitor": tuple,
    "when": tuple,
    "lasting": quantity_of,
    "interval": quantity_of,
    "dose": quantity_of,
    "population": tuple,
    "condition": condition_of,
    "span": lambda row: Span(*row),
}
MECHANISM: Final = tuple(item.name for item in fields(MechanismFact))
MANAGEMENT: Final = tuple(item.name for item in fields(ManagementFact))
