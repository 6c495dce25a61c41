"""What names a person goes, whatever it is; what a pharmacist needs stays."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from medrag.privacy import KINDS, Removed, concepts_only, remove_identifiers
from medrag.retrieve.plan import plan_question

QUALITY = Path(__file__).parents[2] / "quality"

GONE = [
    ("name", "Mr Abelard Quimby takes warfarin 5 mg", "Abelard Quimby"),
    ("name", "my name is ottoline finch, can I take ibuprofen?", "ottoline finch"),
    ("name", "Can patient Ousmane Keita have apixaban?", "Ousmane Keita"),
    ("name", "患者赵晓明能吃布洛芬吗", "赵晓明"),
    ("name", "姓名：欧阳若兰，女，服用华法林", "欧阳若兰"),
    ("name", "张先生今年78岁，eGFR 35", "张"),
    ("national_id", "身份证11010519491231002X，华法林3mg", "11010519491231002X"),
    ("national_id", "身份证110105491231002", "110105491231002"),
    ("national_id", "SSN 123-45-6789 on lithium", "123-45-6789"),
    ("national_id", "NHS number 943 476 5919", "943 476 5919"),
    ("national_id", "NIR 2 55 08 14 168 025 38, metformine", "2 55 08 14 168 025 38"),
    ("passport", "护照号E12345678", "E12345678"),
    ("phone", "电话13800138000", "13800138000"),
    ("phone", "手机１３８００１３８０００", "１３８００１３８０００"),
    ("phone", "电话一三八零零一三八零零零", "一三八零零一三八零零零"),
    ("phone", "call (212) 555-0187 about digoxin", "(212) 555-0187"),
    ("phone", "rappeler le 06 12 34 56 78", "06 12 34 56 78"),
    ("phone", "ring +44 20 7946 0958", "+44 20 7946 0958"),
    ("email", "reply to a.quimby@example.org", "a.quimby@example.org"),
    ("url", "see https://weibo.com/quimby88", "https://weibo.com/quimby88"),
    ("address", "He lives at 12 Baker Street, London NW1 6XE and takes digoxin", "12 Baker Street, London NW1 6XE"),
    ("address", "住北京市朝阳区建国路88号3单元502室，服用地高辛", "北京市朝阳区建国路88号3单元502室"),
    ("birth_date", "born 4 March 1958, on metformin", "4 March 1958"),
    ("birth_date", "出生日期：1958年3月4日", "1958年3月4日"),
    ("record", "MRN: 00123456, INR 2.5", "00123456"),
    ("record", "住院号ZY20230015，INR 2.5", "ZY20230015"),
    ("card", "card 4111 1111 1111 1111", "4111 1111 1111 1111"),
    ("ip", "from 192.168.10.24", "192.168.10.24"),
]  # fmt: skip

STAYS = [
    "Is a CYP3A4 inhibitor (RxNorm 11289, ATC J05AF06, LOINC 34073-7) allowed at eGFR 35 mL/min/1.73 m2?",
    "KDIGO 2024 and the ANSM thesaurus of 20 October 2020: metformin 500 mg twice daily for 14 days?",
    "78岁男性，eGFR 35，血钾5.6 mmol/L，华法林3mg每日一次，INR 2.5，2020年10月20日的指南怎么说？",
    "患者高血压、糖尿病，应用阿司匹林100mg，方便吗？",
    "由于医生建议，万古霉素1 g每12小时一次",
    "国药准字H20050001的说明书里怎么写？",
    "Child-Pugh B, Cockcroft-Gault 42 mL/min, Stevens-Johnson syndrome with lamotrigine 25 mg",
    "Parkinson disease patient on levodopa 100/25 mg; 120/80 mmHg, 1,000,000 IU, pH 7.35, DOI 10.1056/NEJMoa1501352",
    "Section 7.1.2 of the label, NDC 0002-1433-80, 5-10 mg/kg every 8-12 h, QTc 480 ms",
    "黄疸患者能否使用白蛋白？连花清瘟胶囊和左氧氟沙星可以同服吗？",
]


def touched(result: Removed, text: str) -> list[str]:
    return [text[span.start : span.end] for span in result.spans]


@pytest.mark.parametrize(("kind", "text", "secret"), GONE)
def test_goes(kind: str, text: str, secret: str) -> None:
    result = remove_identifiers(text)
    assert secret not in result.text
    assert result.counts[kind] >= 1  # type: ignore[index]
    for word in (
        "warfarin",
        "华法林",
        "digoxin",
        "地高辛",
        "metformin",
        "ibuprofen",
        "INR 2.5",
        "eGFR 35",
        "78岁",
    ):
        assert (word in text) == (word in result.text)


@pytest.mark.parametrize("text", STAYS)
def test_stays(text: str) -> None:
    result = remove_identifiers(text)
    assert (touched(result, text), result.text) == ([], text)


#: Written after the remover and never mended for, and how many of each were touched when first counted.
FRESH = {
    "abstention_dev2.yaml": 5,
    "abstention_fresh.yaml": 0,
    "abstention_rounds.yaml": 1,
    "abstention_voices.yaml": 2,
}


def quality_texts() -> list[str]:
    told: list[str] = []
    for file in sorted(QUALITY.rglob("*.yaml")):
        if file.name in ("refusals.yaml", "injections.yaml", *FRESH):
            continue
        gather(yaml.safe_load(file.read_text(encoding="utf-8")), told)
    return told


def gather(item: object, told: list[str]) -> None:
    if isinstance(item, dict):
        for key, value in item.items():
            if key in ("question", "q", "s", "p"):
                told += [value] if isinstance(value, str) else value
            else:
                gather(value, told)
    elif isinstance(item, list):
        for value in item:
            gather(value, told)


def test_no_question_and_no_truth_of_ours_is_touched() -> None:
    texts = quality_texts()
    assert len(texts) > 2_000
    assert [text for text in texts if remove_identifiers(text).spans] == []


@pytest.mark.parametrize("file", FRESH)
def test_fresh_questions_are_seldom_touched(file: str) -> None:
    """What was touched when first counted: words of English and brand names taken for a person's."""
    texts: list[str] = []
    gather(yaml.safe_load((QUALITY / file).read_text(encoding="utf-8")), texts)
    assert len(texts) >= 140
    assert sum(bool(remove_identifiers(text).spans) for text in texts) <= FRESH[file]


