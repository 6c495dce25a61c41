"""The small graph the room's tests read from, its sources, and a real Bolt server for those marked ``bolt``."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator

import pytest
from bolt_server import running
from small_graph import Drawing, TextSources, small_drawing, small_sources

from medrag_graph.stores import MemoryGraph


@pytest.fixture(scope="session")
def drawing() -> Drawing:
    return small_drawing()


@pytest.fixture
def sources(drawing: Drawing) -> TextSources:
    return small_sources(drawing)


@pytest.fixture(scope="session")
def memory(drawing: Drawing) -> MemoryGraph:
    return MemoryGraph(drawing.data())


@pytest.fixture(scope="session")
def bolt_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server from PyPI (arcadedb-embedded); tests that ask for it are marked ``bolt``."""
    if importlib.util.find_spec("arcadedb_embedded") is None:
        pytest.skip("arcadedb-embedded is not installed; make test-bolt installs it")
    with running(tmp_path_factory.mktemp("bolt")) as url:
        yield url
