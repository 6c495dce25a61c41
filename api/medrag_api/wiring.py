"""Turns settings into objects: the only place where catalogue, index, encoder and raw store are opened and joined."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from medrag.catalogue import Catalogue
from medrag.errors import Unavailable
from medrag.index import open_store
from medrag.index.encoders import open_encoder
from medrag.protocols import Encoder
from medrag.records import Snapshot
from medrag.settings import Settings
from medrag.shelf import OpenShelf

if TYPE_CHECKING:
    from medrag_ingest.workshop import Workshop

__all__ = ["Bench", "open_shelf", "open_workshop", "published", "reading_shelf"]


def open_workshop(settings: Settings) -> Workshop:
    """All that ingest needs, made where it is missing. The caller closes ``catalogue``.

    Raises CatalogueUnavailable, IndexUnavailable, EncoderUnavailable, UsageError (a setting).
    """
    from medrag_ingest.rawstore import RawStore
    from medrag_ingest.workshop import Workshop

    return Workshop(
        settings=settings,
        catalogue=Catalogue(settings.catalogue, create=True),
        raw=RawStore(settings.home),
        indexes=open_store(settings),
        encoder=open_encoder(settings),
    )


class Bench:
    """What every shelf of one process shares: the catalogue, and the encoder once a snapshot has its vectors."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.catalogue = Catalogue(settings.catalogue, create=False)
        self._encoder: Encoder | None = None

    def open(self, snapshot: Snapshot) -> OpenShelf:
        """The snapshot opened for reading. Raises IndexUnavailable, EncoderUnavailable."""
        index = open_store(self.settings).open(snapshot.index)
        try:
            return OpenShelf(self.catalogue, snapshot, index, self.encoder(snapshot))
        except BaseException:
            index.close()
            raise

    def encoder(self, snapshot: Snapshot) -> Encoder | None:
        """The encoder of the settings, loaded once; none for a snapshot that has no vectors."""
        if snapshot.encoder and self._encoder is None:
            self._encoder = open_encoder(self.settings)
        return self._encoder

    def close(self) -> None:
        self.catalogue.close()


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
