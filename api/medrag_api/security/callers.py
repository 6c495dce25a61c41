"""Makes keys and knows callers by them: constant-time, without asking the catalogue more than once a second."""

from __future__ import annotations

import hmac
import re
import secrets
import threading
import time
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from medrag.catalogue import Catalogue
from medrag.catalogue.keys import Key, Keys
from medrag.errors import Place, UsageError
from medrag.settings import Settings
from medrag_api.security.scopes import SCOPES
from medrag_api.security.secret import Secret, read_secret

__all__ = [
    "EVERYBODY",
    "LOCAL",
    "TENANT",
    "Caller",
    "KeyRing",
    "any_key_stands",
    "held_catalogue",
    "make_key",
]

#: What a tenant may be called. Without a hyphen: ``acme-`` begins the ids of acme's works and of nobody else's.
TENANT: Final = re.compile(r"[a-z0-9]{1,31}")
#: The tenant that reads every tenant's shelf.
EVERYBODY: Final = "*"
#: medrag_<id>_<secret>; the id finds the row, the secret proves.
SHAPE: Final = re.compile(r"medrag_(k[0-9a-f]{12})_([A-Za-z0-9_-]{43})")
#: Seconds after which the keys are read again: a revoked one opens nothing a second later.
FRESH_S: Final = 1.0
#: Bytes of randomness in a key: nobody finds 256 bits by trying.
SECRET_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a request comes from."""

    #: A key's id; ``local`` for the person at this machine.
    id: str
    scopes: frozenset[str]
    tenant: str
    #: The key, when there is one.
    key: Key | None = None
    #: Whether a cookie said so: then another site's page may have sent it.
    by_cookie: bool = False

    @property
    def sees_all(self) -> bool:
        return self.tenant == EVERYBODY


#: The person at the machine, where nobody has keys: who may read the files may read what they say.
LOCAL: Final = Caller("local", frozenset(SCOPES), EVERYBODY)


def make_key(
    secret: Secret,
    scopes: Iterable[str],
    *,
    tenant: str = "",
    name: str = "",
    days: int | None = None,
    per_minute: int | None = None,
    max_body_bytes: int | None = None,
    follows: str | None = None,
) -> tuple[str, Key]:
    """A new key as its holder gets it, once, and as it is kept. Raises UsageError for a tenant's name."""
    if tenant not in ("", EVERYBODY) and not TENANT.fullmatch(tenant):
        raise UsageError("a tenant's name is 1 to 31 small letters and digits", place=Place(field="tenant"))
    identifier = "k" + secrets.token_hex(6)
    text = f"medrag_{identifier}_{secrets.token_urlsafe(SECRET_BYTES)}"
    moment = datetime.now(UTC)
    expires = (moment + timedelta(days=days)).isoformat(timespec="seconds") if days is not None else None
    key = Key(
        identifier,
        secret.digest(text),
        name,
        frozenset(scopes),
        tenant,
        moment.isoformat(timespec="microseconds"),
        expires,
        per_minute=per_minute,
        max_body_bytes=max_body_bytes,
        follows=follows,
    )
    return text, key


def held_catalogue(settings: Settings) -> Catalogue | None:
    """The catalogue where there is one already; keys are in it."""
    if not settings.catalogue_url and not (settings.home / "catalogue.db").is_file():
        return None
    return Catalogue(settings.catalogue, create=False)


class KeyRing:
    """The keys of one process, read again when a second has passed. Safe to share between threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._keys: dict[str, Key] = {}
        self._secret: Secret | None = None
        self._read = float("-inf")
        self._lock = threading.Lock()
        self._catalogue: Catalogue | None = None

    @property
    def fresh(self) -> bool:
        """Whether what is known is young enough to be asked."""
        return time.monotonic() < self._read + FRESH_S

    @property
    def any(self) -> bool:
        """Whether keys were ever given out: then one is needed, also when none stands any more."""
        return bool(self._keys)

    def refresh(self) -> None:
        """Reads the keys unless they are fresh. Raises Unavailable; who cannot be known is not let in."""
        with self._lock:
            if self.fresh:
                return
            if self._catalogue is None:
                self._catalogue = held_catalogue(self._settings)
            held = Keys(self._catalogue).all() if self._catalogue is not None else []
            if held and self._secret is None:
                self._secret = read_secret(self._settings, make=False)
            self._keys = {key.id: key for key in held}
            self._read = time.monotonic()

    def caller_of(self, text: str) -> Caller | None:
        """Who holds this key; None when nobody does, or it stands no more. As long for a wrong key as for a right one."""
        shaped = SHAPE.fullmatch(text)
        key = self._keys.get(shaped[1]) if shaped else None
        expected = key.digest if key is not None else "0" * 64
        given = self._secret.digest(text) if self._secret is not None else ""
        right = hmac.compare_digest(given, expected)
        return self._standing(key) if right and key is not None else None

    def caller_by_id(self, identifier: str) -> Caller | None:
        """Who has the key of that id: for a session that it opened."""
        return self._standing(self._keys.get(identifier))

    def _standing(self, key: Key | None) -> Caller | None:
        if key is None or not key.stands(datetime.now(UTC)):
            return None
        return Caller(key.id, key.scopes, key.tenant, key)

    @property
    def secret(self) -> Secret | None:
        """None while there are no keys."""
        return self._secret

    def close(self) -> None:
        with self._lock:
            if self._catalogue is not None:
                self._catalogue.close()
                self._catalogue = None
                self._read = float("-inf")


def any_key_stands(settings: Settings) -> bool:
    """Whether somebody could come in at a door that needs keys."""
    catalogue = held_catalogue(settings)
    if catalogue is None:
        return False
    with closing(catalogue):
        return any(key.stands(datetime.now(UTC)) for key in Keys(catalogue).all())
