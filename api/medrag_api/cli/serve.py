"""``medrag serve``: the HTTP door on this machine."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["serve"]


@click.command(short_help="Serve HTTP on this machine.")
@click.option("--host", help="Loopback address to bind [default: 127.0.0.1].")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to bind [default: 8000].")
@click.option("--home", type=click.Path(file_okay=False, path_type=Path), help="As for every command.")
@click.option("--json", "as_json", is_flag=True, help="Errors as one JSON document; the log is JSON anyway.")
def serve(host: str | None, port: int | None, home: Path | None, as_json: bool) -> None:
    """Serves /ask, /search, /passages, /shelf and /health; what is described at /openapi.json.

    The log goes to stderr as JSON lines and holds no word of a question.
    """
    from medrag.settings import load_settings
    from medrag_api.serve import serve as run

    settings = load_settings(home=home, host=host, port=port)
    if not as_json:
        click.echo(f"medrag serves http://{settings.host}:{settings.port} (Ctrl-C stops it)", err=True)
    run(settings)
