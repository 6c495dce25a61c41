"""``medrag serve``: the HTTP door on this machine."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["serve"]


@click.command(short_help="Serve HTTP on this machine.")
@click.option("--host", help="Loopback address to bind [default: 127.0.0.1].")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to bind [default: 8000].")
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Processes that share the port, one a core; each holds the graph (some 450 MB).",
)
@click.option("--home", type=click.Path(file_okay=False, path_type=Path), help="As for every command.")
@click.option("--json", "as_json", is_flag=True, help="Errors as one JSON document; the log is JSON anyway.")
def serve(host: str | None, port: int | None, workers: int, home: Path | None, as_json: bool) -> None:
    """Serves /ask, /search, /passages, /shelf and /health; what is described at /openapi.json.

    With more workers than one, every core answers: each worker reads the shelf on its own and sees a publication within
    a second, and what writes to the shelf is still one command at a time. Linux only.

    The log goes to stderr as JSON lines and holds no word of a question.
    """
    from medrag.settings import load_settings
    from medrag_api.serve import serve as run

    settings = load_settings(home=home, host=host, port=port)
    if not as_json:
        click.echo(f"medrag serves http://{settings.host}:{settings.port} (Ctrl-C stops it)", err=True)
    run(settings, workers)
