"""The HTTP client of one call: counts what comes back, follows no redirect, and can be hung up from another thread."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, Final, cast

from medrag.backends.config import is_loopback

if TYPE_CHECKING:
    import httpx

__all__ = ["Line", "open_client", "resolves_here", "trusted"]

#: What the library tells of this machine with every request, and what it takes from OPENAI_* variables.
UNTOLD: Final = ("openai-organization", "openai-project")


class Line:
    """The connections of one call. ``problem`` says why medrag itself ended them; empty when it did not."""

    def __init__(self, most_bytes: int, *, loopback: bool) -> None:
        self.problem = ""
        self.received = 0
        self._most = most_bytes
        self._loopback = loopback
        self._turn = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._over = False

    def hang_up(self) -> None:
        """Closes both directions of every connection, which wakes whoever reads and tells the server; a connection that
        is made later is closed at once. Closing the descriptor alone would do neither while a thread waits on it."""
        with self._turn:
            self._over = True
            for held in self._sockets:
                shut(held)

    def end(self, problem: str) -> None:
        self.problem = self.problem or problem
        self.hang_up()

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """Called by httpcore with every step of a request; keeps the sockets as they are opened."""
        if event not in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            return
        held = info["return_value"].get_extra_info("socket")
        if self._loopback and not is_loopback(str(held.getpeername()[0])):
            self.problem = "its address is no longer this machine's own"
        with self._turn:
            self._sockets.append(held)
            if self._over or self.problem:
                shut(held)

    def count(self, chunk: bytes) -> None:
        self.received += len(chunk)
        if self.received > self._most:
            self.end(f"its reply is larger than {self._most:,} bytes")

    @property
    def over(self) -> bool:
        """Whether it was hung up: what a server still sends is not read, and its connection is closed."""
        return self._over


def resolves_here(host: str) -> bool:
    """Whether a host's every address is this machine's own; False where it has none."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM) if host else []
    except (OSError, UnicodeError):
        return False
    return bool(found) and all(is_loopback(str(entry[4][0])) for entry in found)


def shut(held: socket.socket) -> None:
    with contextlib.suppress(OSError):
        socket.socket.shutdown(held, socket.SHUT_RDWR)


@cache
def trusted() -> ssl.SSLContext:
    """The certificates of the system (SSL_CERT_FILE and SSL_CERT_DIR are heeded) and of certifi; read once, it takes long."""
    import certifi

    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def open_client(line: Line, connect_s: float, read_s: float, *, keyed: bool, direct: bool) -> httpx.Client:
    """A client whose every connection hangs on ``line``. ``direct``: no proxy of the environment. Without ``keyed`` no
    Authorization is sent."""
    import httpx

    class Counted(httpx.SyncByteStream):
        def __init__(self, inner: httpx.SyncByteStream) -> None:
            self._inner = inner

        def __iter__(self) -> Iterator[bytes]:
            for chunk in self._inner:
                line.count(chunk)
                if line.over:
                    return
                yield chunk

        def close(self) -> None:
            self._inner.close()

    def prepare(request: httpx.Request) -> None:
        request.extensions = {**request.extensions, "trace": line.trace}
        gone = [name for name in request.headers if name in UNTOLD or name.startswith("x-stainless")]
        for name in gone if keyed else (*gone, "authorization"):
            request.headers.pop(name, None)
        request.headers["accept-encoding"] = "identity"

    def receive(response: httpx.Response) -> None:
        if response.headers.get("content-encoding", "identity") != "identity":
            line.end("it compresses its reply although it was asked not to")
        response.stream = Counted(cast("httpx.SyncByteStream", response.stream))

    return httpx.Client(
        verify=trusted(),
        timeout=httpx.Timeout(read_s, connect=connect_s),
        follow_redirects=False,
        trust_env=not direct,
        event_hooks={"request": [prepare], "response": [receive]},
    )
