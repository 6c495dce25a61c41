"""Damage by scraping: what is cleaned, what is left alone, and the way back to the original."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrag.records import Span
from medrag.text.damage import clean_damage

DAMAGED = "醫(yī)學(xué)大模型（Med-Go）發(fā)布"
HONEST = [
    "剂量(mg)",
    "选项(a)或(b)",
    "阿司匹林(aspirin)",
    "心衰(HFrEF)",
    "你好(nǐ hǎo)",
    "français (été), déjà (à)",
    "(yī)",
    "可以吗?可以。多少??",
    "为什么??因为",
]


def test_readings_go_and_the_quote_shows_them() -> None:
    cleaned = clean_damage(DAMAGED)
    assert cleaned.text == "醫學大模型（Med-Go）發布"
    assert cleaned.readings == 3
    assert cleaned.back(0, 2).of(DAMAGED) == "醫(yī)學(xué)"
    assert cleaned.back(1, 5).of(DAMAGED) == "學(xué)大模型"
    assert cleaned.back(2, 5).of(DAMAGED) == "大模型"
    assert cleaned.back(0, len(cleaned.text)) == Span(0, len(DAMAGED))


@pytest.mark.parametrize("text", HONEST)
def test_honest_brackets_and_questions_stay(text: str) -> None:
    cleaned = clean_damage(text)
    assert (cleaned.text, cleaned.readings, cleaned.lost) == (text, 0, 0)


@pytest.mark.parametrize(
    ("text", "lost"),
    [("a\ufffdb", 1), ("專病??颇型", 2), ("體系?!标", 1), ("醫(yī)學(xué)?會", 1), ("2023?屆醫(yī)學", 1)],
)
def test_lost_characters_are_counted(text: str, lost: int) -> None:
    assert clean_damage(text).lost == lost


damaged = st.lists(
    st.sampled_from(["醫(yī)", "學（xué）", "大", "(mg)", "a", " ", "(", "(ā)", "?", "。"])
).map("".join)


@given(damaged)
def test_the_way_back_is_monotone_and_covers_everything(text: str) -> None:
    cleaned = clean_damage(text)
    size = len(cleaned.text)
    assert cleaned.back(0, size) == Span(0, len(text))
    at = 0
    for index in range(size):
        span = cleaned.back(index, index + 1)
        assert span.start == at and text[span.start] == cleaned.text[index]
        assert cleaned.back(0, index + 1).end == cleaned.back(index, size).start + span.end - span.start
        at = span.end


@given(st.text(st.characters(exclude_characters="()（）"), max_size=60))
def test_undamaged_text_comes_back_unchanged(text: str) -> None:
    cleaned = clean_damage(text)
    assert cleaned.text == text and cleaned.starts == ((0, 0),)


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (0, 99), (3, 2)])
def test_a_range_outside_the_text_is_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="not inside"):
        clean_damage(DAMAGED).back(start, end)


@pytest.mark.shared
def test_the_damaged_files_hold_596_readings(shared: Path) -> None:
    folder = shared / "fixtures" / "damaged-zh"
    texts = [(folder / name).read_text(encoding="utf-8") for name in ("press-a.txt", "press-b.txt")]
    assert [clean_damage(text).readings for text in texts] == [215, 381]
    assert all(clean_damage(text).lost >= 7 for text in texts)
