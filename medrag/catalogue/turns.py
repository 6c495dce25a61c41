"""Lets one process at a time do what only one may: inside a transaction, or for as long as a piece of work lasts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, func, select

__all__ = ["hold_alone", "take_turns"]


def take_turns(connection: Connection, what: str) -> None:
    """From here to the end of this transaction no other process has come past this line with the same word.

    It must be the transaction's first statement: SQLite has one lock for all, and does not take it later without risk.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(lock_number(what))))
    elif not connection.connection.dbapi_connection.in_transaction:  # type: ignore[union-attr]
        connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def hold_alone(engine: Engine, what: str) -> Iterator[bool]:
    """True for the one process of all that share the catalogue, until the block ends or the process dies; False for others.

    A lock of the database's session on PostgreSQL, wherever the processes run, and of a file beside SQLite's.
    """
    if engine.dialect.name == "postgresql":
        with hold_in_session(engine, what) as mine:
            yield mine
        return
    path = engine.url.database
    if not path or path == ":memory:":
        yield True
        return
    with hold_file(Path(path).with_name(f"{what}.lock")) as mine:
        yield mine


@contextmanager
def hold_in_session(engine: Engine, what: str) -> Iterator[bool]:
    number = lock_number(what)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        mine = bool(connection.execute(select(func.pg_try_advisory_lock(number))).scalar())
        try:
            yield mine
        finally:
            # Closed, not given back to the pool: the lock goes with its session, also where that was lost meanwhile.
            connection.invalidate()


@contextmanager
def hold_file(path: Path) -> Iterator[bool]:
    from filelock import FileLock, Timeout

    lock = FileLock(path, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


def lock_number(what: str) -> int:
    """PostgreSQL's advisory locks have signed 64-bit numbers and no names; other programs may use some."""
    return int.from_bytes(hashlib.sha256(f"medrag {what}".encode()).digest()[:8], "big", signed=True)
