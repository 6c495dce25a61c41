"""POST /mcp: the MCP tools over streamable HTTP, a request at a time, nothing kept between them."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from medrag_api.answering import Answering
from medrag_api.conversations import owner_of
from medrag_api.mcp.server import Toolbox, guard, make_server
from medrag_api.routes.answers import Keeping
from medrag_api.routes.consultations import Owner
from medrag_api.routes.reading import Set, Writers, holder_of

__all__ = ["router"]

router = APIRouter()


class Handed(Response):
    """A response that the protocol's own server writes."""

    def __init__(self, toolbox: Toolbox, request: Request, body: bytes) -> None:
        super().__init__()
        self._toolbox, self._request, self._sent = toolbox, request, body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

        settings = self._toolbox.holder.settings
        known = bool(owner_of(self._request))
        # One for each request: it holds nothing, and is gone with it.
        manager = StreamableHTTPSessionManager(
            make_server(self._toolbox),
            json_response=True,
            stateless=True,
            security_settings=guard(settings.host, known=known),
            max_request_body_size=settings.max_body_bytes,
        )
        async with manager.run():
            await manager.handle_request(scope, again(self._sent, receive), send)


def again(body: bytes, receive: Receive) -> Receive:
    """Gives a body that was read once more, then what comes after it."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def take() -> Message:
        return waiting.pop() if waiting else await receive()

    return take


# JSON-RPC describes itself (tools/list), so that /openapi.json has nothing to say of it.
@router.post("/mcp", include_in_schema=False)
async def serve_mcp(
    request: Request, settings: Set, keeper: Keeping, owner: Owner, models: Writers
) -> Response:
    """One message of the protocol. The body is read here, where one that is too large is refused as everywhere."""
    answering = Answering(
        settings, models, keeper.keep, owner=owner, observe=request.app.state.metrics.answer
    )
    return Handed(Toolbox(holder_of(request), answering), request, await request.body())
