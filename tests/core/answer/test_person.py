"""Which questions speak of somebody: those are never kept."""

from __future__ import annotations

import pytest

from medrag.answer.person import tells_of_person


@pytest.mark.parametrize(
    "words",
    [
        "Can my 78-year-old patient take ibuprofen with warfarin?",
        "Mrs. Lang takes lisinopril; add spironolactone?",
        "A 54 yo with eGFR 28: which dose of metformin?",
        "Male, 61, warfarin and amiodarone",
        "I've been given clarithromycin, is simvastatin all right?",
        "patient: bleeding on apixaban",
        "Warfarin for bed 12",
        "Katrina Martinez takes lithium and naproxen",
        "张伟能吃布洛芬吗？",
        "MRN 00123456 colchicine",
        "患者，男，78岁，服用华法林",
        "他可以吃布洛芬吗？",
        "病历号 20231105 布洛芬",
        "Ma patiente de 82 ans prend du tramadol",
        "Write to j.doe@example.org about digoxin",
    ],
)
def test_words_about_somebody_are_known(words: str) -> None:
    assert tells_of_person(words)


@pytest.mark.parametrize(
    "words",
    [
        "What INR should be targeted for a mechanical mitral valve on warfarin?",
        "At what eGFR is an SGLT2 inhibitor started in chronic kidney disease?",
        "Can warfarin be taken with ibuprofen in patients with atrial fibrillation?",
        "Dose of paracetamol in children under 12 kg",
        "华法林与布洛芬能合用吗？",
        "肾功能不全患者二甲双胍的剂量",
        "Peut-on associer le tramadol et le bupropion chez les patients épileptiques ?",
        "2021 guideline: vancomycin trough 15-20 mg/L?",
    ],
)
def test_questions_about_drugs_are_not_taken_for_somebody(words: str) -> None:
    assert not tells_of_person(words)
