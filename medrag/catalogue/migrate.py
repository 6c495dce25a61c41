"""Brings a catalogue's tables to the version this code reads, by Alembic; refuses one made by newer code."""

from __future__ import annotations

import threading
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from medrag.catalogue.turns import take_turns
from medrag.errors import CatalogueUnavailable

__all__ = ["HEAD", "bring_up_to_date", "migrate", "revisions", "version_of"]

#: The newest revision in ``migrations/versions``.
HEAD = "0010"
#: Columns of PostgreSQL's tables whose words follow a language's rules.
BY_LANGUAGE = text(
    "SELECT table_name, column_name, character_maximum_length FROM information_schema.columns "
    "WHERE table_schema = current_schema() AND data_type IN ('character varying', 'text') "
    "AND collation_name IS NULL AND table_name = ANY(:known) ORDER BY 1, 2"
)
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
    if version is not None and version not in revisions():
        raise CatalogueUnavailable(
            f"the catalogue is at revision {version}, this medrag knows up to {HEAD}",
            remedy="Install the medrag that wrote it, or restore a backup",
        )
    with ONE_AT_A_TIME:
        with engine.connect() as connection:
            version = version_of(connection)
        if version != HEAD:
            with engine.begin() as connection:
                migrate(connection)


def revisions() -> list[str]:
    """Every revision this code can read, oldest first."""
    return sorted(path.stem.split("_")[0] for path in (folder() / "versions").glob("0*.py"))


def folder() -> Path:
    return Path(__file__).with_name("migrations")


def migrate(connection: Connection, to: str = "head") -> None:
    """Runs the migrations up to a revision in the caller's transaction. Processes that start together take turns, and the
    last finds nothing to do."""
    from alembic import command
    from alembic.config import Config

    take_turns(connection, "migrate")
    config = Config()
    config.set_main_option("script_location", str(folder()))
    config.attributes["connection"] = connection
    command.upgrade(config, to)
    if connection.dialect.name == "postgresql":
        sort_by_code_point(connection)


def sort_by_code_point(connection: Connection) -> None:
    """Has words compared as SQLite does, whatever language the server was made for: one shelf gives the same bytes on
    every database, and a language's order differs from release to release."""
    known = inspect(connection).get_table_names()
    for table, column, length in connection.execute(BY_LANGUAGE, {"known": known}).all():
        kind = f"VARCHAR({length})" if length else "TEXT"
        connection.exec_driver_sql(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" TYPE {kind} COLLATE "C"')
