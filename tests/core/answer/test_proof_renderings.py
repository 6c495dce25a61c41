"""The table of renderings is whole, links the words of a row alone, and lends nothing that has a reader of its own."""

from __future__ import annotations

from importlib.resources import files

from medrag.answer.proof.carriers import LIGHT
from medrag.answer.proof.general import GUARDED, RENDERINGS, load_general, renderings, said_alike
from medrag.answer.proof.senses import find_senses
from medrag.answer.proof.stems import stems_of


def test_every_row_has_two_words_or_more() -> None:
    rows = list(renderings())
    assert len(rows) > 400
    assert all(len(stems) + len(han) > 1 for stems, han in rows)
    held = files("medrag.answer.proof").joinpath(RENDERINGS).read_text(encoding="utf-8")
    assert len(held.splitlines()) == len(rows)


def test_a_word_is_said_by_another_of_its_row_and_by_none_of_another() -> None:
    text = "an indwelling device is removed after several days"
    assert said_alike("留置", text, stems_of(text))
    assert said_alike("移除", text, stems_of(text))
    assert not said_alike("监督", text, stems_of(text))
    quote = "adaptation de la posologie"
    assert said_alike("adjustment", quote, stems_of(quote))
    assert "diminu" not in load_general().same["adjust"]


def test_no_word_that_only_carries_a_sentence_is_guarded() -> None:
    kinds = ("force", "negation", "direction", "restrict", "condition")
    read = {word: [s for s in find_senses(word) if s.end - s.start == len(word)] for word in LIGHT}
    assert not [word for word, told in read.items() if any(s.kind in kinds for s in told)]
    assert not [w for w, told in read.items() if any(s.id in GUARDED - {"equal"} for s in told)]
