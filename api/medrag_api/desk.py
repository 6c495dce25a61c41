"""The graph and the shelf of one snapshot, side by side: what reviews a regimen and shows a drug."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable

from medrag.errors import GraphUnavailable, Unavailable
from medrag.settings import Settings
from medrag.shelf import OpenShelf
from medrag_graph.interactions import InteractionReport, Known, OpenShelfSources, Regimen, review
from medrag_graph.interactions.gather import learn
from medrag_graph.interactions.review import unavailable
from medrag_graph.stores import GraphHome

__all__ = ["Desk", "Opener"]

Opener = Callable[[Settings, OpenShelf], GraphHome]


class Desk:
    """The graph opens when it is first asked for, once, however many ask; a server asks before its readers do."""

    def __init__(self, settings: Settings, shelf: OpenShelf, opener: Opener) -> None:
        self.settings = settings
        self.shelf = shelf
        self.sources = OpenShelfSources(shelf, settings.fingerprint())
        self._known = Known()
        self._opener = opener
        self._opening = threading.Lock()
        self._graph: GraphHome | None = None
        self._closed = False

    @property
    def opened(self) -> bool:
        """Whether the graph is there already."""
        return self._graph is not None

    def graph(self) -> GraphHome:
        """The graph of the shelf's snapshot. Raises Unavailable when it cannot be had; the next call tries again."""
        held = self._graph
        if held is not None:
            return held
        with self._opening:
            if self._graph is None:
                self._graph = self._opener(self.settings, self.shelf)
            held = self._graph
        if self._closed:
            self.close()
            raise GraphUnavailable("the graph is closed")
        return held

    def prepare(self) -> None:
        """Opens the graph and finds out what every review would: drugs with their classes, quotes. Raises Unavailable.

        For a process that is asked all day. What was made is then left out of the collector's rounds, which would walk
        it while someone waits.
        """
        learn(self.graph(), self.sources, self._known)
        gc.collect()
        gc.freeze()

    def check(self) -> None:
        """Raises Unavailable when the graph cannot be read, or holds another snapshot than the shelf."""
        if self.graph().snapshot() != self.shelf.snapshot.id:
            raise GraphUnavailable(
                "the graph does not hold the snapshot the shelf serves", remedy="Wait, or restart the server"
            )

    def review(self, regimen: Regimen) -> InteractionReport:
        """The report; without a graph one that says so for every pair, and finds nothing."""
        try:
            graph = self.graph()
        except Unavailable as error:
            return unavailable(regimen, self.sources, error)
        return review(graph, regimen, self.sources, self._known)

    def close(self) -> None:
        """Closes the graph, not the shelf. One that is being opened meanwhile is closed by whoever opens it."""
        self._closed = True
        graph, self._graph = self._graph, None
        if graph is not None:
            graph.close()
