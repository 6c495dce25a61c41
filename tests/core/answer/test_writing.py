"""A model's sentences reach a person only when proved; whatever it does, an answer comes."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import pytest
from answer_shelf import build
from hypothesis import given, settings
from hypothesis import strategies as st
from spoken_models import Named, Speech, SpokenModel, down, lines_of, quoting, said, words

from medrag.answer.events import Begun, Done, Said
from medrag.answer.question import Question
from medrag.answer.records import Answer, Withheld
from medrag.answer.service import answer_events, ask
from medrag.answer.writing.prompt import load_prompt
from medrag.errors import UsageError
from medrag.protocols import Message
from medrag.settings import Settings
from medrag.shelf import OpenShelf

Shelf = tuple[OpenShelf, Settings]
ASKED = "From what eGFR may an SGLT2 inhibitor be started?"
TRUE = "An SGLT2 inhibitor is started when the eGFR is 20 mL/min/1.73 m² or more."
LIE = "Start when the eGFR is 10 mL/min/1.73 m² or more (Grade 1A)."


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """Made once: these tests only read."""
    folder = tmp_path_factory.mktemp("writing")
    (folder / "home").mkdir()
    return build(folder / "home", folder / "cards")


def answer(
    shelf: Shelf, *models: SpokenModel, answerer: str = "auto", asked: str = ASKED, **told: object
) -> Answer:
    held = shelf[1].model_copy(update=told)
    return ask(shelf[0], Question(asked, answerer), held, models=Named(*models))


def extractive(shelf: Shelf, asked: str = ASKED) -> Answer:
    return ask(shelf[0], Question(asked, "extractive"), shelf[1])


def laws_hold(shelf: Shelf, told: Answer) -> None:
    """The laws of every answer: quotes stand, statements are cited and stand where they say."""
    by_number = {citation.n: citation for citation in told.citations}
    for citation in told.citations:
        text = shelf[0].catalogue.document(citation.source.document.id).text
        assert text[citation.start : citation.end] == citation.exact
    for statement in told.statements:
        assert told.text[statement.start : statement.end] == statement.text
        assert statement.citations
        assert all(number in by_number for number in statement.citations)


def test_a_proved_statement_is_shown_with_its_exact_quote(shelf: Shelf) -> None:
    model = SpokenModel(quoting("Threshold", "Start when the eGFR is 20 mL/min/1.73 m² or more (Grade 1A)."))
    told = answer(shelf, model)
    assert told.basis.answerer == "spoken"
    assert (told.status, told.degraded, told.withheld) == ("answered", extractive(shelf).degraded, ())
    assert [statement.support for statement in told.statements] == ["entailed"]
    assert told.basis.prompt == load_prompt("en").sha256
    assert told.basis.model == "spoken:spoken"
    laws_hold(shelf, told)


def test_a_lie_is_withheld_and_the_sentence_it_misquoted_shown(shelf: Shelf) -> None:
    told = answer(shelf, SpokenModel(quoting("Threshold", LIE)))
    assert [item.text for item in told.withheld] == [LIE]
    assert "number" in told.withheld[0].reason
    assert [statement.support for statement in told.statements] == ["verbatim"]
    assert "20 mL/min/1.73 m²" in told.text
    assert "10 mL" not in told.text
    laws_hold(shelf, told)


def test_a_quote_that_stands_nowhere_withholds_its_statement(shelf: Shelf) -> None:
    def liar(messages: Sequence[Message]) -> Iterator[str]:
        yield said("Give 900 mg of it.", (lines_of(messages)[0][0], "Give 900 mg of it to everyone, always."))

    told = answer(shelf, SpokenModel(liar))
    assert told.text == extractive(shelf).text
    assert told.withheld[0].reason == "a quote does not stand in its passage"
    assert told.degraded
    assert told.basis.answerer == "extractive"


def test_evidence_that_was_not_given_cannot_be_cited(shelf: Shelf) -> None:
    told = answer(shelf, SpokenModel(words(said(TRUE, ("e00000000", "eGFR is 20")))))
    assert told.withheld[0].reason == "it cites evidence that was not given"
    assert told.text == extractive(shelf).text


@pytest.mark.parametrize("speech", [down, words(""), words("You can take anything."), words("}{" * 100)])
def test_without_a_word_that_stands_the_sources_are_quoted(shelf: Shelf, speech: Speech) -> None:
    told, plain = answer(shelf, SpokenModel(speech)), extractive(shelf)
    assert (told.text, told.statements, told.citations) == (plain.text, plain.statements, plain.citations)
    assert told.degraded
    assert told.basis.answerer == "extractive"
    assert told.id != plain.id


def test_a_model_that_raises_what_it_does_not_declare_is_down(shelf: Shelf) -> None:
    def broken(_: Sequence[Message]) -> Iterator[str]:
        raise KeyError(ASKED)
        yield ""

    told = answer(shelf, SpokenModel(broken))
    assert told.text == extractive(shelf).text
    assert any("could not be reached" in limit for limit in told.basis.limits)


def test_a_slow_model_holds_an_answer_up_no_longer_than_it_may(shelf: Shelf) -> None:
    model = SpokenModel(words(*["x"] * 40), pause=0.1)
    began = time.monotonic()
    told = answer(shelf, model, model_wait_s=0.3)
    assert time.monotonic() - began < 3
    assert told.text == extractive(shelf).text
    assert model.stopped.wait(5)


def test_auto_asks_the_next_model_when_one_is_down_and_only_then(shelf: Shelf) -> None:
    first = SpokenModel(down, "first")
    second = SpokenModel(quoting("Threshold", LIE), "second")
    third = SpokenModel(words(""), "third")
    told = answer(shelf, first, second, third)
    assert told.basis.answerer == "second"
    assert [len(model.heard) for model in (first, second, third)] == [1, 1, 0]


def test_a_model_that_is_not_configured_is_a_wrong_call(shelf: Shelf) -> None:
    for name in ("model", "nobody"):
        with pytest.raises(UsageError) as caught:
            answer(shelf, answerer=name)
        assert caught.value.place.field == "answerer"


def test_no_model_is_asked_where_nothing_held_answers(shelf: Shelf) -> None:
    model = SpokenModel(words("x"))
    told = answer(shelf, model, asked="What is the dose of imatinib in leukaemia?")
    assert told.status == "abstained"
    assert model.heard == []
    assert not told.degraded or not shelf[0].encoder


def test_evidence_too_long_for_the_context_is_trimmed_and_said(shelf: Shelf) -> None:
    whole = SpokenModel(quoting("Threshold", LIE))
    answer(shelf, whole)
    room = sum(whole.count_tokens(message.content) for message in whole.heard[0]) - 20
    model = SpokenModel(quoting("Threshold", LIE), context_tokens=room, reply_tokens=0)
    told = answer(shelf, model)
    assert sum(model.count_tokens(message.content) for message in model.heard[0]) <= room
    assert any("context has no room" in limit for limit in told.basis.limits)
    none = answer(shelf, SpokenModel(words("x"), context_tokens=100))
    assert none.text == extractive(shelf).text
    assert any("no evidence fits" in limit for limit in none.basis.limits)


def test_what_leaves_for_another_machine_names_no_one(shelf: Shelf) -> None:
    asked = f"患者张伟，手机13800138000：SGLT2抑制剂在eGFR多少时开始？ {ASKED}"
    for send in ("question_deidentified", "concepts_only"):
        model = SpokenModel(words(""), on_this_machine=False)
        answer(shelf, model, asked=asked, model_send=send)
        sent = "".join(message.content for message in model.heard[0])
        assert "13800138000" not in sent
        assert "张伟" not in sent
        assert "SGLT2" in sent
    near = SpokenModel(words(""))
    answer(shelf, near, asked=asked)
    assert "13800138000" in near.heard[0][-1].content


@pytest.mark.parametrize(
    "asked",
    [
        f"My patient John Smith, 78, asks. {ASKED}",
        f"Mr Zbigniew Wojciechowski, phone 13800138000, born 1947-03-02: {ASKED}",
        "患者王小明，78岁，SGLT2抑制剂在eGFR多少时开始？",
        "住院号20231187，欧阳建国，男，手机13800138000：SGLT2抑制剂在eGFR多少时开始？",
    ],
)
def test_who_it_is_asked_for_silences_no_answer(shelf: Shelf, asked: str) -> None:
    assert extractive(shelf, asked).status == "answered"


def test_the_evidence_is_marked_as_data_line_by_line(shelf: Shelf) -> None:
    model = SpokenModel(words(""))
    answer(shelf, model)
    shown = model.heard[0][-1].content
    assert lines_of(model.heard[0])
    for known, _ in lines_of(model.heard[0]):
        assert f"<<<evidence {known}>>>" in shown
        assert f"<<<end {known}>>>" in shown


def test_the_events_joined_are_the_answer(shelf: Shelf) -> None:
    true = quoting("Threshold", "Start when the eGFR is 20 mL/min/1.73 m² or more (Grade 1A).")
    for speech in (true, quoting("Threshold", LIE), down, words("prose")):
        told = list(answer_events(shelf[0], Question(ASKED), shelf[1], models=Named(SpokenModel(speech))))
        whole = ask(shelf[0], Question(ASKED), shelf[1], models=Named(SpokenModel(speech)))
        assert isinstance(told[0], Begun) and isinstance(told[-1], Done)
        assert "".join(event.added for event in told if isinstance(event, Said)) == whole.text
        assert [event.statement for event in told if isinstance(event, Said)] == list(whole.statements)
        assert tuple(event for event in told if isinstance(event, Withheld)) == whole.withheld
        assert [c for event in told if isinstance(event, Said) for c in event.citations] == list(
            whole.citations
        )
        assert told[-1].answer.id == whole.id


GARBAGE = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "eGFR is 20 mL/min/1.73 m² or more",
            "The target is below 120 mmHg systolic.",
            "Do not lower it further in the frail.",
            "below 30",
            "stop",
            TRUE,
            LIE,
        ]
    ),
)


@st.composite
def replies(draw: st.DrawFn) -> Speech:
    """Replies of true and half-true statements, foreign ids, broken JSON and anything else, in any pieces."""
    parts = draw(st.lists(st.tuples(GARBAGE, GARBAGE, st.integers(0, 9), st.booleans()), max_size=20))
    tail = draw(st.text(max_size=30))

    def speech(messages: Sequence[Message]) -> Iterator[str]:
        known = [pair[0] for pair in lines_of(messages)] or ["e0"]
        for text, exact, at, broken in parts:
            line = said(text, (known[at % len(known)] if at < 8 else "e99999999", exact))
            yield line[: len(line) // 2] if broken else line
        yield tail

    return speech


@settings(max_examples=60)
@given(speech=replies())
def test_whatever_a_model_replies_the_laws_hold(shelf: Shelf, speech: Speech) -> None:
    told = answer(shelf, SpokenModel(speech))
    laws_hold(shelf, told)
    assert told.statements
    assert LIE not in told.text
    assert "10 mL" not in told.text
    if told.basis.answerer == "extractive":
        assert told.text == extractive(shelf).text
