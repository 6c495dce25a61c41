"""The project's risk facts as premises of inferred findings, and how inferred assertions name themselves."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from medrag.vocabulary import SEVERITY_ORDER, Language, Severity
from medrag_graph.interactions.report import FactSource, Premise
from medrag_graph.interactions.units import Unit

if TYPE_CHECKING:
    from medrag_graph.facts import Risk, RiskCode

__all__ = [
    "EDITION",
    "HIGHEST_INFERRED",
    "PEOPLE",
    "SCALE",
    "SOURCE",
    "cap",
    "code_of",
    "label_of",
    "people_severity",
    "premise_of",
]

#: How inferred assertions name themselves beside the sources.
SOURCE, EDITION, SCALE = "medrag-facts", "medrag", "medrag-rule"
#: What is inferred is never graded above this.
HIGHEST_INFERRED: Final[Severity] = "major"
#: How facts about people are graded: contraindicated is "major" because it is inferred.
PEOPLE: Final[Mapping[str, Severity]] = {
    "contraindicated": "major",
    "avoid": "moderate",
    "caution": "minor",
}


@cache
def codes() -> dict[str, RiskCode]:
    from medrag_graph.facts import load_codes

    return {code.code: code for code in load_codes()}


def code_of(name: str) -> RiskCode:
    """The definition of a property. Raises KeyError for one the table lacks."""
    return codes()[name]


def label_of(name: str, language: Language) -> str:
    """A property in the asker's language."""
    code = codes()[name]
    return {"en": code.en, "zh": code.zh, "fr": code.fr}[language]


#: A few thousand facts have a few hundred sources.
fact_source = lru_cache(maxsize=4096)(FactSource)


def people_severity(risk: Risk) -> Severity:
    """How grave a fact about people is: what a label says to avoid in its boxed warning is major."""
    return "major" if risk.role == "avoid" and risk.strength == "strong" else PEOPLE[risk.role]


def premise_of(unit: Unit, risk: Risk) -> Premise:
    source = fact_source(risk.source, risk.url, risk.second, risk.held, risk.reviewed)
    return Premise(unit.id, risk.property, risk.role, risk.strength, risk.note, source)


def cap(severity: Severity) -> Severity:
    """Inferred severities stop at major."""
    most = SEVERITY_ORDER.index(HIGHEST_INFERRED)
    return SEVERITY_ORDER[max(most, SEVERITY_ORDER.index(severity))]
