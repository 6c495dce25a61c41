"""The rules over the real thesaurus: coverage floors for five editions, spans that slice, no number of our own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from medrag.records import Span
from medrag.vocabulary import Severity
from medrag_graph.pddi import (
    load_labels,
    read_management,
    read_mechanism,
    render_management,
    render_mechanism,
)
from medrag_graph.pddi.coverage import Coverage, Entry, measure_coverage
from medrag_graph.pddi.render import Said, Speaker
from medrag_ingest.readers.ansm import read_ansm
from tests.ingest.readers.packaged import wheel_members
from tests.ingest.readers.test_ansm import DATA, EDITIONS, WHEEL

#: edition -> entries, floor of coded entries.
FLOORS = {
    "2016-01": (2772, 2700),
    "2016-08": (2888, 2820),
    "2018-05": (3060, 3000),
    "2019-09": (3035, 2980),
    "2020-10": (3139, 3085),
}
SPEAKERS = (
    Speaker("en", "alphazine", "betadrine"),
    Speaker("zh", "阿法嗪", "倍他君"),
    Speaker("fr", "alphazine", "bêtadrine"),
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


def entries(wheels: Path, edition: str) -> Iterator[Entry]:
    """Every entry as the reader hands it on; a pair that stands twice keeps its texts apart by mechanism."""
    for document in read_ansm(wheel_members(wheels, WHEEL, DATA + EDITIONS[edition][0][0]), {}):
        held: dict[tuple[str, Span | None], tuple[str, list[tuple[Severity, str]]]] = {}
        for item in document.assertions:
            spans = dict(item.evidence)
            _, texts = held.setdefault(
                (item.object, spans.get("mechanism")), (item.qualifiers.get("mechanism", ""), [])
            )
            if "management" in item.qualifiers:
                texts.append((item.severity, item.qualifiers["management"]))
        for (other, _), (mechanism, texts) in held.items():
            yield Entry(document.key, other, mechanism, tuple(texts))


@pytest.fixture(scope="module")
def latest(wheels: Path) -> list[Entry]:
    return list(entries(wheels, "2020-10"))


@pytest.mark.parametrize("edition", ["2016-01", "2016-08", "2018-05", "2019-09", "2020-10"])
def test_coverage_floor(edition: str, wheels: Path) -> None:
    count, floor = FLOORS[edition]
    found = measure_coverage(entries(wheels, edition))
    assert found.entries == count
    assert found.coded >= floor
    assert found.share >= 0.97
    assert found.mechanisms_coded / found.mechanisms >= 0.97
    assert found.managements_coded / found.managements >= 0.97


def numbers(text: str) -> set[str]:
    return {found.replace(",", ".") for found in _NUMBER.findall(text)}


def check_said(said: tuple[Said, ...], text: str) -> None:
    """Spans slice; and no digit stands in a sentence that the French does not hold."""
    for sentence in said:
        assert sentence.text
        assert "{" not in sentence.text
        assert all(span.of(text).strip() for span in sentence.spans)
        assert sentence.spans
        assert numbers(sentence.text) <= numbers(text), (sentence.text, text)


def test_every_fact_slices_and_no_number_is_of_our_own_making(latest: list[Entry]) -> None:
    labels = load_labels()
    assert len(latest) == FLOORS["2020-10"][0]
    for entry in latest:
        facts = read_mechanism(entry.mechanism, entry.main, entry.plus)
        assert {fact.consequence for fact in facts} - {""} <= labels.keys()
        for speaker in SPEAKERS:
            check_said(render_mechanism(facts, speaker), entry.mechanism)
        for level, text in entry.managements:
            asked = read_management(text, level, entry.main, entry.plus)
            assert {code for fact in asked for code in (*fact.monitor, *fact.when)} <= labels.keys()
            for fact in asked:
                for quantity in (fact.interval, fact.lasting, fact.dose):
                    assert quantity is None or numbers(quantity.value + " " + quantity.upper) <= numbers(text)
            for speaker in SPEAKERS:
                check_said(render_management(asked, speaker), text)


def test_both_directions_of_a_pair_are_read_alike(latest: list[Entry]) -> None:
    """The thesaurus prints a pair twice; where the words are the same, so are the codes, with the sides changed."""
    by_pair = {(entry.main, entry.plus): entry for entry in latest}
    sides = {"main": "plus", "plus": "main"}
    compared = 0
    for entry in latest:
        other = by_pair.get((entry.plus, entry.main))
        if other is None or other.mechanism != entry.mechanism or entry.main == entry.plus:
            continue
        ours = read_mechanism(entry.mechanism, entry.main, entry.plus)
        theirs = read_mechanism(other.mechanism, other.main, other.plus)
        compared += 1
        assert [
            (
                fact.kind,
                fact.consequence,
                sides.get(fact.affected.role, fact.affected.role) if fact.affected else "",
            )
            for fact in ours
        ] == [(fact.kind, fact.consequence, fact.affected.role if fact.affected else "") for fact in theirs]
    assert compared > 2000


def test_nothing_to_cover_is_no_share() -> None:
    assert measure_coverage([]) == Coverage(0, 0, 0, 0, 0, 0)
    assert measure_coverage([]).share == 0.0
    assert measure_coverage([Entry("A", "B", "", ())]).share == 1.0
    assert measure_coverage([Entry("A", "B", "Mécanisme inconnu.", ())]).coded == 0
