"""``medrag doctor``: checks everything kept, and says what to do."""

from __future__ import annotations

from pathlib import Path

import click

from medrag_api.cli.failing import put_json

__all__ = ["doctor"]

FAILED = 5


@click.command(short_help="Check everything kept, and say what to do.")
@click.option("--home", type=click.Path(file_okay=False, path_type=Path), help="As for every command.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout, nothing else.")
def doctor(home: Path | None, as_json: bool) -> None:
    """Compares index with catalogue, verifies every hash, loads the encoder, asks each answering model a small question,
    looks for leftovers and free disk.

    Prints the settings in force and where each came from, never a secret. Exit 5 when a check fails.
    """
    from medrag.settings import load_settings, settings_origin
    from medrag_api.doctor import report_json, run_checks
    from medrag_api.progress import open_progress

    settings = load_settings(home=home)
    with open_progress() as progress:
        checks = run_checks(settings, progress)
    document = report_json(checks, settings_origin(settings, home=home))
    if as_json:
        put_json(document)
    else:
        from medrag_api.show import show_checks

        show_checks(document)
    raise click.exceptions.Exit(FAILED if document["status"] == "fail" else 0)
