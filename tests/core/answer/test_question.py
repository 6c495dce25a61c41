"""A question is cleaned of what cannot be read, and what is no question is refused without being repeated."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrag.answer.question import LONGEST_QUESTION, read_question
from medrag.errors import QuestionRefused


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "\n\t",
        "?!…",
        "a" * (LONGEST_QUESTION + 1),
        "x" * 1_000_000,
        "half \ud800 char",
        "nul \0 here",
        "\u202e\u2066",
    ],
)
def test_what_is_no_question_is_refused(text: str) -> None:
    with pytest.raises(QuestionRefused) as caught:
        read_question(text)
    assert caught.value.place.field == "question"
    assert len(str(caught.value)) < 200


def test_controls_and_direction_marks_go() -> None:
    assert read_question("  can\u202e I\x07 take\n\nit\u2069? ") == "can I take it?"


@given(st.text(max_size=300))
def test_reading_twice_changes_nothing(text: str) -> None:
    try:
        once = read_question(text)
    except QuestionRefused:
        return
    assert read_question(once) == once
