"""``medrag mcp``: the tools for agents, over stdin and stdout."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["mcp"]


@click.command(short_help="Serve agents over stdin and stdout (MCP).")
@click.option("--home", type=click.Path(file_okay=False, path_type=Path), help="As for every command.")
@click.option(
    "--key",
    envvar="MEDRAG_KEY",
    default="",
    show_envvar=True,
    help="A key of this home: the shelf is seen as its tenant sees it. Better told by the environment.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="Taken as by every command; the protocol is JSON anyway."
)
def mcp(home: Path | None, key: str, as_json: bool) -> None:
    """Serves the tools ask, check, search, drug and passage to the program that starts it, which speaks the Model Context
    Protocol: for example `{"command": "medrag", "args": ["mcp"]}`. All of them only read.

    medrag serve offers the same tools at /mcp.
    """
    from medrag.settings import load_settings
    from medrag_api.mcp.pipes import serve_pipes

    serve_pipes(load_settings(home=home), key)
