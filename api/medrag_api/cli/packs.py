"""``medrag packs``: the specialty packs in force, and what one of them adds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from medrag_api.cli.failing import put_json
from medrag_api.cli.options import door

if TYPE_CHECKING:
    from medrag.packs import Pack
    from medrag.settings import Settings

__all__ = ["packs"]


@click.group("packs", short_help="Specialty packs: list, show.")
def packs() -> None:
    """Packs add cards, prompt fragments, intents and golden questions; MEDRAG_PACKS names their folders."""


@packs.command("list")
@door
def list_packs(as_json: bool, settings: Settings) -> None:
    """The packs in force, by id."""
    from medrag.packs import load_packs

    held = load_packs(settings)
    if as_json:
        put_json({"packs": [card_of(pack) for pack in held]})
        return
    for pack in held:
        click.echo(f"{pack.id}  {pack.title}")
    if not held:
        click.echo("No packs. Name their folders in MEDRAG_PACKS.")


@packs.command("show")
@click.argument("name")
@door
def show_pack(name: str, as_json: bool, settings: Settings) -> None:
    """What the pack NAME adds."""
    from medrag.packs import pack_named

    told = card_of(pack_named(settings, name))
    if as_json:
        put_json(told)
        return
    for field, value in told.items():
        click.echo(f"{field}: {', '.join(map(str, value)) if isinstance(value, list) else value}")


def card_of(pack: Pack) -> dict[str, Any]:
    return {
        "id": pack.id,
        "title": pack.title,
        "about": pack.about,
        "folder": str(pack.folder),
        "manifests": [path.name for path in pack.manifests],
        "works": list(pack.works),
        "languages": sorted(pack.fragments),
        "intents": len(pack.cues),
        "golden": [question for question, _ in pack.golden],
        "sha256": pack.sha256,
    }
