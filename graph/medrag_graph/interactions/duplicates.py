"""Finds the same ingredient taken twice, and two of one therapeutic class where no guideline wants two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from medrag.vocabulary import Severity
from medrag_graph.interactions.profiles import TherapeuticClass, load_classes
from medrag_graph.interactions.report import FactSource
from medrag_graph.interactions.units import Unit

__all__ = ["COMBINED_ON_PURPOSE", "Duplicate", "find_duplicates"]

#: ATC groups of which two are often meant, and why: they are left out of the table, and a test holds them out.
COMBINED_ON_PURPOSE: Final[dict[str, str]] = {
    "A10A": "basal and mealtime insulin",
    "B01AC06": "aspirin with a P2Y12 inhibitor after a coronary event",
    "J01C": "antibiotics of one group for a mixed infection",
    "J04A": "tuberculosis is treated with several",
    "J05A": "HIV and hepatitis are treated with several",
    "L01": "chemotherapy is given in combinations",
    "N02A": "a long-acting opioid with one for breakthrough pain",
    "N03A": "epilepsy may need several, benzodiazepines apart",
    "N04BA": "levodopa of two releases",
    "R03AC02": "a reliever beside a long-acting inhaler",
    "V03A": "antidotes",
}
#: The grades are ours: the same ingredient twice doubles a dose, two of a class add risk without a second effect. Major
#: where the product information of the class forbids a second: oral anticoagulants (EU SmPC of each, 4.3: but for
#: switching), MAO inhibitors (FDA labels, contraindications).
SAME, ALIKE = (
    FactSource("medrag duplicate therapy rules"),
    FactSource("WHO ATC classification", "https://atcddd.fhi.no/atc_ddd_index/"),
)


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Several inputs of one ingredient (``group`` None) or several ingredients of one class."""

    kind: Literal["ingredient", "class"]
    units: tuple[Unit, ...]
    severity: Severity
    group: TherapeuticClass | None
    #: How many inputs hold them.
    inputs: tuple[int, ...]
    citation: FactSource


def find_duplicates(units: Sequence[Unit]) -> tuple[Duplicate, ...]:
    """Ingredients first, by id; then classes in the table's order."""
    ordered = sorted(units, key=lambda unit: unit.id)
    found = [
        Duplicate("ingredient", (unit,), "major", None, unit.inputs, SAME)
        for unit in ordered
        if len(unit.inputs) > 1
    ]
    grouped: dict[str, list[Unit]] = {}
    for unit in ordered:
        for key in unit.profile.classes:
            grouped.setdefault(key, []).append(unit)
    for group in load_classes():
        members = tuple(grouped.get(group.key, ()))
        inputs = tuple(sorted({at for unit in members for at in unit.inputs}))
        if len(members) > 1 and len(inputs) > 1:
            found.append(Duplicate("class", members, group.severity, group, inputs, ALIKE))
    return tuple(found)
