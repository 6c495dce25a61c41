"""The homes of the graph: networkx in memory, or a Bolt/openCypher server, chosen by one setting."""

from __future__ import annotations

from medrag.settings import Settings
from medrag_graph.stores.memory import MemoryGraph
from medrag_graph.stores.protocol import GraphHome

__all__ = ["GraphHome", "MemoryGraph", "open_graph"]


def open_graph(settings: Settings) -> GraphHome:
    """The home the settings name: a Bolt server when ``graph_url`` is set, else an empty graph in memory.

    Raises UsageError when the URL cannot be read and GraphUnavailable when the server does not answer.
    """
    if not settings.graph_url:
        return MemoryGraph()
    from medrag_graph.stores.bolt import BoltGraph, read_address

    return BoltGraph(read_address(settings.graph_url))
