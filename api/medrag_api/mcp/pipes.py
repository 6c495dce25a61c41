"""Serves the MCP tools over stdin and stdout, to the one program that started this one."""

from __future__ import annotations

from medrag.settings import Settings
from medrag_api.answering import Answering
from medrag_api.holder import Seen, ShelfHolder
from medrag_api.kept_answers import AnswerKeeper
from medrag_api.mcp.server import Toolbox, make_server
from medrag_api.wiring import open_models

__all__ = ["serve_pipes"]


def serve_pipes(settings: Settings) -> None:
    """Serves until stdin ends. A shelf that cannot be opened is told by each tool; it is looked for again all the while."""
    import anyio
    from mcp.server.stdio import stdio_server

    holder, keeper = ShelfHolder(settings), AnswerKeeper(settings)
    server = make_server(Toolbox(Seen(holder, "*"), Answering(settings, open_models(settings), keeper.keep)))

    async def serve() -> None:
        async with stdio_server() as (heard, said):
            await server.run(heard, said, server.create_initialization_options())

    try:
        anyio.run(serve)
    finally:
        keeper.close()
        holder.close()
