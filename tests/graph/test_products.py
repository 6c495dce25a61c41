"""Strength, form, packing and release words come off; the name of the drug is left."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from medrag_graph.products import bare_names


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Warfarin Sodium 5 mg tab", "warfarin sodium"),
        ("metformin 500mg ER tablets", "metformin"),
        ("Bactrim DS", "bactrim"),
        ("amoxicillin 500mg capsules x 21", "amoxicillin"),
        ("lasix 40", "lasix"),
        ("digoxin 0.125mg", "digoxin"),
        ("Coumadin®", "coumadin"),
        ("ibuprofène 400 mg comprimé", "ibuprofene"),
        ("阿司匹林肠溶片100mg", "阿司匹林"),
        ("阿司匹林腸溶片", "阿司匹林"),
        ("盐酸二甲双胍缓释片0.5g×30片", "二甲双胍"),
        ("华法林钠片", "华法林"),
        ("注射用头孢曲松钠1.0g", "头孢曲松"),
        ("甲硝唑氯化钠注射液", "甲硝唑氯化钠"),
    ],
)
def test_the_name_is_among_the_readings(typed: str, name: str) -> None:
    assert name in [key for _, key in bare_names(typed)]


def test_the_first_reading_is_the_text_itself() -> None:
    assert next(iter(bare_names("Vitamin  B-12"))) == ("exact", "vitamin b 12")


@given(st.text(max_size=60))
@example("®")
def test_nothing_typed_breaks_it(text: str) -> None:
    readings = list(bare_names(text))
    assert readings[0][0] == "exact"
    assert all(key for _, key in readings[1:])
