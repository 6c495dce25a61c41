"""What a question wants: names apart from words, strange runs seen, medicines nobody knows suspected."""

from __future__ import annotations

import pytest

from medrag.answer.sought import latin_words, like_a_drug, plain, read_chinese, token_ids
from medrag.answer.wanted import said_by_aspects, unnamed
from medrag.lexicon.aspects import asked_aspects
from medrag.retrieve.plan import plan_question
from medrag.text.normalise import fold_name


def runs(question: str) -> list[str]:
    return list(read_chinese(fold_name(question), unnamed(plan_question(question)))[1])


def words(question: str) -> dict[str, bool]:
    """The Han words that say what is asked, and whether "rash on the palm" tells them."""
    found, _ = read_chinese(fold_name(question), unnamed(plan_question(question)))
    text = "A rash on the palm"
    return {word.written: word.told_in(token_ids(text), fold_name(text)) for word in found}


def test_a_question_in_known_names_and_plain_words_leaves_nothing_strange() -> None:
    assert runs("二甲双胍每天最大剂量多少？") == []


def test_a_medicine_nobody_knows_is_left_and_looks_like_one() -> None:
    question = "卟啦替尼片每天吃几次？"
    (run,) = runs(question)
    assert "卟啦" in run
    assert like_a_drug(run, fold_name(question))


def test_words_made_of_plain_words_are_plain() -> None:
    assert plain("患者")
    assert plain("多少患者")
    assert not plain("月亮")


def test_names_are_no_words_and_plain_words_are_none() -> None:
    told = latin_words(unnamed(plan_question("What dose of metformin for bicycle patients?")))
    assert len(told) == 1
    assert told[0].startswith("bicycl")


def test_a_disease_that_asks_for_an_aspect_is_held_as_it() -> None:
    plan = plan_question("Metformin in chronic kidney disease")
    aspects = asked_aspects(plan.question, plan.language)
    assert said_by_aspects(plan, aspects) == {"disease:chronic kidney disease"}


def test_chinese_words_are_told_by_evidence_in_english() -> None:
    assert words("手掌上起了东西怎么办？") == {"手掌": True}
    assert words("睫毛怎么涂？") == {"睫毛": False}


def test_everyday_words_are_nothing_strange() -> None:
    assert runs("二甲双胍每天最大剂量多少，赶紧告诉我，幸好还来得及") == []


def test_a_herb_named_of_plain_words_is_still_a_medicine_nobody_knows() -> None:
    (run,) = runs("三七粉和氯吡格雷一起吃行不行？")
    assert like_a_drug(run, fold_name("三七粉和氯吡格雷一起吃行不行？"))


@pytest.mark.parametrize(
    ("named", "plain_question"),
    [
        (
            "My patient John Smith, 78, takes warfarin and now needs ibuprofen. Is that safe?",
            "My patient, 78, takes warfarin and now needs ibuprofen. Is that safe?",
        ),
        ("患者王小明，78岁，在吃华法林，能吃布洛芬吗？", "患者，78岁，在吃华法林，能吃布洛芬吗？"),
        ("联系人：欧阳建国，手机13800138000，华法林能和布洛芬同服吗？", "华法林能和布洛芬同服吗？"),
    ],
)
def test_who_the_question_is_for_says_nothing_of_what_is_asked(named: str, plain_question: str) -> None:
    def told(question: str) -> tuple[list[str], list[str], list[str]]:
        rest = unnamed(plan_question(question))
        found, strange = read_chinese(fold_name(question), rest)
        return latin_words(rest), [word.written for word in found], list(strange)

    assert told(named) == told(plain_question)
