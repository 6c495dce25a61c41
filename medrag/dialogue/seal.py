"""Encrypts what is kept of conversations on disk: AES-256-GCM, bound to the conversation and its owner."""

from __future__ import annotations

import base64
import binascii
import secrets
from pathlib import Path
from typing import Final

from medrag.errors import IntegrityError, Place, UsageError

__all__ = ["Seal", "read_key"]

#: Bytes of a key (AES-256) and of a nonce (NIST SP 800-38D, 8.2).
KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
MAKE: Final = "Make one with: openssl rand -base64 32"


def read_key(key: str, file: Path | None) -> bytes:
    """The key as set, or from its file: 32 bytes in base64. Raises UsageError, never telling what was read."""
    told = key
    if not told and file is not None:
        try:
            told = file.read_text(encoding="ascii")
        except (OSError, ValueError) as error:
            raise wrong("the key file cannot be read", "MEDRAG_CONVERSATIONS_KEY_FILE") from error
    if not told.strip():
        raise wrong("conversations are kept on disk only with a key", "MEDRAG_CONVERSATIONS_KEY")
    try:
        made = base64.b64decode(told.strip().replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError) as error:
        raise wrong("the key is not base64", "MEDRAG_CONVERSATIONS_KEY") from error
    if len(made) != KEY_BYTES:
        raise wrong(f"the key has {len(made)} bytes where {KEY_BYTES} are due", "MEDRAG_CONVERSATIONS_KEY")
    return made


def wrong(problem: str, field: str) -> UsageError:
    return UsageError(problem, place=Place(field=field), remedy=MAKE)


class Seal:
    """Seals and opens with one key. ``bound`` is not secret but must be the same at both ends."""

    def __init__(self, key: bytes) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self._cipher = AESGCM(key)

    def close(self, told: bytes, bound: str) -> bytes:
        """Nonce and ciphertext with its tag."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, told, bound.encode("utf-8"))

    def open(self, sealed: bytes, bound: str) -> bytes:
        """Raises IntegrityError for another key, another place, or changed bytes."""
        from cryptography.exceptions import InvalidTag

        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound.encode("utf-8"))
        except (InvalidTag, ValueError) as error:
            raise IntegrityError(
                "a kept conversation does not open with this key",
                remedy="Set the key it was kept with, or open a new one",
            ) from error
