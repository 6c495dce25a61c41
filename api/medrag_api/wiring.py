"""Turns settings into objects: the only place where catalogue, index, encoder, graph and raw store are opened and joined."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast

from medrag.catalogue import Catalogue
from medrag.editions import editions_serving
from medrag.errors import IndexUnavailable, Unavailable
from medrag.records import Edition, Snapshot
from medrag.settings import Settings
from medrag.shelf import OpenShelf

if TYPE_CHECKING:
    from medrag.backends import Models
    from medrag.protocols import Encoder, IndexReader
    from medrag_api.desk import Desk, Opener
    from medrag_graph.model import GraphData
    from medrag_graph.stores import GraphHome
    from medrag_ingest.workshop import Progress, Workshop

__all__ = [
    "Bench",
    "open_graph",
    "open_models",
    "open_shelf",
    "open_workshop",
    "published",
    "put_graph",
    "putting_graph",
    "read_graph",
    "reading_all",
    "reading_desk",
    "reading_shelf",
    "sweep_old_graphs",
]

#: Warnings go to stderr: in plain words from a command, as JSON lines from a server (see serve.configure_log).
log: Final = logging.getLogger("medrag.graph")


def open_workshop(settings: Settings, *, encode: bool = True) -> Workshop:
    """All that ingest needs, made where it is missing; without ``encode`` no vectors can be made. The caller closes
    ``catalogue``.

    Raises CatalogueUnavailable, IndexUnavailable, EncoderUnavailable, UsageError (a setting).
    """
    from medrag.index import open_store
    from medrag.index.encoders import open_encoder
    from medrag_ingest.rawstore import RawStore
    from medrag_ingest.workshop import Workshop

    return Workshop(
        settings=settings,
        catalogue=Catalogue(settings.catalogue, create=True),
        raw=RawStore(settings.home),
        indexes=open_store(settings),
        encoder=open_encoder(settings) if encode else None,
    )


class Bench:
    """What every shelf of one process shares: the catalogue, and the encoder once a snapshot has its vectors."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.catalogue = Catalogue(settings.catalogue, create=False)
        self._encoder: Encoder | None = None

    def open(self, snapshot: Snapshot) -> OpenShelf:
        """The snapshot opened for reading. Raises IndexUnavailable, EncoderUnavailable."""
        from medrag.index import open_store

        index = open_store(self.settings).open(snapshot.index)
        try:
            return OpenShelf(self.catalogue, snapshot, index, self.encoder(snapshot))
        except BaseException:
            index.close()
            raise

    def encoder(self, snapshot: Snapshot) -> Encoder | None:
        """The encoder of the settings, loaded once; none for a snapshot that has no vectors."""
        from medrag.index.encoders import open_encoder

        if snapshot.encoder and self._encoder is None:
            self._encoder = open_encoder(self.settings)
        return self._encoder

    def close(self) -> None:
        self.catalogue.close()


def open_models(settings: Settings) -> Models:
    """The answering models of the settings; one for a process, since their breakers remember. Asks nothing of them."""
    from medrag.backends import models_of

    return models_of(settings)


def published(catalogue: Catalogue) -> Snapshot:
    """The snapshot readers see. Raises Unavailable before the first publication."""
    snapshot = catalogue.current()
    if snapshot is None:
        raise Unavailable("nothing is published yet", remedy="Run: medrag try")
    return snapshot


def open_shelf(settings: Settings) -> OpenShelf:
    """The published snapshot opened for reading; the caller closes the shelf and its ``catalogue``.

    Raises CatalogueUnavailable, IndexUnavailable, EncoderUnavailable, and Unavailable when nothing is published.
    """
    bench = Bench(settings)
    try:
        return bench.open(published(bench.catalogue))
    except BaseException:
        bench.close()
        raise


@contextmanager
def reading_shelf(settings: Settings) -> Iterator[OpenShelf]:
    """:func:`open_shelf`, closed at the end."""
    shelf = open_shelf(settings)
    try:
        yield shelf
    finally:
        shelf.close()
        shelf.catalogue.close()


@contextmanager
def reading_all(settings: Settings) -> Iterator[Desk]:
    """:func:`reading_shelf` with the graph beside it, which opens when it is asked for."""
    from medrag_api.desk import Desk

    with reading_shelf(settings) as shelf:
        desk = Desk(settings, shelf, open_graph_once)
        try:
            yield desk
        finally:
            desk.close()


class Unopened:
    """Stands for the index on a shelf that nobody searches: a check opens in a fraction of the time without it."""

    def __getattr__(self, name: str) -> Any:
        raise IndexUnavailable("the index of this shelf was not opened")

    def close(self) -> None:
        """There is nothing to close."""


@contextmanager
def reading_desk(settings: Settings, opener: Opener | None = None) -> Iterator[Desk]:
    """Catalogue and graph of the published snapshot, without index and encoder; closed at the end.

    Raises CatalogueUnavailable, and Unavailable when nothing is published. The graph opens when it is asked for.
    """
    from medrag_api.desk import Desk

    catalogue = Catalogue(settings.catalogue, create=False)
    try:
        shelf = OpenShelf(catalogue, published(catalogue), cast("IndexReader", Unopened()), None)
        desk = Desk(settings, shelf, opener or open_graph_once)
        try:
            yield desk
        finally:
            desk.close()
    finally:
        catalogue.close()


