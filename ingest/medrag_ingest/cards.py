"""The shelf's cards: where they lie, and all of them by id."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from medrag.errors import ManifestRefused, Place
from medrag.packs import load_packs
from medrag.settings import Settings
from medrag_ingest.manifest import Manifest

__all__ = ["cards_folder", "every_card", "load_cards", "pack_cards", "starter_cards"]

#: In a checkout the cards lie at its root; in an installed wheel, inside the package.
PACKAGED: Final = Path(__file__).resolve().parent / "corpora_manifests"
CHECKOUT: Final = Path(__file__).resolve().parents[2] / "corpora_manifests"


def cards_folder() -> Path:
    """The folder of cards. Raises ManifestRefused when the installation has lost it."""
    for folder in (PACKAGED, CHECKOUT):
        if folder.is_dir():
            return folder
    raise ManifestRefused(
        "the cards are not there", place=Place(str(PACKAGED)), remedy="Install medrag again"
    )


def load_cards() -> dict[str, Manifest]:
    """Every card by id, in the order of ids. Raises ManifestRefused on a bad card or an id that is not its file's."""
    cards: dict[str, Manifest] = {}
    for path in sorted(cards_folder().glob("*.yaml")):
        card = Manifest.from_yaml(path)
        if card.id != path.stem:
            raise ManifestRefused(
                f"the id is {card.id!r}; the file's name must be the id", place=Place(str(path))
            )
        cards[card.id] = card
    return cards


def pack_cards(settings: Settings) -> dict[str, Manifest]:
    """The cards that the packs in force bring with them, by id. Raises ManifestRefused: a bad card or pack, or an id that
    another card has: which of the two was meant nobody could say."""
    held = {path.stem: str(path) for path in cards_folder().glob("*.yaml")}
    cards: dict[str, Manifest] = {}
    for pack in load_packs(settings):
        for path in pack.manifests:
            card = Manifest.from_yaml(path)
            if held.setdefault(card.id, str(path)) != str(path):
                raise ManifestRefused(
                    f"the id {card.id!r} of the pack {pack.id} is taken by {held[card.id]}",
                    place=Place(str(path), None, "id"),
                    remedy="Give the card of the pack an id of its own",
                )
            cards[card.id] = card
    return cards


def every_card(settings: Settings) -> dict[str, Manifest]:
    """The cards of the shelf, then those of the packs in force. Raises ManifestRefused."""
    return load_cards() | pack_cards(settings)


def starter_cards() -> dict[str, Manifest]:
    """The cards that need nothing but a package index."""
    return {name: card for name, card in load_cards().items() if card.starter}
