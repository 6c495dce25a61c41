"""The five editions of the French thesaurus: one work, each answering for its days, replayed through the review."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from medrag.retrieve.search import search
from medrag.settings import Settings, load_settings
from medrag.vocabulary import Severity
from medrag_api.desk import Desk
from medrag_api.wiring import open_graph_once, open_shelf, open_workshop
from medrag_graph.changes.entries import EditionText, read_text
from medrag_graph.interactions import read_regimen
from medrag_ingest.cards import load_cards
from medrag_ingest.manifest import Manifest
from medrag_ingest.pipeline import ingest

LABELS = ("2016-01", "2016-08", "2018-05", "2019-09", "2020-10")
#: Entries, page feet taken out of their texts.
COUNTS = {
    "2016-01": (2772, 224),
    "2016-08": (2888, 0),
    "2018-05": (3060, 250),
    "2019-09": (3035, 0),
    "2020-10": (3139, 0),
}
#: Entries, each way round, whose levels differ between two editions that both have them.
DIFFERING = {"2016-08": 40, "2018-05": 33, "2019-09": 17, "2020-10": 11}
#: An entry with what is no drug and no class: the review says that it does not know the name.
NO_DRUG = "médicaments administrés par voie orale"


class Five(NamedTuple):
    """A home with the five editions, published, and what its receipts say."""

    settings: Settings
    desk: Desk
    notes: dict[str, dict[str, int]]


@pytest.fixture(scope="module")
def five(wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Five]:
    yield from stocked(wheels, tmp_path_factory.mktemp("five"), load_cards()["ansm"].every_edition())


@pytest.fixture(scope="module")
def two(wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Five]:
    """The last two alone."""
    yield from stocked(wheels, tmp_path_factory.mktemp("two"), load_cards()["ansm"].every_edition()[-2:])


def stocked(wheels: Path, home: Path, cards: Sequence[Manifest]) -> Iterator[Five]:
    settings = load_settings(home=home, encoder="none", mirror=str(wheels))
    workshop = open_workshop(settings)
    report = ingest(cards, workshop, lambda *_: None)
    workshop.catalogue.close()
    assert report.published, [receipt.reason for receipt in report.receipts]
    shelf = open_shelf(settings)
    desk = Desk(settings, shelf, open_graph_once)
    yield Five(settings, desk, {item.edition: dict(item.notes) for item in report.receipts})
    desk.close()
    shelf.close()
    shelf.catalogue.close()


def levels(text: EditionText, pair: tuple[str, str]) -> set[Severity]:
    return {item.severity for item in text.graded[pair]}


class Differing(NamedTuple):
    """An entry whose levels changed with an edition."""

    label: str
    names: tuple[str, str]
    before: set[Severity]
    after: set[Severity]


def stated(desk: Desk, label: str) -> dict[tuple[str, str], set[Severity]]:
    """The entries of an edition as printed, each way round, with their levels."""
    told: dict[tuple[str, str], set[Severity]] = {}
    for item in desk.shelf.catalogue.assertions_in(f"ansm@{label}"):
        if item.predicate == "interacts_with":
            told.setdefault((item.subject, item.object), set()).add(item.severity)
    return told


def differing(desk: Desk) -> list[Differing]:
    found = []
    labels = [label for label in LABELS if f"ansm@{label}" in desk.shelf.editions]
    texts = [stated(desk, label) for label in labels]
    for label, old, new in zip(labels[1:], texts, texts[1:], strict=False):
        for pair in sorted(old.keys() & new.keys()):
            if old[pair] != new[pair]:
                found.append(Differing(label, pair, old[pair], new[pair]))
    return found


def begins(desk: Desk, label: str) -> date:
    return desk.shelf.editions[f"ansm@{label}"].valid_from


def reviewed(desk: Desk, names: tuple[str, str], day: date) -> tuple[set[Severity], set[str], bool]:
    """The levels the thesaurus states of the two themselves on a day, its editions, and whether both are known."""
    report = desk.review(read_regimen({"drugs": list(names), "as_of": day.isoformat()}))
    assert report.complete
    known = all(item.status == "resolved" for item in report.drugs)
    asked = {part.id for drug in report.drugs for part in (drug.concept, *drug.ingredients) if part}
    meant = [finding for finding in report.findings if asked.issuperset(finding.members)]
    told = [item for finding in meant for item in finding.assertions if item.source == "ansm"]
    return {item.severity for item in told}, {item.edition for item in told}, known


def replay(desk: Desk, items: list[Differing]) -> int:
    """How many entries answer right on the last day before the change and on the day of it; the others must have an
    end that is no drug."""
    right = 0
    for item in items:
        day = begins(desk, item.label)
        before = LABELS[LABELS.index(item.label) - 1]
        for on, label, wanted in (
            (day - timedelta(days=1), before, item.before),
            (day, item.label, item.after),
        ):
            found, editions, known = reviewed(desk, item.names, on)
            if not known:
                assert NO_DRUG in {name.casefold() for name in item.names}
                assert not found
                break
            assert wanted <= found, (item, on)
            assert editions == {label}, (item, on)
        else:
            right += 1
    return right


@pytest.mark.slow
def test_every_edition_is_held_with_what_its_files_have(five: Five) -> None:
    notes = {label: five.notes[f"ansm@{label}"] for label in LABELS}
    assert {
        label: (told["entries"], told.get("page_feet_removed", 0)) for label, told in notes.items()
    } == COUNTS
    editions = five.desk.shelf.editions
    assert sorted(editions) == [f"ansm@{label}" for label in LABELS]
    assert len({edition.content_sha256 for edition in editions.values()}) == 5
    assert [editions[f"ansm@{label}"].superseded_by for label in LABELS] == [
        *(f"ansm@{label}" for label in LABELS[1:]),
        None,
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("day", "label"), [("2016-07-31", "2016-01"), ("2018-06-01", "2018-05"), (None, "2020-10")]
)
def test_a_search_and_its_pairs_stay_inside_the_edition_of_the_day(
    five: Five, day: str | None, label: str
) -> None:
    as_of = date.fromisoformat(day) if day else None
    found = search(
        five.desk.shelf, "amiodarone and simvastatin interaction", five.settings, as_of=as_of, limit=20
    )
    assert {hit.passage.edition for hit in found.hits} == {f"ansm@{label}"}
    standing = five.desk.shelf.standing(as_of)
    assert {pair.edition for told in standing.stated.values() for _, pair in told} == {f"ansm@{label}"}
    graph = five.desk.graph(as_of)
    assert set(graph.claim_editions()) == {f"ansm@{label}"}


def test_bupropion_and_tramadol_became_major_in_2020(two: Five) -> None:
    names = ("bupropion", "tramadol")
    then, editions, _ = reviewed(two.desk, names, date(2019, 12, 1))
    now, newer, _ = reviewed(two.desk, names, date(2020, 12, 1))
    assert ("major" in then, "major" in now) == (False, True)
    assert (editions, newer) == ({"2019-09"}, {"2020-10"})


@pytest.mark.slow
def test_as_many_entries_changed_their_level_as_we_counted(five: Five) -> None:
    found = differing(five.desk)
    assert {label: sum(item.label == label for item in found) for label in DIFFERING} == DIFFERING


def test_a_sample_of_changed_entries_answers_right_on_both_sides(two: Five) -> None:
    sample = differing(two.desk)[::4]
    assert replay(two.desk, sample) == len(sample) == 3


@pytest.mark.slow
def test_every_changed_entry_answers_right_on_both_sides_of_the_change(five: Five) -> None:
    items = differing(five.desk)
    right = replay(five.desk, items)
    print(f"{right} of {len(items)} entries whose level changed answer right on both sides")
    assert (right, len(items)) == (100, 101)


def test_what_two_editions_state_differs_only_where_they_do(two: Five) -> None:
    catalogue = two.desk.shelf.catalogue
    texts = [read_text(catalogue, f"ansm@{label}") for label in LABELS[-2:]]
    pairs = texts[0].graded.keys() & texts[1].graded.keys()
    assert sum(levels(texts[0], pair) != levels(texts[1], pair) for pair in pairs) == 6
