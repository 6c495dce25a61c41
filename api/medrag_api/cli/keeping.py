"""``medrag shelf publish|rollback|withdraw|remove``: a librarian's acts on the shelf."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from medrag_api.cli.failing import put_json
from medrag_api.cli.options import door

if TYPE_CHECKING:
    from medrag.settings import Settings
    from medrag_ingest.workshop import Progress, Workshop

__all__ = ["COMMANDS"]


@contextmanager
def at_work(settings: Settings) -> Iterator[tuple[Workshop, Progress]]:
    """The workshop of the home, closed at the end, and a progress bar. Raises Unavailable when there is no shelf yet."""
    from medrag_api.progress import open_progress
    from medrag_api.wiring import open_workshop, putting_graph

    workshop = open_workshop(settings)
    try:
        with open_progress() as progress:
            yield putting_graph(workshop, progress), progress
    finally:
        workshop.catalogue.close()


@click.command("publish")
@click.argument("editions", nargs=-1, metavar="[EDITION...]")
@click.option("--force", default="", metavar="REASON", help="Opens a shut gate; the reason is kept for ever.")
@door
def publish(editions: Sequence[str], force: str, as_json: bool, settings: Settings) -> None:
    """Publishes what waits, or the EDITIONs named of it, in one step, once the gate has nothing against it."""
    from medrag_api.examine import ShelfExaminer
    from medrag_api.intake import prepare_graph
    from medrag_api.show_keeping import move_json, show_move
    from medrag_ingest.gate import GateClosed
    from medrag_ingest.keeping import publish as publish_waiting

    with at_work(settings) as (workshop, progress):
        examine = ShelfExaminer(settings, progress)
        try:
            move = publish_waiting(workshop, progress, editions=editions, examine=examine, force=force)
        except GateClosed as closed:
            if not as_json:
                from medrag_api.show_keeping import show_objections

                show_objections([item.as_json() for item in closed.objections])
            raise
        prepare_graph(settings, progress)
    put_json(move_json(move)) if as_json else show_move(move_json(move), "published")


@click.command("rollback")
@click.argument("snapshot", default="", metavar="[SNAPSHOT]")
@click.option("--reason", default="", help="Kept in the history.")
@door
def rollback(snapshot: str, reason: str, as_json: bool, settings: Settings) -> None:
    """Shows readers the snapshot before, or the kept SNAPSHOT named, again. A step that builds nothing."""
    from contextlib import closing

    from medrag_api.intake import prepare_graph
    from medrag_api.progress import open_progress
    from medrag_api.schemas import snapshot_json
    from medrag_api.show_keeping import show_move
    from medrag_api.wiring import open_workshop
    from medrag_ingest.keeping import roll_back

    workshop = open_workshop(settings, encode=False)
    with closing(workshop.catalogue):
        before = workshop.catalogue.current()
        chosen = roll_back(workshop, snapshot, reason=reason)
    if settings.graph_url:
        # The server keeps the graphs of every kept snapshot; one that another version of medrag built is loaded anew.
        with open_progress() as progress:
            prepare_graph(settings, progress)
    told = {
        "snapshot": chosen.id,
        "before": before.id if before else None,
        "moved": True,
        "editions": list(chosen.editions),
        **snapshot_json(chosen),
    }
    put_json(told) if as_json else show_move(told, "rolled back to")


@click.command("withdraw")
@click.argument("target", metavar="EDITION|WORK")
@click.option("--reason", required=True, help="Why; kept for ever and shown to who asks for it.")
@door
def withdraw(target: str, reason: str, as_json: bool, settings: Settings) -> None:
    """Takes an edition, or a whole work, out of every answer at once. Its words stay, for the record."""
    from medrag_api.intake import prepare_graph
    from medrag_api.show_keeping import move_json, show_move
    from medrag_ingest.keeping import withdraw as take_out

    with at_work(settings) as (workshop, progress):
        move = take_out(workshop, target, reason=reason, progress=progress)
        prepare_graph(settings, progress)
    put_json(move_json(move)) if as_json else show_move(move_json(move), f"withdrew {target};")


@click.command("remove")
@click.argument("target", metavar="EDITION|WORK")
@click.option("--reason", default="", help="Kept in the history.")
@door
def remove(target: str, reason: str, as_json: bool, settings: Settings) -> None:
    """Removes an edition, or a whole work, as if it had never come: words, index, graph, source files, vectors."""
    from medrag_api.intake import prepare_graph
    from medrag_api.show_keeping import show_removal
    from medrag_ingest.keeping import remove as erase

    with at_work(settings) as (workshop, progress):
        removal = erase(workshop, target, reason=reason, progress=progress)
        prepare_graph(settings, progress)
    put_json(removal.as_json()) if as_json else show_removal(removal.as_json())


@click.command("report")
@click.argument("edition")
@click.option("--html", "page", type=click.Path(dir_okay=False, path_type=Path), help="Write it as a page.")
@click.option(
    "--lang", "language", type=click.Choice(["en", "zh"]), default="en", help="The page's language."
)
@door
def report(edition: str, page: Path | None, language: str, as_json: bool, settings: Settings) -> None:
    """What reading the documents of EDITION brought to light: pages, headings, tables, and what to look at."""
    from contextlib import closing

    from medrag.catalogue import Catalogue
    from medrag.errors import NotFound
    from medrag_api.show_keeping import show_reports
    from medrag_ingest.receipt import parse_reports
    from medrag_ingest.report import problems
    from medrag_ingest.report_page import render_report

    with closing(Catalogue(settings.catalogue, create=False)) as held:
        held.edition(edition)
        reports = parse_reports(held, edition)
    if not reports:
        raise NotFound(
            "the readers of this edition give no report", remedy="Readers of PDF, DOCX, XLSX and HTML do"
        )
    if page is not None:
        page.write_text(render_report(reports, "zh" if language == "zh" else "en"), "utf-8")
    document = {
        "edition": edition,
        "reports": [
            {**item.as_json(), "problems": [found._asdict() for found in problems(item)]} for item in reports
        ],
    }
    put_json(document) if as_json else show_reports(document)


COMMANDS = (publish, rollback, withdraw, remove, report)
