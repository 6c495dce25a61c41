"""Every card on the shelf, in the librarian's language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from medrag.errors import SourceUnavailable
from medrag.settings import Settings
from medrag_ingest.cards import cards_folder, load_cards, starter_cards
from medrag_ingest.fetch import fetch_source
from medrag_ingest.manifest import Manifest
from medrag_ingest.raw import RawFile
from medrag_ingest.rawstore import RawStore
from medrag_ingest.readers import READERS
from medrag_ingest.transforms import TRANSFORMS
from medrag_ingest.unpack import members_hash, raw_files

CARDS = load_cards()
EVERY = pytest.mark.parametrize("card", [pytest.param(card, id=name) for name, card in CARDS.items()])

#: Raw files each card's sources hold, counted by hand; those that only a network brings are not here.
FILES = {
    "ansm": 4,
    "disease-ontology": 2,
    "drug-names": 1,
    "drugbank-vocabulary": 1,
    "drugcentral": 2,
    "fda-label-pdf": 12,
    "fda-labels-cardio": 182,
    "hetionet": 2,
    "medquad": 11_274,
    "names-zh-faker": 8,
    "ndfrt": 2,
    "ngc-public-domain": 43,
    "nstg-nigeria": 270,
    "openfda-spl": 5,
    "openmedicine-guidelines": 146,
    "openmedicine-renal": 1,
    "pharmacotherapydb": 1,
    "zh-names": 1,
}
#: Commercial drug references: their words may not be on a card, nor in the repository.
NEVER = re.compile(r"lexicomp|micromedex|uptodate|medscape|bnf\.", re.IGNORECASE)


def test_the_shelf_is_the_one_we_know() -> None:
    assert set(CARDS) == set(FILES) | {"dailymed-rx", "openfda-labels"}


def test_the_starter_shelf_needs_only_a_package_index() -> None:
    starters = starter_cards()
    assert set(starters) == {
        "ansm",
        "drug-names",
        "names-zh-faker",
        "openmedicine-guidelines",
        "openmedicine-renal",
    }
    assert all(source.wheel for card in starters.values() for source in card.sources)


@EVERY
def test_a_card_is_filed_under_its_id(card: Manifest) -> None:
    assert (cards_folder() / f"{card.id}.yaml").is_file()


@EVERY
def test_a_card_says_what_it_is_in_a_first_line(card: Manifest) -> None:
    first = (cards_folder() / f"{card.id}.yaml").read_text("utf-8").splitlines()[0]
    assert first.startswith("# ")
    assert first.endswith(".")


@EVERY
def test_a_card_names_its_rights_and_where_they_are_written(card: Manifest) -> None:
    told = yaml.safe_load((cards_folder() / f"{card.id}.yaml").read_text("utf-8"))
    assert {"licence", "url", "redistributable", "max_quote_chars"} <= set(told["rights"])
    assert card.rights.url or "licence" in card.notes or "terms" in card.notes
    assert len(card.notes) > 40


@EVERY
def test_a_card_has_a_home_page_that_is_secure(card: Manifest) -> None:
    assert card.url
    assert card.url.startswith("https://")


@EVERY
def test_a_card_comes_from_the_public_origin_first(card: Manifest) -> None:
    for source in card.sources:
        assert source.file is None
        if source.url is not None:
            assert urlsplit(source.url).scheme == "https"
            assert source.sha256 or source.members_sha256 or source.pin


@EVERY
def test_an_address_at_github_names_a_commit_not_a_branch(card: Manifest) -> None:
    for source in card.sources:
        if source.url and "github" in source.url:
            assert re.search(r"/[0-9a-f]{40}(/|$)", source.url)


@EVERY
def test_a_repacked_source_tells_a_person_how(card: Manifest) -> None:
    for source in card.sources:
        if source.members_sha256:
            assert source.instructions
            assert source.repacked
            assert source.repacked.filename in card.notes


@EVERY
def test_only_full_releases_move(card: Manifest) -> None:
    assert all(source.pin for source in card.sources) == (card.id in {"dailymed-rx", "openfda-labels"})


@EVERY
def test_a_card_names_a_reader_and_a_transform_that_exist(card: Manifest) -> None:
    assert card.reader.name in READERS
    assert card.transform is None or card.transform.name in TRANSFORMS


@EVERY
def test_a_card_promises_what_its_kind_brings(card: Manifest) -> None:
    if card.kind == "terminology":
        assert card.expect.names > 0
    else:
        assert card.expect.documents > 0
        assert card.expect.passages >= card.expect.documents
    if card.kind == "interaction_list":
        assert card.expect.assertions > 0


@EVERY
def test_a_third_partys_words_are_not_called_the_guideline_bodys(card: Manifest) -> None:
    if card.kind == "guideline":
        assert card.authority == "digest"
    if card.authority == "digest":
        assert re.search(r"digest|summar", card.notes)


@EVERY
def test_a_card_quotes_no_commercial_reference(card: Manifest) -> None:
    assert not NEVER.search((cards_folder() / f"{card.id}.yaml").read_text("utf-8"))


@EVERY
def test_a_card_becomes_work_and_edition(card: Manifest) -> None:
    edition = card.edition_record(date(2026, 1, 1))
    assert edition.id == f"{card.work().id}@{card.edition}"
    assert len(edition.manifest_sha256) == 64


def bring(card: Manifest, home: Path, folders: tuple[Path, ...]) -> Iterator[RawFile]:
    """The card's raw files from these folders alone, every hash checked."""
    settings = Settings(home=home, mirror=folders, offline=True)
    store = RawStore(home)
    for source in card.sources:
        got = fetch_source(source, card, settings, store)
        yield from raw_files(got.path, source, name=got.name, sha256=got.sha256)


@pytest.mark.parametrize("name", sorted(starter_cards()))
def test_the_wheels_hold_what_the_starter_cards_say(name: str, wheels: Path, home: Path) -> None:
    files = list(bring(CARDS[name], home, (wheels,)))
    assert len(files) == FILES[name]
    assert [file for file in files if CARDS[name].reader.reads(file.member)]


@pytest.mark.shared
@pytest.mark.parametrize("name", sorted(set(FILES) - set(starter_cards())))
def test_the_mirror_holds_what_the_cards_say(name: str, shared: Path, home: Path) -> None:
    card = CARDS[name]
    assert sum(1 for _ in bring(card, home, (shared / "corpora",))) == FILES[name]
    for source in card.sources:
        if source.members_sha256 and source.repacked:
            assert members_hash(home / "raw" / source.repacked.sha256, source) == source.members_sha256


@pytest.mark.parametrize("name", ["dailymed-rx", "openfda-labels"])
def test_a_full_release_that_is_not_held_says_what_to_fetch(name: str, home: Path) -> None:
    with pytest.raises(SourceUnavailable, match="offline") as caught:
        list(bring(CARDS[name], home, ()))
    assert CARDS[name].sources[0].name in str(caught.value)
