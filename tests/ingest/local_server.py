"""A small web server on the loopback interface that misbehaves as told."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

__all__ = ["LocalServer", "serving"]


@dataclass
class LocalServer:
    """What is served and how; ``asked`` keeps every request's path and headers."""

    files: dict[str, bytes] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    #: Close the connection after so many bytes of the next answers, one entry each.
    cuts: list[int] = field(default_factory=list)
    #: Answer with these statuses first.
    statuses: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    etag: str | None = '"v1"'
    ranges: bool = True
    announce: bool = True
    #: Seconds of silence after the first bytes.
    silence: float = 0.0
    #: Seconds between single bytes.
    drip: float = 0.0
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    port: int = 0

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"


def answer(server: LocalServer, request: BaseHTTPRequestHandler) -> None:
    """One GET."""
    server.asked.append((request.path, {key.lower(): value for key, value in request.headers.items()}))
    if server.statuses:
        request.send_error(server.statuses.pop(0))
    elif request.path in server.redirects:
        request.send_response(302)
        request.send_header("Location", server.redirects[request.path])
        request.send_header("Content-Length", "0")
        request.end_headers()
    elif request.path not in server.files:
        request.send_error(404)
    else:
        send(server, request, server.files[request.path])


def send(server: LocalServer, request: BaseHTTPRequestHandler, data: bytes) -> None:
    """The file or the asked range of it."""
    begin = 0
    told = re.fullmatch(r"bytes=(\d+)-", request.headers.get("Range", ""))
    fresh = request.headers.get("If-Range") in {None, server.etag}
    if told and server.ranges and fresh:
        begin = int(told[1])
        if begin >= len(data):
            request.send_error(416)
            return
        request.send_response(206)
        request.send_header("Content-Range", f"bytes {begin}-{len(data) - 1}/{len(data)}")
    else:
        request.send_response(200)
    if server.etag:
        request.send_header("ETag", server.etag)
    if server.announce:
        request.send_header("Content-Length", str(len(data) - begin))
    for name, value in server.headers.items():
        request.send_header(name, value)
    request.end_headers()
    body(server, request, data[begin:])


def body(server: LocalServer, request: BaseHTTPRequestHandler, rest: bytes) -> None:
    """The bytes, cut, slow or silent as told."""
    cut = server.cuts.pop(0) if server.cuts else len(rest)
    try:
        if server.drip:
            for at in range(len(rest)):
                request.wfile.write(rest[at : at + 1])
                request.wfile.flush()
                time.sleep(server.drip)
            return
        request.wfile.write(rest[: min(cut, 10)])
        request.wfile.flush()
        time.sleep(server.silence)
        request.wfile.write(rest[min(cut, 10) : cut])
    except (BrokenPipeError, ConnectionResetError):
        pass
    if cut < len(rest):
        request.close_connection = True


@contextmanager
def serving() -> Iterator[LocalServer]:
    """A server on a free port, stopped at the end."""
    server = LocalServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(server, self)

        def log_message(self, format: str, *args: object) -> None:
            pass

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.daemon_threads = True
    server.port = listener.server_address[1]
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listener.shutdown()
        listener.server_close()
        thread.join()
