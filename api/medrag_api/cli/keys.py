"""``medrag keys``: makes keys for callers of the server, shows them, replaces them and ends them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

import click

from medrag_api.cli.failing import put_json
from medrag_api.cli.options import door

if TYPE_CHECKING:
    from medrag.catalogue.keys import Key
    from medrag.settings import Settings
    from medrag_api.security.keybook import KeyBook

__all__ = ["keys"]

SCOPES = ("ask", "check", "ingest", "publish", "admin")


@click.group("keys", short_help="Keys of those who may call the server: create, list, rotate, revoke.")
def keys() -> None:
    """Keys for the server. As soon as there is one, every request needs one; each is shown once and kept as a hash."""


@contextmanager
def key_book(settings: Settings) -> Iterator[KeyBook]:
    """The keys of the catalogue, which is made where there is none yet."""
    from medrag.catalogue import Catalogue
    from medrag_api.security.keybook import KeyBook

    with closing(Catalogue(settings.catalogue, create=True)) as catalogue:
        yield KeyBook(settings, catalogue)


@keys.command("create")
@click.option("--scope", "scopes", type=click.Choice(SCOPES), multiple=True, required=True, help="What for.")
@click.option(
    "--tenant", default="", help="Reads this tenant's private shelf besides everyone's; * reads them all."
)
@click.option("--name", default="", metavar="WORDS", help="Whose it is, for the list.")
@click.option("--days", type=click.IntRange(1, 3650), default=365, show_default=True, help="How long.")
@click.option("--per-minute", type=click.IntRange(1), help="Its requests a minute [default: the settings'].")
@click.option("--max-body-bytes", type=click.IntRange(1), help="Its largest body [default: the settings'].")
@door
def create(scopes: Sequence[str], as_json: bool, settings: Settings, **told: Any) -> None:
    """Makes a key and shows it: this once."""
    with key_book(settings) as book:
        text, key = book.give(scopes, **told)
    show_new(text, key, as_json)


@keys.command("list")
@door
def list_keys(as_json: bool, settings: Settings) -> None:
    """Every key that was given out, without what opens anything."""
    from medrag_api.security.keybook import key_json

    with key_book(settings) as book:
        held = [key_json(key) for key in book.keys.all()]
    if as_json:
        put_json({"keys": held})
        return
    for key in held:
        ends = (
            key["revoked"] and f"revoked {key['revoked'][:10]}"
        ) or f"until {(key['expires'] or 'ever')[:10]}"
        used = key["last_used"] or "never"
        tenant = key["tenant"] or "everyone's"
        click.echo(
            f"{key['id']}  {key['state']:8}  {' '.join(key['scopes']):24}  {tenant:12}  {ends:20}  "
            f"last used {used}  {key['name']}"
        )
    if not held:
        click.echo("There is no key; on this machine none is needed.")


@keys.command("rotate")
@click.argument("key", metavar="KEY_ID")
@click.option(
    "--days", type=click.IntRange(1, 3650), default=365, show_default=True, help="How long the new."
)
@click.option(
    "--overlap-hours",
    type=click.IntRange(0, 720),
    default=24,
    show_default=True,
    help="How long the old one still opens.",
)
@door
def rotate(key: str, days: int, overlap_hours: int, as_json: bool, settings: Settings) -> None:
    """Makes a key like KEY_ID, and has the old one end."""
    with key_book(settings) as book:
        text, made = book.replace(key, days=days, overlap_hours=overlap_hours)
    show_new(text, made, as_json)


@keys.command("revoke")
@click.argument("key", metavar="KEY_ID")
@door
def revoke(key: str, as_json: bool, settings: Settings) -> None:
    """Ends a key, within a second wherever a server runs. It cannot be brought back."""
    from medrag_api.security.keybook import key_json

    with key_book(settings) as book:
        ended = book.end(key)
    put_json(key_json(ended)) if as_json else click.echo(f"{ended.id} opens nothing any more.")


def show_new(text: str, key: Key, as_json: bool) -> None:
    from medrag_api.security.keybook import key_json

    if as_json:
        put_json({"key": text, **key_json(key)})
        return
    click.echo(text)
    until = (key.expires or "for ever")[:10]
    click.echo(f"Key {key.id} for {', '.join(sorted(key.scopes))} until {until}.", err=True)
    click.echo("It is shown this once. Send it as: Authorization: Bearer KEY", err=True)
