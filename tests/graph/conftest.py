"""The small graph the room's tests read from and its sources."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from small_graph import Drawing, TextSources, small_drawing, small_sources
from whole_mirror import Whole, whole_mirror

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
def whole(shared: Path, wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    """The graph of the whole mirror, built once; tests that ask for it are marked ``shared`` and ``slow``."""
    with whole_mirror(shared, wheels, tmp_path_factory.mktemp("whole")) as held:
        yield held
