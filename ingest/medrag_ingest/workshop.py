"""The tools an ingest run works with, made once from the settings and handed down."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from medrag.catalogue import Catalogue
from medrag.crew import Crew
from medrag.errors import Place, ShelfBusy, Unavailable
from medrag.protocols import Encoder, IndexStore
from medrag.records import Edition
from medrag.settings import Settings
from medrag_ingest.rawstore import RawStore

__all__ = ["Progress", "PutGraph", "Workshop"]

#: (stage, done, total or None when it cannot be known).
Progress = Callable[[str, int, int | None], None]
#: Puts the graph of these editions where readers will look for it.
PutGraph = Callable[[Sequence[Edition]], None]


def put_no_graph(editions: Sequence[Edition]) -> None:
    """For a shelf whose first review builds the graph."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """Catalogue, raw bytes, indexes and encoder of one home."""

    settings: Settings
    catalogue: Catalogue
    raw: RawStore
    indexes: IndexStore
    encoder: Encoder | None
    #: Processes that read and cut into words; started when there is much to do, ended with the run.
    crew: Crew = field(default_factory=Crew)
    #: Called before the pointer moves, so that no reader finds a snapshot without its graph.
    put_graph: PutGraph = put_no_graph

    @property
    def staging(self) -> Path:
        """Folder for what is only needed while a run lasts."""
        folder = self.settings.home / "staging"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Holds the shelf for writing; the system frees the lock of a writer that died, and what that one left half
        fetched goes. Raises ShelfBusy, Unavailable when the home cannot be written."""
        lock = FileLock(self.settings.home / "write.lock", timeout=0)
        try:
            self.settings.home.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except Timeout:
            raise ShelfBusy(
                f"another medrag is writing to {self.settings.home}",
                remedy="Wait for it to end, then run this again",
            ) from None
        except OSError as error:
            raise Unavailable(
                f"the home cannot be written: {error.strerror}",
                place=Place(file=str(self.settings.home)),
                remedy="Free space, or set MEDRAG_HOME to a folder that can be written",
            ) from error
        try:
            self.sweep_incoming()
            yield
        finally:
            self.crew.close()
            lock.release()

    def sweep_incoming(self) -> None:
        """Removes files a killed run was still writing into the raw store; only the holder of the shelf may."""
        for path in self.raw.folder.glob(".incoming-*"):
            path.unlink(missing_ok=True)
