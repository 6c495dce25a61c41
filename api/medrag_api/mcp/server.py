"""The MCP server of one process: its tools listed with schemas, run in threads, failures told as the other doors tell them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pydantic_core import to_json

from medrag.errors import MedragError
from medrag_api.answering import Answering
from medrag_api.holder import Seen
from medrag_api.mcp.tools import TOOLS, call_tool
from medrag_api.problems import problem_of_error

if TYPE_CHECKING:
    from mcp.server.lowlevel.server import Server
    from mcp.server.transport_security import TransportSecuritySettings

__all__ = ["Toolbox", "guard", "make_server"]

INSTRUCTIONS: Final = """medrag answers medication and guideline questions from sources it can show. Every statement of an
answer is proved by an exact quote; give readers the [n] marks with their sources, and add no medical claim of your own to
an answer. It does not diagnose, triage or write prescriptions. None of its four kinds of no means that something is safe."""

#: Names of this machine itself; a page of another site whose name was made to point here says another.
LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True, slots=True)
class Toolbox:
    """What the tools work with."""

    holder: Seen
    answering: Answering

    def call(self, name: str, told: dict[str, Any]) -> dict[str, Any]:
        """A tool's document. Raises MedragError."""
        with self.holder.reviewing() as desk:
            return call_tool(name, told, desk, self.answering)


def make_server(toolbox: Toolbox) -> Server[Any]:
    """A server of the protocol over the toolbox, for any transport. It holds nothing between calls."""
    import mcp_types as wire
    from anyio import to_thread
    from mcp import MCPError
    from mcp.server.lowlevel.server import Server

    import medrag

    async def list_tools(_: Any, __: Any) -> wire.ListToolsResult:
        listed = [
            wire.Tool(
                name=name,
                title=tool.title,
                description=tool.description,
                input_schema=tool.input_schema(),
                output_schema=tool.output_schema(),
                annotations=wire.ToolAnnotations(
                    title=tool.title, read_only_hint=True, idempotent_hint=True, open_world_hint=False
                ),
            )
            for name, tool in TOOLS.items()
        ]
        return wire.ListToolsResult(tools=listed)

    async def run(_: Any, asked: wire.CallToolRequestParams) -> wire.CallToolResult:
        if asked.name not in TOOLS:
            raise MCPError(wire.INVALID_PARAMS, f"There is no such tool; there are: {', '.join(TOOLS)}")
        try:
            told = await to_thread.run_sync(toolbox.call, asked.name, asked.arguments or {})
        except MedragError as error:
            problem = problem_of_error(error, f"urn:medrag:tool:{asked.name}", places=False)
            return wire.CallToolResult(content=[as_text(problem)], is_error=True)
        told = json.loads(to_json(told))
        return wire.CallToolResult(content=[as_text(told)], structured_content=told)

    def as_text(document: dict[str, Any]) -> wire.TextContent:
        return wire.TextContent(type="text", text=json.dumps(document, ensure_ascii=False))

    return Server(
        "medrag",
        version=medrag.__version__,
        title="medrag",
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=run,
    )


def guard(host: str, *, known: bool) -> TransportSecuritySettings:
    """Against DNS rebinding: without a key, only who calls this machine by its own name is let in; a page of another site
    cannot have a key."""
    from mcp.server.transport_security import TransportSecuritySettings

    names = dict.fromkeys((*LOOPBACK, f"[{host}]" if ":" in host else host))
    return TransportSecuritySettings(
        enable_dns_rebinding_protection=not known,
        allowed_hosts=[form for name in names for form in (name, f"{name}:*")],
        allowed_origins=[
            f"{scheme}://{form}"
            for scheme in ("http", "https")
            for name in names
            for form in (name, f"{name}:*")
        ],
    )
