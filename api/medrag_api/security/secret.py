"""Holds the secret of an installation, and what is derived from it: digests of keys, signatures, the audit log's chain."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from pathlib import Path
from typing import Final

from medrag.errors import Place, Unavailable, UsageError
from medrag.settings import Settings

__all__ = ["RESTORING", "Secret", "read_secret"]

FILE: Final = "secret"
#: In the home while a backup is put back, or where that was cut off: the secret may still have to be moved.
RESTORING: Final = "restoring"
#: Bytes; as many as the hash gives.
LENGTH: Final = 32


class Secret:
    """32 random bytes, and a key of its own for every use made of them."""

    def __init__(self, material: bytes) -> None:
        self._material = material

    def derived(self, use: str) -> bytes:
        """A key for one use: HMAC-SHA256 as a key derivation from a uniformly random secret (NIST SP 800-108)."""
        return hmac.new(self._material, f"medrag {use}".encode(), hashlib.sha256).digest()

    def digest(self, key: str) -> str:
        """What is kept of a caller's key. A fast hash is enough: a key has 256 random bits, which nobody tries out, slow
        hash or fast; slow ones guard words people choose (OWASP Password Storage Cheat Sheet is about those)."""
        return hmac.new(self.derived("keys"), key.encode(), hashlib.sha256).hexdigest()


def read_secret(settings: Settings, *, make: bool) -> Secret:
    """The secret of the settings, else of the home's file, which ``make`` writes for its owner alone where it is missing.

    Raises UsageError for one that cannot be read as such, Unavailable when there is none and none is to be made.
    """
    told = settings.secret.get_secret_value()
    if told:
        return Secret(decoded(told, "secret"))
    if (settings.home / RESTORING).is_dir():
        from medrag_api.backup.settling import settle

        settle(settings)
    file = settings.home / FILE
    if make:
        write_new(file)
    try:
        return Secret(decoded(file.read_text("ascii").strip(), "home"))
    except (OSError, UnicodeDecodeError) as error:
        raise Unavailable(
            "the secret that keys are checked with cannot be read",
            remedy=f"Restore the file {FILE} of the home, or set MEDRAG_SECRET; without it every key is lost",
        ) from error


def decoded(told: str, field: str) -> bytes:
    try:
        material = base64.b64decode(told, validate=True)
    except (binascii.Error, ValueError):
        material = b""
    if len(material) < LENGTH:
        raise UsageError(
            f"a secret is {LENGTH} random bytes in base64",
            place=Place(field=field),
            remedy="Make one with: openssl rand -base64 32",
        )
    return material


def write_new(file: Path) -> None:
    """Writes a fresh secret unless there is one. Linked into place, so that of two writers one wins whole."""
    if file.exists():
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{FILE}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(base64.b64encode(secrets.token_bytes(LENGTH)) + b"\n")
        stream.flush()
        os.fsync(stream.fileno())
    try:
        os.link(draft, file)
    except FileExistsError:
        return
    finally:
        draft.unlink()
