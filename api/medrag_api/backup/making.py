"""Makes a backup of a home while it is served: rows as of one moment, source files, indexes, vectors, the secret."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import medrag
from medrag.catalogue import Catalogue
from medrag.catalogue.copying import TableDump, dump_tables
from medrag.catalogue.jobs import Jobs
from medrag.catalogue.migrate import HEAD
from medrag.errors import CatalogueUnavailable, IntegrityError, Place, ShelfBusy, UsageError
from medrag.index.folder import list_files
from medrag.settings import Settings
from medrag_api.backup.account import FORMAT, Account, Rows
from medrag_api.backup.packing import describe, pack
from medrag_api.backup.settling import settle
from medrag_api.job_child import INCOMING
from medrag_api.security.secret import FILE as SECRET
from medrag_api.wiring import open_workshop
from medrag_ingest.workshop import Workshop

__all__ = ["Backup", "make_backup"]

#: Seconds between looks at a shelf that another is writing.
LOOK_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class Backup:
    """What was written."""

    file: Path
    bytes: int
    sha256: str
    account: Account


def make_backup(settings: Settings, target: Path, *, wait_s: float = 0.0) -> Backup:
    """Writes the backup. Questions are answered meanwhile; what would change the shelf waits.

    Raises UsageError when the file is there already, ShelfBusy when another still writes to the shelf after ``wait_s``,
    IntegrityError when a source file is damaged, CatalogueUnavailable, SourceUnavailable.
    """
    if target.exists():
        raise UsageError("there is a file of this name already", place=Place(file=str(target)))
    settle(settings)
    Catalogue(settings.catalogue, create=False).close()
    workshop = open_workshop(settings, encode=False)
    with closing(workshop.catalogue), when_free(workshop, wait_s):
        folder = workshop.staging / "backup"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        try:
            return write_backup(workshop, target, folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def when_free(workshop: Workshop, wait_s: float) -> Iterator[None]:
    """Holds the shelf as a writer would. Raises ShelfBusy when it is not to be had in time."""
    until = time.monotonic() + wait_s
    while True:
        held = workshop.writing("backup")
        try:
            held.__enter__()
            break
        except ShelfBusy:
            if time.monotonic() > until:
                raise
            time.sleep(LOOK_S)
    try:
        yield
    finally:
        held.__exit__(None, None, None)


def write_backup(workshop: Workshop, target: Path, folder: Path) -> Backup:
    """Rows first: what is written of answers, keys and acts afterwards is in the next backup."""
    settings, catalogue = workshop.settings, workshop.catalogue
    rows = folder / "tables"
    rows.mkdir()
    with catalogue.standing_still() as connection:
        tables = dump_tables(connection, rows)
    files = {f"tables/{table.name}.jsonl": rows / f"{table.name}.jsonl" for table in tables}
    files |= files_of(settings, catalogue, folder)
    entries = describe(files)
    for entry in entries:
        if entry.room == "raw" and entry.name != f"raw/{entry.sha256}":
            raise IntegrityError(
                f"the bytes held have sha256 {entry.sha256}",
                place=Place(file=str(files[entry.name])),
                remedy="Delete this file and ingest its corpus again",
            )
    current = catalogue.current()
    account = Account(
        format=FORMAT,
        medrag=medrag.__version__,
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        revision=HEAD,
        snapshot=current.id if current is not None else "",
        secret="settings" if settings.secret.get_secret_value() else "here" if SECRET in files else "none",
        index="server" if settings.qdrant_url else "here",
        tables=told_of(tables),
        files=tuple(entries),
    )
    digest = pack(target, account, files)
    return Backup(target, target.stat().st_size, digest, account)


def told_of(tables: Sequence[TableDump]) -> tuple[Rows, ...]:
    return tuple(Rows(name=table.name, columns=table.columns, rows=table.rows) for table in tables)


def files_of(settings: Settings, catalogue: Catalogue, folder: Path) -> dict[str, Path]:
    """What a home holds beside its rows, by its name in the archive."""
    home = settings.home
    found = {f"raw/{path.name}": path for path in home.glob("raw/*") if not path.name.startswith(".")}
    found |= {f"removals/{path.name}": path for path in home.glob("removals/*.json")}
    for name in ("pins.json", SECRET):
        if (home / name).is_file() and not (name == SECRET and settings.secret.get_secret_value()):
            found[name] = home / name
    found |= files_of_jobs(catalogue, home / INCOMING, folder / INCOMING)
    if not settings.qdrant_url:
        for index in sorted({snapshot.index for snapshot in catalogue.snapshots()}):
            found |= under(home / "index" / index, f"index/{index}")
    if (home / "vectors.db").is_file():
        found["vectors.db"] = copy_vectors(home / "vectors.db", folder / "vectors.db")
    return found


def files_of_jobs(catalogue: Catalogue, incoming: Path, copies: Path) -> dict[str, Path]:
    """Documents that came with jobs which are not done: copied at once, for a job that ends removes its own."""
    found: dict[str, Path] = {}
    for job in Jobs(catalogue).open():
        with suppress(FileNotFoundError):
            shutil.copytree(incoming / job.id, copies / job.id)
            found |= under(copies / job.id, f"{INCOMING}/{job.id}")
    return found


def under(folder: Path, name: str) -> dict[str, Path]:
    return {f"{name}/{path}": folder / path for path in list_files(folder)} if folder.is_dir() else {}


def copy_vectors(source: Path, target: Path) -> Path:
    """SQLite's own copy of a file others may be writing."""
    try:
        with closing(sqlite3.connect(source)) as held, closing(sqlite3.connect(target)) as copy:
            held.backup(copy)
    except sqlite3.DatabaseError as error:
        raise CatalogueUnavailable(
            f"the kept vectors cannot be copied: {error}",
            place=Place(file=str(source)),
            remedy="Remove the file; vectors are made anew",
        ) from error
    return target
