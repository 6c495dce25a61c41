"""``medrag audit``: shows who did what, and proves that nothing of it was changed."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import click

from medrag_api.cli.failing import put_json
from medrag_api.cli.options import door

if TYPE_CHECKING:
    from medrag.settings import Settings

__all__ = ["audit"]


@click.group("audit", short_help="Who did what: show, verify.")
def audit() -> None:
    """The audit log: who, what, when, on which snapshot, how it ended. Never a word that was asked or answered."""


@audit.command("show")
@click.option("-n", "limit", type=click.IntRange(1, 100_000), default=50, show_default=True, help="How many.")
@door
def show(limit: int, as_json: bool, settings: Settings) -> None:
    """The last records, newest first."""
    from medrag.catalogue import Catalogue
    from medrag.catalogue.audit import row_of
    from medrag_api.security.log import audit_of

    with closing(Catalogue(settings.catalogue, create=False)) as catalogue:
        told = [row_of(record) for record in audit_of(settings, catalogue).last(limit)]
    if as_json:
        put_json({"records": told})
        return
    for item in told:
        times = f" x{item['times']}" if item["times"] > 1 else ""
        click.echo(
            f"{item['seq']:>8}  {item['at']}  {item['who']:14}  {item['outcome']:>4}  {item['act']}{times}"
        )


@audit.command("verify")
@click.option("--anchor", metavar="SEQ:HASH", help="A record noted elsewhere, which must still be there.")
@door
def verify(anchor: str | None, as_json: bool, settings: Settings) -> None:
    """Reads the whole log and says whether each record is as it was written, after the one before. Exit code 5 if not.

    The last number and hash it prints can be noted elsewhere: given as --anchor later, they show whether records were
    cut off at the end.
    """
    from medrag.catalogue import Catalogue
    from medrag.errors import IntegrityError
    from medrag_api.security.log import audit_of

    with closing(Catalogue(settings.catalogue, create=False)) as catalogue:
        chain = audit_of(settings, catalogue).verify(read_anchor(anchor) if anchor else None)
    if chain.problem:
        raise IntegrityError(
            f"the audit log is broken: {chain.problem}",
            remedy=f"{chain.records} records before it are sound; compare with a backup",
        )
    told = {"sound": True, "records": chain.records, "anchor": f"{chain.seq}:{chain.hash}"}
    put_json(told) if as_json else click.echo(f"{chain.records} records are sound. Anchor: {told['anchor']}")


def read_anchor(told: str) -> tuple[int, str]:
    """Raises UsageError."""
    from medrag.errors import Place, UsageError

    number, _, digest = told.partition(":")
    if not number.isdigit() or len(digest) != 64:
        raise UsageError("an anchor is NUMBER:HASH as verify prints it", place=Place(field="anchor"))
    return int(number), digest
