"""Numbers, units, comparisons and frequencies are read into one form."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrag.answer.proof.amounts import read_amounts
from medrag.answer.proof.numerals import spell_out
from medrag.answer.proof.often import read_often


def amounts(text: str) -> list[tuple[str, Fraction, str]]:
    return [(a.comparison, a.value, a.unit) for a in read_amounts(spell_out(text))]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("0.5 g", "500 mg"),
        ("25 μg", "0.025 mg"),
        ("1,000 mg", "1 g"),
        ("for 7 days", "7天"),
        ("one week", "7 days"),
        ("at least 4 hours", "至少4小时"),
        ("below 30 ml/min/1.73 m2", "<30 ml/min/1.73m2"),
        ("no more than 20 mg", "不超过20毫克"),
        ("the maximum dose of simvastatin is 20 mg", "最大剂量为20 mg"),
        ("20 μg/ml", "20 mg/l"),
        ("three months", "3个月"),
        ("65 years or older", "65岁及以上"),
    ],
)
def test_two_ways_to_write_an_amount_meet(one: str, other: str) -> None:
    assert amounts(one) == amounts(other)
    assert amounts(one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("5 mg", "5 ml"),
        ("5 mg", "5 mg/kg"),
        ("5 mg", "5 μg"),
        ("below 30", "above 30"),
        ("at least 4 hours", "at most 4 hours"),
        ("10 mg", "1.0 mg"),
        ("5 units", "5 mg"),
        ("5", "5 mg"),
    ],
)
def test_different_amounts_stay_apart(one: str, other: str) -> None:
    assert amounts(one) != amounts(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("twice daily", "bid"),
        ("three times a day", "每日三次"),
        ("every 8 hours", "q8h"),
        ("每12小时一次", "q12h"),
        ("once weekly", "每周一次"),
        ("every other day", "隔日一次"),
        ("2 fois par jour", "一日两次"),
    ],
)
def test_two_ways_to_say_how_often_meet(one: str, other: str) -> None:
    first, second = (next(iter(read_often(spell_out(text)))).key for text in (one, other))
    assert first == second


@given(st.integers(1, 99999), st.sampled_from(["mg", "g", "μg", "ml", "mmol/l"]))
def test_a_thousandfold_is_never_the_same(number: int, unit: str) -> None:
    assert amounts(f"{number} {unit}") != amounts(f"{number * 1000} {unit}")
    assert amounts(f"{number} mg") == amounts(f"{number * 1000} μg")
