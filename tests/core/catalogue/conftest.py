"""A catalogue on each of its two databases: SQLite, and a real PostgreSQL where its programs are installed."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, home: Path) -> str:
    """Where an empty catalogue may be made."""
    if request.param == "sqlite":
        return f"sqlite:///{home / 'catalogue.db'}"
    told: str = request.getfixturevalue("postgres").database(f"test_{uuid.uuid4().hex}")
    return told
