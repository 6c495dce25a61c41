"""Meets the drugs of a regimen with what a patient is allergic to: the same drug, its group, groups that cross-react."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from medrag.text.normalise import fold_name
from medrag.vocabulary import Severity
from medrag_graph.interactions.known import Known
from medrag_graph.interactions.merge import Telling, inferred, make_finding
from medrag_graph.interactions.regimen import DrugInput
from medrag_graph.interactions.report import (
    DrugReport,
    FactSource,
    Finding,
    Premise,
    ReportedAssertion,
    Step,
)
from medrag_graph.interactions.risks import code_of, label_of, premise_of
from medrag_graph.interactions.units import Unit, build_units, resolve_input
from medrag_graph.interactions.words import STATE, say
from medrag_graph.stores import GraphHome

__all__ = ["Allergies", "allergy_findings", "read_allergies"]

RECORD: Final = FactSource("the patient's recorded allergies", reviewed=True)
#: What people write for a group beside the labels of its code.
ALIASES: Final[dict[str, str]] = {
    "penicillin": "allergy-penicillins",
    "penicillins": "allergy-penicillins",
    "pénicilline": "allergy-penicillins",
    "pénicillines": "allergy-penicillins",
    "青霉素": "allergy-penicillins",
    "青霉素类": "allergy-penicillins",
    "cephalosporin": "allergy-cephalosporins",
    "cephalosporins": "allergy-cephalosporins",
    "céphalosporines": "allergy-cephalosporins",
    "头孢": "allergy-cephalosporins",
    "头孢菌素": "allergy-cephalosporins",
    "头孢菌素类": "allergy-cephalosporins",
    "carbapenems": "allergy-carbapenems",
    "碳青霉烯类": "allergy-carbapenems",
    "sulfa": "allergy-sulfonamide-antibiotics",
    "sulfa drugs": "allergy-sulfonamide-antibiotics",
    "sulfonamide": "allergy-sulfonamide-antibiotics",
    "sulfonamides": "allergy-sulfonamide-antibiotics",
    "sulfamides": "allergy-sulfonamide-antibiotics",
    "磺胺": "allergy-sulfonamide-antibiotics",
    "磺胺类": "allergy-sulfonamide-antibiotics",
    "nsaid": "allergy-nsaids",
    "nsaids": "allergy-nsaids",
    "ains": "allergy-nsaids",
    "非甾体抗炎药": "allergy-nsaids",
    "macrolides": "allergy-macrolides",
    "大环内酯类": "allergy-macrolides",
    "quinolones": "allergy-quinolones",
    "fluoroquinolones": "allergy-quinolones",
    "喹诺酮类": "allergy-quinolones",
    "aminoglycosides": "allergy-aminoglycosides",
    "aminosides": "allergy-aminoglycosides",
    "氨基糖苷类": "allergy-aminoglycosides",
    "tetracyclines": "allergy-tetracyclines",
    "四环素类": "allergy-tetracyclines",
    "contrast media": "allergy-iodinated-contrast",
    "iodinated contrast": "allergy-iodinated-contrast",
    "造影剂": "allergy-iodinated-contrast",
    "opioids": "allergy-phenanthrene-opioids",
    "proton pump inhibitors": "allergy-proton-pump-inhibitors",
    "质子泵抑制剂": "allergy-proton-pump-inhibitors",
}
#: How a cross-reacting drug is graded by how often it does.
CROSS: Final[dict[str, Severity]] = {"moderate": "moderate", "weak": "minor"}


@dataclass(frozen=True, slots=True)
class Allergies:
    """Recorded allergies: the drugs they name and the groups."""

    reports: tuple[DrugReport, ...]
    drugs: tuple[Unit, ...]
    #: Allergy codes, told as such or because a named drug is a member.
    groups: tuple[str, ...]


@cache
def group_names() -> dict[str, str]:
    """Folded name to allergy code."""
    from medrag_graph.facts import load_codes

    labels = {
        fold_name(label): code.code
        for code in load_codes()
        if code.kind == "allergy"
        for label in (code.en, code.zh, code.fr, code.code, code.code.removeprefix("allergy-"))
    }
    return labels | {fold_name(name): code for name, code in ALIASES.items()}


def read_allergies(
    store: GraphHome, told: Sequence[str], editions: Sequence[str], known: Known | None = None
) -> Allergies:
    """Each allergy as a group of drugs, a drug, or both; one that is neither stays unresolved and is reported."""
    reports: list[DrugReport] = []
    groups: list[str] = []
    for text in dict.fromkeys(told):
        group = group_names().get(fold_name(text))
        report = resolve_input(store, DrugInput(text), known)
        if group is not None:
            groups.append(group)
            if report.status != "resolved":
                report = DrugReport(text, "resolved", None, (), (), f"group {group}")
        reports.append(report)
    drugs = build_units(store, [report for report in reports if report.concept is not None], editions, known)
    members = (risk.property for unit in drugs for risk in unit.profile.risks if risk.role == "member")
    return Allergies(tuple(reports), drugs, tuple(sorted({*groups, *members})))


def allergy_findings(units: Sequence[Unit], allergies: Allergies, telling: Telling) -> tuple[Finding, ...]:
    """One finding for each drug the patient may react to, with every reason."""
    findings = []
    own = {unit.id for unit in allergies.drugs}
    for unit in units:
        assertions: list[tuple[ReportedAssertion, str]] = []
        if unit.id in own:
            assertions.append(
                (recorded(unit), say("factor.allergy", telling.language, value=telling.name(unit.id)))
            )
        assertions += [
            grouped(unit, premise_of(unit, risk), telling)
            for risk in unit.profile.risks
            if risk.property in allergies.groups and code_of(risk.property).kind == "allergy"
        ]
        if assertions:
            told = [item for item, _ in assertions]
            made = make_finding("patient_factor", "allergy", (unit.id,), "", told)
            worst = next(factor for item, factor in assertions if item.severity == made.severity)
            headline = say(
                "patient",
                telling.language,
                a=telling.name(unit.id),
                factor=worst,
                what=STATE[made.severity][telling.language],
            )
            findings.append(replace(made, headline=headline))
    return tuple(findings)


def recorded(unit: Unit) -> ReportedAssertion:
    """The very drug the patient is recorded to be allergic to: the record states it, nothing is inferred."""
    return ReportedAssertion(
        id="allergy/recorded",
        source="patient",
        edition="record",
        native_scale="allergy-record",
        native_severity="allergy",
        severity="contraindicated",
        condition="",
        mechanism="",
        management="",
        details={},
        derivation="stated",
        path=(Step(unit.id, unit.concept.name),),
        valid_from=None,
        valid_to=None,
        citation=RECORD,
    )


def grouped(unit: Unit, premise: Premise, telling: Telling) -> tuple[ReportedAssertion, str]:
    """A drug of the group, or one that cross-reacts with it."""
    crosses = premise.role == "cross_reacts"
    severity: Severity = CROSS.get(premise.strength, "moderate") if crosses else "major"
    factor = say(
        "factor.cross" if crosses else "factor.group",
        telling.language,
        value=label_of(premise.property, telling.language),
    )
    path = (Step(unit.id, unit.concept.name),)
    rule = f"allergy/{premise.property.removeprefix('allergy-')}/{premise.role}"
    return inferred(rule, severity, (premise,), path, ""), factor
