"""What our facts say of drugs in a patient's conditions: named for the condition, or by a risk that it makes worse."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from medrag.vocabulary import Severity
from medrag_graph.interactions.labs import TORSADES
from medrag_graph.interactions.merge import Telling, inferred
from medrag_graph.interactions.report import FactSource, ReportedAssertion, Step
from medrag_graph.interactions.risks import PEOPLE, code_of, label_of, people_severity, premise_of
from medrag_graph.interactions.units import Unit
from medrag_graph.interactions.words import say

if TYPE_CHECKING:
    from medrag_graph.facts import Risk

__all__ = ["ULCER", "codes_of", "condition_assertions"]

#: The code of ulcer and gastrointestinal bleeding, which other rules ask for too.
ULCER: Final = "peptic-ulcer"
BEERS: Final = FactSource("AGS Beers criteria 2023, table 3", "https://doi.org/10.1111/jgs.18372")


class Worsening(NamedTuple):
    """A risk that a condition makes likelier or graver in whoever takes a drug that carries it."""

    property: str
    condition: str
    severity: Severity
    source: FactSource


#: Grades are ours: moderate asks to weigh it, major where product information commonly forbids it, minor where
#: labels warn of many drugs that are used all the same.
WORSENINGS: Final = (
    Worsening("QT", "long-QT", "major", TORSADES),
    Worsening("anticholinergic", "dementia", "moderate", BEERS),
    Worsening("anticholinergic", "urinary-retention", "moderate", BEERS),
    Worsening(
        "anticholinergic",
        "angle-closure-glaucoma",
        "moderate",
        FactSource(
            "FDA labels of anticholinergic drugs, contraindications",
            "https://dailymed.nlm.nih.gov/dailymed/search.cfm?query=oxybutynin",
        ),
    ),
    Worsening(
        "bradycardia",
        "heart-block",
        "moderate",
        FactSource(
            "2018 ACC/AHA/HRS guideline on bradycardia and conduction delay",
            "https://doi.org/10.1161/CIR.0000000000000628",
        ),
    ),
    Worsening(
        "respiratory-depression",
        "sleep-apnoea",
        "moderate",
        FactSource(
            "FDA labels of opioids, sleep-related breathing disorders",
            "https://dailymed.nlm.nih.gov/dailymed/search.cfm?query=morphine",
        ),
    ),
    Worsening(
        "bleeding",
        ULCER,
        "moderate",
        FactSource(
            "FDA labels of anticoagulants and antiplatelet drugs, bleeding",
            "https://dailymed.nlm.nih.gov/dailymed/search.cfm?query=apixaban",
        ),
    ),
    Worsening(
        "hepatotoxic",
        "liver-disease",
        "moderate",
        FactSource("NIDDK LiverTox", "https://www.ncbi.nlm.nih.gov/books/NBK547852/"),
    ),
    Worsening(
        "seizure-threshold",
        "seizure-disorder",
        "minor",
        FactSource(
            "FDA labels of drugs that lower the seizure threshold, warnings",
            "https://dailymed.nlm.nih.gov/dailymed/search.cfm?query=tramadol",
        ),
    ),
)


def codes_of(folded: Iterable[str]) -> frozenset[str]:
    """The codes of conditions that any of these folded names means."""
    from medrag_graph.facts import load_conditions

    named = load_conditions()
    return frozenset(code for name in folded for code in named.get(name, ()))


def condition_assertions(unit: Unit, codes: Collection[str], telling: Telling) -> list[ReportedAssertion]:
    """What holds of one drug in a condition of these codes, each with the fact it rests on."""
    return [*named_for(unit, codes), *made_worse(unit, codes, telling)]


def named_for(unit: Unit, codes: Collection[str]) -> Iterator[ReportedAssertion]:
    for code in sorted(codes):
        for risk in unit.profile.by_property.get(code, ()):
            if risk.role in PEOPLE and code_of(code).kind == "condition":
                yield told(unit, f"condition/{code}/{risk.role}", people_severity(risk), risk)


def made_worse(unit: Unit, codes: Collection[str], telling: Telling) -> Iterator[ReportedAssertion]:
    for item in WORSENINGS:
        if item.condition in codes:
            for risk in unit.profile.with_role(item.property, ("carries",)):
                label = label_of(item.property, telling.language)
                said = say("carries", telling.language, a=telling.name(unit.id), risk=label)
                rule = f"condition/{item.condition}/{item.property}"
                yield told(unit, rule, item.severity, risk, said, item.source)


def told(
    unit: Unit, rule: str, severity: Severity, risk: Risk, said: str = "", source: FactSource | None = None
) -> ReportedAssertion:
    step = (Step(unit.id, unit.concept.name),)
    return inferred(rule, severity, (premise_of(unit, risk),), step, said, source)