def open_graph(settings: Settings, shelf: OpenShelf, as_of: date | None = None) -> GraphHome:
    """Today's graph: in memory, from its file where one is kept, or the Bolt server of the settings. Another day's is
    always in memory, so that the server serves everybody else.

    In memory what is missing is built from the catalogue, once, whoever else is waiting for it; a server is loaded by
    publishing alone. Raises Unavailable when the graph cannot be had whole, and UsageError when the server's address
    cannot be read.
    """
    from medrag_graph.stores import MemoryGraph

    # The server holds the graph of the whole shelf; what a tenant sees of it is made of the editions that are seen.
    if settings.graph_url and as_of is None and not shelf.partial:
        return open_served(settings, shelf)
    return MemoryGraph(spread(read_graph(settings, shelf, as_of)))


def open_graph_once(settings: Settings, shelf: OpenShelf, as_of: date | None = None) -> GraphHome:
    """:func:`open_graph` for one review: names stay in their file's lines, which opens in less time and asks in more."""
    from medrag_graph.stores import MemoryGraph

    if settings.graph_url and as_of is None:
        return open_served(settings, shelf)
    return MemoryGraph(read_graph(settings, shelf, as_of))


def open_served(settings: Settings, shelf: OpenShelf) -> GraphHome:
    """Today's graph on the server, once it has been counted there. Raises GraphUnavailable when it is not there whole:
    who reads never writes, so that no two readers load each other's graph away."""
    from medrag_graph.cache import graph_key
    from medrag_graph.stores import open_server

    home = open_server(settings, graph_key(shelf.serving()))
    try:
        home.check()
    except BaseException:
        home.close()
        raise
    return home


def spread(data: GraphData) -> GraphData:
    """The graph with its names in a dictionary, for a process that is asked all day."""
    from medrag_graph.graph_file import Names

    return replace(data, names=data.names.spread()) if isinstance(data.names, Names) else data


def read_graph(settings: Settings, shelf: OpenShelf, as_of: date | None = None) -> GraphData:
    """The graph of the editions that serve on a day, from its file; built and kept where there is none."""
    from medrag_graph.cache import graph_key, kept_graph

    editions = shelf.serving(as_of)
    return kept_graph(settings.home, shelf.catalogue, editions, graph_key(editions), log.warning)


def put_graph(
    settings: Settings, catalogue: Catalogue, progress: Progress, editions: Sequence[Edition]
) -> None:
    """Has the graph of these editions as they serve today where reviews will look: in its file, and on the Bolt server
    when the settings name one, there also as they will serve on later days. Costs little when it is there already.

    Raises Unavailable, and UsageError (the server's address).
    """
    from medrag_graph.cache import graph_key, kept_graph

    today = datetime.now(UTC).date()
    later = {edition.valid_from for edition in editions if edition.valid_from > today}
    for day in (today, *sorted(later if settings.graph_url else ())):
        progress("graph", 0, 1)
        serving = editions_serving(editions, day, day, name_lists(catalogue))
        data = kept_graph(settings.home, catalogue, serving, graph_key(serving), log.warning)
        for part in parts_of(catalogue, serving):
            kept_graph(settings.home, catalogue, part, graph_key(part), log.warning)
        progress("graph", 1, 1)
        if settings.graph_url:
            load_server(settings, data, progress)


def load_server(settings: Settings, data: GraphData, progress: Progress) -> None:
    """Loads a graph, named by its key, unless the server holds it whole."""
    from medrag_graph.stores import open_server

    with closing(open_server(settings, data.snapshot)) as home:
        home.ensure(data, lambda done, total: progress("graph server", done, total))


def putting_graph(workshop: Workshop, progress: Progress) -> Workshop:
    """The workshop, which puts the graph before it moves the pointer: no reader finds a snapshot without its graph."""
    return replace(workshop, put_graph=partial(put_graph, workshop.settings, workshop.catalogue, progress))


def parts_of(catalogue: Catalogue, editions: Sequence[Edition]) -> Iterator[list[Edition]]:
    """What each tenant sees of these editions, where that is not all of them; first what is everyone's."""
    owner = {work.id: work.tenant for work in catalogue.works()}
    private = {owner[edition.work] for edition in editions} - {""}
    for tenant in sorted({"", *private} if private else ()):
        part = [edition for edition in editions if owner[edition.work] in ("", tenant)]
        if part and len(part) < len(editions):
            yield part


def name_lists(catalogue: Catalogue) -> set[str]:
    """The works that are lists of names."""
    return {work.id for work in catalogue.works() if work.kind == "terminology"}


def sweep_old_graphs(settings: Settings, catalogue: Catalogue) -> None:
    """Removes the graphs that no day of a snapshot a rollback can reach needs, and those of other versions of medrag."""
    from medrag_graph.cache import graph_key, sweep_graphs

    held = {state.edition.id: state.edition for state in catalogue.editions()}
    lists = name_lists(catalogue)
    today, keep = datetime.now(UTC).date(), set()
    for snapshot in catalogue.snapshots():
        editions = [held[item] for item in snapshot.editions]
        for day in {today, *(edition.valid_from for edition in editions)}:
            serving = editions_serving(editions, day, today, lists)
            keep.add(graph_key(serving))
            keep |= {graph_key(part) for part in parts_of(catalogue, serving)}
    sweep_graphs(settings.home, keep)
    if settings.graph_url:
        from medrag_graph.stores import open_server

        with closing(open_server(settings, "")) as home:
            home.forget(keep)
