"""Findings about one drug in this patient: kidney function, pregnancy, breastfeeding, age, and values out of range."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from medrag.vocabulary import Severity
from medrag_graph.interactions.labs import Signal
from medrag_graph.interactions.merge import Telling, claim_assertion, inferred, make_finding
from medrag_graph.interactions.patient import Patient
from medrag_graph.interactions.report import (
    Citation,
    FactSource,
    Finding,
    Missing,
    PatientEffect,
    Premise,
    ReportedAssertion,
    Step,
)
from medrag_graph.interactions.risks import PEOPLE, label_of, people_severity, premise_of
from medrag_graph.interactions.units import Unit
from medrag_graph.interactions.words import STATE, listed, say
from medrag_graph.model import Claim

if TYPE_CHECKING:
    from medrag_graph.facts import Risk

__all__ = ["factor_findings", "factor_missing", "kidney_value"]

ELDERLY_FROM: Final = 65.0
#: Properties of facts about people, and the word for what makes them hold.
STATES: Final = (("pregnancy", "pregnancy"), ("lactation", "lactation"), ("age-65", "age"), ("child", "age"))
#: Ages between which a woman whose pregnancy is not told is asked about it.
FERTILE: Final = (12.0, 55.0)
DIGOXIN: Final = FactSource(
    "FDA label of digoxin, hypokalaemia", "https://dailymed.nlm.nih.gov/dailymed/search.cfm?query=digoxin"
)


@dataclass(frozen=True, slots=True)
class KidneyValue:
    """A kidney function in the measure a source doses by, and how it is said."""

    value: float
    factor: str
    how: str
    #: True when the other measure had to stand in.
    stand_in: bool


def kidney_value(patient: Patient, measure: str) -> KidneyValue | None:
    """The patient's value of ``eGFR`` or ``CrCl``; the other one stands in, and the report says so."""
    egfr, clearance = patient.egfr(), patient.clearance()
    if measure.lower() == "egfr":
        if egfr is not None:
            return KidneyValue(egfr[0], "factor.egfr", egfr[1], False)
        return (
            None
            if clearance is None
            else KidneyValue(clearance[0], "factor.crcl_for_egfr", clearance[1], True)
        )
    if clearance is not None:
        return KidneyValue(clearance[0], "factor.crcl", clearance[1], False)
    return None if egfr is None else KidneyValue(egfr[0], "factor.egfr_for_crcl", egfr[1], True)


def factor_findings(
    units: Sequence[Unit],
    claims: Mapping[str, Sequence[Claim]],
    patient: Patient,
    signals: Sequence[Signal],
    telling: Telling,
) -> tuple[Finding, ...]:
    """Every finding about one drug; ``claims`` are the kidney dose claims of each unit."""
    found: list[Finding] = []
    for unit in units:
        found += kidney_findings(unit, claims.get(unit.id, ()), patient, telling)
        found += people_findings(unit, patient, telling)
        found += signal_findings(unit, signals, telling)
    return tuple(found)


def kidney_findings(unit: Unit, claims: Sequence[Claim], patient: Patient, telling: Telling) -> list[Finding]:
    """The bands the patient falls in, and the limits under which the drug is contraindicated."""
    told: list[ReportedAssertion] = []
    effects: dict[str, PatientEffect] = {}
    for claim in claims:
        value = kidney_value(patient, claim.qualifiers.get("measure", "CrCl"))
        if value is not None and within(claim, value.value):
            step = (Step(unit.id, unit.concept.name),)
            made = claim_assertion(claim, step, False, telling)
            told.append(made)
            effects[said_value(value, telling)] = PatientEffect(
                said_value(value, telling), claim.qualifiers.get("dose", ""), made.citation or FactSource("")
            )
    for risk in unit.profile.with_role("renal", ("contraindicated", "avoid", "caution")):
        value = kidney_value(patient, risk.threshold.measure) if risk.threshold else None
        if risk.threshold and value is not None and value.value < risk.threshold.below:
            premise = premise_of(unit, risk)
            said = f"{risk.threshold.measure} < {risk.threshold.below}"
            rule = f"patient/renal/{said.replace(' ', '')}"
            told.append(person_assertion(unit, rule, people_severity(risk), premise))
            effects.setdefault(
                said_value(value, telling), people_effect(unit, risk, said_value(value, telling), telling)
            )
    if all(item.severity == "minor" for item in told):
        return []
    return [person_finding(unit, "kidney", next(iter(effects)), told, tuple(effects.values()), telling)]


def within(claim: Claim, value: float) -> bool:
    """Whether a value lies in a claim's band. Bands are whole numbers: 29.6 is in 15-29, not between two bands."""
    lower, upper = claim.qualifiers.get("lower", ""), claim.qualifiers.get("upper", "")
    whole = math.floor(value)
    return (not lower or whole >= float(lower)) and (not upper or whole <= float(upper))


def said_value(value: KidneyValue, telling: Telling) -> str:
    return say(value.factor, telling.language, value=f"{value.value:.1f}".removesuffix(".0"), how=value.how)


def people_findings(unit: Unit, patient: Patient, telling: Telling) -> list[Finding]:
    """Pregnancy, breastfeeding, age 65 and over, and being younger than a drug is for."""
    age = patient.age_years
    holds = {
        "pregnancy": bool(patient.pregnant),
        "lactation": bool(patient.breastfeeding),
        "age-65": age is not None and age >= ELDERLY_FROM,
        "child": age is not None,
    }
    found = []
    for name, key in STATES:
        risks = unit.profile.with_role(name, PEOPLE) if holds[name] else ()
        risks = tuple(risk for risk in risks if risk.threshold is None or (age or 0.0) < risk.threshold.below)
        if risks:
            factor = say(f"factor.{key}", telling.language, value=f"{age:g}" if age is not None else "")
            told = [
                person_assertion(
                    unit, f"patient/{name}/{risk.role}", people_severity(risk), premise_of(unit, risk)
                )
                for risk in risks
            ]
            effects = tuple(people_effect(unit, risk, factor, telling) for risk in risks)
            found.append(person_finding(unit, name, factor, told, effects, telling))
    return found


