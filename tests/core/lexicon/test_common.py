"""The tables made of dictionaries: everyday words, and what Chinese words mean."""

from __future__ import annotations

from medrag.lexicon.common import load_common_words, load_meanings
from medrag.text.normalise import fold_name


def test_everyday_words_are_in_the_form_questions_are_compared_in() -> None:
    for language, words in load_common_words().items():
        assert len(words) > 5000, language
        assert not [word for word in words if fold_name(word) != word]


def test_words_of_medicine_are_not_everyday() -> None:
    common = load_common_words()
    assert not {"高血压", "癫痫", "银屑病", "抗生素", "化疗"} & common["zh"]
    assert not {"psoriasis", "epilepsy", "croup", "warfarin"} & common["en"]
    assert {"赶紧", "幸好"} <= common["zh"]
    assert {"borrow", "weather"} <= common["en"]


def test_a_chinese_word_has_its_english_ones() -> None:
    told = load_meanings()
    assert "psoriasis" in told["银屑病"]
    assert "rash" in told["皮疹"]
    assert all(words and all(word == word.lower() for word in words) for words in told.values())
