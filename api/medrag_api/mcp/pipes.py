"""Serves the MCP tools over stdin and stdout, to the one program that started this one."""

from __future__ import annotations

from medrag.settings import Settings
from medrag_api.answering import Answering
from medrag_api.holder import Seen, ShelfHolder
from medrag_api.kept_answers import AnswerKeeper
from medrag_api.mcp.server import Toolbox, make_server
from medrag_api.security.bearer import Bearer
from medrag_api.security.callers import EVERYBODY
from medrag_api.security.scopes import ANY_METHOD, TABLE
from medrag_api.wiring import open_models

__all__ = ["serve_pipes"]


def serve_pipes(settings: Settings, key: str = "") -> None:
    """Serves until stdin ends, as the holder of ``key`` sees the shelf, all of it without one. A shelf that cannot be opened
    is told by each tool; it is looked for again all the while. Raises UsageError for a key that is not for asking and
    checking."""
    import anyio
    from mcp.server.stdio import stdio_server

    bearer = Bearer(settings, key, TABLE[ANY_METHOD, "/mcp"], without=EVERYBODY)
    bearer.tenant()
    holder, keeper = ShelfHolder(settings), AnswerKeeper(settings)
    seen = Seen(holder, bearer.tenant)
    server = make_server(Toolbox(seen, Answering(settings, open_models(settings), keeper.keep)))

    async def serve() -> None:
        async with stdio_server() as (heard, said):
            await server.run(heard, said, server.create_initialization_options())

    try:
        anyio.run(serve)
    finally:
        keeper.close()
        holder.close()
        bearer.close()
