"""``medrag keys``: makes keys for callers of the server, shows them, replaces them and ends them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from medrag_api.cli.failing import put_json
from medrag_api.cli.options import door

if TYPE_CHECKING:
    from medrag.catalogue import Catalogue
    from medrag.catalogue.keys import Key, Keys
    from medrag.settings import Settings

__all__ = ["keys"]

SCOPES = ("ask", "check", "ingest", "publish", "admin")


@click.group("keys", short_help="Keys of those who may call the server: create, list, rotate, revoke.")
def keys() -> None:
    """Keys for the server. As soon as there is one, every request needs one; each is shown once and kept as a hash."""


@contextmanager
def key_book(settings: Settings) -> Iterator[tuple[Catalogue, Keys]]:
    """The keys of the catalogue, which is made where there is none yet."""
    from medrag.catalogue import Catalogue
    from medrag.catalogue.keys import Keys

    with closing(Catalogue(settings.catalogue, create=True)) as catalogue:
        yield catalogue, Keys(catalogue)


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
    from medrag_api.security.callers import make_key
    from medrag_api.security.log import note_now
    from medrag_api.security.secret import read_secret

    with key_book(settings) as (catalogue, book):
        secret = read_secret(settings, make=not book.all())
        text, key = make_key(secret, scopes, **{**told, "name": told["name"][:80]})
        book.add(key)
        note_now(settings, catalogue, f"keys create {key.id}")
    show_new(text, key, as_json)


@keys.command("list")
@door
def list_keys(as_json: bool, settings: Settings) -> None:
    """Every key that was given out, without what opens anything."""
    with key_book(settings) as (_, book):
        held = [key_json(key) for key in book.all()]
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
    from datetime import UTC, datetime, timedelta

    from medrag.errors import UsageError
    from medrag_api.security.callers import make_key
    from medrag_api.security.log import note_now
    from medrag_api.security.secret import read_secret

    with key_book(settings) as (catalogue, book):
        old = book.get(key)
        moment = datetime.now(UTC)
        if not old.stands(moment):
            raise UsageError("this key has ended already", remedy="Make another: medrag keys create")
        ends = (moment + timedelta(hours=overlap_hours)).isoformat(timespec="seconds")
        text, made = make_key(
            read_secret(settings, make=False),
            old.scopes,
            tenant=old.tenant,
            name=old.name,
            days=days,
            per_minute=old.per_minute,
            max_body_bytes=old.max_body_bytes,
            follows=old.id,
        )
        book.add(made, ends=min(ends, old.expires or ends))
        note_now(settings, catalogue, f"keys rotate {old.id} {made.id}")
    show_new(text, replace(made), as_json)


@keys.command("revoke")
@click.argument("key", metavar="KEY_ID")
@door
def revoke(key: str, as_json: bool, settings: Settings) -> None:
    """Ends a key, within a second wherever a server runs. It cannot be brought back."""
    from medrag_api.security.log import note_now

    with key_book(settings) as (catalogue, book):
        ended = book.revoke(key)
        note_now(settings, catalogue, f"keys revoke {ended.id}")
    put_json(key_json(ended)) if as_json else click.echo(f"{ended.id} opens nothing any more.")


def show_new(text: str, key: Key, as_json: bool) -> None:
    if as_json:
        put_json({"key": text, **key_json(key)})
        return
    click.echo(text)
    until = (key.expires or "for ever")[:10]
    click.echo(f"Key {key.id} for {', '.join(sorted(key.scopes))} until {until}.", err=True)
    click.echo("It is shown this once. Send it as: Authorization: Bearer KEY", err=True)


def key_json(key: Key) -> dict[str, Any]:
    """A key without its digest."""
    from datetime import UTC, datetime

    told = {name: getattr(key, name) for name in type(key).__dataclass_fields__ if name != "digest"}
    state = "stands" if key.stands(datetime.now(UTC)) else "revoked" if key.revoked else "expired"
    return told | {"scopes": sorted(key.scopes), "state": state}
