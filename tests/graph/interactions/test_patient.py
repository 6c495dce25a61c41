"""Patients are read strictly, and the two kidney equations give the published values."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrag.errors import InputRefused
from medrag_graph.interactions import Patient, read_patient
from medrag_graph.interactions.kidney import ckd_epi_2021, cockcroft_gault


@pytest.mark.parametrize(
    ("creatinine", "age", "sex", "egfr"),
    [
        # By hand: 142 x (1.0/0.9)^-1.2 x 0.9938^50 and 142 x (1.0/0.7)^-1.2 x 0.9938^50 x 1.012.
        (1.0, 50, "male", 91.7),
        (1.0, 50, "female", 68.6),
        (0.6, 30, "female", 123.8),
        (2.1, 40, "female", 30.0),
        (4.0, 70, "male", 15.3),
    ],
)
def test_ckd_epi_2021(creatinine: float, age: float, sex: Any, egfr: float) -> None:
    assert ckd_epi_2021(creatinine, age, sex) == pytest.approx(egfr, abs=0.15)


@pytest.mark.parametrize(
    ("creatinine", "age", "weight", "sex", "clearance"),
    [(1.0, 40, 72, "male", 100.0), (1.0, 40, 72, "female", 85.0), (1.4, 78, 60, "female", 31.4)],
)
def test_cockcroft_gault(creatinine: float, age: float, weight: float, sex: Any, clearance: float) -> None:
    assert cockcroft_gault(creatinine, age, weight, sex) == pytest.approx(clearance, abs=0.1)


@given(st.floats(0.3, 15), st.floats(18, 95), st.sampled_from(["female", "male"]))
def test_more_creatinine_and_more_years_never_mean_a_better_kidney(
    creatinine: float, age: float, sex: Any
) -> None:
    assert ckd_epi_2021(creatinine * 1.1, age, sex) < ckd_epi_2021(creatinine, age, sex)
    assert ckd_epi_2021(creatinine, age + 1, sex) < ckd_epi_2021(creatinine, age, sex)
    assert cockcroft_gault(creatinine, age + 1, 70, sex) < cockcroft_gault(creatinine, age, 70, sex)


def test_units_are_read_as_they_are_told() -> None:
    one = read_patient({"creatinine": {"value": 88.4, "unit": "umol/L"}})
    other = read_patient({"creatinine": {"value": 1.0, "unit": "mg/dL"}})
    assert one.creatinine_mg_dl == pytest.approx(other.creatinine_mg_dl)
    for value, unit in ((5.8, "mmol/L"), (5.8, "mEq/L"), (22.677, "mg/dL")):
        patient = read_patient({"potassium": {"value": value, "unit": unit}})
        assert patient.potassium_mmol_l == pytest.approx(5.8, abs=0.001)


@pytest.mark.parametrize(
    ("field", "value", "unit", "expected"),
    [
        ("potassium", 13.6843, "mg/dL", 3.5),
        ("potassium", 19.549, "mg/dL", 5.0),
        ("potassium", 21.5039, "mg/dL", 5.5),
        ("potassium", 5.5, "mEq/L", 5.5),
        ("creatinine", 132.6, "umol/L", 1.5),
        ("creatinine", 132.6, "µmol/L", 1.5),
    ],
)
def test_a_limit_told_in_another_unit_is_that_limit(
    field: str, value: float, unit: str, expected: float
) -> None:
    patient = read_patient({field: {"value": value, "unit": unit}})
    assert expected in (patient.potassium_mmol_l, patient.creatinine_mg_dl)


def test_kidney_function_is_read_computed_or_not_known() -> None:
    told = {"creatinine": {"value": 1.4, "unit": "mg/dL"}, "age_years": 78, "sex": "female", "weight_kg": 60}
    patient = read_patient(told)
    egfr, clearance = patient.egfr(), patient.clearance()
    assert egfr is not None
    assert clearance is not None
    assert (round(egfr[0], 1), egfr[1]) == (38.5, "CKD-EPI 2021")
    assert (round(clearance[0], 1), clearance[1]) == (31.4, "Cockcroft-Gault 1976")
    assert read_patient(told | {"egfr_ml_min_1_73m2": 28}).egfr() == (28.0, "given")
    for missing in ("age_years", "sex"):
        rest = read_patient({key: value for key, value in told.items() if key != missing})
        assert rest.egfr() is None
        assert rest.clearance() is None
    assert read_patient(told | {"age_years": 9}).egfr() is None


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"egfr_ml_min_1_73m2": -5}, "patient.egfr_ml_min_1_73m2"),
        ({"age_years": 200}, "patient.age_years"),
        ({"age_years": True}, "patient.age_years"),
        ({"age_years": float("nan")}, "patient.age_years"),
        ({"potassium": {"value": 5.8, "unit": "g/L"}}, "patient.potassium.unit"),
        ({"potassium": {"value": 58, "unit": "mmol/L"}}, "patient.potassium.value"),
        ({"potassium": 5.8}, "patient.potassium"),
        ({"creatinine": {"value": 120, "unit": "mg/dL"}}, "patient.creatinine.value"),
        ({"sex": "m"}, "patient.sex"),
        ({"sex": "male", "pregnant": True}, "patient.pregnant"),
        ({"sex": "male", "breastfeeding": True}, "patient.breastfeeding"),
        ({"age_years": 3, "pregnant": True}, "patient.pregnant"),
        ({"pregnant": "yes"}, "patient.pregnant"),
        ({"child_pugh": "D"}, "patient.child_pugh"),
        ({"allergies": "penicillin"}, "patient.allergies"),
        ({"allergies": [""]}, "patient.allergies[0]"),
        ({"conditions": ["a", "x" * 10_000]}, "patient.conditions[1]"),
        ({"weight": 70}, "patient"),
        ([], "patient"),
    ],
)
def test_what_cannot_be_is_refused_by_name_and_not_told_back(told: Any, field: str) -> None:
    with pytest.raises(InputRefused) as caught:
        read_patient(told)
    assert caught.value.place.field == field
    assert "x" * 300 not in str(caught.value)


def test_nothing_told_is_nothing_known() -> None:
    assert read_patient(None) == read_patient({}) == Patient()
