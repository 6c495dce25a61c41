"""Rows written into files and put into another catalogue are the same rows, on either database, whatever stands in them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Boolean, Integer, LargeBinary, select, text
from sqlalchemy.sql.schema import Column

from medrag.catalogue import Catalogue
from medrag.catalogue.copying import RESTORED, TableDump, dump_tables, load_tables, replace_rows
from medrag.catalogue.engine import open_engine
from medrag.catalogue.migrate import HEAD
from medrag.catalogue.schema import metadata
from medrag.catalogue.store import put_all
from medrag.errors import CatalogueUnavailable, IntegrityError
from medrag.records import Snapshot

#: What both databases hold: PostgreSQL has no NUL in words, and neither has half a character.
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)


def value_for(column: Column[Any]) -> st.SearchStrategy[Any]:
    if column is column.table.autoincrement_column:  # type: ignore[attr-defined]
        # Databases count from 1, and the next number must be one too.
        made: st.SearchStrategy[Any] = st.integers(1, 2**31 - 2)
    elif isinstance(column.type, Boolean):
        made = st.booleans()
    elif isinstance(column.type, LargeBinary):
        made = st.binary(max_size=9)
    elif isinstance(column.type, BigInteger):
        made = st.integers(-(2**63), 2**63 - 1)
    elif isinstance(column.type, Integer):
        made = st.integers(-(2**31), 2**31 - 1)
    else:
        made = WORDS
    return st.none() | made if column.nullable else made


#: Tables that refer to no other: their rows may be anything.
FREE = [table for table in metadata.sorted_tables if not table.foreign_keys and table.name != "pointers"]


@st.composite
def shelves(draw: st.DrawFn) -> dict[str, list[dict[str, Any]]]:
    found = {}
    for table in FREE:
        row = st.fixed_dictionaries({column.name: value_for(column) for column in table.columns})
        key = [column.name for column in table.primary_key]
        rows = st.lists(row, max_size=3, unique_by=lambda made, key=key: tuple(made[name] for name in key))
        found[table.name] = draw(rows)
    return found


def fill(catalogue: Catalogue, rows: dict[str, list[dict[str, Any]]]) -> None:
    with catalogue.writing() as connection:
        for table in FREE:
            connection.execute(table.delete())
            put_all(connection, table, rows[table.name])


def held(catalogue: Catalogue) -> dict[str, list[Any]]:
    with catalogue.standing_still() as connection:
        return {
            table.name: sorted(
                (tuple(row) for row in connection.execute(select(table)) if row[0] != RESTORED), key=repr
            )
            for table in metadata.sorted_tables
        }


def carry(source: Catalogue, target: Catalogue) -> list[TableDump]:
    """By way of files, as a backup does."""
    with tempfile.TemporaryDirectory() as told:
        folder = Path(told)
        with source.standing_still() as connection:
            dumps = dump_tables(connection, folder)
        load_tables(folder / "rows.db", folder, dumps, HEAD)
        engine = open_engine(f"sqlite:///{folder / 'rows.db'}", create=False)
        replace_rows(engine, target, "mark")
        engine.dispose()
    return dumps


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Catalogue]]:
    """Two catalogues for all examples: each is filled anew."""
    folder = tmp_path_factory.mktemp("opened")
    held = [Catalogue(f"sqlite:///{folder}/{name}.db") for name in ("a", "b")]
    yield held
    for catalogue in held:
        catalogue.close()


@given(first=shelves(), second=shelves())
@settings(max_examples=10)
def test_any_rows_come_as_they_were(
    opened: list[Catalogue], first: dict[str, Any], second: dict[str, Any]
) -> None:
    source, target = opened
    fill(source, first)
    fill(target, second)
    carry(source, target)
    assert held(target) == held(source)


@pytest.mark.postgres
@given(rows=shelves())
@settings(max_examples=5)
def test_from_one_database_into_the_other_and_back(
    opened: list[Catalogue], postgres: Any, rows: dict[str, Any]
) -> None:
    first, last = opened
    with closing(Catalogue(postgres.ready("copying"))) as server:
        fill(first, rows)
        carry(first, server)
        assert held(server) == held(first)
        carry(server, last)
        assert held(last) == held(first)


def test_publications_are_counted_on(url: str, tmp_path: Path) -> None:
    source, target = Catalogue(f"sqlite:///{tmp_path / 'source.db'}"), Catalogue(url)
    snapshot = Snapshot("s_1", datetime(2026, 1, 1, tzinfo=UTC), ("e@1",), "i1", "", 3)
    for _ in range(3):
        source.publish(snapshot)
    carry(source, target)
    target.publish(snapshot)
    assert [move.seq for move in target.publications()] == [1, 2, 3, 4]
    carry(Catalogue(f"sqlite:///{tmp_path / 'empty.db'}"), target)
    assert target.is_empty() and target.current() is None
    target.publish(snapshot)
    assert len(target.publications()) == 1


def test_what_is_written_meanwhile_is_not_in_it(url: str, tmp_path: Path) -> None:
    catalogue = Catalogue(url)
    catalogue.start_run("r_1", "{}")
    with catalogue.standing_still() as connection:
        other = Catalogue(url)
        other.start_run("r_2", "{}")
        dumps = {dump.name: dump.rows for dump in dump_tables(connection, tmp_path)}
        other.close()
    assert dumps["runs"] == 1 and len(held(catalogue)["runs"]) == 2


SPOILT = {
    "fewer rows than told": ("runs", lambda lines: lines[:-1]),
    "a row that is no row": ("runs", lambda lines: [*lines[:-1], '["r_2"]\n']),
    "no JSON": ("runs", lambda lines: [*lines[:-1], "r_2\n"]),
    "rows without those they refer to": ("golden", lambda _: ['["nothing", 0, "{}"]\n']),
}


@pytest.mark.parametrize("how", SPOILT)
def test_rows_that_are_not_what_was_told_are_refused(tmp_path: Path, how: str) -> None:
    catalogue = Catalogue("sqlite://")
    for name in ("r_1", "r_2"):
        catalogue.start_run(name, "{}")
    with catalogue.standing_still() as connection:
        dumps = dump_tables(connection, tmp_path)
    table, change = SPOILT[how]
    path = tmp_path / f"{table}.jsonl"
    lines = change(path.read_text("utf-8").splitlines(keepends=True))
    path.write_text("".join(lines), "utf-8")
    if how.startswith("rows without"):
        dumps = [TableDump(d.name, d.columns, 1) if d.name == table else d for d in dumps]
    with pytest.raises((IntegrityError, CatalogueUnavailable)):
        load_tables(tmp_path / "rows.db", tmp_path, dumps, HEAD)


def test_a_failure_on_the_way_leaves_the_old_rows(url: str, tmp_path: Path) -> None:
    target = Catalogue(url)
    target.start_run("old", "{}")
    source = Catalogue(f"sqlite:///{tmp_path / 'source.db'}")
    source.start_run("new", "{}")
    with source.writing() as connection:
        connection.execute(text("DROP TABLE audit_head"))
    engine = open_engine(f"sqlite:///{tmp_path / 'source.db'}", create=False)
    with pytest.raises(CatalogueUnavailable):
        replace_rows(engine, target, "mark")
    assert [row[0] for row in held(target)["runs"]] == ["old"]
    engine.dispose()
