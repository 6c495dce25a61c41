"""Lies written by hand that change no word or number but where it stands, or what is left out."""

from __future__ import annotations

import pytest

from medrag.answer.proof.prove import prove
from medrag.answer.proof.records import Claim, Quote
from medrag.text.normalise import detect_language

#: A quote, and statements it does not hold.
TURNED = {
    "Start metoprolol at 25 mg twice daily and increase to 100 mg twice daily.": [
        "Start metoprolol at 100 mg twice daily.",
        "Increase metoprolol to 25 mg twice daily.",
        "Metoprolol 100 mg twice daily.",
        "美托洛尔起始剂量为100 mg，每日两次。",
    ],
    "Ibuprofen is safe in adults but is contraindicated in pregnancy.": [
        "Ibuprofen is safe in pregnancy.",
        "Ibuprofen is contraindicated in adults.",
        "布洛芬在妊娠期安全。",
    ],
    "Metformin is not contraindicated when eGFR is above 45 mL/min/1.73 m2.": [
        "Metformin is contraindicated when eGFR is above 45 mL/min/1.73 m2.",
        "Metformin is contraindicated.",
    ],
    "If potassium is above 5.5 mmol/L, stop spironolactone; if it is below 5.0 mmol/L, continue spironolactone.": [
        "If potassium is below 5.0 mmol/L, stop spironolactone.",
        "If potassium is above 5.5 mmol/L, continue spironolactone.",
        "If potassium is above 5.0 mmol/L, stop spironolactone.",
    ],
    "Amiodarone may cause hypothyroidism.": [
        "Amiodarone is used for hypothyroidism.",
        "Amiodarone treats hypothyroidism.",
        "胺碘酮可用于甲状腺功能减退。",
        "Hypothyroidism may cause amiodarone.",
        "Amiodarone may be given in hypothyroidism.",
        "胺碘酮用于甲状腺功能减退。",
    ],
    "Warfarin is indicated for atrial fibrillation.": [
        "Warfarin causes atrial fibrillation.",
        "Warfarin is contraindicated in atrial fibrillation.",
        "Warfarin is given for stroke.",
    ],
    "Naproxen 250 mg twice daily is used in adults; in children, 5 mg/kg twice daily is used.": [
        "Children use naproxen at 250 mg twice daily.",
        "In adults naproxen 5 mg/kg twice daily is used.",
        "儿童使用萘普生250 mg，每日两次。",
    ],
    "Avoid ibuprofen or naproxen with warfarin. Paracetamol is preferred.": [
        "Avoid paracetamol with warfarin.",
        "Naproxen is preferred.",
        "Ibuprofen is preferred with warfarin.",
    ],
    "Do not stop prednisone suddenly.": [
        "Stop prednisone suddenly.",
        "Do not stop prednisone.",
        "Do not take prednisone.",
    ],
    "Clopidogrel, not ticagrelor, is recommended with oral anticoagulants.": [
        "Ticagrelor, not clopidogrel, is recommended with oral anticoagulants.",
        "Ticagrelor is recommended with oral anticoagulants.",
    ],
    "Give vitamin K 1 mg orally or 10 mg intravenously.": [
        "Give vitamin K 10 mg orally.",
        "Give vitamin K 1 mg intravenously.",
    ],
    "Take at least 2 hours before or 4 hours after antacids.": [
        "Take at least 4 hours before antacids.",
        "Take 2 hours after antacids.",
    ],
    "Levothyroxine should be taken 30 minutes before breakfast.": [
        "Levothyroxine should be taken 30 minutes after breakfast.",
    ],
    "Ketoconazole inhibits the metabolism of midazolam.": [
        "Midazolam inhibits the metabolism of ketoconazole.",
        "Ketoconazole induces the metabolism of midazolam.",
        "咪达唑仑抑制酮康唑的代谢。",
    ],
    "Verapamil is preferred over diltiazem.": [
        "Diltiazem is preferred over verapamil.",
    ],
    "Replace warfarin with apixaban.": [
        "Replace apixaban with warfarin.",
        "将阿哌沙班换用为华法林。",
        "Switch from apixaban to warfarin.",
    ],
    "Warfarin should be stopped and heparin started.": [
        "Heparin should be stopped and warfarin started.",
        "Warfarin should be started.",
    ],
    "华法林与布洛芬合用增加出血风险，与对乙酰氨基酚合用不增加出血风险。": [
        "华法林与对乙酰氨基酚合用增加出血风险。",
        "华法林与布洛芬合用不增加出血风险。",
        "Warfarin with paracetamol increases the risk of bleeding.",
    ],
    "肾功能不全患者剂量减半，肝功能不全患者禁用奎尼丁。": [
        "肾功能不全患者禁用奎尼丁。",
        "肝功能不全患者奎尼丁剂量减半。",
    ],
    "左氧氟沙星不影响华法林的血药浓度，但增强其抗凝作用。": [
        "左氧氟沙星影响华法林的血药浓度。",
        "华法林增强左氧氟沙星的抗凝作用。",
        "左氧氟沙星增强华法林的血药浓度。",
    ],
    "Digoxin 0.125 mg daily is given; levels of 0.5 to 0.9 ng/mL are the target.": [
        "Digoxin 0.5 mg daily is given.",
        "The target digoxin level is 0.5 to 0.9 mg/mL.",
        "The digoxin target is 0.9 to 0.5 ng/mL.",
        "The target is 0.5 ng/mL.",
    ],
    "The dose is one tablet twice daily.": [
        "The dose is two tablets twice daily.",
    ],
    "Hypertension is a risk factor for stroke.": [
        "Stroke is a risk factor for hypertension.",
    ],
    "Heparin is continued for 5 days and warfarin for 3 months.": [
        "Heparin is continued for 3 months.",
        "Warfarin is continued for 5 days.",
        "Heparin is continued for 3 months and warfarin for 5 days.",
    ],
    "不推荐将阿司匹林用于一级预防，推荐用于二级预防。": [
        "推荐将阿司匹林用于一级预防。",
        "阿司匹林不推荐用于二级预防。",
    ],
    "Rivaroxaban 15 mg twice daily for 21 days, then 20 mg once daily.": [
        "Rivaroxaban 20 mg twice daily for 21 days, then 15 mg once daily.",
        "Rivaroxaban 15 mg once daily.",
        "Rivaroxaban 20 mg once daily for 21 days.",
        "Rivaroxaban 20 mg twice daily.",
    ],
}


@pytest.mark.parametrize(("quote", "lie"), [(quote, lie) for quote, lies in TURNED.items() for lie in lies])
def test_what_is_turned_round_is_withheld(quote: str, lie: str) -> None:
    held = Quote(quote, quote, language=detect_language(quote))
    proof = prove(Claim(lie, detect_language(lie), (held,)))
    assert not proof.entailed
    assert proof.words
