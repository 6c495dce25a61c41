"""A request is refused by the field that is wrong, or read as it was meant."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from medrag.errors import InputRefused
from medrag_graph.interactions import DrugInput, read_regimen
from medrag_graph.interactions.regimen import route_in


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({}, "drugs"),
        ({"drugs": []}, "drugs"),
        ({"drugs": "warfarin"}, "drugs"),
        ({"drugs": ["aspirin"] * 51}, "drugs"),
        ({"drugs": ["aspirin", ""]}, "drugs[1]"),
        ({"drugs": ["aspirin", "   "]}, "drugs[1]"),
        ({"drugs": ["x" * 10_240]}, "drugs[0]"),
        ({"drugs": [7]}, "drugs[0]"),
        ({"drugs": [{"code": "11289"}]}, "drugs[0].system"),
        ({"drugs": [{"name": "aspirin"}]}, "drugs[0]"),
        ({"drugs": [{}]}, "drugs[0].text"),
        ({"drugs": [{"text": "aspirin", "route": "by mouth"}]}, "drugs[0].route"),
        ({"drugs": [{"text": "aspirin", "daily_dose_mg": -1}]}, "drugs[0].daily_dose_mg"),
        ({"drugs": ["aspirin"], "conditions": [""]}, "conditions[0]"),
        ({"drugs": ["aspirin"], "as_of": "yesterday"}, "as_of"),
        ({"drugs": ["aspirin"], "minimum_severity": "severe"}, "minimum_severity"),
        ({"drugs": ["aspirin"], "language": "de"}, "language"),
        ({"drugs": ["aspirin"], "patient": {"egfr_ml_min_1_73m2": -5}}, "patient.egfr_ml_min_1_73m2"),
        ({"drugs": ["aspirin"], "extra": 1}, ""),
    ],
)
def test_bad_input_names_its_field(told: Any, field: str) -> None:
    with pytest.raises(InputRefused) as caught:
        read_regimen(told)
    assert (caught.value.place.field or "") == field


def test_fifty_drugs_and_one_drug_are_read() -> None:
    assert len(read_regimen({"drugs": ["aspirin"] * 50}).drugs) == 50
    regimen = read_regimen({"drugs": [" aspirin "], "as_of": "2024-05-31", "language": "zh"})
    assert regimen.drugs == (DrugInput("aspirin"),)
    assert regimen.as_of == date(2024, 5, 31)


def test_codes_carry_their_system() -> None:
    drug = read_regimen({"drugs": [{"system": "rxnorm", "code": "11289"}]}).drugs[0]
    assert (drug.system, drug.code, drug.text) == ("rxnorm", "11289", "rxnorm:11289")


@pytest.mark.parametrize(
    ("text", "route"),
    [
        ("diclofenac 1% gel", "topical"),
        ("双氯芬酸二乙胺乳胶剂", None),
        ("双氯芬酸凝胶", "topical"),
        ("diclofénac pommade", "topical"),
        ("diclofenac eye drops", "ophthalmic"),
        ("滴眼液", "ophthalmic"),
        ("diclofenac 50 mg tablet", None),
        ("gelatin capsules", None),
    ],
)
def test_where_a_form_acts_is_read_from_its_words(text: str, route: str | None) -> None:
    assert route_in(text) == route
