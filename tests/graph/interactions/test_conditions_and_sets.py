"""Our facts about conditions, children and foods, and the sets of drugs that harm together."""

from __future__ import annotations

from typing import Any

import pytest
from asking import WARFARIN, ask, of_kind
from small_graph import TextSources

from medrag_graph.interactions.ensembles import ENSEMBLES
from medrag_graph.interactions.factors import people_findings
from medrag_graph.interactions.kinetics import infer_pairs
from medrag_graph.interactions.labs import signals
from medrag_graph.interactions.merge import Telling
from medrag_graph.interactions.patient import Patient
from medrag_graph.interactions.profiles import profile_of
from medrag_graph.interactions.units import Unit
from medrag_graph.interactions.words import SENTENCES
from medrag_graph.model import GraphConcept
from medrag_graph.stores import MemoryGraph


def unit(name: str, at: int) -> Unit:
    concept = GraphConcept(f"x:{name}", "drug", name, {"en": (name,)})
    return Unit(concept.id, concept, (at,), {}, (concept.id,), profile_of((name,), ""))


CODEINE = unit("codeine", 0)


@pytest.mark.parametrize(
    "told", ["heart failure", "心力衰竭", "insuffisance cardiaque", "Congestive Heart Failure"]
)
def test_a_condition_no_list_holds_is_known_by_its_words(
    memory: MemoryGraph, sources: TextSources, told: str
) -> None:
    report = ask(memory, sources, "ibuprofen", conditions=[told])
    found = of_kind(report, "drug_condition")
    assert [item.severity for item in found] == ["moderate"]
    (assertion,) = found[0].assertions
    assert assertion.derivation == "inferred"
    assert assertion.id == "condition/heart-failure/avoid"
    assert assertion.premises[0].source.url


def test_a_condition_is_no_other(memory: MemoryGraph, sources: TextSources) -> None:
    report = ask(memory, sources, "ibuprofen", conditions=["martian flu", "heartburn"])
    assert not of_kind(report, "drug_condition")


@pytest.mark.parametrize(("age", "severity"), [(2, "major"), (11.9, "major"), (12, None), (40, None)])
def test_a_drug_is_told_for_those_younger_than_it_is_for(
    memory: MemoryGraph, sources: TextSources, age: float, severity: str | None
) -> None:
    report = ask(memory, sources, "warfarin")
    telling = Telling("en", {}, {"x:codeine": CODEINE.concept}, {})
    found = people_findings(CODEINE, Patient(age_years=age), telling)
    assert [item.severity for item in found if item.topic == "child"] == ([severity] if severity else [])
    assert not of_kind(report, "patient_factor", "child")


def test_a_food_is_said_after_its_drug(memory: MemoryGraph, sources: TextSources) -> None:
    (finding,) = of_kind(ask(memory, sources, "warfarin"), "food", "food-vitamin-K")
    assert finding.headline.startswith("warfarin, if taken with")
    assert finding.members == (WARFARIN,)
    assert finding.severity == "minor"


def test_three_parts_make_a_set_and_two_do_not(memory: MemoryGraph, sources: TextSources) -> None:
    def topics(*drugs: Any) -> list[str]:
        return [item.topic for item in of_kind(ask(memory, sources, *drugs), "cumulative_risk")]

    assert "kidney-triple" not in topics("lisinopril", "ibuprofen")
    assert "kidney-triple" in topics("lisinopril", "spironolactone", "ibuprofen")
    assert "kidney-triple" not in topics(
        "lisinopril", "spironolactone", {"text": "diclofenac", "route": "topical"}
    )


def test_a_set_is_never_above_major_and_names_its_source() -> None:
    for rule in ENSEMBLES:
        assert rule.severity in ("major", "moderate")
        assert rule.source.url.startswith("https://")
        assert set(rule.said) == {"en", "zh", "fr"}


def test_an_enzyme_that_makes_what_acts_is_not_said_to_clear_it() -> None:
    found = {item.rule for item in infer_pairs((CODEINE, unit("paroxetine", 1)))}
    assert found == {"kinetic/CYP2D6/inhibitor-activation"}
    for language in ("en", "zh", "fr"):
        assert SENTENCES["inhibitor-activation"][language] != SENTENCES["inhibitor"][language]


def test_low_potassium_bears_on_what_lowers_it() -> None:
    found = {item.property: item.severity for item in signals(Patient(potassium_mmol_l=3.4))}
    assert found == {"QT": "moderate", "hypokalaemia": "moderate"}
    assert signals(Patient(potassium_mmol_l=3.5)) == ()
    assert signals(Patient(potassium_mmol_l=5.0)) == ()
    assert [item.severity for item in signals(Patient(potassium_mmol_l=5.49))] == ["moderate"]
    assert [item.severity for item in signals(Patient(potassium_mmol_l=5.5))] == ["major"]
    assert signals(Patient(potassium_mmol_l=5.49))[0].value == "5.49"
