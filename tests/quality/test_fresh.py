"""The fresh questions are what their file says: so many of each, told apart, in both tongues, and none asked before."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from medrag_api.evaluate.questions import read_questions

HERE = Path(__file__).parent
OTHERS = (
    "abstention_dev",
    "abstention_test",
    "abstention_dev2",
    "abstention_voices",
    "abstention_rounds",
    "starter_questions",
)


def test_fresh_questions_are_as_many_as_said_and_none_was_asked_before() -> None:
    fresh = read_questions(HERE / "abstention_fresh.yaml")
    asked = {item["question"].casefold() for item in fresh}
    before = {
        item["question"].casefold() for name in OTHERS for item in read_questions(HERE / f"{name}.yaml")
    }
    assert len({item["id"] for item in fresh}) == len(asked) == 400
    assert not asked & before
    assert Counter((item["answerable"], item["language"]) for item in fresh) == {
        (told, tongue): 100 for told in (True, False) for tongue in ("en", "zh")
    }
