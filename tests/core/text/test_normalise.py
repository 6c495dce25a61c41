"""Folding of names, Simplified Chinese, control characters, language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrag.text.normalise import detect_language, fold_name, strip_controls, to_simplified


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Co-Trimoxazole", "co‑trimoxazole"),
        ("co  trimoxazole", "CO – trimoxazole"),
        ("HYPERKALIÉMIE", "hyperkaliemie"),
        ("阿斯匹靈", "阿斯匹灵"),
        ("ＳＧＬＴ２抑制劑", "sglt2抑制剂"),
        ("Straße", "STRASSE"),
        ("e\u0301chelle", "échelle"),
        ("metformin\u200b", " Metformin "),
    ],
)
def test_spellings_of_one_name_meet(one: str, other: str) -> None:
    assert fold_name(one) == fold_name(other)


@pytest.mark.parametrize(
    ("one", "other"), [("2.5", "25"), ("lasix", "losec"), ("mg", "mcg"), ("b12", "b 12")]
)
def test_different_names_stay_apart(one: str, other: str) -> None:
    assert fold_name(one) != fold_name(other)


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(text: str) -> None:
    once = fold_name(text)
    assert fold_name(once) == once
    assert once == once.strip(" ") and "  " not in once


@given(st.text(st.characters(max_codepoint=0x7F), max_size=60))
def test_ascii_is_folded_as_any_text_is(text: str) -> None:
    assert fold_name(text) == fold_name(text + "\u0301")


def test_traditional_becomes_simplified_and_the_rest_stays() -> None:
    assert to_simplified("華法林與 warfarin") == "华法林与 warfarin"
    assert to_simplified("déjà vu") == "déjà vu"


def test_controls_go_and_words_stay_apart() -> None:
    assert strip_controls("a\0b\u202ec\ufeffd\ud800e\x7f") == "abcde"
    assert strip_controls("a\x0cb\u2028c\td\r\n") == "a\nb\nc\td\r\n"
    assert strip_controls("👩\u200d⚕️ é 药") == "👩\u200d⚕️ é 药"


@given(st.text(max_size=60))
def test_stripping_controls_twice_changes_nothing(text: str) -> None:
    once = strip_controls(text)
    assert strip_controls(once) == once
    once.encode("utf-8")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("When should an SGLT2 inhibitor be started?", "en"),
        ("metformin", "en"),
        ("", "en"),
        ("慢性肾病患者eGFR多少可以开始用SGLT2抑制剂？", "zh"),
        ("warfarin 和 aspirin 能一起用吗", "zh"),
        ("華法林", "zh"),
        ("Quelle est la dose de paracétamol chez l'enfant ?", "fr"),
        ("Association déconseillée avec les diurétiques", "fr"),
        ("The term 心衰 means heart failure in the label of the drug", "en"),
        ("Is Ménière disease treated with betahistine?", "en"),
    ],
)
def test_language(text: str, language: str) -> None:
    assert detect_language(text) == language
