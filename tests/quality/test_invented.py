"""Ordinary claims that are made up are lies of no grave kind, many, and those never looked at share no template with the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from medrag.concepts import default_linker
from medrag_api.evaluate.falsify import GRAVE, KINDS
from medrag_api.evaluate.invent import (
    ADDED,
    BEFORE,
    EXCHANGED,
    INVENT,
    UNSEEN_ADDED,
    UNSEEN_BEFORE,
    UNSEEN_EXCHANGED,
)
from medrag_api.evaluate.truths import Truth, read_truths

TRUTHS = Path(__file__).with_name("truths")


@pytest.mark.parametrize("tongue", ["en", "zh"])
def test_there_are_forty_templates_and_those_unseen_are_others(tongue: str) -> None:
    seen, unseen = {*ADDED[tongue], *BEFORE[tongue]}, {*UNSEEN_ADDED[tongue], *UNSEEN_BEFORE[tongue]}
    assert len(seen) >= 40
    assert len(unseen) >= 40
    assert not seen & unseen
    assert not set(EXCHANGED) & set(UNSEEN_EXCHANGED)
    assert not any(char.isdigit() for told in seen | unseen for char in told)


@pytest.mark.parametrize("kind", list(INVENT))
def test_an_invented_claim_is_the_truth_and_words_its_quote_does_not_hold(kind: str) -> None:
    assert kind in KINDS
    assert kind not in GRAVE
    truths = read_truths(TRUTHS)[:60]
    lies = [
        (text, truth, source)
        for at, truth in enumerate(truths)
        for text, source in KINDS[kind](truth, truths, at, default_linker())
    ]
    assert len(lies) > 4 * len(truths)
    assert all(source is truth and text != truth.text for text, truth, source in lies)
    assert len({text for text, _, _ in lies}) > 3 * len(truths)


def test_a_word_of_the_quote_is_never_put_in() -> None:
    quote = "Skin and hair should be checked during treatment."
    truth = Truth(0, "The skin should be checked during treatment.", "en", quote, (), "tuned on", False)
    told = [text for text, _ in INVENT["invented"](truth, [truth], 0, default_linker())]
    assert told
    assert not any(text.startswith("The hair") for text in told)
