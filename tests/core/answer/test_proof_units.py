"""Units convert exactly, by the definitions beside the proof, and into nothing they are not."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction

import pytest

from medrag.answer.proof.amounts import read_amounts
from medrag.answer.proof.often import read_often
from medrag.answer.proof.prove import prove
from medrag.answer.proof.records import Claim, Quote
from medrag.answer.proof.units import base_of


@pytest.mark.parametrize(
    ("written", "short", "factor"),
    [
        ("μg", "g", Fraction(1, 10**6)),
        ("毫克", "g", Fraction(1, 1000)),
        ("dl", "l", Fraction(1, 10)),
        ("week", "s", Fraction(604800)),
        ("岁", "month", Fraction(12)),
        ("units", "iu", Fraction(1)),
        ("meq", "meq", Fraction(1)),
        ("mmol", "mol", Fraction(1, 1000)),
    ],
)
def test_units_convert_exactly(written: str, short: str, factor: Fraction) -> None:
    assert base_of(written) == (short, factor)


def test_what_has_no_fixed_size_converts_into_nothing_else() -> None:
    told = {base_of(word)[0] for word in ("iu", "meq", "tablet", "drop", "month", "mmol", "mg", "ml")}
    assert len(told) == 8


def test_pint_is_imported_when_a_unit_is_read() -> None:
    code = "import sys, medrag.answer.proof.prove; assert 'pint' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_units_of_a_range_that_differ_make_two_amounts() -> None:
    told = [(amount.value, amount.unit) for amount in read_amounts("15 g and 20 mg")]
    assert told == [(Fraction(15), "g"), (Fraction(1, 50), "g")]


def test_a_blood_pressure_is_bounded_on_both_sides() -> None:
    told = [(a.comparison, a.value, a.unit) for a in read_amounts("below 130/80 mmhg")]
    assert told == [("<", Fraction(130), "mmhg"), ("<", Fraction(80), "mmhg")]


def test_a_five_day_course_is_no_five_times_a_day() -> None:
    assert list(read_often("a 5-day course")) == []
    assert [often.key for often in read_often("every 4 to 8 weeks")] != [
        often.key for often in read_often("every 4 to 6 weeks")
    ]


def test_a_conversion_is_told() -> None:
    quote = "The starting dose of levothyroxine is 25 µg once daily."
    text = "Levothyroxine is started at a dose of 0.025 mg once daily."
    proof = prove(Claim(text, "en", (Quote(quote, quote),)))
    assert proof.conversions == ("0.025 mg = 25 μg",), proof.words
