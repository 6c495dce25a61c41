"""The proof script, run as a stranger would run it: it accepts a true answer and finds a changed word."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn

from medrag.settings import Settings
from medrag_api.app import create_app
from medrag_api.serve import bind

SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "verify" / "prove_citations.py"


@pytest.fixture
def served(standing: Settings) -> Iterator[str]:
    """The application on a port of its own."""
    listening = bind("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(create_app(standing), log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(30)


def prove(answer: object, url: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-I", str(SCRIPT), "-", url]
    return subprocess.run(
        words, input=json.dumps(answer), capture_output=True, text=True, env=os.environ, timeout=60
    )


@pytest.mark.network
def test_a_true_answer_is_proved_and_a_changed_one_is_not(served: str) -> None:
    asked = {
        "question": "At what eGFR is an SGLT2 inhibitor started?",
        "filters": {"corpora": ["kidney-notes"]},
    }
    answer = httpx.post(served + "/ask", json=asked, timeout=60).json()
    done = prove(answer, served)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.rstrip().endswith("0 failures")
    forged = copy.deepcopy(answer)
    forged["citations"][0]["quote"]["exact"] = forged["citations"][0]["quote"]["exact"].replace("20", "90")
    assert prove(forged, served).returncode == 1
    moved = copy.deepcopy(answer)
    moved["statements"][0]["citations"] = []
    assert prove(moved, served).returncode == 1
    assert "medrag" not in SCRIPT.read_text().replace("without trusting medrag", "")
