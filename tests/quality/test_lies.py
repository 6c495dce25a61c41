"""Lies made of true statements do not pass the proof, and true statements do."""

from __future__ import annotations

from pathlib import Path

import pytest

from medrag.errors import InputRefused
from medrag_api.evaluate.lies import measure_lies
from medrag_api.evaluate.truths import read_truths

TRUTHS = Path(__file__).with_name("truths")
#: Shares of true statements withheld that were reached, rounded up; wanted is 0.05 of each.
REACHED = {"tuned on": 0.05}


def test_no_grave_lie_passes_and_few_truths_are_lost() -> None:
    report = measure_lies(TRUTHS, 1500)
    for told in report.parts.values():
        assert told.rate(grave=True)[0] == 0, told.passed
        passed, made = told.rate(grave=False)
        assert passed <= 0.005 * made, told.passed
    for part, told in report.parts.items():
        # Numbers alone: a failure must not show the rows that nobody is to read.
        lost, made = len(told.withheld), told.true
        assert lost <= REACHED[part] * made, part


@pytest.mark.slow
def test_every_lie() -> None:
    for told in measure_lies(TRUTHS).parts.values():
        assert told.rate(grave=True)[0] == 0, told.passed


def test_there_are_enough_truths() -> None:
    truths = read_truths(TRUTHS)
    assert sum(not truth.paraphrase for truth in truths) >= 300
    assert sum(truth.paraphrase for truth in truths) >= 600
    assert {truth.language for truth in truths} == {"en", "zh"}


def test_a_folder_without_truths_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefused):
        measure_lies(tmp_path / "truths")