@given(st.text(max_size=200))
def test_spans_are_in_order_and_the_rest_stands(text: str) -> None:
    result = remove_identifiers(text)
    at, rest = 0, ""
    for span in result.spans:
        assert at <= span.start < span.end <= len(text)
        assert span.kind in KINDS
        rest += text[at : span.start] + f"[{span.kind}]"
        at = span.end
    assert result.text == rest + text[at:]
    assert sum(result.counts.values()) == len(result.spans)


def test_beside_another_identifier_each_still_goes() -> None:
    for _, first, one in GONE:
        for _, second, other in GONE:
            left = remove_identifiers(f"{first}. {second}").text
            assert not [secret for secret in (one, other) if len(secret) > 1 and secret in left], left


def test_only_recognised_things_are_told() -> None:
    plan = plan_question(
        "Can Abelard Quimby, phone 212-555-0187, take warfarin with ibuprofen for knee pain?"
    )
    patient = {
        "age_years": 78,
        "pregnant": False,
        "creatinine": {"value": 1.4, "unit": "mg/dL"},
        "conditions": ["Quimby's heart failure"],
        "drugs": ["Abelard's pill"],
        "sex": "Abelard",
    }
    told = concepts_only(plan, patient)
    assert "warfarin" in told and "ibuprofen" in told and "heart failure" in told and "age years 78" in told
    assert "creatinine 1.4 mg/dL" in told and "pregnant false" in told
    assert not {"Abelard", "Quimby", "212", "pill"} & set(told.replace(";", " ").split())


def test_nothing_recognised_tells_nothing() -> None:
    assert concepts_only(plan_question("Abelard Quimby?")) == ""
