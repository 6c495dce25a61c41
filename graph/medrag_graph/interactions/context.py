"""What a patient, the rest of the regimen, a dose or a route changes in the recommendation for a pair."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from medrag.vocabulary import Language
from medrag_graph.interactions.condition_facts import ULCER
from medrag_graph.interactions.patient import Patient
from medrag_graph.interactions.regimen import DrugInput
from medrag_graph.interactions.report import FactSource, Missing, PatientEffect
from medrag_graph.interactions.units import Unit
from medrag_graph.interactions.words import listed, name_of, say
from medrag_graph.model import GraphConcept

__all__ = ["Situation", "pair_effects", "pair_missing"]

#: HL7 PDDI CDS implementation guide, warfarin and NSAIDs (Malone, Horn, Hansten; AHRQ R21-HS023826).
EXEMPLAR: Final = FactSource(
    "HL7 PDDI CDS implementation guide, Warfarin + NSAIDs",
    "https://build.fhir.org/ig/HL7/PDDI-CDS/use-cases.html",
    second="W3C community report on a minimum representation of PDDI knowledge, 2019",
)
RULE: Final = "hl7-pddi/warfarin-nsaid"
#: Daily doses called high, in mg: EMA/325007/2015 for ibuprofen, EMA/592685/2013 for diclofenac.
HIGH_DOSES: Final[Mapping[str, float]] = {"ibuprofen": 2400.0, "diclofenac": 150.0}


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything that may change what is advised."""

    patient: Patient
    units: tuple[Unit, ...]
    inputs: tuple[DrugInput, ...]
    #: Conditions told or resolved, as folded names with those of their broader diseases.
    conditions: frozenset[str]
    #: Their names for the report, by folded name.
    said: Mapping[str, str]
    language: Language

    def in_group(self, group: str) -> tuple[Unit, ...]:
        return tuple(unit for unit in self.units if group in unit.profile.groups)

    def only_routes(self, unit: Unit, routes: Collection[str]) -> bool:
        """Whether every input that holds the unit is told to act where it is put."""
        return all(self.inputs[at].route in routes for at in unit.inputs)

    def name(self, concept: GraphConcept) -> str:
        return name_of(concept, self.language)


def warfarin_nsaid(one: Unit, other: Unit) -> Unit | None:
    """The NSAID of a pair of warfarin and an NSAID."""
    for left, right in ((one, other), (other, one)):
        if "warfarin" in left.profile.groups and "nsaid" in right.profile.groups:
            return right
    return None


def pair_effects(one: Unit, other: Unit, situation: Situation) -> tuple[PatientEffect, ...]:
    """The branches of the exemplar that apply, in its order: the first that decides ends it."""
    nsaid = warfarin_nsaid(one, other)
    if nsaid is None:
        return ()
    if topical_diclofenac(nsaid, situation):
        return (effect("factor.topical_diclofenac", "change.no_precautions", situation),)
    protected = [unit for unit in situation.in_group("gastroprotection") if unit.inputs]
    if protected:
        names = listed([situation.name(unit.concept) for unit in protected], situation.language)
        return (effect("factor.with", "change.gastroprotected", situation, names),)
    factors = [*bleeding_factors(situation), *regimen_factors(nsaid, situation)]
    if not factors and situation.patient.age_years is not None and situation.conditions:
        # Age and history were told, and neither they nor the regimen adds to the risk.
        return (effect("factor.no_bleeding_factor", "change.assess", situation),)
    return tuple(effect(key, "change.benefit_outweighs", situation, value) for key, value in factors)


def topical_diclofenac(nsaid: Unit, situation: Situation) -> bool:
    return "diclofenac" in nsaid.profile.groups and situation.only_routes(nsaid, ("topical", "ophthalmic"))


def bleeding_factors(situation: Situation) -> list[tuple[str, str]]:
    """Age over 65, or a history of ulcer or upper gastrointestinal bleeding."""
    found: list[tuple[str, str]] = []
    age = situation.patient.age_years
    if age is not None and age > 65:
        found.append(("factor.age", f"{age:g}"))
    told = sorted(situation.said.get(name, name) for name in situation.conditions & ulcers())
    return found + [("factor.condition", name) for name in dict.fromkeys(told)]


@cache
def ulcers() -> frozenset[str]:
    """Folded names of ulcer and gastrointestinal bleeding, in three languages."""
    from medrag_graph.facts import load_conditions

    return frozenset(name for name, codes in load_conditions().items() if ULCER in codes)


def regimen_factors(nsaid: Unit, situation: Situation) -> list[tuple[str, str]]:
    """A systemic corticosteroid, an aldosterone antagonist, a high dose, several NSAIDs."""
    found: list[tuple[str, str]] = []
    for group in ("corticosteroid", "aldosterone_antagonist"):
        found += [
            ("factor.with", situation.name(unit.concept))
            for unit in situation.in_group(group)
            if unit.inputs and not situation.only_routes(unit, ("topical", "ophthalmic"))
        ]
    if high_dose(nsaid, situation):
        found.append(("factor.high_dose", situation.name(nsaid.concept)))
    if len([unit for unit in situation.in_group("nsaid") if unit.inputs]) > 1:
        found.append(("factor.multiple_nsaids", ""))
    return found


def high_dose(nsaid: Unit, situation: Situation) -> bool:
    doses = [situation.inputs[at].daily_dose_mg or 0.0 for at in nsaid.inputs]
    limits = [limit for name, limit in HIGH_DOSES.items() if name in nsaid.profile.folded]
    return bool(limits) and sum(doses) >= limits[0]


def effect(factor: str, change: str, situation: Situation, value: str = "") -> PatientEffect:
    language = situation.language
    return PatientEffect(say(factor, language, value=value), say(change, language), EXEMPLAR)


def pair_missing(one: Unit, other: Unit, situation: Situation) -> tuple[Missing, ...]:
    """What the exemplar would decide by and was not told."""
    nsaid = warfarin_nsaid(one, other)
    if nsaid is None or topical_diclofenac(nsaid, situation) or situation.in_group("gastroprotection"):
        return ()
    members = tuple(sorted((one.id, other.id)))
    names = listed([situation.name(unit.concept) for unit in (one, other)], situation.language)
    asked: list[tuple[str, str]] = []
    if situation.patient.age_years is None:
        asked.append(("age_years", "why.age"))
    if not situation.conditions:
        asked.append(("conditions", "why.ulcer"))
    return tuple(
        Missing(field, say(why, situation.language, names=names), RULE, members, EXEMPLAR)
        for field, why in asked
    )
