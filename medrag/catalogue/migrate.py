"""Brings a catalogue's tables to the version this code reads, by Alembic; refuses one made by newer code."""

from __future__ import annotations

import threading
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from medrag.errors import CatalogueUnavailable

__all__ = ["HEAD", "bring_up_to_date", "version_of"]

#: The newest revision in ``migrations/versions``.
HEAD = "0009"
#: Alembic keeps the migration at hand in module globals: two threads of one process would mix theirs up.
ONE_AT_A_TIME = threading.Lock()


def version_of(connection: Connection) -> str | None:
    """The revision a catalogue stands at; None for an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    row = connection.execute(text("SELECT version_num FROM alembic_version")).first()
    return str(row[0]) if row else None


def bring_up_to_date(engine: Engine) -> None:
    """Runs the missing migrations, all in one transaction. Raises CatalogueUnavailable for an unknown revision."""
    with engine.connect() as connection:
        version = version_of(connection)
    if version == HEAD:
        return
    known = sorted(path.stem.split("_")[0] for path in (folder() / "versions").glob("0*.py"))
    if version is not None and version not in known:
        raise CatalogueUnavailable(
            f"the catalogue is at revision {version}, this medrag knows up to {HEAD}",
            remedy="Install the medrag that wrote it, or restore a backup",
        )
    with ONE_AT_A_TIME:
        with engine.connect() as connection:
            version = version_of(connection)
        if version != HEAD:
            run_migrations(engine)


def folder() -> Path:
    return Path(__file__).with_name("migrations")


def run_migrations(engine: Engine) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(folder()))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
