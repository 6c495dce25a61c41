"""The homes of the graph: networkx in memory, or a Bolt/openCypher server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from medrag.settings import Settings
from medrag_graph.stores.address import address_of
from medrag_graph.stores.memory import MemoryGraph
from medrag_graph.stores.protocol import GraphHome

if TYPE_CHECKING:
    from medrag_graph.stores.bolt import BoltGraph

__all__ = ["GraphHome", "MemoryGraph", "open_server"]


def open_server(settings: Settings, graph: str) -> BoltGraph:
    """The graph of a key on the Bolt server the settings name; nothing is asked of the server yet.

    Raises UsageError when the URL cannot be read.
    """
    from medrag_graph.stores.bolt import BoltGraph

    return BoltGraph(address_of(settings), graph)
