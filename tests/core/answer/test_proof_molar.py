"""Laboratory values in moles, grams and milliequivalents prove each other where the substance is named, and nowhere else."""

from __future__ import annotations

import csv
import re
from fractions import Fraction
from importlib.resources import files

import pytest

from medrag.answer.proof.molar import load_substances
from medrag.answer.proof.prove import prove
from medrag.answer.proof.records import Claim, Proof, Quote

#: Abridged standard atomic weights, CIAAW 2021, https://ciaaw.org/abridged-atomic-weights.htm
WEIGHTS = {
    "H": 1.008, "Li": 6.94, "C": 12.011, "N": 14.007, "O": 15.999, "Na": 22.990, "Mg": 24.305, "P": 30.974, "Cl": 35.45,
    "K": 39.098, "Ca": 40.078, "I": 126.90,
}  # fmt: skip


def told(text: str, quote: str) -> Proof:
    return prove(Claim(text, "en", (Quote(quote, quote),)))


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("Diabetes: fasting plasma glucose of at least 126 mg/dL.", "Diabetes: fasting plasma glucose of at least 7.0 mmol/L."),
        ("Diabetes: fasting plasma glucose of at least 7.0 mmol/L.", "Diabetes: fasting plasma glucose of at least 126 mg/dL."),
        ("Spironolactone: potassium above 5.5 mEq/L.", "Spironolactone: potassium above 5.5 mmol/L."),
        ("血钾超过5.5 mmol/L时应停用螺内酯。", "Stop spironolactone if serum potassium exceeds 5.5 mEq/L."),
        ("Metformin: serum creatinine above 1.5 mg/dL.", "Metformin: serum creatinine above 133 µmol/L."),
        ("Serum lithium of 0.6 to 1.2 mEq/L is the target.", "Serum lithium of 0.6 to 1.2 mmol/L is the target."),
        ("Statin: LDL cholesterol below 70 mg/dL.", "Statin: LDL cholesterol below 1.8 mmol/L."),
        ("Serum calcium of 2.6 mmol/L.", "Serum calcium of 5.2 mEq/L."),
        ("Potassium chloride 20 mEq daily.", "Potassium chloride 1.5 g daily."),
    ],
)  # fmt: skip
def test_a_value_in_another_unit_is_proved_and_declared(quote: str, text: str) -> None:
    proof = told(text, quote)
    assert proof.entailed, proof.words
    assert len(proof.conversions) == 1


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("Diabetes: fasting plasma glucose of at least 126 mg/dL.", "Diabetes: fasting plasma glucose of at least 7.2 mmol/L."),
        ("Diabetes: fasting plasma glucose of at least 126 mg/dL.", "Diabetes: fasting plasma glucose of at least 126 mmol/L."),
        ("Diabetes: fasting plasma glucose of at least 126 mg/dL.", "Diabetes: fasting plasma glucose below 7.0 mmol/L."),
        ("Serum calcium of 2.6 mmol/L.", "Serum calcium of 2.6 mEq/L."),
        ("Serum potassium of 5.5 mEq/L.", "Serum sodium of 5.5 mmol/L."),
        ("LDL cholesterol below 70 mg/dL.", "Triglycerides below 0.8 mmol/L."),
        ("Give 20 mEq daily.", "Give 1.5 g daily."),
        ("Lithium carbonate 300 mg daily.", "Lithium carbonate 43.2 mmol daily."),
    ],
)  # fmt: skip
def test_another_value_substance_or_bound_is_not(quote: str, text: str) -> None:
    assert not told(text, quote).entailed


def test_masses_are_those_of_their_formulas() -> None:
    held = files("medrag.answer.proof").joinpath("molar.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(held.splitlines()):
        parts = re.findall(r"([A-Z][a-z]?)(\d*)", row["formula"])
        assert float(row["g_per_mol"]) == pytest.approx(
            sum(WEIGHTS[e] * int(n or 1) for e, n in parts), rel=2e-4
        )


def test_every_substance_is_read_once() -> None:
    substances = load_substances()
    assert len(substances) >= 25
    assert substances["term:serum calcium"].milliequivalents == 2000
    assert substances["term:blood glucose"].grams == Fraction("180.156")
