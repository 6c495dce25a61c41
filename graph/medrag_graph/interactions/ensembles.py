"""Sets of drugs that harm together though each pair is usual: one drug of each part, in whom the rule says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from medrag.vocabulary import Language, Severity
from medrag_graph.interactions.context import Situation
from medrag_graph.interactions.merge import Telling, inferred, make_finding
from medrag_graph.interactions.report import FactSource, Finding, Step
from medrag_graph.interactions.units import Unit
from medrag_graph.interactions.words import listed, say

__all__ = ["ENSEMBLES", "Ensemble", "ensemble_findings"]

#: mL/min/1.73 m2 under which aliskiren is not combined: FDA label of aliskiren, 5 and 7.
KIDNEY_BELOW: Final = 60.0


@dataclass(frozen=True, slots=True)
class Ensemble:
    """``parts`` are ATC prefixes. ``diabetes_or_kidney`` holds only in diabetes or an eGFR under 60."""

    key: str
    parts: tuple[tuple[str, ...], ...]
    severity: Severity
    said: dict[Language, str]
    source: FactSource
    diabetes_or_kidney: bool = False


#: Grades are ours, not reviewed by a pharmacist yet.
ENSEMBLES: Final = (
    Ensemble(
        "kidney-triple",
        (("C09",), ("C03",), ("M01A",)),
        "major",
        {
            "en": "Acute kidney injury: a renin-angiotensin blocker, a diuretic and an NSAID together",
            "zh": "急性肾损伤风险：肾素-血管紧张素系统抑制剂、利尿剂与非甾体抗炎药三者合用",
            "fr": "Insuffisance rénale aiguë : bloqueur du système rénine-angiotensine, diurétique et AINS ensemble",
        },
        FactSource(
            "Lapi et al., BMJ 2013;346:e8525",
            "https://doi.org/10.1136/bmj.e8525",
            second="FDA labels of ACE inhibitors, drug interactions (NSAIDs)",
        ),
    ),
    Ensemble(
        "aliskiren-dual-blockade",
        (("C09XA",), ("C09A", "C09B", "C09C", "C09D")),
        "major",
        {
            "en": "Not to be combined in diabetes or with an eGFR under 60 mL/min/1.73 m2",
            "zh": "糖尿病或eGFR低于60 mL/min/1.73 m2者不应合用",
            "fr": "À ne pas associer en cas de diabète ou de DFGe inférieur à 60 mL/min/1,73 m2",
        },
        FactSource(
            "FDA label of aliskiren, contraindications and drug interactions",
            "https://dailymed.nlm.nih.gov/dailymed/search.cfm?query=aliskiren",
            second="EU SmPC aliskiren, 4.3",
        ),
        diabetes_or_kidney=True,
    ),
    Ensemble(
        "opioid-with-benzodiazepine",
        (("N02A", "N07BC01", "N07BC02", "R05DA04"), ("N05BA", "N05CD", "N05CF", "N03AE")),
        "major",
        {
            "en": "Profound sedation and respiratory depression: an opioid with a benzodiazepine or Z-drug",
            "zh": "深度镇静与呼吸抑制风险：阿片类与苯二氮䓬类或Z类药物合用",
            "fr": "Sédation profonde et dépression respiratoire : opioïde avec benzodiazépine ou apparenté",
        },
        FactSource(
            "FDA drug safety communication 2016-08-31, boxed warning of opioids and benzodiazepines",
            "https://www.fda.gov/drugs/drug-safety-and-availability/fda-drug-safety-communication-fda-warns-about-serious-risks-and-death-when-combining-opioid-pain-or",
        ),
    ),
    Ensemble(
        "anticoagulant-with-heparin",
        (("B01AE07", "B01AF"), ("B01AB", "B01AX05")),
        "major",
        {
            "en": "Two anticoagulants, outside a switch from one to the other",
            "zh": "两种抗凝药合用（转换治疗除外）",
            "fr": "Deux anticoagulants, hors relais de l'un à l'autre",
        },
        FactSource(
            "EU SmPC of rivaroxaban, apixaban, edoxaban and dabigatran, 4.3",
            "https://www.ema.europa.eu/en/medicines/human/EPAR/xarelto",
        ),
    ),
)


def ensemble_findings(units: Sequence[Unit], situation: Situation, telling: Telling) -> list[Finding]:
    """One finding for each rule all of whose parts are taken, systemically, in two inputs or more."""
    found = []
    systemic = [unit for unit in units if acts_systemically(unit, situation)]
    for rule in ENSEMBLES:
        parts = [[unit for unit in systemic if belongs(unit, prefixes)] for prefixes in rule.parts]
        members = {unit.id: unit for part in parts for unit in part}
        inputs = {at for unit in members.values() for at in unit.inputs}
        if all(parts) and len(inputs) > 1 and distinct(parts) and holds(rule, situation):
            found.append(told(rule, [members[key] for key in sorted(members)], telling))
    return found


def acts_systemically(unit: Unit, situation: Situation) -> bool:
    return not (unit.inputs and situation.only_routes(unit, ("topical", "ophthalmic")))


def belongs(unit: Unit, prefixes: tuple[str, ...]) -> bool:
    return any(code.startswith(prefixes) for code in unit.profile.atc)


def distinct(parts: Sequence[Sequence[Unit]]) -> bool:
    """No drug stands for two parts: parts that share one need another beside it."""
    return all(
        len({unit.id for unit in (*one, *other)}) > 1 and {u.id for u in one} != {u.id for u in other}
        for one, other in pairwise(parts)
    )


def holds(rule: Ensemble, situation: Situation) -> bool:
    if not rule.diabetes_or_kidney:
        return True
    kidney = situation.patient.egfr() or situation.patient.clearance()
    return "diabetes mellitus" in situation.conditions or (kidney is not None and kidney[0] < KIDNEY_BELOW)


def told(rule: Ensemble, members: Sequence[Unit], telling: Telling) -> Finding:
    said = rule.said[telling.language]
    names = listed([telling.name(unit.id) for unit in members], telling.language)
    path = tuple(Step(unit.id, unit.concept.name) for unit in members)
    made = inferred(f"ensemble/{rule.key}", rule.severity, (), path, said, rule.source)
    headline = say("ensemble", telling.language, risk=said, names=names)
    return make_finding("cumulative_risk", rule.key, (unit.id for unit in members), headline, [made])
