"""Findings about one drug in this patient: kidney, pregnancy, age, allergy, potassium, QTc, INR, liver."""

from __future__ import annotations

from typing import Any

import pytest
from asking import ask, of_kind, pair
from small_graph import TextSources

from medrag_graph.stores import MemoryGraph


def topics(report: Any) -> dict[tuple[str, tuple[str, ...]], str]:
    return {(item.topic, item.members): item.severity for item in of_kind(report, "patient_factor")}


@pytest.mark.parametrize(
    ("egfr", "severity"),
    [(22, "contraindicated"), (29.6, "contraindicated"), (30, "moderate"), (44.9, "moderate"), (45, None)],
)
def test_the_band_a_kidney_falls_in(
    memory: MemoryGraph, sources: TextSources, egfr: float, severity: str | None
) -> None:
    report = ask(memory, sources, "metformin", patient={"egfr_ml_min_1_73m2": egfr})
    assert topics(report).get(("kidney", ("rxnorm:6809",))) == severity


def test_a_band_is_quoted_and_its_dose_is_the_change(memory: MemoryGraph, sources: TextSources) -> None:
    report = ask(memory, sources, "metformin", patient={"egfr_ml_min_1_73m2": 35})
    (finding,) = of_kind(report, "patient_factor", "kidney")
    assert finding.headline == "metformin, eGFR 35 mL/min/1.73 m2 (given): caution or adjustment"
    (effect,) = finding.patient_effect
    assert (effect.factor, effect.change) == ("eGFR 35 mL/min/1.73 m2 (given)", "1000 mg a day")
    assert finding.assertions[0].quotes[0].exact == "eGFR 30-44 | 1000 mg a day"


def test_a_computed_kidney_function_says_how(memory: MemoryGraph, sources: TextSources) -> None:
    told = {"creatinine": {"value": 185.6, "unit": "umol/L"}, "age_years": 40, "sex": "female"}
    (finding,) = of_kind(ask(memory, sources, "metformin", patient=told), "patient_factor", "kidney")
    assert "CKD-EPI 2021" in finding.headline


def test_a_kidney_function_not_told_is_asked_for(memory: MemoryGraph, sources: TextSources) -> None:
    (missing,) = [m for m in ask(memory, sources, "metformin").missing_context if "kidney" in m.rule]
    assert (missing.field, missing.members) == ("egfr_ml_min_1_73m2", ("rxnorm:6809",))
    assert missing.as_json()["citation"]["quote"]["exact"]
    told = ask(memory, sources, "metformin", patient={"egfr_ml_min_1_73m2": 90})
    assert not [m for m in told.missing_context if "kidney" in m.rule]


def test_pregnancy_breastfeeding_and_age(memory: MemoryGraph, sources: TextSources) -> None:
    report = ask(memory, sources, "warfarin", patient={"pregnant": True, "age_years": 30, "sex": "female"})
    assert topics(report) == {("pregnancy", ("rxnorm:11289",)): "major"}
    old = ask(memory, sources, "diclofenac", patient={"age_years": 65})
    assert topics(old) == {("age-65", ("rxnorm:3355",)): "moderate"}
    assert topics(ask(memory, sources, "diclofenac", patient={"age_years": 64})) == {}


def test_pregnancy_is_asked_of_whom_it_may_concern(memory: MemoryGraph, sources: TextSources) -> None:
    def asked(**patient: Any) -> bool:
        report = ask(memory, sources, "warfarin", patient=patient)
        return any(item.field == "pregnant" for item in report.missing_context)

    assert asked(sex="female", age_years=30)
    assert asked(sex="female")
    assert asked(age_years=30)
    assert not asked(sex="female", age_years=30, pregnant=False)
    assert not asked(sex="male", age_years=30)
    assert not asked(sex="female", age_years=70)


def test_a_risk_fact_never_grades_above_major_and_shows_its_premises(
    memory: MemoryGraph, sources: TextSources
) -> None:
    report = ask(memory, sources, "warfarin", patient={"pregnant": True})
    (item,) = of_kind(report, "patient_factor", "pregnancy")[0].assertions
    assert (item.derivation, item.severity) == ("inferred", "major")
    assert [(p.property, p.role) for p in item.premises] == [("pregnancy", "contraindicated")]
    assert item.premises[0].source.source


