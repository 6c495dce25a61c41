"""Runs the HTTP door: binds this machine alone unless there are keys, logs JSON lines without a word anyone asked."""

from __future__ import annotations

import logging
import socket
import sys
import threading
from types import FrameType

import structlog
import uvicorn

from medrag.errors import MedragError, Place, UsageError
from medrag.settings import Settings
from medrag_api.app import create_app
from medrag_api.holder import ShelfHolder
from medrag_api.security.callers import any_key_stands
from medrag_api.serving import HeaderTimeout, is_loopback, raise_file_limit
from medrag_api.workers import bind, run_workers

__all__ = ["bind", "check_reach", "configure_log", "serve"]

#: Seconds an idle connection is kept.
KEEP_ALIVE_S = 5
#: Seconds running requests get to finish when the server stops.
GRACE_S = 10


def serve(settings: Settings, workers: int = 1) -> None:
    """Serves until stopped, in ``workers`` processes that share the port and each read the shelf on their own.

    Raises UsageError for an address others can reach, Unavailable when the port is taken.
    """
    check_reach(settings)
    check_graph_url(settings)
    check_conversations(settings)
    configure_log(settings.log_level)
    raise_file_limit()
    log = structlog.get_logger("medrag.http")
    if workers > 1:
        log.info("listening", host=settings.host, port=settings.port, workers=workers)
        run_workers(
            settings.host,
            settings.port,
            workers,
            lambda listening: serve_one(settings, listening, several=True),
        )
        return
    with bind(settings.host, settings.port) as listening:
        log.info("listening", host=settings.host, port=listening.getsockname()[1])
        serve_one(settings, listening)


def serve_one(settings: Settings, listening: socket.socket, *, several: bool = False) -> None:
    """Serves what comes to one socket, until stopped; ``several`` when other processes share the address."""
    holder = ShelfHolder(settings)
    holder.on_change = log_change
    app = create_app(settings, holder, several=several)
    threading.Thread(target=app.state.models.prepare, name="medrag-models", daemon=True).start()
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        http=HeaderTimeout,
        # Who asks is not looked at: nothing here depends on what a gateway says of it.
        proxy_headers=False,
        date_header=True,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=GRACE_S,
    )
    Stopping(config, app.state.stopping).run(sockets=[listening])


class Stopping(uvicorn.Server):
    """Says that it stops, so that lines that would stay open end by themselves; requests that run are finished."""

    def __init__(self, config: uvicorn.Config, stopping: threading.Event) -> None:
        super().__init__(config)
        self._stopping = stopping

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._stopping.set()
        super().handle_exit(sig, frame)


def check_graph_url(settings: Settings) -> None:
    """Raises UsageError when the graph server's address cannot be read, before anyone is served."""
    if settings.graph_url:
        from medrag_graph.stores.address import address_of

        address_of(settings)


def check_conversations(settings: Settings) -> None:
    """Raises UsageError when consultations are to be kept on disk and the key cannot be read."""
    if settings.conversations == "disk":
        from medrag.dialogue.seal import read_key

        read_key(settings.conversations_key.get_secret_value(), settings.conversations_key_file)


def check_reach(settings: Settings) -> None:
    """Raises UsageError for an address others can reach while there is no key they could be known by."""
    if not is_loopback(settings.host) and not any_key_stands(settings):
        raise UsageError(
            "binding an address others can reach needs keys, and none stands",
            place=Place(field="host"),
            remedy="Run: medrag keys create --scope ask; or bind 127.0.0.1",
        )


def configure_log(level: str) -> None:
    """JSON lines on stderr; uvicorn's own warnings, and those of medrag's rooms, take the same way out."""
    stamps: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*stamps, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
    )
    handler = logging.StreamHandler()
    formatter = structlog.stdlib.ProcessorFormatter(
        processor=structlog.processors.JSONRenderer(), foreign_pre_chain=stamps
    )
    handler.setFormatter(formatter)
    for name in ("uvicorn", "medrag"):
        logging.getLogger(name).handlers = [handler]
        logging.getLogger(name).setLevel(logging.WARNING)


def log_change(snapshot: str, problem: MedragError | None) -> None:
    """The shelf that is read from now on, or why none can be."""
    log = structlog.get_logger("medrag.shelf")
    if problem is None:
        log.info("shelf_opened", snapshot=snapshot)
    else:
        log.error("shelf_unavailable", problem=problem.problem, remedy=problem.remedy)
