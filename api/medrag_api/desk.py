"""The graph and the shelf of one snapshot, side by side: what reviews a regimen and shows a drug."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from medrag.errors import GraphUnavailable, MedragError, Unavailable
from medrag.settings import Settings
from medrag.shelf import OpenShelf
from medrag_graph.interactions import InteractionReport, Known, OpenShelfSources, Regimen, review
from medrag_graph.interactions.gather import learn
from medrag_graph.interactions.review import unavailable
from medrag_graph.stores import GraphHome

__all__ = ["Desk", "Opener", "again"]

#: Opens the graph of the editions that serve on a day; None is today.
Opener = Callable[[Settings, OpenShelf, date | None], GraphHome]
#: Graphs kept open beside today's, for questions about other days; of a large shelf each has some hundred MB.
KEPT_DAYS = 2
#: Seconds between looks at a graph that could not be read: callers meanwhile get the same answer at once.
BREATH_S: Final = 1.0
#: Seconds for which a graph that was found whole is not counted again: a server takes one for the whole shelf.
WHOLE_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Opened:
    """A graph, and what reviews have found out from it."""

    graph: GraphHome
    known: Known


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a graph could not be read, and since when, in seconds of the monotonic clock."""

    problem: Unavailable
    since: float


class Desk:
    """A graph opens when it is first asked for, once, however many ask; a server asks for today's before its readers.

    Today's graph is of the editions in force. A question about another day is asked of the graph of that day's
    editions, which is made when the first such question comes.
    """

    def __init__(
        self,
        settings: Settings,
        shelf: OpenShelf,
        opener: Opener,
        on_review: Callable[[InteractionReport], None] | None = None,
    ) -> None:
        self.settings = settings
        #: Told each report.
        self.on_review = on_review
        self.shelf = shelf
        self.sources = OpenShelfSources(shelf, settings.fingerprint())
        self._opener = opener
        self._opening = threading.Lock()
        #: By what they answer to, in the order they were opened.
        self._graphs: dict[str, Opened] = {}
        #: Why a graph cannot be read, by what it answers to.
        self._doubts: dict[str, Doubt] = {}
        self._counted = -WHOLE_S
        self._closed = False
        #: Whether what every review would find out has been found out.
        self.prepared = False

    @property
    def opened(self) -> bool:
        """Whether today's graph is there already, and nothing speaks against reading it."""
        key = self.sources.graph(None)
        return key in self._graphs and key not in self._doubts

    def graph(self, as_of: date | None = None) -> GraphHome:
        """The graph that serves on a day. Raises Unavailable when it cannot be had; the next call tries again."""
        return self._open(as_of).graph

    def graph_if_any(self) -> GraphHome | Unavailable:
        """Today's graph, or why it cannot be had: for what is told without it too."""
        try:
            return self.graph()
        except Unavailable as error:
            return error

    def _open(self, as_of: date | None) -> Opened:
        key = self.sources.graph(as_of)
        held = self._graphs.get(key)
        if held is None or key in self._doubts:
            with self._opening:
                held = self._look_again(key, as_of)
        if self._closed:
            self.close()
            raise GraphUnavailable("the graph is closed")
        return held

    def _look_again(self, key: str, as_of: date | None) -> Opened:
        """Opens a graph, or asks whether one that could not be read is whole by now; those who wait meanwhile, and those
        who come within a breath, are told what it said."""
        doubt = self._doubts.get(key)
        if doubt is not None and time.monotonic() < doubt.since + BREATH_S:
            raise again(doubt.problem)
        try:
            held = self._graphs.get(key)
            if held is None:
                held = self._open_anew(key, as_of)
            elif doubt is not None:
                held.graph.check()
        except Unavailable as error:
            self._doubt(key, error)
            raise
        self._doubts.pop(key, None)
        return held

    def _doubt(self, key: str, problem: Unavailable, since: float | None = None) -> None:
        self._doubts[key] = Doubt(problem, time.monotonic() if since is None else since)
        self._counted = -WHOLE_S

    def _open_anew(self, key: str, as_of: date | None) -> Opened:
        """Lets go of the day opened first when there are too many. A reader may still ask its graph, so it is not closed:
        it holds nothing but memory."""
        today = self.sources.graph(None)
        opened = Opened(self._opener(self.settings, self.shelf, None if key == today else as_of), Known())
        self._graphs[key] = opened
        for old in [item for item in self._graphs if item != today][:-KEPT_DAYS]:
            del self._graphs[old]
        return opened

    def prepare(self) -> None:
        """Opens the graph and finds out what every review would: drugs with their classes, quotes. Raises Unavailable.

        For a process that is asked all day. What was made is then left out of the collector's rounds, which would walk
        it while someone waits.
        """
        opened = self._open(None)
        learn(opened.graph, self.sources, opened.known)
        gc.collect()
        gc.freeze()
        self.prepared = True

    def check(self) -> None:
        """Raises Unavailable when today's graph cannot be read whole, or is of other editions than the shelf serves. Until
        it can be read again, reviews say so too."""
        key, graph = self.sources.graph(None), self.graph()
        try:
            if time.monotonic() >= self._counted + WHOLE_S:
                graph.check()
                self._counted = time.monotonic()
            if graph.snapshot() != key:
                raise GraphUnavailable(
                    "the graph does not hold the snapshot the shelf serves", remedy="Run: medrag graph build"
                )
        except Unavailable as error:
            self._doubt(key, error)
            raise

    def review(self, regimen: Regimen) -> InteractionReport:
        """The report; without a graph one that says so for every pair, and finds nothing."""
        try:
            opened = self._open(regimen.as_of)
        except Unavailable as error:
            return unavailable(regimen, self.sources, error)
        report = review(opened.graph, regimen, self.sources, opened.known)
        if not report.complete:
            # The next review asks at once whether the graph is there, and need not find out read by read.
            unread = GraphUnavailable("the graph could not be read")
            self._doubt(self.sources.graph(regimen.as_of), unread, -BREATH_S)
        if self.on_review is not None:
            self.on_review(report)
        return report

    def close(self) -> None:
        """Closes the graphs, not the shelf. One that is being opened meanwhile is closed by whoever opens it."""
        self._closed = True
        while self._graphs:
            self._graphs.popitem()[1].graph.close()


def again(problem: MedragError) -> MedragError:
    """The same problem as an exception of this thread's own."""
    return type(problem)(problem.problem, place=problem.place, remedy=problem.remedy)
