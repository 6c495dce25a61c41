"""Ends a restore that was cut off: forward once the rows have come, back to what was before they did."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import select

from medrag.catalogue import Catalogue
from medrag.catalogue.copying import RESTORED
from medrag.catalogue.schema import pointers
from medrag.errors import ShelfBusy
from medrag.index.encoders.cache import VectorCache
from medrag.index.folder import settle_folder, write_durably
from medrag.settings import Settings
from medrag_api.security.secret import FILE as SECRET
from medrag_api.security.secret import RESTORING
from medrag_ingest.rawstore import sync_folder

__all__ = ["FOLDER", "begin_commit", "busy", "end_restore", "restoring_alone", "settle"]

#: In the home: what a restore unpacked, and the note that says its files are ready.
FOLDER: Final = RESTORING
NOTE: Final = "commit.json"
#: Files that are replaced, or go where the backup has none, once the rows have come. The secret goes first: keys and the
#: audit log are read with it.
FILES: Final = (SECRET, "pins.json")
FOLDERS: Final = ("removals", "incoming")


@dataclass(frozen=True, slots=True)
class Commit:
    """What is to be done once the rows of ``mark`` have come, and what is to be undone when they never do."""

    mark: str
    #: All that stays of source files and indexes when they come.
    raw: list[str]
    index: list[str]
    #: Of these what was not here before, and goes again when they do not come.
    new_raw: list[str]
    new_index: list[str]
    #: Small files and folders the backup has.
    held: list[str]


def begin_commit(home: Path, mark: str, raw: list[str], index: list[str]) -> None:
    """Notes, durably, what is about to be done; before anything of the home is touched."""
    folder = home / FOLDER
    told = Commit(
        mark,
        raw,
        index,
        [name for name in raw if not (home / "raw" / name).exists()],
        [name for name in index if not (home / "index" / name).exists()],
        [name for name in (*FILES, *FOLDERS) if (folder / name).exists()],
    )
    settle_folder(folder)
    draft = folder / f"{NOTE}.writing"
    write_durably(draft, json.dumps(asdict(told)))
    draft.replace(folder / NOTE)
    sync_folder(folder)
    sync_folder(home)


def settle(settings: Settings) -> None:
    """Ends what a restore that was killed left; one that is under way is left alone. Costs a look at a file."""
    if not (settings.home / FOLDER / NOTE).is_file():
        return
    with restoring_alone(settings.home) as mine:
        if mine and (settings.home / FOLDER / NOTE).is_file():
            end_restore(settings)


def end_restore(settings: Settings) -> None:
    """Puts the files of a backup in place if its rows have come, and removes what was unpacked. May be done again."""
    folder = settings.home / FOLDER
    note = folder / NOTE
    if note.is_file():
        told = Commit(**json.loads(note.read_text("utf-8")))
        if mark_of(settings) == told.mark:
            put_files(settings.home, folder, told.held)
            drop_others(settings, told)
        else:
            drop_new(settings.home, told)
        note.unlink()
        sync_folder(folder)
    shutil.rmtree(folder, ignore_errors=True)


def mark_of(settings: Settings) -> str | None:
    """The restore whose rows the catalogue holds."""
    with closing(Catalogue(settings.catalogue, create=True)) as catalogue:
        row = catalogue.first(select(pointers.c.value).where(pointers.c.name == RESTORED))
        return str(row["value"]) if row is not None else None


def put_files(home: Path, folder: Path, held: list[str]) -> None:
    """Moves what the backup has into place, and removes what it has not. What is no longer here was moved before."""
    for name in FILES:
        if name not in held:
            (home / name).unlink(missing_ok=True)
        elif (folder / name).exists():
            (folder / name).replace(home / name)
    for name in FOLDERS:
        if name not in held or (folder / name).exists():
            shutil.rmtree(home / name, ignore_errors=True)
        if (folder / name).exists():
            (folder / name).replace(home / name)
    if (folder / "vectors.db").is_file():
        VectorCache(home / "vectors.db").take_from(folder / "vectors.db")
    sync_folder(home)


def drop_others(settings: Settings, told: Commit) -> None:
    """Source files and indexes of the shelf that was here before; with a Qdrant server its indexes are swept by the next
    publication."""
    raw, stay = settings.home / "raw", set(told.raw)
    for path in raw.glob("*") if raw.is_dir() else ():
        if path.name not in stay:
            path.unlink()
    if not settings.qdrant_url:
        from medrag.index import open_store

        open_store(settings).sweep(told.index)


def drop_new(home: Path, told: Commit) -> None:
    """What came for rows that did not."""
    for name in told.new_raw:
        (home / "raw" / name).unlink(missing_ok=True)
    for name in told.new_index:
        shutil.rmtree(home / "index" / name, ignore_errors=True)


@contextmanager
def restoring_alone(home: Path) -> Iterator[bool]:
    """True for the one process that restores into a home."""
    from filelock import FileLock, Timeout

    home.mkdir(parents=True, exist_ok=True)
    lock = FileLock(home / "restore.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


def busy(home: Path) -> ShelfBusy:
    return ShelfBusy(f"another medrag is restoring into {home}", remedy="Wait for it to end")
