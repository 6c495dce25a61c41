"""A reply is read as it comes, in whatever wrapping, and what is no statement is told, never completed."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrag.answer.writing.reply import MOST_OFFERED, MOST_READ, Offered, ReplyReader

ONE = '{"text": "A.", "cites": [{"id": "e1", "exact": "a"}]}'
TWO = '{"text": "B {not} \\"so\\".", "cites": [{"id": "e2", "exact": "b"}]}'


def read(reply: str, step: int = 10_000) -> list[Offered]:
    reader = ReplyReader()
    told = [found for at in range(0, len(reply), step) for found in reader.feed(reply[at : at + step])]
    return [*told, *reader.end()]


@pytest.mark.parametrize(
    "reply",
    [
        f"{ONE}\n{TWO}\n",
        f"```json\n[{ONE},\n {TWO}]\n```",
        f'{{"statements": [{ONE}, {TWO}]}}',
        f"Here is the answer:\n{ONE}\nand then {TWO} I hope this helps!",
        f"{ONE}{TWO}",
    ],
)
@pytest.mark.parametrize("step", [1, 7, 10_000])
def test_statements_are_found_in_any_wrapping(reply: str, step: int) -> None:
    told = read(reply, step)
    assert [item.text for item in told] == ["A.", 'B {not} "so".']
    assert all(item.problem is None for item in told)
    assert told[0].cites[0].id == "e1"


def test_a_reply_cut_off_is_told_and_not_completed() -> None:
    told = read(ONE + '\n{"text": "Take 5')
    assert told[0].problem is None
    assert told[1].problem == "the reply was cut off here"
    assert told[1].text == '{"text": "Take 5'


def test_prose_is_told_as_no_statement() -> None:
    assert read("You can take both.")[0].problem == "the reply is not statements with their quotes"
    assert read("") == read("```json\n[]\n```") == []


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"text": "A."}, "no citation"),
        ({"text": "A.", "cites": []}, "no citation"),
        ({"text": "A.", "cites": ["e1"]}, "a citation is not an id with the exact words"),
        ({"text": "A.", "cites": [{"id": 3, "exact": "a"}]}, "a citation is not an id with the exact words"),
        ({"text": 5, "cites": [{"id": "e1", "exact": "a"}]}, "the statement is not a text"),
        ({"text": "x" * 5000, "cites": [{"id": "e1", "exact": "a"}]}, "longer than"),
        ({"text": "A.", "cites": [{"id": "e1", "exact": "a"}] * 40}, "leans on more than"),
    ],
)
def test_a_statement_of_another_shape_says_which(body: object, problem: str) -> None:
    assert problem in str(read(json.dumps(body))[0].problem)


def test_a_line_with_a_string_left_open_does_not_swallow_the_next() -> None:
    told = read('{"text": "broken, "cites": [\n' + ONE)
    assert told[-1].text == "A."
    assert any(item.problem for item in told)


def test_no_more_is_read_than_an_answer_holds() -> None:
    assert len(read(ONE * 500)) == MOST_OFFERED
    reader = ReplyReader()
    list(reader.feed("x" * 10_000_000))
    assert reader.full and len(reader._text) == MOST_READ


@given(st.text(max_size=400), st.integers(1, 50))
def test_anything_can_be_read_in_any_pieces(reply: str, step: int) -> None:
    assert read(reply, step) == read(reply)


@given(
    st.lists(
        st.sampled_from(["{", "}", '"', "[", "]", "\\", "\n", ":", ",", '"text"', ONE, "a"]), max_size=40
    )
)
def test_broken_json_is_never_a_statement_of_its_own(parts: list[str]) -> None:
    for item in read("".join(parts)):
        assert item.problem is not None or item.text == "A."
