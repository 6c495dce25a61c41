"""Planted identifiers are kept from the model, questions of people in need are refused, pharmacists' are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from medrag.answer.refuse import KINDS
from medrag.errors import InputRefused
from medrag_api.evaluate.planting import plant, read_tables
from medrag_api.evaluate.privacy import measure_privacy
from medrag_api.evaluate.refusals import measure_refusals, read_asked

HERE = Path(__file__).parent
IDENTIFIERS = HERE / "identifiers.yaml"
REFUSALS = HERE / "refusals.yaml"
#: Of the planted, how many must go whole, and of the questions, how many must be judged right.
KEPT, RIGHT = 0.995, 0.95


def test_planted_identifiers_go_and_doses_stay() -> None:
    report = measure_privacy(IDENTIFIERS)
    for told in report.parts.values():
        assert sum(told.planted.values()) == 1000
        assert len(told.planted) >= 10
        assert told.share >= KEPT, told.leaked
        assert told.harmed == ()
    assert "kept from the model" in report.as_text()


def test_the_halves_share_no_name_and_no_frame() -> None:
    planted = plant(read_tables(IDENTIFIERS), 2000)
    halves = [
        {(item.text[: item.start], item.text[item.end :]) for item in planted if item.held_out is held}
        for held in (False, True)
    ]
    names = [
        {
            item.text[item.start : item.end]
            for item in planted
            if item.kind == "name" and item.held_out is held
        }
        for held in (False, True)
    ]
    assert not halves[0] & halves[1]
    assert not names[0] & names[1]


def test_every_kind_is_refused_and_pharmacists_are_answered() -> None:
    asked = read_asked(REFUSALS)
    assert (
        len([item for item in asked if item.expected])
        == len([item for item in asked if not item.expected])
        == 120
    )
    assert {item.expected for item in asked} == {*KINDS, None}
    assert {item.language for item in asked} == {"en", "zh"}
    for told in measure_refusals(REFUSALS).parts.values():
        assert told.share >= RIGHT, told.wrong


def test_a_missing_or_broken_file_is_refused_by_field(tmp_path: Path) -> None:
    with pytest.raises(InputRefused):
        measure_privacy(tmp_path / "identifiers.yaml")
    broken = tmp_path / "refusals.yaml"
    broken.write_text("refused: {poetry: {en: [x]}}\nanswered: {}\n", encoding="utf-8")
    with pytest.raises(InputRefused, match=r"refused\.poetry"):
        measure_refusals(broken)
    broken.write_text("people: {en: [x]}\n", encoding="utf-8")
    with pytest.raises(InputRefused, match="streets"):
        measure_privacy(broken)
