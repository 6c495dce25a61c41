"""The abstention rules: plain weights over known figures, none against its meaning; nothing asked is not answered."""

from __future__ import annotations

import pytest

from medrag.answer.abstain import PACKAGED, WORDS, load_rule
from medrag.answer.evidence import LESS_IS_BETTER, ONLY_TELLS, Evidence

NONE = dict.fromkeys(Evidence.names_of_figures(), 0.0)
BEST = NONE | {name: 1.0 for name in Evidence.names_of_figures() if name not in LESS_IS_BETTER | ONLY_TELLS}


def evidence(**figures: float) -> Evidence:
    return Evidence(**(NONE | figures))


@pytest.mark.parametrize("name", [PACKAGED, WORDS])
def test_a_rule_weighs_figures_there_are_and_none_against_its_meaning(name: str) -> None:
    rule = load_rule(name)
    assert set(rule.weights) <= set(Evidence.names_of_figures())
    assert set(Evidence.names_of_figures()) >= LESS_IS_BETTER | ONLY_TELLS
    for figure, weight in rule.weights.items():
        if figure not in ONLY_TELLS:
            assert (weight < 0) == (figure in LESS_IS_BETTER), figure


@pytest.mark.parametrize("name", [PACKAGED, WORDS])
def test_the_best_evidence_answers_and_none_abstains(name: str) -> None:
    rule = load_rule(name)
    assert not rule.too_thin(Evidence(**BEST))
    assert rule.too_thin(evidence())


@pytest.mark.parametrize("name", [PACKAGED, WORDS])
def test_a_question_that_asks_for_nothing_is_not_answered_however_good_the_passages(name: str) -> None:
    best = BEST | {"clinical": 0.0}
    assert load_rule(name).too_thin(Evidence(**best))
    assert load_rule(name).too_thin(Evidence(**(best | {"asks_words": 0.1})))
    assert not load_rule(name).too_thin(Evidence(**(best | {"asks_words": 0.5})))
