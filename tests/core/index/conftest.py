"""Both engines as one fixture."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from index_points import scratch

from medrag.index.edge import EdgeStore
from medrag.index.server import ServerStore
from medrag.protocols import IndexStore


@pytest.fixture
def edge() -> Iterator[EdgeStore]:
    with scratch() as folder:
        yield EdgeStore(folder / "index")


@pytest.fixture
def server() -> ServerStore:
    """The server's client, answering itself from memory."""
    from qdrant_client import QdrantClient

    return ServerStore(client=QdrantClient(location=":memory:"))


@pytest.fixture(params=["edge", "server"])
def store(request: pytest.FixtureRequest) -> IndexStore:
    chosen: IndexStore = request.getfixturevalue(request.param)
    return chosen
