"""A home in memory where the machine has such a disk: an ingest makes some hundred files durable, and tests make many."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

MEMORY = Path("/dev/shm")


@pytest.fixture
def scratch() -> Iterator[Path]:
    """An empty folder of one's own, gone afterwards."""
    with tempfile.TemporaryDirectory(dir=MEMORY if os.access(MEMORY, os.W_OK) else None) as folder:
        yield Path(folder)


@pytest.fixture
def home(scratch: Path) -> Path:
    """An empty MEDRAG_HOME."""
    folder = scratch / "home"
    folder.mkdir()
    return folder
