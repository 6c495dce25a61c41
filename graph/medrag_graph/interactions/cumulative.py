"""Adds up what several drugs of a regimen do alike: QT, bleeding, potassium, sedation; inferred, never above major."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from medrag.vocabulary import SEVERITY_ORDER, Severity
from medrag_graph.interactions.units import Unit

if TYPE_CHECKING:
    from medrag_graph.facts import Risk

__all__ = ["RULES", "CumulativeRule", "Heap", "heap_up"]


@dataclass(frozen=True, slots=True)
class CumulativeRule:
    """When drugs that carry ``property`` add up, and how far.

    ``base`` holds from two drugs on, ``raised`` from ``many`` that are not weak or ``strong`` strong ones on; 0 is
    never. With fewer than ``firm`` that are not weak the finding is minor.
    """

    property: str
    base: Severity
    raised: Severity
    many: int = 3
    strong: int = 0
    firm: int = 0


#: Graded so that two ordinary drugs never interrupt: major needs three, or two that are strong at it. Grades are ours
#: (not reviewed by a pharmacist yet); the premises carry the sources.
RULES: Final[tuple[CumulativeRule, ...]] = (
    CumulativeRule("QT", "moderate", "major", many=3),
    CumulativeRule("bleeding", "moderate", "major", many=3),
    CumulativeRule("serotonergic", "moderate", "major", many=3),
    CumulativeRule("hyperkalaemia", "moderate", "major", many=3, strong=2),
    CumulativeRule("hypokalaemia", "minor", "moderate", many=3),
    CumulativeRule("hyponatraemia", "minor", "moderate", many=3),
    CumulativeRule("CNS-depression", "moderate", "major", many=3),
    CumulativeRule("respiratory-depression", "moderate", "major", many=3, strong=2),
    CumulativeRule("anticholinergic", "moderate", "major", many=3, strong=3),
    CumulativeRule("nephrotoxic", "moderate", "major", many=3),
    CumulativeRule("ototoxic", "moderate", "moderate"),
    CumulativeRule("hepatotoxic", "minor", "moderate", many=3, strong=2),
    CumulativeRule("hypoglycaemia", "moderate", "major", many=4, firm=2),
    CumulativeRule("hypotension", "minor", "moderate", many=4),
    CumulativeRule("bradycardia", "moderate", "major", many=3),
    CumulativeRule("myopathy", "moderate", "moderate"),
    CumulativeRule("seizure-threshold", "moderate", "moderate"),
    CumulativeRule("myelosuppression", "moderate", "moderate", firm=2),
    CumulativeRule("folate-antagonism", "moderate", "major", many=3),
    CumulativeRule("angioedema", "moderate", "moderate", firm=2),
    CumulativeRule("methaemoglobinaemia", "minor", "moderate", many=3),
    CumulativeRule("lactic-acidosis", "moderate", "moderate"),
)


@dataclass(frozen=True, slots=True)
class Heap:
    """One risk that several units carry together."""

    rule: CumulativeRule
    severity: Severity
    carriers: tuple[tuple[Unit, Risk], ...]


def heap_up(units: Sequence[Unit]) -> tuple[Heap, ...]:
    """Every risk two inputs or more carry, in the rules' order. More drugs never make less of it."""
    carried: dict[str, list[tuple[Unit, Risk]]] = {}
    for unit in sorted(units, key=lambda unit: unit.id):
        for risk in unit.profile.risks:
            if risk.role == "carries":
                carried.setdefault(risk.property, []).append((unit, risk))
    heaps = []
    for rule in RULES:
        carriers = carried.get(rule.property, [])
        if len({at for unit, _ in carriers for at in unit.inputs}) > 1 and len(carriers) > 1:
            heaps.append(Heap(rule, graded(rule, [risk for _, risk in carriers]), tuple(carriers)))
    return tuple(heaps)


def graded(rule: CumulativeRule, risks: Sequence[Risk]) -> Severity:
    """The severity of a heap of this height and strength."""
    strong = sum(risk.strength == "strong" for risk in risks)
    firm = sum(risk.strength != "weak" for risk in risks)
    grade: Severity = rule.base if firm >= rule.firm else "minor"
    if firm >= rule.many or (rule.strong and strong >= rule.strong):
        grade = min(grade, rule.raised, key=SEVERITY_ORDER.index)
    return grade
