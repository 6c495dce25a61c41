"""A quote is read as its layout means it: rows, labels and flow charts prove what they say and nothing across them."""

from __future__ import annotations

import pytest

from medrag.answer.proof.layout import tell
from medrag.answer.proof.prove import prove
from medrag.answer.proof.records import Claim, Quote

RENAL = """Kidney function | Dose | Adjustment | Warnings | Dialysis
CrCl >= 60 mL/min | 4 mg/kg IV q24h | no_adjustment | Monitor trough levels | -
CrCl 40-59 mL/min | 4 mg/kg IV q36h | interval_extension | Monitor trough levels; redose when <1 mcg/mL | -
CrCl 20-39 mL/min | 4 mg/kg IV q48h | interval_extension | High nephrotoxicity risk | -
"""
TARGETS = """| Condition | Target |
|---|---|
| **Aortic dissection** | SBP < 120 mm Hg |
| **Eclampsia** | SBP < 140 mm Hg |
"""
FLOW = """Patient with fever
  -> Antiphospholipid syndrome?
      -> YES -> Use warfarin
      -> NO -> Use apixaban
"""
AGED = """| Result | Age < 65 | Age >= 65 |
|---|---|---|
| **Warfarin** | 5 mg daily | 2.5 mg daily |
"""


def proves(statement: str, passage: str, exact: str | None = None, language: str = "en") -> bool:
    quote = Quote(exact or passage.strip(), passage, (), "Gentamicin")
    return prove(Claim(statement, language, (quote,))).entailed  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("statement", "passage"),
    [
        ("Gentamicin is given at 4 mg/kg IV every 36 hours if CrCl is 40-59 mL/min.", RENAL),
        ("In aortic dissection SBP should be below 120 mm Hg.", TARGETS),
        ("In antiphospholipid syndrome warfarin should be used.", FLOW),
        ("Warfarin 2.5 mg daily at the age of 65 years or older.", AGED),
    ],
)
def test_what_a_layout_says_is_proved(statement: str, passage: str) -> None:
    assert proves(statement, passage)


@pytest.mark.parametrize(
    ("statement", "passage"),
    [
        ("Gentamicin is given at 4 mg/kg IV every 48 hours if CrCl is 40-59 mL/min.", RENAL),
        ("Gentamicin is given at 4 mg/kg IV every 36 hours if CrCl is 20-39 mL/min.", RENAL),
        ("Gentamicin is given at 4 mg/kg IV every 36 hours.", RENAL),
        ("In aortic dissection SBP should be below 140 mm Hg.", TARGETS),
        ("SBP should be below 140 mm Hg.", TARGETS),
        ("In antiphospholipid syndrome apixaban should be used.", FLOW),
        ("Warfarin 2.5 mg daily.", AGED),
        ("Warfarin 5 mg daily at the age of 65 years or older.", AGED),
    ],
)
def test_nothing_is_proved_across_rows_columns_or_branches(statement: str, passage: str) -> None:
    assert not proves(statement, passage)


def test_an_item_is_told_under_its_label() -> None:
    passage = "**Bivalirudin** (Class I, LOE: B):\n- Reduce infusion to 1 mg/kg/h if CrCl < 30 mL/min\n"
    assert proves("If CrCl is below 30 mL/min, the bivalirudin infusion is reduced to 1 mg/kg/h.", passage)
    assert not proves("If CrCl is below 30 mL/min, the heparin infusion is reduced to 1 mg/kg/h.", passage)
    assert any(one.text.startswith("Bivalirudin") and one.again for one in tell(passage))


def test_a_grade_of_evidence_narrows_nothing_and_is_not_changed() -> None:
    passage = "Aspirin is recommended in stroke (Strong recommendation, Low quality of evidence)."
    assert proves("Aspirin is recommended in stroke.", passage)
    assert not proves("Aspirin is recommended in stroke (high quality of evidence).", passage)


def test_advice_against_is_no_advice_for() -> None:
    passage = "The panel suggests against using aspirin in stroke."
    assert not proves("Aspirin is suggested in stroke.", passage)
    assert proves("Aspirin is not recommended in stroke.", passage)


def test_a_stage_is_kept() -> None:
    passage = "In stage 2 hypertension amlodipine is recommended."
    assert proves("Amlodipine is recommended in stage 2 hypertension.", passage)
    assert not proves("Amlodipine is recommended in stage 3 hypertension.", passage)
    assert not proves("Amlodipine is recommended in hypertension.", passage)


def test_a_whole_sentence_proves_itself_and_a_part_of_one_does_not() -> None:
    passage = "Zyxel gromits may be flummoxed by warfarin unless snarked. Other words."
    whole = "Zyxel gromits may be flummoxed by warfarin unless snarked."
    assert proves(whole, passage, whole)
    assert not proves(
        "Zyxel gromits may be flummoxed by warfarin", passage, "Zyxel gromits may be flummoxed by warfarin"
    )
