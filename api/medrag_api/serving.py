"""What a listening server bounds before a request is read: who can reach it, how long a client may stay silent, open files."""

from __future__ import annotations

import asyncio
import ipaddress
from typing import Any, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

__all__ = ["HEADERS_S", "HeaderTimeout", "is_loopback", "raise_file_limit"]

#: Seconds a client gets to send a request's headers, from the moment it connects or begins its next request.
HEADERS_S: Final = 10.0


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach ``host``."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class HeaderTimeout(H11Protocol):
    """Closes a connection whose request does not begin in time. uvicorn waits for ever for one that never spoke, and
    for one that sends its headers byte by byte."""

    silence: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        if self.silence is None and self._idle():
            self._wait()
        super().data_received(data)
        if self.silence is not None and not self._idle():
            self._heard()

    def connection_lost(self, exc: Exception | None) -> None:
        self._heard()
        super().connection_lost(exc)

    def _idle(self) -> bool:
        """Whether no request has wholly begun."""
        return self.conn.their_state is h11.IDLE

    def _wait(self) -> None:
        self.silence = self.loop.call_later(HEADERS_S, self._close)

    def _heard(self) -> None:
        if self.silence is not None:
            self.silence.cancel()
            self.silence = None

    def _close(self) -> None:
        self.silence = None
        if self._idle() and not self.transport.is_closing():
            self.transport.close()


def raise_file_limit() -> None:
    """As many open connections as the system lets this process have; beyond them the system makes clients wait."""
    try:
        import resource
    except ImportError:  # Windows has no such limit to raise.
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
