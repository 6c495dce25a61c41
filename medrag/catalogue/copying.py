"""Writes a catalogue's rows into files as they stood at one moment, and puts the rows of one catalogue into another.

The files are the same whichever database the rows come from, so that a shelf can move between SQLite and PostgreSQL.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, MetaData, Table, delete, func, insert, select, text

from medrag.catalogue.engine import open_engine
from medrag.catalogue.migrate import bring_up_to_date, migrate
from medrag.catalogue.reading import translated
from medrag.catalogue.schema import metadata, pointers
from medrag.catalogue.store import Catalogue, put_all
from medrag.catalogue.turns import take_turns
from medrag.errors import IntegrityError, Place

__all__ = ["RESTORED", "TableDump", "dump_tables", "load_tables", "replace_rows"]

#: Rows read or written together.
AT_ONCE: Final = 500
#: The pointer that names the last restore; it moves with the rows, and so says whether they came.
RESTORED: Final = "restored"
#: How bytes stand in JSON.
BYTES: Final = "base64"


@dataclass(frozen=True, slots=True)
class TableDump:
    """What a file of rows holds: one JSON array a line, values in the order of the columns."""

    name: str
    columns: tuple[str, ...]
    rows: int


def dump_tables(connection: Connection, folder: Path) -> list[TableDump]:
    """Writes ``<folder>/<table>.jsonl`` for every table, in an order in which they can be read back."""
    return [dump_table(connection, table, folder / f"{table.name}.jsonl") for table in metadata.sorted_tables]


def dump_table(connection: Connection, table: Table, path: Path) -> TableDump:
    """In the order the rows were written in, where the database knows it: what is made from them comes out the same."""
    query = select(table)
    if connection.dialect.name == "sqlite":
        query = query.order_by(text("rowid"))
    found = connection.execution_options(yield_per=AT_ONCE).execute(query)
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for row in found:
            stream.write(json.dumps([plain(value) for value in row], ensure_ascii=False) + "\n")
            count += 1
    return TableDump(table.name, tuple(column.name for column in table.columns), count)


def plain(value: Any) -> Any:
    return {BYTES: base64.b64encode(value).decode()} if isinstance(value, bytes | memoryview) else value


def load_tables(path: Path, folder: Path, dumps: Sequence[TableDump], revision: str) -> None:
    """Makes the SQLite file ``path`` at the revision the rows were written at, fills it, and brings it up to date.

    Raises IntegrityError where the rows are not what was told, or refer to rows that are not there.
    """
    engine = open_engine(f"sqlite:///{path}", create=True)
    try:
        with translated(), engine.begin() as connection:
            migrate(connection, revision)
            held = MetaData()
            held.reflect(connection)
            clear(connection, held.sorted_tables)
            for dump in dumps:
                load_table(connection, held, dump, folder / f"{dump.name}.jsonl")
        bring_up_to_date(engine)
        with engine.connect() as connection:
            if connection.execute(text("PRAGMA foreign_key_check")).first() is not None:
                raise IntegrityError("the rows refer to rows that are not there")
    finally:
        engine.dispose()


def load_table(connection: Connection, held: MetaData, dump: TableDump, path: Path) -> None:
    table = held.tables.get(dump.name)
    known = {column.name for column in table.columns} if table is not None else set()
    if table is None or not set(dump.columns) <= known:
        raise IntegrityError("these rows are of no table that is known", place=Place(file=dump.name))
    count = 0
    for batch in batches(read_rows(path, dump)):
        put_all(connection, table, batch)
        count += len(batch)
    if count != dump.rows:
        raise IntegrityError(f"{dump.rows} rows were told, {count} came", place=Place(file=dump.name))


def read_rows(path: Path, dump: TableDump) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="\n") as stream:
        for number, line in enumerate(stream, start=1):
            try:
                told = [value_of(item) for item in json.loads(line)]
                yield dict(zip(dump.columns, told, strict=True))
            except (ValueError, TypeError, KeyError) as error:
                place = Place(file=dump.name, line=number)
                raise IntegrityError("this row cannot be read", place=place) from error


def value_of(told: Any) -> Any:
    return base64.b64decode(told[BYTES], validate=True) if isinstance(told, dict) else told


def replace_rows(source: Engine, target: Catalogue, mark: str) -> None:
    """Puts every row of ``source`` in place of every row of ``target``, in one transaction that also writes ``mark``:
    readers see the old rows or the new, and who is killed leaves the old."""
    with source.connect() as reading, target.writing() as connection:
        keep_writers_out(connection)
        clear(connection, metadata.sorted_tables)
        for table in metadata.sorted_tables:
            query = select(table).order_by(text("rowid"))
            found = reading.execution_options(yield_per=AT_ONCE).execute(query).mappings()
            for batch in batches(dict(row) for row in found):
                put_all(connection, table, batch)
        connection.execute(delete(pointers).where(pointers.c.name == RESTORED))
        connection.execute(insert(pointers), {"name": RESTORED, "value": mark})
        count_on(connection)


def keep_writers_out(connection: Connection) -> None:
    """Servers go on reading; what they would write waits, and is written after what is put here."""
    take_turns(connection, "restore")
    if connection.dialect.name == "postgresql":
        named = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
        connection.exec_driver_sql(f"LOCK TABLE {named} IN EXCLUSIVE MODE")


def count_on(connection: Connection) -> None:
    """PostgreSQL numbers rows by counters that do not see rows that come with their numbers."""
    if connection.dialect.name != "postgresql":
        return
    for table in metadata.sorted_tables:
        column = table.autoincrement_column
        if column is not None:
            last = select(func.coalesce(func.max(column), 0) + 1).scalar_subquery()
            counter = func.pg_get_serial_sequence(table.name, column.name)
            connection.execute(select(func.setval(counter, last, False)))


def clear(connection: Connection, tables: Sequence[Table]) -> None:
    """Deletes all rows from the leaves up."""
    for table in reversed(tables):
        if table.name != "alembic_version":
            connection.execute(delete(table))


def batches(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch
