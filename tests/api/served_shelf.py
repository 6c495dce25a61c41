"""A real server over a shelf, for tests that come with a client of their own."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from medrag.settings import Settings
from medrag_api.app import create_app

__all__ = ["free_port", "serving_shelf"]


@contextmanager
def serving_shelf(settings: Settings, **told: Any) -> Iterator[str]:
    """The address of a server of the shelf, which ends with the block."""
    app = create_app(settings.model_copy(update=told))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def free_port() -> int:
    """A port nobody listened at a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
