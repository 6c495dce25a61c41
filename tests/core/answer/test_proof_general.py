"""General words are compared by a table of two dictionaries; words with a reader of their own are not."""

from __future__ import annotations

import pytest

from medrag.answer.proof.general import GUARDED, load_general, renderings, said_alike
from medrag.answer.proof.naming import further_names
from medrag.answer.proof.prove import prove
from medrag.answer.proof.records import Claim, Quote
from medrag.answer.proof.senses import find_senses, load_senses
from medrag.answer.proof.stems import stems_of


def proved(text: str, quote: str, headings: tuple[str, ...] = ()) -> bool:
    language = "zh" if any("\u4e00" <= char <= "\u9fff" for char in text) else "en"
    return prove(Claim(text, language, (Quote(quote, quote, headings),))).entailed  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "text"),
    [("ocular", "pain of the eye"), ("眼睛", "the eye"), ("hepatic", "肝脏"), ("reversible", "reversible")],
)
def test_a_word_stands_under_another(written: str, text: str) -> None:
    assert said_alike(written, text, stems_of(text))


@pytest.mark.parametrize(
    ("written", "text"), [("lung", "the eye"), ("眼睛", "the liver"), ("眼睛肺部", "the eye")]
)
def test_another_word_does_not(written: str, text: str) -> None:
    assert not said_alike(written, text, stems_of(text))


def test_no_word_of_the_table_has_a_reader_of_its_own() -> None:
    table = load_general()
    written = {han for _, hans in renderings() for han in hans}
    for word in table.english:
        # A word written by hand may hold such a word as a part of it: 分 in 分泌物.
        senses = [s for s in find_senses(word) if word not in written or s.end - s.start == len(word)]
        assert not [s for s in senses if s.kind in ("force", "negation", "direction", "restrict")], word
        assert not [s for s in senses if s.id in GUARDED], word


def test_french_words_are_compared_by_the_english_ones_they_resemble() -> None:
    assert {"toxic", "revers"} <= stems_of("toxicite reversible") | stems_of("toxicity")
    assert stems_of("hydratation") & stems_of("hydration")


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("Take ciprofloxacin at least 2 hours before or 6 hours after antacids.", True),
        ("Take ciprofloxacin at least 2 hours before or 6 hours before antacids.", False),
    ],
)
def test_before_and_after_are_said_as_often_as_quoted(text: str, holds: bool) -> None:
    quote = "Take ciprofloxacin at least 2 hours before or 6 hours after antacids."
    assert proved(text, quote) is holds


def test_common_and_rare_effects_do_not_change_places() -> None:
    quote = "依那普利常见不良反应为干咳，偶见血管神经性水肿。"
    assert proved("干咳是依那普利常见的不良反应。", quote)
    assert not proved("干咳是依那普利罕见的不良反应。", quote)


def test_an_empty_stomach_is_not_after_a_meal() -> None:
    assert not proved("布洛芬0.2 g，每日3次，空腹口服。", "布洛芬0.2 g，每日3次，餐后口服。")


def test_clauses_taken_together_say_no_more_than_the_quote() -> None:
    quote = "服用华法林期间应避免使用阿司匹林，因合用可增加出血风险。"
    assert not proved("服用华法林期间可以使用阿司匹林，因合用可增加出血风险。", quote)


def test_the_tables_say_where_their_rows_are_from() -> None:
    assert len(load_senses().kinds) > 200
    assert "class:calcium channel blockers" in further_names()
