"""Planted identifiers, asked through every door at the finest log level, stand in no log, file, table or error."""

from __future__ import annotations

import asyncio
import json
import logging
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
from click.testing import CliRunner
from sample_shelf import copy_home

from medrag.settings import Settings
from medrag_api.app import create_app
from medrag_api.cli import main
from medrag_api.evaluate.planting import Planted, plant, read_tables
from medrag_api.holder import ShelfHolder
from medrag_api.serve import configure_log

IDENTIFIERS = Path(__file__).parents[1] / "quality" / "identifiers.yaml"
#: How many are planted in the normal suite and in the slow one: there, as many as the privacy suite counts.
FEW, ALL = 50, 2_000
#: Seconds: 18,000 requests take longer than any other test may, and several times as long on a busy machine.
LONGEST_S = 3_600


def planted(count: int) -> list[Planted]:
    """Every kind in both languages; bed numbers are too short to look for."""
    return [item for item in plant(read_tables(IDENTIFIERS), count, seed=11) if item.kind != "bed"]


JSON = {"content-type": "application/json"}


class Broken(ShelfHolder):
    """Fails as no shelf should: with what was asked still on the stack."""

    def reading(self, *_: Any, **__: Any) -> Any:
        raise RuntimeError("the shelf fell over")


@pytest.fixture
def own(standing: Settings, tmp_path: Path) -> Settings:
    """A copy of the sample shelf: what is written while it is asked must be this test's."""
    copy_home(standing.home, tmp_path / "own")
    return Settings(home=tmp_path / "own", encoder="hash", log_level="debug")


def secrets(item: Planted) -> list[str]:
    return [item.text[item.start : item.end]]


def leaks(told: bytes, items: list[Planted]) -> set[str]:
    return {secret for item in items for secret in secrets(item) if secret.encode() in told}


def tree(home: Path) -> bytes:
    """Every byte under a home: catalogue, its journal, index, logs, names of files."""
    files = sorted(path for path in home.rglob("*") if path.is_file())
    return b"\n".join(str(path).encode() + path.read_bytes() for path in files)


def requests_of(item: Planted) -> list[tuple[str, Any]]:
    secret = item.text[item.start : item.end]
    return [
        ("/ask", {"question": item.text}),
        ("/ask", {"question": item.text, "patient": {"age_years": 70, "conditions": [secret]}}),
        ("/ask", {"question": item.text, "patient": {"age_years": secret}}),
        ("/ask", {"question": item.text, secret: 1}),
        ("/interactions", {"drugs": ["warfarin", secret], "conditions": [secret]}),
        ("/interactions", {"drugs": [], "patient": {"sex": secret}}),
        ("/search", {"query": item.text}),
        ("/search", {"query": item.text, "k": secret}),
    ]


async def ask_all(settings: Settings, holder: ShelfHolder, items: list[Planted]) -> dict[int, list[bytes]]:
    """Answers by status."""
    told: dict[int, list[bytes]] = {}
    app = create_app(settings, holder)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://medrag") as client:
        for item in items:
            for path, body in requests_of(item):
                answer = await client.post(path, json=body)
                told.setdefault(answer.status_code, []).append(answer.content)
            broken = await client.post("/ask", content=b'{"question": "' + item.text.encode(), headers=JSON)
            told.setdefault(broken.status_code, []).append(broken.content)
        metrics = await client.get("/metrics")
        told.setdefault(-1, []).append(metrics.content)
    app.state.answers.close()
    return told


@pytest.mark.parametrize(
    "count", [FEW, pytest.param(ALL, marks=[pytest.mark.slow, pytest.mark.timeout(LONGEST_S)])]
)
def test_http_keeps_no_identifier(own: Settings, capfd: pytest.CaptureFixture[str], count: int) -> None:
    items = planted(count)
    # Short ones can stand by chance in the bytes of an index that was never asked.
    before = leaks(tree(own.home), items)
    configure_log(own.log_level)
    holder, broken = ShelfHolder(own), Broken(own)
    try:
        told = asyncio.run(ask_all(own, holder, items))
        failed = asyncio.run(ask_all(own, broken, items[:4]))
    finally:
        holder.close()
        broken.close()
        structlog.reset_defaults()
        for name in ("uvicorn", "medrag"):
            logging.getLogger(name).handlers = []
    assert {200, 400, 422} <= set(told)
    assert 500 in failed
    out, err = capfd.readouterr()
    assert not leaks((out + err).encode(), items)
    assert not leaks(tree(own.home), items) - before
    for status in (400, 422, 500, -1):
        assert not leaks(b"\n".join(told.get(status, []) + failed.get(status, [])), items)


@pytest.mark.slow
def test_commands_keep_no_identifier(own: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDRAG_LOG_LEVEL", "debug")
    heard = b""
    items = planted(FEW)
    before = leaks(tree(own.home), items)
    for item in items[::13]:
        secret = item.text[item.start : item.end]
        for words in (
            ("ask", item.text),
            ("search", item.text),
            ("check", "warfarin", secret),
            ("ask", item.text, "--age", secret),
        ):
            result = CliRunner().invoke(main, [*words, "--json", "--home", str(own.home)])
            # A name that is not resolved is told to whom typed it: that is what `check` is asked.
            heard += result.stderr.encode() if words[0] != "check" else b""
            if result.exit_code in (0, 4):
                json.loads(result.stdout)
    assert not leaks(heard, items)
    assert not leaks(tree(own.home), items) - before
