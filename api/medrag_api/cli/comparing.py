"""``medrag shelf diff`` and ``affected``: what changed between two editions, and which answers that changes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from medrag.vocabulary import LANGUAGES
from medrag_api.cli.failing import put_json
from medrag_api.cli.options import door

if TYPE_CHECKING:
    from medrag.settings import Settings
    from medrag.vocabulary import Language

__all__ = ["COMMANDS"]


@click.command("diff")
@click.argument("old")
@click.argument("new")
@click.option(
    "--lang", "language", type=click.Choice(LANGUAGES), default="en", help="To tell it in [default: en]."
)
@click.option(
    "--html",
    "page",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a page to this file; it needs no other file and no network.",
)
@door
def diff(
    old: str, new: str, language: Language, page: Path | None, as_json: bool, settings: Settings
) -> None:
    """What the edition NEW of a work says otherwise than OLD, such as ansm@2019-09 ansm@2020-10.

    Of interactions: added, removed, raised, lowered, advice and members changed, names changed. Of texts: sections and
    numbers. Editions that are staged and not yet published can be compared too.
    """
    from medrag_api.comparing import compare
    from medrag_api.wiring import reading_desk

    with reading_desk(settings) as desk:
        document = compare(desk.shelf.catalogue, old, new, language, desk.graph_if_any())
    if page is not None:
        write_page(page, document)
    if as_json:
        put_json(document)
        return
    from medrag_api.show_changes import show_changes

    show_changes(document)


def write_page(page: Path, document: dict[str, Any]) -> None:
    """Raises Unavailable when the file cannot be written."""
    from medrag.errors import Place, Unavailable
    from medrag_api.changes_page import changes_page

    try:
        page.write_text(changes_page(document), encoding="utf-8")
    except OSError as error:
        raise Unavailable(f"cannot be written: {error.strerror}", place=Place(file=str(page))) from error


@click.command("affected")
@click.option(
    "--snapshot", default="", help="Compare with this kept snapshot [default: the one published before]."
)
@click.option("--edition", default="", help="Compare with the shelf as it would be without this edition.")
@click.option(
    "--questions",
    "files",
    type=click.Path(dir_okay=False, path_type=Path),
    multiple=True,
    help="Also ask these: a YAML file with a list named questions. May be given several times.",
)
@door
def show_affected(
    snapshot: str, edition: str, files: tuple[Path, ...], as_json: bool, settings: Settings
) -> None:
    """Golden questions and pairs, of cards and of the site, that are answered otherwise than before; and kept answers
    (medrag ask --keep) that would be given otherwise now, with what went and what came.
    """
    from medrag_api.affected import affected, read_questions

    more = [item for file in files for item in read_questions(file)]
    document = affected(settings, snapshot=snapshot, edition=edition, more=more)
    if as_json:
        put_json(document)
        return
    from medrag_api.show_changes import show_differing

    show_differing(document)


COMMANDS: Final = (diff, show_affected)
