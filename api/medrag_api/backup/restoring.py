"""Puts a home back from a backup: all of it is verified first, then one transaction moves every reader to it."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import update

from medrag.catalogue import Catalogue
from medrag.catalogue.audit import Audit
from medrag.catalogue.copying import load_tables, replace_rows
from medrag.catalogue.engine import open_engine
from medrag.catalogue.migrate import HEAD, revisions
from medrag.catalogue.schema import jobs
from medrag.errors import IndexUnavailable, InputRefused, MedragError, Place, UsageError
from medrag.index.edge import EdgeStore
from medrag.settings import Settings
from medrag_api.backup.account import Account, refused
from medrag_api.backup.settling import FOLDER, begin_commit, busy, end_restore, restoring_alone
from medrag_api.backup.unpacking import unpack
from medrag_api.security.secret import FILE as SECRET
from medrag_api.security.secret import Secret, read_secret
from medrag_api.wiring import open_workshop
from medrag_ingest.rawstore import sync_folder
from medrag_ingest.workshop import Workshop

__all__ = ["Restored", "restore"]

Step = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Restored:
    """What came, and what a person should know or do."""

    account: Account
    notes: tuple[str, ...]


def restore(
    settings: Settings, file: Path, *, replace: bool = False, sha256: str = "", step: Step = lambda _: None
) -> Restored:
    """Verifies the whole backup, then puts it in place. Without ``replace`` the home and its catalogue must be empty.

    Who is killed before the rows move has what was there before; after, what the backup holds: what is then left to move
    is moved by the next command. Raises InputRefused, NotFound, UsageError, ShelfBusy, Unavailable; nothing is changed
    then. ``step`` is told what begins.
    """
    with restoring_alone(settings.home) as mine:
        if not mine:
            raise busy(settings.home)
        end_restore(settings)
        check_empty(settings, replace=replace)
        folder = settings.home / FOLDER
        folder.mkdir()
        try:
            step("verify")
            account = unpack(file, folder, sha256)
            check_revision(account, file)
            notes = build_rows(settings, account, folder, file)
            step("replace")
            move_in(settings, account, folder, replace=replace)
        except BaseException:
            # Rows that came stay, and their files follow; else what was unpacked goes.
            end_restore(settings)
            raise
        end_restore(settings)
    return Restored(account, tuple(notes))


def check_empty(settings: Settings, *, replace: bool) -> None:
    """Raises UsageError when something is kept here that nobody said may go."""
    held = settings.home / "raw"
    empty = not (held.is_dir() and any(held.iterdir()))
    if empty and (settings.catalogue_url or (settings.home / "catalogue.db").is_file()):
        with closing(Catalogue(settings.catalogue, create=True)) as catalogue:
            empty = catalogue.is_empty()
    if not empty and not replace:
        raise UsageError(
            "this home holds a shelf already",
            place=Place(file=str(settings.home)),
            remedy="Choose an empty one with --home, or give --replace: what is here goes once the backup has come",
        )


def check_revision(account: Account, file: Path) -> None:
    """Raises InputRefused for tables of newer code, before anything is read of them."""
    if account.revision not in revisions():
        raise InputRefused(
            f"its tables are at revision {account.revision}, this medrag knows up to {HEAD}",
            place=Place(file=str(file)),
            remedy=f"Install medrag {account.medrag} or newer",
        )


def build_rows(settings: Settings, account: Account, folder: Path, file: Path) -> list[str]:
    """The rows as a catalogue of their own, ``<folder>/catalogue.db``, brought up to date; what is odd about it."""
    path = folder / "catalogue.db"
    try:
        load_tables(path, folder / "tables", [table.dump() for table in account.tables], account.revision)
    except MedragError as error:
        raise refused(f"its rows cannot be read: {error.problem}", str(file), str(error.place)) from error
    with closing(Catalogue(f"sqlite:///{path}", create=False)) as rows:
        give_jobs_back(rows)
        current = rows.current()
        if (current.id if current is not None else "") != account.snapshot:
            raise refused("its rows publish another snapshot than was told", str(file), "snapshot")
        if current is not None and account.index == "here":
            check_index(folder, current.index, file)
        return [*notes_of(settings, account, rows, folder)]


def give_jobs_back(rows: Catalogue) -> None:
    """Who ran a job when the backup was made does not run it here."""
    mine = update(jobs).where(jobs.c.state == "running")
    with rows.writing() as connection:
        connection.execute(mine.values(state="queued", owner="", note="restored from a backup"))


def check_index(folder: Path, name: str, file: Path) -> None:
    """Opens the index readers will use, which checks every byte of it. Raises InputRefused."""
    try:
        EdgeStore(folder / "index").open(name).close()
    except IndexUnavailable as error:
        raise refused(f"its index cannot be opened: {error.problem}", str(file), f"index/{name}") from error


def notes_of(settings: Settings, account: Account, rows: Catalogue, folder: Path) -> list[str]:
    """What a person should know: a secret that is elsewhere, a log that does not verify, an index to be built."""
    notes = []
    secret = secret_of(settings, account, folder)
    if account.secret == "settings" and not settings.secret.get_secret_value():  # noqa: S105 - a place, no secret
        notes.append("keys and the audit log need the secret of the old settings: set MEDRAG_SECRET")
    elif secret is not None and (problem := Audit(rows, secret.derived("audit")).verify().problem):
        notes.append(f"the audit log does not verify, as it came: {problem}")
    if account.snapshot and (account.index == "server" or settings.qdrant_url):
        notes.append("no index for a Qdrant server is in a backup: run medrag shelf publish, which builds it")
    return notes


def secret_of(settings: Settings, account: Account, folder: Path) -> Secret | None:
    """What keys and the log will be read with here."""
    if not settings.secret.get_secret_value() and not (folder / SECRET).is_file():
        return None
    return read_secret(settings.model_copy(update={"home": folder}), make=False)


def move_in(settings: Settings, account: Account, folder: Path, *, replace: bool) -> None:
    """What lies under its own hash or name is added beside what is there; then the rows move, in one step."""
    workshop = open_workshop(settings, encode=False)
    with closing(workshop.catalogue), workshop.writing("restore"):
        if not replace and not workshop.catalogue.is_empty():
            raise UsageError("another has begun a shelf here meanwhile", place=Place(file=str(settings.home)))
        raw, mark = [entry.sha256 for entry in account.of("raw")], uuid.uuid4().hex
        names = [] if settings.qdrant_url else arriving_indexes(folder)
        begin_commit(settings.home, mark, raw, names)
        add_raw(workshop, folder, raw)
        add_indexes(workshop, folder, names)
        source = open_engine(f"sqlite:///{folder / 'catalogue.db'}", create=False)
        try:
            replace_rows(source, workshop.catalogue, mark)
        finally:
            source.dispose()


def add_raw(workshop: Workshop, folder: Path, raw: list[str]) -> None:
    """Over a file of the same name too: that one may be damaged, these bytes have just been verified."""
    for sha256 in raw:
        workshop.raw.take_file(folder / "raw" / sha256, sha256)


def arriving_indexes(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "index").glob("*"))


def add_indexes(workshop: Workshop, folder: Path, names: list[str]) -> None:
    """Indexes that open already stay; their names say what they hold."""
    home = workshop.settings.home / "index"
    home.mkdir(parents=True, exist_ok=True)
    for name in names:
        try:
            workshop.indexes.open(name).close()
        except IndexUnavailable:
            shutil.rmtree(home / name, ignore_errors=True)
            (folder / "index" / name).replace(home / name)
    sync_folder(home)
