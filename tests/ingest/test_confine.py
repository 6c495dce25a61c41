"""A parser in a child of its own: what it may use, and what its end looks like from here."""

from __future__ import annotations

from dataclasses import replace

import pytest

from medrag_ingest.confine import Bounds, ParserFailed, confine

SMALL = Bounds(memory=512 << 20, cpu=5, wall=20.0, answer=1 << 20)


def test_the_answer_comes_back_and_nothing_of_ours_goes_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDRAG_HOME", "/secret")
    told = confine("confined_work:count", b"abc" * 100_000, {"ocr": True}, SMALL)
    assert told.result == {"bytes": 300_000, "order": {"ocr": True}, "home": None}


def test_a_refusal_keeps_its_words() -> None:
    told = confine("confined_work:refuse", b"", {}, SMALL)
    assert (told.result, told.refused, told.remedy) == (None, "not for us", "try another")


@pytest.mark.parametrize(
    ("parser", "bounds", "reason"),
    [
        ("eat", SMALL, "more than 512 MB of memory"),
        ("spin", replace(SMALL, cpu=1), "more than 1 seconds of the processor"),
        ("sleep", replace(SMALL, wall=1.0), "within 1 seconds"),
        ("die", SMALL, "broke on it"),
        ("missing", SMALL, "broke on it"),
        ("babble", SMALL, "broke on it|longer than"),
    ],
)
def test_a_parser_out_of_bounds_is_told(parser: str, bounds: Bounds, reason: str) -> None:
    with pytest.raises(ParserFailed) as caught:
        confine(f"confined_work:{parser}", b"", {}, bounds)
    assert any(part in caught.value.reason for part in reason.split("|"))
