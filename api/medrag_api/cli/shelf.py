"""``medrag shelf``: which works are held, one of them in full, and how the shelf came to be as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from medrag_api.cli import comparing, keeping
from medrag_api.cli.failing import put_json
from medrag_api.cli.options import door

if TYPE_CHECKING:
    from medrag.settings import Settings

__all__ = ["shelf"]


@click.group(short_help="What is held, and a librarian's acts on it.")
def shelf() -> None:
    """What is on the shelf, and publishing, going back, withdrawing and removing."""


for act in (*keeping.COMMANDS, *comparing.COMMANDS):
    shelf.add_command(act)


@shelf.command("list")
@door
def list_works(as_json: bool, settings: Settings) -> None:
    """All works of the published snapshot."""
    from medrag_api.schemas import shelf_json
    from medrag_api.wiring import reading_shelf

    with reading_shelf(settings) as held:
        document = shelf_json(held)
    if as_json:
        put_json(document)
        return
    from medrag_api.show import show_shelf

    show_shelf(document)


@shelf.command("show")
@click.argument("work", default="", metavar="[WORK]")
@door
def show(work: str, as_json: bool, settings: Settings) -> None:
    """One work with its rights and every edition; without WORK, what waits to be published."""
    from medrag.errors import NotFound
    from medrag_api.schemas import work_json
    from medrag_api.wiring import reading_shelf

    if not work:
        show_what_waits(as_json, settings)
        return
    with reading_shelf(settings) as held:
        if work not in {edition.work for edition in held.editions.values()}:
            raise NotFound("no work of that id is on the shelf", remedy="Run: medrag shelf list")
        document = work_json(held, held.works[work])
    if as_json:
        put_json(document)
        return
    from medrag_api.show import show_work

    show_work(document)


def show_what_waits(as_json: bool, settings: Settings) -> None:
    """Complete editions readers do not see, each with the edition it would follow."""
    from contextlib import closing

    from medrag.catalogue import Catalogue
    from medrag_api.schemas import waiting_json
    from medrag_api.show_keeping import show_waiting

    with closing(Catalogue(settings.catalogue, create=False)) as held:
        document = waiting_json(held.current(), held.editions())
    put_json(document) if as_json else show_waiting(document)


@shelf.command("history")
@door
def history(as_json: bool, settings: Settings) -> None:
    """Every publication, the snapshots kept, and the last runs."""
    from contextlib import closing

    from medrag.catalogue import Catalogue
    from medrag_api.schemas import history_json

    with closing(Catalogue(settings.catalogue, create=False)) as held:
        current = held.current()
        document = history_json(
            current.id if current else None, held.publications(), held.snapshots(), held.last_runs()
        )
    if as_json:
        put_json(document)
        return
    from medrag_api.show import show_history

    show_history(document)
