"""The tools an ingest run works with, made once from the settings and handed down."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from medrag.catalogue import Catalogue
from medrag.crew import Crew
from medrag.errors import Place, ShelfBusy, Unavailable
from medrag.protocols import Encoder, IndexStore
from medrag.records import Edition
from medrag.settings import Settings
from medrag_ingest.rawstore import RawStore
from medrag_ingest.writer import WriterMark

__all__ = ["Progress", "PutGraph", "Workshop"]

#: (stage, done, total or None when it cannot be known).
Progress = Callable[[str, int, int | None], None]
#: Puts the graph of these editions where readers will look for it.
PutGraph = Callable[[Sequence[Edition]], None]

#: Warnings go to stderr from a command, into the job's note from a job.
log: Final = logging.getLogger("medrag.shelf")


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
    def writing(self, doing: str) -> Iterator[None]:
        """Holds the shelf for writing. The system frees the lock of a writer that died: the next one says that it took
        over, and from what, and clears what was left half fetched. ``doing``: the act, for others to be told.

        Raises ShelfBusy, Unavailable when the home cannot be written, at the start or by the act."""
        home = self.settings.home
        lock, mark = FileLock(home / "write.lock", timeout=0), WriterMark(home)
        try:
            home.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except Timeout:
            raise ShelfBusy(
                f"another medrag is writing to {home}{mark.told()}",
                remedy="Wait for it to end, then run this again",
            ) from None
        except OSError as error:
            raise unwritable(home, error) from error
        try:
            with self.catalogue.alone("shelf") as mine:
                if not mine:
                    raise ShelfBusy(
                        "another medrag is writing to this catalogue from a home of its own",
                        remedy="Wait for it to end, then run this again",
                    )
                self.take_over(mark, doing)
                try:
                    yield
                except ConnectionError:  # whoever reads the progress went away; the disk is well
                    raise
                except OSError as error:
                    raise unwritable(home, error) from error
                finally:
                    mark.clear()
        finally:
            self.crew.close()
            lock.release()

    def take_over(self, mark: WriterMark, doing: str) -> None:
        """Begins as the one writer, with a word where the last one did not come to its end. Raises Unavailable."""
        if mark.left():
            log.warning("the shelf is taken over from a process that ended while it wrote%s", mark.told())
        try:
            self.sweep_incoming()
            mark.put(doing)
        except OSError as error:
            raise unwritable(self.settings.home, error) from error

    def sweep_incoming(self) -> None:
        """Removes files a killed run was still writing into the raw store; only the holder of the shelf may."""
        for path in self.raw.folder.glob(".incoming-*"):
            path.unlink(missing_ok=True)


def unwritable(home: Path, error: OSError) -> Unavailable:
    return Unavailable(
        f"the home cannot be written: {error.strerror or error}",
        place=Place(file=str(home)),
        remedy="Free space, or set MEDRAG_HOME to a folder that can be written",
    )
