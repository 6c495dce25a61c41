"""Makes the findings about several drugs: pairs, foods, duplicates and risks that add up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from medrag_graph.interactions.context import Situation, pair_effects
from medrag_graph.interactions.cumulative import Heap, heap_up
from medrag_graph.interactions.duplicates import Duplicate, find_duplicates
from medrag_graph.interactions.kinetics import Inference, infer_pairs
from medrag_graph.interactions.labs import INR_SOURCE, POTASSIUM_HIGH, TORSADES, Signal, effects_on
from medrag_graph.interactions.merge import Telling, hit_assertion, inferred, make_finding
from medrag_graph.interactions.pairs import Hit
from medrag_graph.interactions.patient import Patient
from medrag_graph.interactions.report import (
    FactSource,
    Finding,
    Missing,
    PatientEffect,
    ReportedAssertion,
    Step,
)
from medrag_graph.interactions.risks import code_of, label_of, people_severity, premise_of
from medrag_graph.interactions.speak import people_singled_out
from medrag_graph.interactions.units import Unit
from medrag_graph.interactions.whom import names_only
from medrag_graph.interactions.words import PAIR, listed, say

__all__ = ["duplicate_findings", "food_findings", "heap_findings", "heap_missing", "pair_findings"]

#: (property, patient field, Patient attribute, sentence, source) of values that decide about a heap.
ASKED: Final[tuple[tuple[str, str, str, str, FactSource], ...]] = (
    ("QT", "qtc_ms", "qtc_ms", "why.qtc", TORSADES),
    ("hyperkalaemia", "potassium", "potassium_mmol_l", "why.potassium", POTASSIUM_HIGH),
)


def pair_findings(
    units: Sequence[Unit],
    hits: Sequence[Hit],
    situation: Situation,
    signals: Sequence[Signal],
    telling: Telling,
) -> list[Finding]:
    """One finding for each pair a source speaks of or our facts imply."""
    stated: dict[tuple[str, str], list[Hit]] = {}
    for hit in hits:
        stated.setdefault(hit.pair, []).append(hit)
    implied: dict[tuple[str, str], list[Inference]] = {}
    for item in infer_pairs(units):
        implied.setdefault(item.pair, []).append(item)
    by_id = {unit.id: unit for unit in units}
    found = []
    for pair in sorted(stated.keys() | implied.keys()):
        held, rules = stated.get(pair, []), implied.get(pair, [])
        told = [hit_assertion(hit, telling) for hit in held if not hit.denies]
        told += [kinetic_assertion(item, telling) for item in rules]
        if told:
            one, other = by_id[pair[0]], by_id[pair[1]]
            denied = [hit_assertion(hit, telling) for hit in held if hit.denies]
            effects = (
                *pair_effects(one, other, situation),
                *population_effects(held, situation, telling),
                *effects_on(one.profile.carried() & other.profile.carried(), signals, telling.language),
            )
            found.append(pair_finding(pair, told, denied, effects, telling))
    return found


def pair_finding(
    pair: tuple[str, str],
    told: Sequence[ReportedAssertion],
    denied: Sequence[ReportedAssertion],
    effects: tuple[PatientEffect, ...],
    telling: Telling,
) -> Finding:
    made = make_finding("drug_drug", "", pair, "", told, denied, effects)
    names = {"a": telling.name(pair[0]), "b": telling.name(pair[1])}
    headline = say("drug_drug", telling.language, **names, what=PAIR[made.severity][telling.language])
    worst = [item for item in made.assertions if item.severity == made.severity]
    if all(item.derivation == "inferred" for item in made.assertions):
        headline = say("inferred", telling.language, said=headline)
    elif all(item.condition and not names_only(item.condition) for item in worst):
        headline = say("conditional", telling.language, said=headline)
    return replace(made, headline=headline)


def kinetic_assertion(item: Inference, telling: Telling) -> ReportedAssertion:
    """An inference with its premises; the path names the enzyme the drugs meet at."""
    prop = item.premises[0][1].property
    changer, substrate = item.changer, item.substrate
    mechanism = say(
        item.rule.rsplit("/", 1)[1],
        telling.language,
        changer=telling.name(changer.id),
        substrate=telling.name(substrate.id),
        enzyme=label_of(prop, telling.language),
    )
    path = (
        Step(changer.id, changer.concept.name),
        Step(f"medrag:{prop}", prop, item.rule.rsplit("/", 1)[1], "medrag"),
        Step(substrate.id, substrate.concept.name),
    )
    premises = tuple(premise_of(unit, risk) for unit, risk in item.premises)
    return inferred(item.rule, item.severity, premises, path, mechanism)


def population_effects(
    hits: Sequence[Hit], situation: Situation, telling: Telling
) -> tuple[PatientEffect, ...]:
    """Groups of patients a source's own text singles out, where this patient belongs to one."""
    groups = populations(situation.patient)
    if not groups:
        return ()
    from medrag_graph.pddi import label

    effects: dict[tuple[str, str], PatientEffect] = {}
    for hit in hits:
        for code, role in people_singled_out(hit, telling.concepts):
            quoted = [item for item in telling.cited[hit.claim.id].citations if item.quote.role == role]
            if code in groups and quoted:
                factor = say("factor.population", telling.language, value=label(code, telling.language))
                change = say("change.population", telling.language)
                effects.setdefault((code, hit.claim.id), PatientEffect(factor, change, quoted[0]))
    return tuple(effects[key] for key in sorted(effects))


