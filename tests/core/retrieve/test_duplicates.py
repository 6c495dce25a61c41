"""Passages that say the same are folded; a passage with another number never is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrag.retrieve.duplicates import fold_duplicates

SENTENCE = (
    "In adults with reduced kidney function give at most 500 mg of the drug twice daily with food and water"
)


def test_the_same_words_in_other_dress_are_folded() -> None:
    assert fold_duplicates([("a", SENTENCE), ("b", f"  {SENTENCE.upper()}. ")]) == {"b": "a"}


@pytest.mark.parametrize(("old", "new"), [("500", "50"), ("500", "5,00"), ("500", "1000")])
def test_another_number_is_another_passage(old: str, new: str) -> None:
    assert fold_duplicates([("a", SENTENCE), ("b", SENTENCE.replace(old, new))]) == {}


def test_a_negation_is_not_folded_in_short_text() -> None:
    assert fold_duplicates([("a", "May be used in pregnancy"), ("b", "May not be used in pregnancy")]) == {}


def test_chinese_text_is_compared_too() -> None:
    assert fold_duplicates([("a", "妊娠期禁用本品。"), ("b", "妊娠期禁用本品")]) == {"b": "a"}
    assert fold_duplicates([("a", "妊娠期禁用本品。"), ("b", "妊娠期可用本品。")]) == {}


@given(st.lists(st.text(max_size=60), max_size=8))
def test_what_is_folded_lies_under_what_is_kept(texts: list[str]) -> None:
    told = fold_duplicates([(str(i), text) for i, text in enumerate(texts)])
    assert all(under not in told and int(under) < int(twin) for twin, under in told.items())
