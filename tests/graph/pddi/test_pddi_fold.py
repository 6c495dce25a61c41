"""Folded French leads back to the original, character by character."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrag_graph.pddi.fold import fold, sentences

FRENCH = st.text("aéèÀœç '’-\n.;:()5 ", max_size=60)


@given(FRENCH)
def test_every_folded_character_stands_somewhere_in_the_source_in_order(text: str) -> None:
    folded = fold(text)
    assert len(folded.text) == len(folded.origin)
    assert list(folded.origin) == sorted(folded.origin)
    assert folded.text == folded.text.casefold()
    assert "  " not in folded.text


@given(FRENCH)
def test_sentences_cover_all_letters_and_slice_back(text: str) -> None:
    folded = fold(text)
    pieces = list(sentences(folded))
    joined = "".join(folded.text[start:end] for start, end in pieces)
    assert "".join(joined.split()) == "".join(folded.text.replace("\x1e", " ").split())
    for start, end in pieces:
        span = folded.span(start, end)
        assert fold(span.of(text)).text.strip() == folded.text[start:end]


def test_a_hyphen_at_a_line_end_joins_its_word_and_a_bullet_does_not() -> None:
    assert fold("auriculo- \nventriculaire").text == "auriculo-ventriculaire"
    assert fold("avec :\n- la bêtadrine").text == "avec : - la betadrine"
    assert fold("L’œdème\n\nN'est pas").text == "l'oedeme\x1en'est pas"


def test_an_empty_span_is_refused() -> None:
    with pytest.raises(ValueError, match="holds a character"):
        fold("a  ").span(1, 2)
