"""``medrag drug``: one card of what is held of a drug."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from medrag.vocabulary import LANGUAGES
from medrag_api.cli.failing import put_json
from medrag_api.cli.options import as_of_option, door

if TYPE_CHECKING:
    from datetime import date

    from medrag.settings import Settings
    from medrag.vocabulary import Language

__all__ = ["drug"]


@click.command(short_help="One drug: names, codes, classes, risks, interactions.")
@click.argument("name")
@click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    help="Of names and headings [default: of the name typed; with --json English].",
)
@as_of_option
@click.option("--all", "whole", is_flag=True, help="Cut no list short.")
@door
def drug(
    name: str, language: Language | None, whole: bool, as_of: date | None, as_json: bool, settings: Settings
) -> None:
    """Shows the card of the drug or class NAME, in the language it was typed in.

    A name that is not known exactly is not used: what is near it is offered, exit 4.
    """
    from medrag.errors import NotFound
    from medrag_api.cards import drug_card, found_drugs
    from medrag_api.cli.check import language_typed
    from medrag_api.wiring import reading_desk

    spoken = language or ("en" if as_json else language_typed([name]))
    with reading_desk(settings) as desk:
        told, found = found_drugs(desk, name, as_of)
        card = drug_card(desk, found.concept, spoken, as_of) if found.concept is not None else None
    if as_json:
        put_json(told if card is None else card)
    else:
        from medrag_api.show_card import show_candidates, show_card

        show_candidates(told, spoken) if card is None else show_card(card, whole=whole)
    raise click.exceptions.Exit(NotFound.exit_code if card is None else 0)
