"""The four branches of the HL7 PDDI warfarin and NSAID exemplar, and what it asks for."""

from __future__ import annotations

from typing import Any

import pytest
from asking import DICLOFENAC, IBUPROFEN, WARFARIN, ask, of_kind, pair
from small_graph import TextSources

from medrag_graph.stores import MemoryGraph

NO_PRECAUTIONS = "No special precautions: little of it reaches the blood."
GASTROPROTECTED = "Assess the risk and act if necessary: gastroprotection may lower the risk of upper gastrointestinal bleeding."
ASSESS = "Assess the risk and act if necessary."
BENEFIT = "Use only if the benefit outweighs the risk: bleeding is likelier in this patient."

BRANCHES: list[tuple[str, list[Any], dict[str, Any], list[tuple[str, str]]]] = [
    ("topical diclofenac", ["warfarin", "diclofenac gel"], {}, [("topical diclofenac", NO_PRECAUTIONS)]),
    (
        "topical diclofenac, told as a route",
        ["warfarin", {"text": "diclofenac", "route": "topical"}],
        {"patient": {"age_years": 80}},
        [("topical diclofenac", NO_PRECAUTIONS)],
    ),
    (
        "a proton pump inhibitor ends it, whatever the age",
        ["warfarin", "diclofenac", "omeprazole"],
        {"patient": {"age_years": 80}, "conditions": ["peptic ulcer disease"]},
        [("taken with omeprazole", GASTROPROTECTED)],
    ),
    ("over 65", ["warfarin", "diclofenac"], {"patient": {"age_years": 66}}, [("age 66", BENEFIT)]),
    ("65 is not over 65", ["warfarin", "diclofenac"], {"patient": {"age_years": 65}}, []),
    (
        "a history of ulcer, through a narrower disease",
        ["warfarin", "diclofenac"],
        {"patient": {"age_years": 40}, "conditions": ["gastric ulcer"]},
        [("history: gastric ulcer", BENEFIT)],
    ),
    (
        "a history no list of diseases holds",
        ["warfarin", "diclofenac"],
        {"patient": {"age_years": 40}, "conditions": ["upper GI bleeding"]},
        [("history: upper GI bleeding", BENEFIT)],
    ),
    (
        "a systemic corticosteroid",
        ["warfarin", "diclofenac", "prednisone"],
        {"patient": {"age_years": 40}},
        [("taken with prednisone", BENEFIT)],
    ),
    (
        "an aldosterone antagonist",
        ["warfarin", "diclofenac", "spironolactone"],
        {"patient": {"age_years": 40}},
        [("taken with spironolactone", BENEFIT)],
    ),
    (
        "a high dose",
        ["warfarin", {"text": "diclofenac", "daily_dose_mg": 150}],
        {"patient": {"age_years": 40}},
        [("high daily dose of diclofenac", BENEFIT)],
    ),
    (
        "several NSAIDs",
        ["warfarin", "diclofenac", "ibuprofen"],
        {"patient": {"age_years": 40}},
        [("more than one NSAID", BENEFIT)],
    ),
    ("none of these", ["warfarin", "diclofenac"], {"patient": {"age_years": 40}}, []),
    (
        "none of these, and the history is told",
        ["warfarin", "diclofenac"],
        {"patient": {"age_years": 40}, "conditions": ["asthma"]},
        [("no further factor for bleeding told", ASSESS)],
    ),
]


@pytest.mark.parametrize(
    ("drugs", "told", "effects"), [row[1:] for row in BRANCHES], ids=[r[0] for r in BRANCHES]
)
def test_a_branch(
    memory: MemoryGraph,
    sources: TextSources,
    drugs: list[Any],
    told: dict[str, Any],
    effects: list[tuple[str, str]],
) -> None:
    finding = pair(ask(memory, sources, *drugs, **told), WARFARIN, DICLOFENAC)
    assert [(item.factor, item.change) for item in finding.patient_effect] == effects
    assert finding.severity == "major", "context changes the recommendation, not the fact"
    for item in finding.patient_effect:
        assert item.as_json()["citation"]["source"].startswith("HL7 PDDI CDS implementation guide")


def test_it_asks_for_what_would_decide(memory: MemoryGraph, sources: TextSources) -> None:
    def asked(*drugs: str, **told: Any) -> set[str]:
        report = ask(memory, sources, *drugs, **told)
        return {item.field for item in report.missing_context if item.rule == "hl7-pddi/warfarin-nsaid"}

    assert asked("warfarin", "ibuprofen") == {"age_years", "conditions"}
    assert asked("warfarin", "ibuprofen", patient={"age_years": 50}) == {"conditions"}
    assert asked("warfarin", "ibuprofen", "omeprazole") == set()
    assert asked("warfarin", "diclofenac gel") == set()
    assert asked("ibuprofen", "omeprazole") == set()


def test_a_tablet_beside_the_gel_is_not_topical(memory: MemoryGraph, sources: TextSources) -> None:
    report = ask(memory, sources, "warfarin", "diclofenac gel", "diclofenac", patient={"age_years": 70})
    assert [item.factor for item in pair(report, WARFARIN, DICLOFENAC).patient_effect] == ["age 70"]


def test_a_gel_adds_nothing_to_bleeding(memory: MemoryGraph, sources: TextSources) -> None:
    def topics(*drugs: Any) -> list[str]:
        return [item.topic for item in of_kind(ask(memory, sources, *drugs), "cumulative_risk")]

    assert "bleeding" in topics("warfarin", "diclofenac")
    assert "bleeding" not in topics("warfarin", "diclofenac gel")


def test_context_changes_what_is_advised_and_never_the_fact(
    memory: MemoryGraph, sources: TextSources
) -> None:
    plain = pair(ask(memory, sources, "warfarin", "diclofenac"), WARFARIN, DICLOFENAC)
    for _, drugs, told, _ in BRANCHES:
        found = pair(ask(memory, sources, *drugs, **told), WARFARIN, DICLOFENAC)
        assert (found.severity, found.assertions) == (plain.severity, plain.assertions)
        for effect in found.patient_effect:
            assert effect.factor
            assert effect.change
            assert effect.as_json()["citation"]["url"].startswith("https://")


def test_everything_asked_for_names_its_rule(memory: MemoryGraph, sources: TextSources) -> None:
    asked = ask(memory, sources, "warfarin", "ibuprofen", "metformin", "lisinopril").missing_context
    assert {"hl7-pddi/warfarin-nsaid", "patient/inr"} <= {item.rule for item in asked}
    assert all(item.rule and item.field and item.members for item in asked)


def test_the_branches_speak_the_asker_s_language(memory: MemoryGraph, sources: TextSources) -> None:
    report = ask(memory, sources, "华法林", "布洛芬", language="zh", patient={"age_years": 78})
    (effect,) = pair(report, WARFARIN, IBUPROFEN).patient_effect
    assert (effect.factor, effect.change) == ("78岁", "仅在获益大于风险时使用：该患者出血风险更高。")
