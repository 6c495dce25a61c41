"""``medrag replay``: an answer as it was given, asked again where its question was kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from medrag_api.cli.options import door

if TYPE_CHECKING:
    from medrag.settings import Settings

__all__ = ["replay"]


@click.command(short_help="Show an answer again as it was given, and ask it again.")
@click.argument("identifier", metavar="ID")
@door
def replay(identifier: str, as_json: bool, settings: Settings) -> None:
    """Shows the answer ID as it was given; --json gives the bytes of GET /answers/ID.

    Where its question was kept (medrag ask --keep, or keep_question), it is asked again of the snapshot that answered
    it, and stderr says whether the same bytes came back. An answer that differs ends with exit 5.
    """
    from medrag_api.replay import replay as ask_again

    told = ask_again(settings, identifier)
    if as_json:
        click.echo(told.kept.body.encode("utf-8"))
    else:
        from medrag_api.show import show_answer

        show_answer(json.loads(told.kept.body))
    given = f"Given {told.kept.asked[:16].replace('T', ' ')} UTC from {told.kept.snapshot}."
    verdict = (
        f"Asked again of that snapshot: the same {told.same:,} bytes."
        if told.same
        else f"Not asked again: {told.why}. This is what was kept."
    )
    click.echo(f"{given} {verdict}", err=True)
