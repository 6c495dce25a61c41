"""The table of aspects: questions ask for the right side of a thing, evidence of any language tells it, damage is refused."""

from __future__ import annotations

import pytest

from medrag.errors import IntegrityError
from medrag.lexicon.aspects import asked_aspects, aspect_of, load_aspects, load_plain_words
from medrag.lexicon.tables import parse_table
from medrag.text.normalise import fold_name
from medrag.vocabulary import LANGUAGES, Language

COLUMNS = ("aspect", "language", "kind", "asks", "tells")


def sides(question: str, language: Language) -> set[str]:
    return {aspect.name for aspect in asked_aspects(question, language) if aspect.kind == "side"}


def test_every_aspect_can_be_asked_in_every_language_and_matches_no_empty_text() -> None:
    for aspect in load_aspects():
        assert set(aspect.asks) == set(LANGUAGES), aspect.name
        assert not any(cue.search("") for cue in (*aspect.asks.values(), *aspect.tells)), aspect.name


@pytest.mark.parametrize(
    ("question", "language", "side"),
    [
        ("How should cefazolin vials be stored?", "en", "storage"),
        ("Amlodipine dose for a 7-year-old?", "en", "child"),
        ("依那普利片多少钱一盒？", "zh", "price"),
        ("氨氯地平的半衰期多长？", "zh", "half_life"),
        ("Is it safe to sit in the sun on doxycycline?", "en", "sun"),
        ("卡马西平吃了会不会脱发？", "zh", "hair"),
        ("How slowly do we come off sertraline?", "en", "tapering"),
        ("Gentamicin eye drops, how often?", "en", "eye_form"),
        ("Peut-on écraser les comprimés ?", "fr", "crushing"),
    ],
)
def test_a_question_asks_for_a_side(question: str, language: Language, side: str) -> None:
    assert side in sides(question, language)


@pytest.mark.parametrize(
    "question",
    [
        "Enoxaparin if CrCl is under 15?",
        "Split bolus and infusion of alteplase",
        "What driving pressure do we accept in ARDS?",
    ],
)
def test_what_only_looks_like_a_side_is_none(question: str) -> None:
    assert not sides(question, "en") & {"child", "crushing", "driving"}


def test_evidence_tells_a_side_in_another_language_than_the_question() -> None:
    child = next(aspect for aspect in load_aspects() if aspect.name == "child")
    assert child.told_in(fold_name("Ne pas administrer chez l'enfant de moins de 6 ans"))
    assert child.told_in(fold_name("Safety in pediatric patients is not established"))
    assert not child.told_in(fold_name("Adults: 10 mg once daily"))


def test_a_pattern_that_is_none_is_refused_by_its_line() -> None:
    text = ",".join(COLUMNS) + "\nodd,en,side,(,x\n"
    with pytest.raises(IntegrityError, match="regular expression"):
        aspect_of("odd", list(parse_table(text, "aspects.csv", COLUMNS, required=COLUMNS)))


def test_plain_words_are_there_in_every_language() -> None:
    assert set(load_plain_words()) == set(LANGUAGES)
    assert {"患者", "多少"} <= load_plain_words()["zh"]
