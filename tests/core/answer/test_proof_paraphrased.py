"""What a faithful rewording may change passes, and the lie beside it does not."""

from __future__ import annotations

import pytest

from medrag.answer.proof.prove import prove
from medrag.answer.proof.records import Claim, Quote
from medrag.text.normalise import detect_language


def proved(text: str, quote: str) -> bool:
    return prove(Claim(text, detect_language(text), (Quote(quote, quote),))).entailed


@pytest.mark.parametrize(
    ("quote",
         "true",
         "lie"),
    [
        ("Take pantoprazole 30 minutes before a meal.",
         "Pantoprazole is taken half an hour before a meal.",
         "Pantoprazole is taken half an hour during a meal."),
        ("Metformin is recommended for most adults with type 2 diabetes.",
         "For most adults with type 2 diabetes, metformin is recommended.",
         "For all adults with type 2 diabetes, metformin is recommended."),
        ("- eGFR 25-59 -> **Start finerenone 10 mg daily** (Class IIa, LOE B-R).",
         "Start finerenone 10 mg daily when eGFR is 25-59 (Class IIa).",
         "Start finerenone 10 mg daily when eGFR is 25-59 (Class IIb)."),
        ("Reduce the azathioprine dose to one quarter of the usual dose.",
         "硫唑嘌呤剂量应减至常用剂量的四分之一。",
         "硫唑嘌呤剂量应减至常用剂量的三分之一。"),
        ("Gabapentin 300 mg is given on day 1 and 900 mg on day 3.",
         "On day 1 gabapentin 300 mg is given and on day 3 900 mg.",
         "On day 2 gabapentin 300 mg is given and on day 3 900 mg."),
        ("Clindamycin may cause Clostridioides difficile colitis.",
         "克林霉素可引起艰难梭菌结肠炎。",
         "克林霉素可引起艰难梭菌肺炎。"),
        ("Tetracyclines should be avoided in pregnancy because they discolor the teeth of the fetus.",
         "Tetracyclines should be avoided in pregnancy.",
         "Tetracyclines should be avoided."),
        ("Pioglitazone may worsen heart failure.",
         "吡格列酮可加重心力衰竭。",
         "心力衰竭可加重吡格列酮。"),
        ("Epinephrine 0.3 mg is injected intramuscularly for anaphylaxis.",
         "In anaphylaxis inject epinephrine 0.3 mg IM.",
         "In anaphylaxis inject epinephrine 0.3 mg IV."),
        ("Ticagrelor can be taken with or without food.",
         "Ticagrelor can be taken regardless of food.",
         "Ticagrelor can be taken with food only."),
        ("阿仑膦酸应整片吞服，不要压碎。",
         "Alendronic acid should be swallowed whole and not crushed.",
         "Alendronic acid should be crushed."),
        ("长期大量使用氨基糖苷类可引起不可逆性听力损害。",
         "Long-term use of large doses of aminoglycosides can cause irreversible hearing damage.",
         "Long-term use of large doses of aminoglycosides can cause irreversible eye damage."),
    ],
)  # fmt: skip
def test_a_rewording_passes_and_the_lie_beside_it_does_not(quote: str, true: str, lie: str) -> None:
    assert proved(true, quote)
    assert not proved(lie, quote)


def test_a_reason_does_not_prove_an_order() -> None:
    quote = "Methotrexate should not be given together with trimethoprim because of the risk of bone marrow suppression."
    assert not proved(
        "Use trimethoprim together with methotrexate: there is a risk of bone marrow suppression.", quote
    )
