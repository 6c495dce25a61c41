"""Graded facts said in our words stand only on quotes that hold, and with no number the quotes do not have."""

from __future__ import annotations

from dataclasses import replace

import pytest

from medrag.answer.question import Question
from medrag.answer.records import Answer
from medrag.answer.service import ask
from medrag.answer.verify import numbers_of, verify_statements
from medrag.errors import InputRefused
from medrag.protocols import Reviewed
from medrag.settings import Settings
from medrag_api.desk import Desk
from medrag_api.reviewing import DeskReviewer
from medrag_api.wiring import reading_all

QUESTION = Question("Can clarithromycin be taken with simvastatin?")


class Exaggerating(DeskReviewer):
    """Says a number the source does not say, or points beside its words."""

    def __init__(self, desk: Desk, said: str) -> None:
        super().__init__(desk)
        self.said = said

    def review(self, *told: object) -> Reviewed:
        made = super().review(*told)  # type: ignore[arg-type]
        return replace(made, facts=tuple(replace(fact, text=fact.text + self.said) for fact in made.facts))


def answer(settings: Settings, said: str = "") -> Answer:
    with reading_all(settings) as desk:
        return ask(desk.shelf, QUESTION, settings, Exaggerating(desk, said))


@pytest.mark.parametrize("said", ["", " It inhibits CYP3A4 and vitamin B12.", " As 5-fluorouracil does."])
def test_digits_of_names_are_no_numbers(reviewing: Settings, said: str) -> None:
    assert any(item.support == "fact" for item in answer(reviewing, said).statements)


@pytest.mark.parametrize("said", [" Wait 7 days.", " 每日20mg。", " Au plus 1,5 g.", " Reduce by 50%."])
def test_a_number_that_no_quote_has_withholds_the_fact(reviewing: Settings, said: str) -> None:
    told = answer(reviewing, said)
    assert not any(item.support == "fact" for item in told.statements)
    assert any("does not stand in the quotes" in item.reason for item in told.withheld)


def test_a_fact_whose_quote_is_spoilt_is_withheld(reviewing: Settings) -> None:
    told = answer(reviewing)
    facts = [item for item in told.statements if item.support == "fact"]
    spoilt = tuple(replace(item, exact=item.exact + "x") for item in told.citations)
    with reading_all(reviewing) as desk:
        allowed = list(desk.shelf.editions)
        assert verify_statements(desk.shelf.catalogue, facts, told.citations, allowed).kept == tuple(facts)
        assert verify_statements(desk.shelf.catalogue, facts, spoilt, allowed).kept == ()
        assert verify_statements(desk.shelf.catalogue, facts, told.citations, ()).kept == ()


def test_the_same_question_gives_the_same_answer_with_its_review(reviewing: Settings) -> None:
    one, two = answer(reviewing), answer(reviewing)
    assert replace(one, timings_ms={}) == replace(two, timings_ms={})
    assert one.interactions is not None
    assert len(one.interactions["pairs"]) == 1


def test_more_drugs_than_a_review_takes_are_refused_not_cut(reviewing: Settings) -> None:
    drugs = [f"drug {number}" for number in range(51)]
    with reading_all(reviewing) as desk, pytest.raises(InputRefused) as caught:
        DeskReviewer(desk).review(drugs, (), None, None, "en")
    assert caught.value.place.field == "drugs"


def test_without_a_reviewer_the_answer_says_so(reviewing: Settings) -> None:
    with reading_all(reviewing) as desk:
        told = ask(desk.shelf, QUESTION, reviewing)
    assert told.interactions is None
    assert any("not reviewed" in limit for limit in told.basis.limits)
    assert all(item.support == "verbatim" for item in told.statements)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("5 mg to 10 mg", {"5", "10"}),
        ("1,50 g", {"1.5"}),
        ("每日20mg，分2次", {"20", "2"}),
        ("10-20 mg", {"10", "20"}),
        ("CYP3A4, B12, interferon beta-1a, 5-fluorouracil", set()),
        ("0.0", {"0"}),
        ("INR 2.", {"2"}),
    ],
)
def test_numbers_are_read_one_way(text: str, numbers: set[str]) -> None:
    assert numbers_of(text) == numbers
