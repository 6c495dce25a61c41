"""Turns of a conversation: corrected, negated, withdrawn, replaced, left unclear; and laws that hold of any turns."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medrag.dialogue.asking import MOST_ASKED, question_for, with_asked, worth_asking
from medrag.dialogue.keeping import dump_dialogue, load_dialogue
from medrag.dialogue.records import MOST_TURNS, Dialogue, Turn
from medrag.dialogue.turn import edit_slots, take_turn
from medrag.errors import InputRefused, QuestionRefused


def talk(*turns: str) -> Turn:
    """The last of several turns."""
    told = None
    for said in turns:
        told = take_turn(told.dialogue if told else Dialogue(), said)
    assert told is not None
    return told


def known(told: Turn, field: str) -> list[object]:
    return [slot.value for slot in told.dialogue.of(field)]


@pytest.mark.parametrize(
    ("turns", "drugs"),
    [
        (("She was taking warfarin but now takes apixaban 5 mg bid",), ["apixaban"]),
        (("On warfarin. Ibuprofen ok?", "and naproxen?"), ["warfarin", "naproxen"]),
        (("On warfarin. Ibuprofen ok?", "Switch her to apixaban."), ["apixaban", "ibuprofen"]),
        (("takes lithium and ramipril", "Should he stop ramipril?"), ["lithium carbonate", "ramipril"]),
        (("takes lithium and ramipril", "He stopped it."), ["lithium carbonate"]),
        (("takes lithium and hydrochlorothiazide", "The thiazide was stopped."), ["lithium carbonate"]),
        (("服用华法林，想加布洛芬", "不用布洛芬了，改成塞来昔布"), ["warfarin", "celecoxib"]),
        (("病人本来吃阿司匹林，前天换成氯吡格雷了",), ["clopidogrel"]),
        (("华法林不用调整剂量吗",), ["warfarin"]),
        (("Which statins are safe in pregnancy?",), []),
        (("She used ibuprofen last week but not anymore. Now on celecoxib.",), ["celecoxib"]),
        (("Warfarin patient asks about tea", "What about metronidazole?"), ["warfarin", "metronidazole"]),
        (("Is ibuprofen ok?", "Can she take acetaminophen?"), ["ibuprofen", "paracetamol"]),
        (("阿托伐他汀联合非诺贝特", "非诺贝特不想用了，依折麦布怎么样？"), ["atorvastatin", "ezetimibe"]),
        (("用丙硫氧嘧啶", "换甲巯咪唑"), ["methimazole"]),
        (("taking glipizide", "Can she have fluconazole?"), ["glipizide", "fluconazole"]),
        (("on ramipril", "They stopped ramipril and started amlodipine instead."), ["amlodipine"]),
    ],
)
def test_drugs_after_turns(turns: tuple[str, ...], drugs: list[str]) -> None:
    assert known(talk(*turns), "drugs") == drugs


@pytest.mark.parametrize(
    ("said", "conditions"),
    [
        ("no diabetes or hypertension, but gout", ["gout"]),
        ("Does metformin cause lactic acidosis?", []),
        ("Her mother has breast cancer", []),
        ("有没有高血压我不清楚", []),
        ("布洛芬会引起消化道出血吗？", []),
        ("患者有冠心病，否认糖尿病", ["coronary artery disease"]),
        ("阿司匹林的出血风险", []),
    ],
)
def test_conditions_of_the_patient_alone(said: str, conditions: list[str]) -> None:
    assert known(talk(said), "conditions") == conditions


@pytest.mark.parametrize(
    ("said", "field", "value"),
    [
        ("eGFR below 30: metformin?", "egfr_ml_min_1_73m2", None),
        ("INR target is 2.5, current INR 4.1", "inr", 4.1),
        ("eGFR dropped from 60 to 35", "egfr_ml_min_1_73m2", 35.0),
        ("she miscarried yesterday", "pregnant", False),
        ("宝宝10个月", "age_years", 0.833),
        ("服药10个月", "age_years", None),
        ("creatinine clearance 28 mL/min", "crcl_ml_min", 28.0),
        ("肌酐1.2，不对，1.6 mg/dl", "creatinine", {"value": 1.6, "unit": "mg/dL"}),
        ("gentamicin 5 mg/kg", "weight_kg", None),
        ("体重一百二十斤", "weight_kg", None),
        ("她七十八岁", "age_years", 78.0),
        ("身高一米七五", "height_cm", 175.0),
        ("Child-Pugh 8分", "child_pugh", "B"),
        ("she wants to get pregnant", "pregnant", None),
        ("妊娠期糖尿病指南", "pregnant", None),
        ("孕16周", "trimester", 2),
        ("78岁以上的老人", "age_years", None),
        ("10 year history of gout", "age_years", None),
        ("eGFR 400", "egfr_ml_min_1_73m2", None),
    ],
)
def test_values_are_the_patients_own(said: str, field: str, value: object) -> None:
    assert talk(said).dialogue.value(field) == value


def test_a_value_without_its_unit_is_not_used_until_the_unit_is_told() -> None:
    told = talk("Vancomycin, creatinine is 1.9")
    assert told.dialogue.value("creatinine") is None
    asks = worth_asking(told.dialogue, [])
    assert [(ask.field, ask.rule) for ask in asks] == [("creatinine", "medrag/value-with-unit")]
    assert "mg/dL or umol/L" in asks[0].why
    after = take_turn(told.dialogue, "mg/dL").dialogue
    assert after.value("creatinine") == {"value": 1.9, "unit": "mg/dL"}


def test_a_name_that_is_not_held_is_offered_and_never_used() -> None:
    said = take_turn(
        Dialogue(), "She takes warfrin and aspirin", near=lambda word: ["warfarin"] * (word == "warfrin")
    )
    assert [slot.value for slot in said.dialogue.of("drugs")] == ["acetylsalicylic acid"]
    assert [(item.said, item.candidates) for item in said.unclear] == [("warfrin", ("warfarin",))]
    after = take_turn(said.dialogue, "yes").dialogue
    assert [slot.value for slot in after.of("drugs")] == ["acetylsalicylic acid", "warfarin"]


def test_a_switch_that_could_replace_several_is_asked_about() -> None:
    told = talk("takes metoprolol, omeprazole and levothyroxine", "switch to allopurinol")
    assert [(item.why, item.candidates) for item in told.unclear] == [
        ("which_replaced", ("metoprolol", "omeprazole", "levothyroxine"))
    ]


def test_a_bare_number_answers_what_was_asked() -> None:
    told = with_asked(talk("metformin dose?").dialogue, [])
    missing = [{"field": "egfr_ml_min_1_73m2", "why": "w", "rule": "r", "citation": {"source": "s"}}] * 3
    asks = worth_asking(told, missing)
    assert [ask.question for ask in asks] == [question_for("egfr_ml_min_1_73m2", "en")]
    assert take_turn(with_asked(told, asks), "28").dialogue.value("egfr_ml_min_1_73m2") == 28.0


def test_at_most_two_questions_and_none_of_what_is_told() -> None:
    dialogue = talk("on warfarin, INR 3, age 70").dialogue
    names = ("inr", "age_years", "weight_kg", "potassium", "conditions")
    missing = [{"field": name, "why": "w", "rule": "r", "citation": {"source": "s"}} for name in names]
    asks = worth_asking(dialogue, missing)
    assert len(asks) == MOST_ASKED
    assert [ask.field for ask in asks] == ["weight_kg", "potassium"]
    again = worth_asking(with_asked(dialogue, asks), missing)
    assert again[0].field == "conditions"


def test_another_patient_starts_anew_and_says_so() -> None:
    told = talk("78 y/o man on warfarin", "Another patient: 30 year old woman on lithium")
    assert told.started_anew
    assert told.patient == {"age_years": 30.0, "sex": "female", "drugs": ["lithium"]}
    assert told.understood[0].kind == "started_anew"


@pytest.mark.parametrize(
    ("turns", "question"),
    [
        (("华法林和布洛芬能一起吃吗？", "那换成塞来昔布呢？"), "华法林和塞来昔布能一起吃吗？"),
        (("Is lisinopril safe?", "and if she is pregnant?"), "Is lisinopril safe? (pregnancy)"),
        (("Is lisinopril safe in pregnancy?", "She is not pregnant."), "Is lisinopril safe?"),
        (("Gabapentin dose at eGFR 22?", "eGFR is 32"), "Gabapentin dose at eGFR 32?"),
        (
            ("65, on digoxin. Is clarithromycin ok?", "What should be monitored?"),
            "What should be monitored? (digoxin, clarithromycin)",
        ),
        (("Is warfarin with ibuprofen ok?", "He stopped ibuprofen."), "Is warfarin ok?"),
    ],
)  # fmt: skip
def test_the_question_stands_alone(turns: tuple[str, ...], question: str) -> None:
    assert talk(*turns).question == question


def test_facts_that_exclude_one_another_are_told_not_mixed() -> None:
    told = talk("He is 40 and takes methotrexate", "in pregnancy?")
    assert told.dialogue.value("pregnant") is None
    assert [(item.field, item.why) for item in told.unclear] == [("pregnant", "contradiction")]


def test_a_refused_turn_is_asked_as_it_is_and_changes_nothing() -> None:
    told = talk("78 y/o on warfarin. Is ibuprofen ok?", "I want to kill myself")
    assert told.question == "I want to kill myself"
    assert told.understood == ()
    assert known(told, "drugs") == ["warfarin", "ibuprofen"]


def test_too_many_turns_and_turns_too_long_are_refused_and_nothing_is_lost() -> None:
    dialogue = Dialogue()
    for at in range(MOST_TURNS):
        dialogue = take_turn(dialogue, f"eGFR {at + 1}").dialogue
    assert dialogue.turns == MOST_TURNS
    with pytest.raises(InputRefused, match="at most 100 turns"):
        take_turn(dialogue, "and naproxen?")
    with pytest.raises(QuestionRefused, match="at most 2000 characters"):
        take_turn(Dialogue(), "warfarin " * 120_000)


def test_slots_are_written_by_hand() -> None:
    dialogue = talk("78 y/o man on warfarin. Ibuprofen?").dialogue
    after = edit_slots(
        dialogue, {"age_years": 68, "sex": None, "drugs": ["华法林", "naproxen"], "conditions": ["痛风"]}
    )
    assert after.value("age_years") == 68.0
    assert after.value("sex") is None
    assert {slot.value for slot in after.of("drugs")} == {"warfarin", "naproxen"}
    assert [slot.value for slot in after.of("conditions")] == ["gout"]
    assert {slot.how for slot in after.slots if slot.turn == 0} == {"edited"}
    with pytest.raises(InputRefused) as refused:
        edit_slots(dialogue, {"inr": 300.0})
    assert refused.value.place.field == "inr"


WORDS = st.sampled_from(
    (
        "warfarin ibuprofen 华法林 布洛芬 换成 停用 not is pregnant 怀孕 没有 eGFR 28 78岁 , . ? ， 。 ？ and instead of "
        "stop he she 她 man 男 creatinine 1.9 mg/dL allergic to 过敏 糖尿病 no diabetes 3 months "
        "another patient § ¤ § 0 什么 § if kg 60 哺乳 "
    ).split()
)


@settings(max_examples=150)
@given(st.lists(st.lists(WORDS, min_size=1, max_size=12).map(" ".join), min_size=1, max_size=4))
def test_any_turns_can_be_taken_and_written_and_read(turns: list[str]) -> None:
    dialogue = Dialogue()
    for said in turns:
        if not any(char.isalnum() for char in said):
            continue
        told = take_turn(dialogue, said)
        dialogue = told.dialogue
        assert told.question.strip()
        assert load_dialogue(dump_dialogue(dialogue)) == dialogue
        names = [(slot.field, slot.value) for slot in dialogue.slots if slot.field in ("drugs", "conditions")]
        assert len(names) == len(set(names))
        assert not (dialogue.value("sex") == "male" and dialogue.value("pregnant"))