def people_effect(unit: Unit, risk: Risk, factor: str, telling: Telling) -> PatientEffect:
    """What to do, in the asker's language; the fact's own note stays with its premise."""
    change = say(f"change.{risk.role}", telling.language)
    return PatientEffect(factor, change, premise_of(unit, risk).source)


def signal_findings(unit: Unit, signals: Sequence[Signal], telling: Telling) -> list[Finding]:
    """A value out of range that bears on a risk the drug carries."""
    found = []
    for signal in signals:
        risks = unit.profile.with_role(signal.property, ("carries",))
        digoxin = signal.property == "QT" and signal.field == "potassium" and "digoxin" in unit.profile.groups
        if not risks and not digoxin:
            continue
        factor = signal.factor(telling.language)
        premises = tuple(premise_of(unit, risk) for risk in risks)
        made = inferred(
            f"patient/{signal.field}/{signal.property}",
            signal.severity,
            premises,
            (Step(unit.id, unit.concept.name),),
            carries(unit, signal.property, telling) if risks else "",
            DIGOXIN if digoxin else signal.citation,
        )
        topic = f"{signal.field}/{signal.property}"
        found.append(person_finding(unit, topic, factor, [made], (signal.effect(telling.language),), telling))
    return found


def carries(unit: Unit, prop: str, telling: Telling) -> str:
    risk = label_of(prop, telling.language)
    return say("carries", telling.language, a=telling.name(unit.id), risk=risk)


def person_assertion(unit: Unit, rule: str, severity: Severity, premise: Premise) -> ReportedAssertion:
    return inferred(rule, severity, (premise,), (Step(unit.id, unit.concept.name),), "")


def person_finding(
    unit: Unit,
    topic: str,
    factor: str,
    told: Sequence[ReportedAssertion],
    effects: tuple[PatientEffect, ...],
    telling: Telling,
) -> Finding:
    made = make_finding("patient_factor", topic, (unit.id,), "", told, (), effects)
    headline = say(
        "patient",
        telling.language,
        a=telling.name(unit.id),
        factor=factor,
        what=STATE[made.severity][telling.language],
    )
    return replace(made, headline=headline)


def factor_missing(
    units: Sequence[Unit], claims: Mapping[str, Sequence[Claim]], patient: Patient, telling: Telling
) -> tuple[Missing, ...]:
    """What would decide about drugs and was not told: kidney function, pregnancy, age; once for all drugs it is of."""
    asked: dict[tuple[str, str, str], list[tuple[Unit, Citation | FactSource]]] = {}
    for unit in units:
        for measure, claim in first_by_measure(claims.get(unit.id, ())):
            value = kidney_value(patient, measure)
            if value is None or value.stand_in:
                asked.setdefault(kidney_question(measure, value), []).append((unit, cited(claim, telling)))
        for field, why, prop in unasked(patient):
            for risk in unit.profile.with_role(prop, PEOPLE)[:1]:
                asked.setdefault((field, why, f"patient/{prop}"), []).append(
                    (unit, premise_of(unit, risk).source)
                )
    return tuple(
        question(key, held, telling) for key, held in sorted(asked.items(), key=lambda item: item[0])
    )


def question(
    key: tuple[str, str, str], held: Sequence[tuple[Unit, Citation | FactSource]], telling: Telling
) -> Missing:
    field, why, rule = key
    names = listed([telling.name(unit.id) for unit, _ in held], telling.language)
    members = tuple(unit.id for unit, _ in held)
    return Missing(field, say(why, telling.language, names=names), rule, members, held[0][1])


def first_by_measure(claims: Sequence[Claim]) -> list[tuple[str, Claim]]:
    """Each measure a drug is dosed by, with the first claim that says so."""
    first: dict[str, Claim] = {}
    for claim in claims:
        first.setdefault(claim.qualifiers.get("measure", "CrCl"), claim)
    return sorted(first.items(), key=lambda item: item[0])


def kidney_question(measure: str, value: KidneyValue | None) -> tuple[str, str, str]:
    """(field, sentence, rule) to ask for what a measure needs."""
    if measure == "eGFR":
        return "egfr_ml_min_1_73m2", "why.renal", "patient/kidney/eGFR"
    return "creatinine", "why.renal" if value is None else "why.clearance", "patient/kidney/CrCl"


def cited(claim: Claim, telling: Telling) -> Citation | FactSource:
    held = telling.cited[claim.id].citations
    return held[0] if held else FactSource(claim.edition)


def unasked(patient: Patient) -> list[tuple[str, str, str]]:
    """(field, sentence, property) of what is not told of this person and could hold."""
    age = patient.age_years
    found: list[tuple[str, str, str]] = []
    # A person of whom neither sex nor age is told is asked for the age first.
    could_be = patient.sex == "female" or (patient.sex is None and age is not None)
    if patient.pregnant is None and could_be and (age is None or FERTILE[0] <= age <= FERTILE[1]):
        found.append(("pregnant", "why.pregnancy", "pregnancy"))
    if age is None:
        found += [("age_years", "why.age", "age-65"), ("age_years", "why.age", "child")]
    return found
