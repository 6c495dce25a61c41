"""``medrag ingest``: cards to a published shelf, with a receipt for each."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from medrag_api.cli.document import description_options, document_of, take_document, tell_report
from medrag_api.cli.options import door

if TYPE_CHECKING:
    from medrag.settings import Settings
    from medrag_ingest.manifest import Manifest

__all__ = ["ingest"]

CARDS = (".yaml", ".yml")


@click.command(short_help="Put works on the shelf: manifest files, shelf ids, or one document.")
@click.argument("targets", nargs=-1, metavar="TARGET...")
@click.option("--earlier", is_flag=True, help="Also the editions before the newest that the cards list.")
@click.option("--starter", is_flag=True, help="The works that need nothing but a package index.")
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="Every work that can be reached, those of packs too; says which could not, and why.",
)
@click.option("--stage", is_flag=True, help="Only stage; medrag shelf publish shows it to readers.")
@description_options
@door
def ingest(
    targets: Sequence[str],
    earlier: bool,
    starter: bool,
    everything: bool,
    stage: bool,
    as_json: bool,
    settings: Settings,
    **described: Any,
) -> None:
    """Takes TARGETs, manifest files or ids of cards, and publishes the shelf when anything is new.

    A card is taken with its newest edition; ansm@2019-09 names another, --earlier and --all take every one.

    One TARGET may be a document (pdf, docx, html, md, txt, xml, csv ...) with --title, --publisher, --published and
    --jurisdiction. Bytes that are held already are told, and nothing is written.

    Unchanged works cost nothing. A work that is refused (exit 3) or out of reach (exit 5; not an error with --all) is
    told in its receipt and stops no other.
    """
    from medrag_api.intake import exit_code, run_ingest
    from medrag_api.progress import open_progress

    if sum((bool(targets), starter, everything)) != 1:
        raise click.UsageError("Name what to ingest: TARGETs, or --starter, or --all.")
    document = document_of(targets, described)
    if document is not None:
        raise click.exceptions.Exit(take_document(document, described, stage, as_json, settings))
    cards = chosen_cards(targets, settings, starter=starter, everything=everything)
    if earlier or everything:
        cards = [edition for card in cards for edition in card.every_edition()]
    with open_progress() as progress:
        report = run_ingest(cards, settings, progress, stage_only=stage)
    tell_report(report, as_json)
    raise click.exceptions.Exit(exit_code(report, everything=everything, stage_only=stage))


def chosen_cards(
    targets: Sequence[str], settings: Settings, *, starter: bool, everything: bool
) -> list[Manifest]:
    """The cards meant, each once. Raises ManifestRefused, NotFound, UsageError."""
    from medrag_ingest.cards import every_card, starter_cards

    if starter:
        return list(starter_cards().values())
    if everything:
        return list(every_card(settings).values())
    found = [card_of(target, settings) for target in targets]
    return list({card.edition_id: card for card in found}.values())


def card_of(target: str, settings: Settings) -> Manifest:
    """A manifest file, a card's id, or an edition of one. Raises NotFound with near ids, UsageError for a document."""
    from medrag.errors import NotFound, Place, UsageError
    from medrag_ingest.cards import every_card
    from medrag_ingest.manifest import Manifest

    path = Path(target)
    if path.suffix.lower() in CARDS:
        return Manifest.from_yaml(path)
    cards = every_card(settings)
    if target in cards:
        return cards[target]
    work, _, label = target.partition("@")
    if label and work in cards:
        return edition_of(cards[work], label)
    if path.is_file() or path.suffix.lower() in DOCUMENTS:
        raise UsageError(
            "a document is ingested alone, with what is to be said of it",
            place=Place(str(path)),
            remedy="Give --title, --publisher, --published and --jurisdiction, or name the file in a manifest (.yaml)",
        )
    near = difflib.get_close_matches(target, cards, n=3, cutoff=0.5)
    raise NotFound(
        "no card has that id and no manifest file that name",
        remedy=f"Did you mean {' or '.join(near)}?" if near else f"Ids: {', '.join(cards)}",
    )


def edition_of(card: Manifest, label: str) -> Manifest:
    """The edition of that label. Raises NotFound with those the card lists."""
    from medrag.errors import NotFound

    editions = {item.edition: item for item in card.every_edition()}
    if label not in editions:
        raise NotFound(
            f"the card of {card.id} lists no edition {label!r}", remedy=f"It lists: {', '.join(editions)}"
        )
    return editions[label]


DOCUMENTS = frozenset(
    {".pdf", ".docx", ".xlsx", ".html", ".htm", ".md", ".txt", ".xml", ".csv", ".tsv", ".json", ".jsonl"}
)