@pytest.mark.parametrize("value", [{"value": 5.8, "unit": "mmol/L"}, {"value": 22.7, "unit": "mg/dL"}])
def test_high_potassium_bears_on_what_raises_it(
    memory: MemoryGraph, sources: TextSources, value: dict[str, Any]
) -> None:
    report = ask(memory, sources, "lisinopril", "spironolactone", "amlodipine", patient={"potassium": value})
    found = topics(report)
    assert found["potassium/hyperkalaemia", ("rxnorm:29046",)] == "major"
    assert found["potassium/hyperkalaemia", ("rxnorm:9997",)] == "major"
    assert ("potassium/hyperkalaemia", ("rxnorm:17767",)) not in found
    held = pair(report, "rxnorm:29046", "rxnorm:9997")
    assert held.severity == "moderate"
    assert [item.factor.startswith("potassium 5.8") for item in held.patient_effect] == [True]


@pytest.mark.parametrize(
    ("patient", "topic", "drug", "severity"),
    [
        ({"qtc_ms": 510}, "qtc/QT", "amiodarone", "major"),
        ({"qtc_ms": 475}, "qtc/QT", "amiodarone", "moderate"),
        ({"qtc_ms": 475, "sex": "female"}, "qtc/QT", "amiodarone", None),
        ({"potassium": {"value": 2.8, "unit": "mmol/L"}}, "potassium/QT", "amiodarone", "major"),
        ({"potassium": {"value": 3.2, "unit": "mmol/L"}}, "potassium/QT", "digoxin", "moderate"),
        ({"inr": 3.5}, "inr/bleeding", "warfarin", "moderate"),
        ({"inr": 6}, "inr/bleeding", "warfarin", "major"),
        ({"inr": 2.5}, "inr/bleeding", "warfarin", None),
        ({"child_pugh": "C"}, "child_pugh/hepatotoxic", "acetaminophen", "major"),
        ({"child_pugh": "A"}, "child_pugh/hepatotoxic", "acetaminophen", None),
    ],
)
def test_values_out_of_range(
    memory: MemoryGraph,
    sources: TextSources,
    patient: dict[str, Any],
    topic: str,
    drug: str,
    severity: str | None,
) -> None:
    report = ask(memory, sources, drug, patient=patient)
    found = of_kind(report, "patient_factor", topic)
    assert [item.severity for item in found] == ([severity] if severity else [])
    for item in found:
        assert item.patient_effect[0].as_json()["citation"]["source"]


@pytest.mark.parametrize(
    ("allergy", "drug", "severity"),
    [
        ("amoxicillin", "amoxicillin", "contraindicated"),
        ("阿莫西林", "amoxicillin", "contraindicated"),
        ("penicillin", "amoxicillin", "major"),
        ("青霉素", "amoxicillin", "major"),
        ("allergie aux pénicillines", "amoxicillin", "major"),
        ("ibuprofen", "diclofenac", "major"),
        ("sulfa", "Bactrim", "major"),
        ("penicillin", "warfarin", None),
    ],
)
def test_allergies(
    memory: MemoryGraph, sources: TextSources, allergy: str, drug: str, severity: str | None
) -> None:
    report = ask(memory, sources, drug, patient={"allergies": [allergy]})
    assert [item.severity for item in of_kind(report, "patient_factor", "allergy")] == (
        [severity] if severity else []
    )


def test_an_allergy_that_names_nothing_is_reported(memory: MemoryGraph, sources: TextSources) -> None:
    report = ask(memory, sources, "warfarin", patient={"allergies": ["moonlight"]})
    assert [(item.input, item.status) for item in report.allergies] == [("moonlight", "unresolved")]


def test_what_the_patient_takes_is_checked_too(memory: MemoryGraph, sources: TextSources) -> None:
    report = ask(memory, sources, "ibuprofen", patient={"drugs": ["warfarin", "Ibuprofen"]})
    assert pair(report, "rxnorm:11289", "rxnorm:5640").severity == "major"
    assert not of_kind(report, "duplicate_therapy")
    assert [item.input for item in report.drugs] == ["ibuprofen", "warfarin"]
