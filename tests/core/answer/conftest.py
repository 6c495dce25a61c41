"""The shelf of ``answer_shelf`` as a fixture."""

from __future__ import annotations

from pathlib import Path

import pytest
from answer_shelf import build

from medrag.settings import Settings
from medrag.shelf import OpenShelf


@pytest.fixture
def shelf(home: Path, tmp_path: Path) -> tuple[OpenShelf, Settings]:
    return build(home, tmp_path / "cards")
