"""Compresses what a caller takes compressed, but nothing that is sent as it comes about, which would come late."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Squeeze"]

#: Bytes below which compressing gains nothing.
LEAST: Final = 1024
#: Level 5 takes half the time of 9 for a few per cent more bytes.
LEVEL: Final = 5
IDENTITY: Final = "identity"


class Squeeze:
    """ASGI middleware: gzip for whoever asks for it; everyone else's answers pass untouched.

    What is compressed has a weak tag, for its bytes are others (RFC 9110, section 8.8.1).
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.gzip = GZipMiddleware(self._marked, minimum_size=LEAST, compresslevel=LEVEL)

    async def _marked(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What is sent in parts goes on as encoded already: the compressor would keep each part back."""
        head: Message = {}

        async def mark(message: Message) -> None:
            nonlocal head
            if message["type"] == "http.response.start":
                head = message
                return
            if head:
                if message.get("more_body"):
                    MutableHeaders(raw=head["headers"]).setdefault("content-encoding", IDENTITY)
                await send(head)
                head = {}
            await send(message)

        await self.app(scope, receive, mark)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or "gzip" not in Headers(scope=scope).get("accept-encoding", ""):
            await self.app(scope, receive, send)
            return

        async def weaken(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                if headers.get("content-encoding") == IDENTITY:
                    del headers["content-encoding"]
                tag = headers.get("etag", "")
                if headers.get("content-encoding") == "gzip" and tag.startswith('"'):
                    headers["etag"] = f"W/{tag}"
            await send(message)

        await self.gzip(scope, receive, weaken)
