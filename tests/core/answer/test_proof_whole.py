"""A statement whose clauses are cut otherwise than its quote's passes, and the lie beside it does not."""

from __future__ import annotations

import pytest

from medrag.answer.proof.prove import prove
from medrag.answer.proof.records import Claim, Quote
from medrag.text.normalise import detect_language


def proved(text: str, quote: str, *section: str) -> bool:
    return prove(Claim(text, detect_language(text), (Quote(quote, quote, section),))).entailed


@pytest.mark.parametrize(
    ("quote",
         "true",
         "lie"),
    [
        ("Metoprolol should NOT replace digoxin. Heart rate is the primary indicator guiding treatment.",
         "Digoxin should not be replaced by metoprolol; heart rate is the primary indicator.",
         "Digoxin should be replaced by metoprolol; heart rate is not the primary indicator."),
        ("Starting dose: 300 mg on day 1. Increase by 300 mg every 1-2 days.",
         "The starting dose is 300 mg on day 1 and is increased by 300 mg every 1-2 days.",
         "The starting dose is 300 mg on day 2 and is increased by 300 mg every 1-2 days."),
        ("Augmentation des concentrations plasmatiques de la buspirone par diminution de son métabolisme hépatique par le vérapamil.",  # noqa: E501
         "维拉帕米减少丁螺环酮的肝脏代谢，使丁螺环酮血药浓度升高。",
         "丁螺环酮减少维拉帕米的肝脏代谢，使维拉帕米血药浓度升高。"),
        ("Augmentation de la lithémie pouvant atteindre des valeurs toxiques. Association déconseillée.",
         "血锂升高，可达中毒水平，不推荐合用。",
         "血锂升高，可达中毒水平，推荐合用。"),
        ("Clarithromycin may cause nausea. Rifampicin increases the clearance of warfarin.",
         "Rifampicin increases the clearance of warfarin; clarithromycin may cause nausea.",
         "Rifampicin may increase the clearance of warfarin; clarithromycin causes nausea."),
        ("Avoid aspirin; use acetaminophen as an alternative.",
         "Aspirin should be avoided; acetaminophen should be used as an alternative.",
         "Acetaminophen should be avoided; aspirin should be used as an alternative."),
    ],
)  # fmt: skip
def test_a_statement_follows_as_a_whole_and_the_lie_beside_it_does_not(
    quote: str, true: str, lie: str
) -> None:
    assert proved(true, quote)
    assert not proved(lie, quote)


@pytest.mark.parametrize(
    ("quote",
         "true",
         "lie"),
    [
        # A bracket that narrows nothing, and a purpose told last, may be left unsaid; a bracket that bounds may not.
        ("In patients older than age 65, a cutoff of > 2.0 should be used to account for age-related increases.",
         "For patients over 65 years of age, a cutoff above 2.0 should be used.",
         "For patients over 65 years of age, a cutoff above 2.0 should not be used."),
        ("Use warfarin (INR 2.0-3.0) in antiphospholipid syndrome.",
         "Use warfarin in antiphospholipid syndrome.",
         "Use warfarin."),
        ("Give metformin (if eGFR > 45 mL/min/1.73m2) with meals.",
         "Give metformin (if eGFR > 45 mL/min/1.73m2) with meals.",
         "Give metformin with meals."),
        # What is an order should be done; that it must be is more.
        ("Provide vitamin K after each warfarin overdose.",
         "Vitamin K should be provided after each warfarin overdose.",
         "Vitamin K must be provided after each warfarin overdose."),
        ("Dose reduction of gabapentin is required in renal impairment.",
         "In renal impairment the gabapentin dose must be reduced.",
         "In renal impairment the gabapentin dose must not be reduced."),
        # Points, years and ends of a scale.
        ("Start amoxicillin at a score of >= 7.",
         "评分≥7分时开始使用阿莫西林。",
         "评分≥8分时开始使用阿莫西林。"),
        ("Chez l'adulte, clairance de la créatinine entre 45 et 59 ml/min : diminuer la posologie de metformine.",
         "In adults with creatinine clearance 45 to 59 mL/min, reduce the dose of metformin.",
         "In adults with creatinine clearance 45 to 69 mL/min, reduce the dose of metformin."),
        ("Adaptation éventuelle de la posologie d'oxycodone.",
         "必要时调整羟考酮剂量。",
         "必要时停用羟考酮。"),
        ("Salbutamol may be inhaled every 4 hours as needed.",
         "When needed, salbutamol may be inhaled every 4 hours.",
         "Salbutamol may be inhaled every 4 hours."),
        ("Monitor liver enzymes every 3 months during treatment with valproate.",
         "During valproate treatment, liver enzymes should be monitored every 3 months.",
         "During valproate treatment, liver enzymes should be treated every 3 months."),
        ("Vitamin E may be considered for non-diabetic adults.",
         "Vitamin E may be considered in adults without diabetes.",
         "Vitamin E may be considered in adults with diabetes."),
    ],
)  # fmt: skip
def test_what_may_be_left_unsaid_or_said_otherwise(quote: str, true: str, lie: str) -> None:
    assert proved(true, quote)
    assert not proved(lie, quote)


def test_a_heading_may_lend_its_case_and_a_header_its_unit() -> None:
    passage = "- Rate: 500-1,000 mL/hour for the first 2-4 hours."
    text = "In patients without cardiac compromise the rate is 500-1,000 mL/hour for the first 2-4 hours."
    assert proved(text, passage, "Fluids", "Patients Without Cardiac Compromise")
    assert not proved(text, passage, "Fluids", "Patients With Cardiac Compromise")
    table = "| Condition | SBP Target (mm Hg) |\n|---|---|\n| Heart failure | < 130 |"
    assert proved("In heart failure the SBP target is < 130 mm Hg.", table)
    assert not proved("In heart failure the SBP target is < 130 mg.", table)


def test_a_cell_that_is_the_same_in_every_case_needs_none() -> None:
    table = "| Result | Age < 65 | Age >= 65 |\n|---|---|---|\n| < 1.3 | Low risk | Low risk |\n| > 2 | High risk | Low risk |"
    assert proved("A result below 1.3 means low risk.", table)
    assert not proved("A result above 2 means low risk.", table)


def test_persons_are_not_said_by_what_they_treat() -> None:
    quote = "Propranolol may precipitate heart failure."
    assert proved("Propranolol may precipitate heart failure.", quote)
    assert not proved("Propranolol may precipitate heart failure under a cardiologist.", quote)
    assert not proved(
        "In relatives of 60 years propranolol should be used.",
        "In patients of 60 years propranolol should be used.",
    )
