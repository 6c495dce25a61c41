"""``medrag backup FILE`` and ``medrag restore FILE``: everything kept, as one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from medrag_api.cli.failing import put_json
from medrag_api.cli.options import door

if TYPE_CHECKING:
    from medrag.settings import Settings
    from medrag_api.backup.account import Account

__all__ = ["backup", "restore"]

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("backup", short_help="Everything kept, as one file.")
@click.argument("file", type=FILE)
@click.option(
    "--wait",
    "wait_s",
    type=click.FloatRange(0, 86400),
    default=60,
    show_default=True,
    help="Seconds to wait for another that writes to the shelf.",
)
@door
def backup(file: Path, wait_s: float, as_json: bool, settings: Settings) -> None:
    """Writes FILE: every row of the catalogue (works, answers, conversations, keys, the audit log), source files, indexes,
    vectors and the home's secret.

    Questions are answered meanwhile. FILE lets whoever has it make keys' digests and records: keep it as you keep the
    home. Models and the graph are made anew where it is restored; an index on a Qdrant server is built again there.
    """
    from medrag_api.backup.making import make_backup

    made = make_backup(settings, file, wait_s=wait_s)
    told = {"file": str(made.file), "bytes": made.bytes, "sha256": made.sha256, **account_json(made.account)}
    if as_json:
        put_json(told)
        return
    click.echo(f"{made.file}: {made.bytes:,} bytes, sha256 {made.sha256}")
    click.echo(shown(told))


@click.command("restore", short_help="Put a backup back.")
@click.argument("file", type=FILE)
@click.option("--replace", is_flag=True, help="Let what the home holds go, once the backup has come.")
@click.option("--sha256", default="", metavar="HEX", help="What medrag backup printed, if it was noted.")
@door
def restore(file: Path, replace: bool, sha256: str, as_json: bool, settings: Settings) -> None:
    """Verifies all of FILE, then puts it into an empty home, on SQLite or PostgreSQL, whichever it came from.

    Until the last moment readers see what was there; then, in one step, what FILE holds. Start servers again afterwards:
    one that runs goes on with the secret and the keys it read. Exit 3 when FILE is damaged, altered, cut short, or of a
    newer medrag: nothing is changed then.
    """
    from medrag_api.backup.restoring import restore as put_back
    from medrag_api.intake import prepare_graph
    from medrag_api.progress import open_progress

    done = put_back(settings, file, replace=replace, sha256=sha256)
    with open_progress() as progress:
        prepare_graph(settings, progress)
    told = {"file": str(file), **account_json(done.account), "notes": list(done.notes)}
    if as_json:
        put_json(told)
        return
    click.echo(shown(told))
    for note in done.notes:
        click.echo(f"note: {note}", err=True)


def account_json(account: Account) -> dict[str, Any]:
    return {
        "made": account.made,
        "medrag": account.medrag,
        "revision": account.revision,
        "snapshot": account.snapshot or None,
        "secret": account.secret,
        "index": account.index,
        "rows": {table.name: table.rows for table in account.tables},
        "files": {room: len(account.of(room)) for room in ("raw", "index")},
    }


def shown(told: dict[str, Any]) -> str:
    rows = told["rows"]
    return (
        f"made {told['made']} at snapshot {told['snapshot'] or 'none'}: {sum(rows.values()):,} rows"
        f" ({rows['editions']} editions, {rows['documents']:,} documents, {rows['keys']} keys,"
        f" {rows['audit']:,} records of acts), {told['files']['raw']} source files"
    )
