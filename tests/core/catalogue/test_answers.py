"""Stored answers: the first bytes stay, the newest are kept, consent may come later, what is removed takes its answers."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from medrag.catalogue import Catalogue
from medrag.catalogue.answers import Answers, KeptAnswer
from medrag.errors import NotFound
from medrag.records import Edition, Rights, Work

RIGHTS = Rights("CC0-1.0", None, True, None)
NOW = datetime.now(UTC)


@pytest.fixture
def catalogue(url: str) -> Catalogue:
    opened = Catalogue(url)
    for name in ("one", "two"):
        opened.put_work(Work(name, name, "A house", "label", "label", "FR", "fr", None, RIGHTS))
        day = date(2020, 1, 1)
        opened.open_edition(Edition(f"{name}@1", name, "1", "2020", day, date(2026, 1, 2), "0" * 64))
    return opened


def answer(
    name: str,
    *,
    body: str = "{}",
    ago: timedelta = timedelta(0),
    question: str | None = None,
    beside: str = "one@1",
) -> KeptAnswer:
    told = (NOW - ago).isoformat(timespec="microseconds")
    return KeptAnswer(
        name,
        told,
        f"s_{beside}",
        (beside,),
        (beside,),
        "f" * 64,
        "extractive",
        "0" * 64,
        question,
        {"top_k": 8},
        body,
    )


def test_the_first_bytes_of_an_id_stay_and_consent_may_come_later(catalogue: Catalogue) -> None:
    kept = Answers(catalogue, most=10, days=30)
    kept.keep([answer("a", body='{"é": 1}', ago=timedelta(days=2))])
    assert kept.get("a").question is None and kept.with_questions() == []
    kept.keep([answer("a", body="another", question="Which dose?")])
    held = kept.get("a")
    assert (held.body, held.question, held.request) == ('{"é": 1}', "Which dose?", {"top_k": 8})
    assert datetime.fromisoformat(held.asked) == NOW
    assert [item.id for item in kept.with_questions()] == ["a"]


def test_the_newest_are_kept_for_their_days(catalogue: Catalogue) -> None:
    kept = Answers(catalogue, most=3, days=30)
    kept.keep([answer("old", ago=timedelta(days=31))])
    with pytest.raises(NotFound, match="newest 3 are kept for 30 days"):
        kept.get("old")
    kept.keep([answer(f"a{n}", ago=timedelta(hours=n)) for n in range(6)])
    assert [kept.get(f"a{n}").id for n in range(3)] == ["a0", "a1", "a2"]
    for gone in ("a3", "a4", "a5"):
        with pytest.raises(NotFound):
            kept.get(gone)
    none = Answers(catalogue, most=0, days=30)
    none.keep([answer("b")])
    none.sweep()
    with pytest.raises(NotFound):
        none.get("a0")


def test_what_is_removed_takes_the_answers_given_beside_it(catalogue: Catalogue) -> None:
    kept = Answers(catalogue, most=10, days=30)
    kept.keep([answer("a", beside="one@1"), answer("b", beside="two@1")])
    with catalogue.writing() as connection:
        catalogue.erase(connection, ["two@1"], [])
    assert kept.get("a").editions == ("one@1",)
    kept.keep([answer("late", beside="two@1")])
    for gone in ("b", "late"):
        with pytest.raises(NotFound):
            kept.get(gone)


def test_nothing_of_a_question_lies_in_the_file_without_consent(tmp_path: Path) -> None:
    opened = Catalogue(f"sqlite:///{tmp_path / 'c.db'}")
    Answers(opened, most=10, days=30).keep(
        [answer("a", body=json.dumps({"answer": "words"}), beside="none@1")]
    )
    with pytest.raises(NotFound):
        Answers(opened, most=10, days=30).get("a")