def populations(patient: Patient) -> frozenset[str]:
    """The population codes of the rules that fit a patient."""
    age, kidney = patient.age_years, patient.egfr() or patient.clearance()
    holds = {
        "population.elderly": age is not None and age >= 65,
        "population.child": age is not None and age < 18,
        "population.renal": kidney is not None and kidney[0] < 60,
        "population.hepatic": patient.child_pugh is not None,
    }
    return frozenset(code for code, true in holds.items() if true)


def food_findings(
    hits: Sequence[Hit], units: Sequence[Unit], foods: Sequence[Unit], telling: Telling
) -> list[Finding]:
    """One finding for each drug and food a source or our facts warn of, asked or not; the drug is said first."""
    known = {unit.id for unit in foods}
    grouped: dict[tuple[str, str], list[Hit]] = {}
    for hit in hits:
        grouped.setdefault((hit.b, hit.a) if hit.a in known else (hit.a, hit.b), []).append(hit)
    drinks = {
        unit.id for unit in foods if "ethanol" in unit.profile.folded or "alcohol" in unit.profile.folded
    }
    warned = {drug for drug, food in grouped if food in drinks}
    found = [
        food_finding(
            "", (drug, food), telling.name(food), [hit_assertion(hit, telling) for hit in held], telling
        )
        for (drug, food), held in sorted(grouped.items())
    ]
    for unit in units:
        for risk in unit.profile.risks:
            # Where a source speaks of alcohol its words stand, not ours.
            if code_of(risk.property).kind == "food" and not (
                risk.property == "food-alcohol" and unit.id in warned
            ):
                rule, label = f"food/{risk.property}/{risk.role}", label_of(risk.property, telling.language)
                path = (Step(unit.id, unit.concept.name),)
                made = inferred(rule, people_severity(risk), (premise_of(unit, risk),), path, "")
                found.append(food_finding(risk.property, (unit.id,), label, [made], telling))
    return found


def food_finding(
    topic: str, members: tuple[str, ...], food: str, told: Sequence[ReportedAssertion], telling: Telling
) -> Finding:
    made = make_finding("food", topic, members, "", told)
    headline = say(
        "food",
        telling.language,
        a=telling.name(members[0]),
        b=food,
        what=PAIR[made.severity][telling.language],
    )
    return replace(made, headline=headline)


def duplicate_findings(units: Sequence[Unit], telling: Telling) -> list[Finding]:
    """The same ingredient in several inputs, and several of a class of which one is enough."""
    return [duplicate_finding(item, telling) for item in find_duplicates(units)]


def duplicate_finding(item: Duplicate, telling: Telling) -> Finding:
    names = [telling.name(unit.id) for unit in item.units]
    if item.group is None:
        topic, rule = "ingredient", "duplicate/ingredient"
        headline = say("same_ingredient", telling.language, a=names[0], n=str(len(item.inputs)))
    else:
        topic, rule = item.group.key, f"duplicate/{item.group.key}"
        group, said = item.group.name(telling.language), listed(names, telling.language)
        headline = say("same_class", telling.language, group=group, names=said)
    path = tuple(Step(unit.id, unit.concept.name) for unit in item.units)
    made = inferred(rule, item.severity, (), path, "", item.citation)
    return make_finding("duplicate_therapy", topic, (unit.id for unit in item.units), headline, [made])


def heap_findings(units: Sequence[Unit], signals: Sequence[Signal], telling: Telling) -> list[Finding]:
    """The risks several drugs carry together, with who contributes."""
    return [heap_finding(heap, signals, telling) for heap in heap_up(units)]


def heap_finding(heap: Heap, signals: Sequence[Signal], telling: Telling) -> Finding:
    prop = heap.rule.property
    risk = label_of(prop, telling.language)
    members = list(dict.fromkeys(unit.id for unit, _ in heap.carriers))
    names = listed([telling.name(member) for member in members], telling.language)
    headline = say("cumulative", telling.language, risk=risk, names=names)
    premises = tuple(premise_of(unit, fact) for unit, fact in heap.carriers)
    path = tuple(Step(unit.id, unit.concept.name) for unit, _ in heap.carriers)
    said = say("carried", telling.language, risk=risk)
    made = inferred(f"cumulative/{prop}", heap.severity, premises, path, said)
    effects = effects_on((prop,), signals, telling.language)
    return make_finding(
        "cumulative_risk", prop, members, headline[:1].upper() + headline[1:], [made], (), effects
    )


def heap_missing(units: Sequence[Unit], patient: Patient, telling: Telling) -> list[Missing]:
    """The values that would decide about a heap, and the INR of whoever takes warfarin."""
    heaps: Mapping[str, Heap] = {heap.rule.property: heap for heap in heap_up(units)}
    asked = []
    for prop, field, attribute, why, source in ASKED:
        if prop in heaps and getattr(patient, attribute) is None:
            members = tuple(dict.fromkeys(unit.id for unit, _ in heaps[prop].carriers))
            names = listed([telling.name(member) for member in members], telling.language)
            said = say(why, telling.language, names=names)
            asked.append(Missing(field, said, f"cumulative/{prop}", members, source))
    if patient.inr is None and len(units) > 1:
        for unit in units:
            if "vitamin_k_antagonist" in unit.profile.groups:
                said = say("why.inr", telling.language, names=telling.name(unit.id))
                asked.append(Missing("inr", said, "patient/inr", (unit.id,), INR_SOURCE))
    return asked
