"""A small shelf made through the real catalogue, the embedded index and the hashing encoder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from review_shelf import add_pairs
from sample_shelf import BLOOD, KIDNEY, LEAFLETS, NOTES, add_edition, copy_home
from sqlalchemy import func, select

from medrag.catalogue import Catalogue
from medrag.catalogue.schema import metadata
from medrag.records import Document, Work
from medrag.settings import Settings
from medrag_api.wiring import open_workshop
from medrag_ingest.keeping import publish


@pytest.fixture
def settings(home: Path, hashing: None) -> Settings:
    """Settings of an empty home with the hashing encoder."""
    return Settings(home=home)


@pytest.fixture
def put_edition(settings: Settings) -> Callable[..., Document]:
    """Seals an edition and publishes the shelf."""

    def put(work: Work, label: str, published: str, sentences: tuple[str, ...]) -> Document:
        workshop = open_workshop(settings)
        try:
            document = add_edition(workshop.catalogue, work, label, published, sentences)
            publish(workshop, lambda *_: None)
        finally:
            workshop.catalogue.close()
        return document

    return put


@pytest.fixture
def stocked(settings: Settings, put_edition: Callable[..., Document]) -> Settings:
    """A shelf of two works, one of which may not be passed on."""
    put_edition(NOTES, "1", "2020-01-01", KIDNEY)
    put_edition(LEAFLETS, "1", "2021-01-01", BLOOD)
    return settings


@pytest.fixture(scope="session")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The same shelf, made once, for tests that only read."""
    made = Settings(home=tmp_path_factory.mktemp("standing"), encoder="hash")
    workshop = open_workshop(made)
    add_edition(workshop.catalogue, NOTES, "1", "2020-01-01", KIDNEY)
    add_edition(workshop.catalogue, LEAFLETS, "1", "2021-01-01", BLOOD)
    publish(workshop, lambda *_: None)
    workshop.catalogue.close()
    return made


@pytest.fixture(scope="session")
def reviewing(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The sample shelf with a small interaction list, for reviews; its graph is built by the first test that asks."""
    made = Settings(home=tmp_path_factory.mktemp("reviewing"), encoder="hash")
    workshop = open_workshop(made)
    add_edition(workshop.catalogue, NOTES, "1", "2020-01-01", KIDNEY)
    add_pairs(workshop.catalogue)
    publish(workshop, lambda *_: None)
    workshop.catalogue.close()
    return made


#: What no test may leave in a home that others read: whoever finds it there fails, and not who left it.
LEFT = ("keys", "jobs", "alert_levels", "alert_checks", "feedback", "snapshots")


@pytest.fixture(autouse=True)
def shared_homes_stay(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that writes into a home of the session fails itself: it wants a copy."""
    shared = {"reviewing", "standing"} & set(request.fixturenames)
    homes = [request.getfixturevalue(name) for name in sorted(shared)]
    before = [rows_left(settings) for settings in homes]
    yield
    assert [rows_left(settings) for settings in homes] == before, (
        "this test wrote into a home that all tests read"
    )


def rows_left(settings: Settings) -> dict[str, int]:
    """Rows of each of these tables."""
    with closing(Catalogue(settings.catalogue)) as catalogue:
        return {
            name: catalogue.all(select(func.count().label("n")).select_from(metadata.tables[name]))[0]["n"]
            for name in LEFT
        }


@pytest.fixture
def copied(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., Settings]:
    """Copies a home, and the database that stands in place of its catalogue's file when the tests are run so."""

    def copy(settings: Settings, name: str, **told: object) -> Settings:
        home = tmp_path / name
        copy_home(settings.home, home)
        if settings.catalogue_url:
            server = request.getfixturevalue("postgres")
            told["catalogue_url"] = server.copy(settings.catalogue_url, home)
        return settings.model_copy(update={"home": home, **told})

    return copy


@pytest.fixture
def standing_copy(reviewing: Settings, copied: Callable[..., Settings]) -> Settings:
    """A copy of the sample shelf with its interaction list, for tests that give out keys."""
    return copied(reviewing, "copy")


@pytest.fixture
def standing_open(reviewing: Settings, copied: Callable[..., Settings]) -> Settings:
    """A copy without keys, at an address others could reach."""
    return copied(reviewing, "open", host="0.0.0.0")


@pytest.fixture
def stocked_pairs(settings: Settings) -> Settings:
    """A small interaction list in a home of the test's own."""
    workshop = open_workshop(settings)
    add_pairs(workshop.catalogue)
    publish(workshop, lambda *_: None)
    workshop.catalogue.close()
    return settings


@pytest.fixture(autouse=True)
def hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands read the environment: the hashing encoder, and nothing of this machine's own."""
    monkeypatch.setenv("MEDRAG_ENCODER", "hash")
    for name in (
        "MEDRAG_HOME",
        "MEDRAG_SETTINGS",
        "MEDRAG_CATALOGUE_URL",
        "MEDRAG_QDRANT_URL",
        "MEDRAG_GRAPH_URL",
    ):
        monkeypatch.delenv(name, raising=False)
