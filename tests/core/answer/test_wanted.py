"""What a question wants: names apart from words, strange runs seen, medicines nobody knows suspected."""

from __future__ import annotations

from medrag.answer.wanted import latin_words, like_a_drug, plain, said_by_aspects, strange_runs, unnamed
from medrag.lexicon.aspects import asked_aspects
from medrag.retrieve.plan import plan_question
from medrag.text.normalise import fold_name


def runs(question: str) -> list[str]:
    return list(strange_runs(fold_name(question), unnamed(plan_question(question))))


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
