"""A real browser before a real server over the starter shelf: built once, copied for each run, photographed as it goes."""

from __future__ import annotations

import io
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
#: What a run leaves: the shelf, axe-core, pictures. Git ignores the folder.
LEFT = ROOT / "build" / "browser"
SHOTS = LEFT / "shots"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
#: Milliseconds a page may take on a machine that does much else.
PATIENCE = 240_000


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the starter shelf, searched by words alone. ``MEDRAG_BROWSER_HOME`` names one that is built already."""
    named = os.environ.get("MEDRAG_BROWSER_HOME")
    built = Path(named) if named else LEFT / "home"
    if not (built / "catalogue.db").is_file():
        medrag = [sys.executable, "-m", "medrag_api", "try", "--home", str(built), "--json"]
        done = subprocess.run(medrag, env=environment(), capture_output=True, text=True)
        if done.returncode:
            pytest.fail(f"the starter shelf cannot be built: {(done.stderr or done.stdout)[-300:]}")
    home = tmp_path_factory.mktemp("browser") / "home"
    shutil.copytree(built, home, ignore=shutil.ignore_patterns("models", "*.lock"))
    return home


def environment() -> dict[str, str]:
    paths = (str(ROOT / part) for part in (".", "ingest", "graph", "api"))
    kept = {name: told for name, told in os.environ.items() if not name.startswith("MEDRAG_")}
    return {**kept, "MEDRAG_ENCODER": "none", "PYTHONPATH": os.pathsep.join(paths)}


@pytest.fixture(scope="session")
def address(shelf: Path) -> Iterator[str]:
    """A server over the shelf."""
    with socket.socket() as spare:
        spare.bind(("127.0.0.1", 0))
        port = spare.getsockname()[1]
    command = [sys.executable, "-m", "medrag_api", "serve", "--home", str(shelf), "--port", str(port)]
    server = subprocess.Popen(
        command, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(1200):
            if server.poll() is not None:
                pytest.fail(f"the server ended with {server.returncode}")
            try:
                httpx.get(f"{url}/health/live", timeout=5)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield url
    finally:
        server.terminate()
        server.wait(30)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Debian's Chromium, driven by Playwright."""
    sync = pytest.importorskip("playwright.sync_api", reason="make test-browser installs playwright")
    path = os.environ.get("MEDRAG_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("no chromium on this machine")
    with sync.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The text of axe-core, which npm fetched."""
    path = LEFT / "node_modules" / "axe-core" / "axe.min.js"
    if not path.is_file():
        pytest.skip("axe-core is not there; make test-browser fetches it")
    return path.read_text("utf-8")


Opening = Callable[..., Any]


def complains(said: Any) -> bool:
    """Whether a browser's message is a fault of ours; that a page is not found is told to the reader too."""
    return bool(said.type == "error" and "404" not in said.text)


@pytest.fixture
def opened(chromium: Any, address: str) -> Iterator[Opening]:
    """Opens a page of its own context at an address of the server; whatever goes wrong in it fails the test."""
    contexts, wrong = [], []

    def begin(path: str = "/", *, width: int = 1280, height: int = 860, **told: Any) -> Any:
        context = chromium.new_context(base_url=address, viewport={"width": width, "height": height}, **told)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if complains(said) else None)
        page.goto(path)
        return page

    yield begin
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture(scope="session")
def shoot() -> Callable[[Any, str], None]:
    """Keeps a picture of what is seen."""
    SHOTS.mkdir(parents=True, exist_ok=True)

    def keep(page: Any, name: str) -> None:
        """The README's are kept small, with a palette; the others are whole pages."""
        if name.startswith("readme-"):
            picture = Image.open(io.BytesIO(page.screenshot()))
            picture.convert("RGB").quantize(200).save(SHOTS / f"{name}.png", optimize=True)
        else:
            page.screenshot(path=SHOTS / f"{name}.png", full_page=True)

    return keep
