"""A catalogue on each of its two databases: SQLite, and a real PostgreSQL where its programs are installed."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

ENGINES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, home: Path) -> str:
    """An empty catalogue."""
    if request.param == "sqlite":
        return f"sqlite:///{home / 'catalogue.db'}"
    told: str = request.getfixturevalue("postgres").ready(f"test_{uuid.uuid4().hex}")
    return told


@pytest.fixture(params=ENGINES)
def bare_url(request: pytest.FixtureRequest, home: Path) -> str:
    """A database without a table, where a catalogue may be made."""
    if request.param == "sqlite":
        return f"sqlite:///{home / 'catalogue.db'}"
    told: str = request.getfixturevalue("postgres").database(f"test_{uuid.uuid4().hex}")
    return told
