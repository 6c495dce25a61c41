"""Opens the database a catalogue lives in: SQLite in WAL mode, or PostgreSQL by URL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from medrag.errors import CatalogueUnavailable, Place, UsageError

__all__ = ["open_engine"]

#: How long a reader or writer waits for another's lock, milliseconds; writers hold it for one batch.
BUSY_MS = 30_000


def open_engine(url: str, *, create: bool) -> Engine:
    """An engine for ``sqlite:///path`` or ``postgresql://...``.

    Raises UsageError for any other URL and CatalogueUnavailable when a SQLite file is missing and not to be made.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise UsageError(
            "the catalogue URL cannot be read", place=Place(field="MEDRAG_CATALOGUE_URL")
        ) from error
    if parsed.get_backend_name() == "sqlite":
        return open_sqlite(url, parsed.database or "", create=create)
    if parsed.get_backend_name() == "postgresql":
        return create_engine(parsed.set(drivername="postgresql+pg8000"), pool_pre_ping=True)
    raise UsageError(
        f"a catalogue lives in sqlite or postgresql, not {parsed.get_backend_name()}",
        place=Place(field="MEDRAG_CATALOGUE_URL"),
    )


def open_sqlite(url: str, path: str, *, create: bool) -> Engine:
    if path and path != ":memory:":
        if not create and not Path(path).is_file():
            raise CatalogueUnavailable(
                "there is no catalogue here yet", place=Place(file=path), remedy="Run: medrag try"
            )
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url)
    event.listen(engine, "connect", set_pragmas)
    return engine


def set_pragmas(connection: Any, _record: object) -> None:
    """WAL lets readers go on while one writes; synchronous FULL makes a published pointer survive a power cut."""
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={BUSY_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
