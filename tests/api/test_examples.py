"""The examples of docs/examples against a shelf that is really served: each runs as printed and shows cited answers."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from review_shelf import ROWS
from served_shelf import serving_shelf

from medrag.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "docs" / "examples"
QUESTION = f"Can {ROWS[0][0]} be taken with {ROWS[0][1]}?"
QUOTE = f"[1] “{ROWS[0][0]} with {ROWS[0][1]}: {ROWS[0][3]}.”"


@pytest.fixture(scope="module")
def url(reviewing: Settings) -> Iterator[str]:
    with serving_shelf(reviewing) as address:
        yield address


@pytest.mark.parametrize("name", ["openai_client.py", "mcp_client.py", "python_client.py", "llamaindex.py"])
def test_an_example_shows_an_answer_with_its_quotes(url: str, reviewing: Settings, name: str) -> None:
    where = str(reviewing.home) if name == "llamaindex.py" else url
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "MEDRAG_ENCODER": "hash"}
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / name), where, QUESTION],
        capture_output=True,
        env=env,
        timeout=120,
        check=False,
    )
    said = done.stdout.decode()
    assert done.returncode == 0, done.stderr.decode()
    assert QUOTE in said
    assert "False" not in said
