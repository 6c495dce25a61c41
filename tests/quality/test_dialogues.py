"""Scripted conversations: slots right in at least 95 of 100 turns, in every part and both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from medrag.concepts import default_linker
from medrag_api.evaluate.dialogue import measure_dialogues

FILE = Path(__file__).with_name("dialogues.yaml")
LEAST = 0.95


@pytest.fixture(scope="module")
def told() -> list[dict[str, object]]:
    read: list[dict[str, object]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))["conversations"]
    return read


def test_there_are_sixty_and_more_of_three_to_six_turns(told: list[dict[str, list[object]]]) -> None:
    counted = {half: sum(item["half"] == half for item in told) for half in ("dev", "test", "blind")}
    assert counted == {"dev": 30, "test": 30, "blind": 12}
    assert all(3 <= len(item["turns"]) <= 6 for item in told)


def test_every_expected_name_is_one_the_lexicon_has(
    told: list[dict[str, list[dict[str, dict[str, list[str]]]]]],
) -> None:
    for item in told:
        for turn in item["turns"]:
            for field in ("drugs", "conditions", "allergies"):
                for name in turn["slots"].get(field, []):
                    assert default_linker().named(name), name


def test_slots_are_right() -> None:
    report = measure_dialogues(FILE)
    for half in ("dev", "test", "blind"):
        mine = [part for part in report.parts if part.half == half]
        turns = sum(part.turns for part in mine)
        right = turns - sum(len(part.failed) for part in mine)
        assert right / turns >= LEAST, report.as_text()
    assert {part.language for part in report.parts} == {"en", "zh"}
