"""Names things by what they hold: sha256 of bytes and text, and the short content ids made of them."""

from __future__ import annotations

import hashlib
import re

__all__ = [
    "SLUG",
    "content_id",
    "edition_id",
    "id_of_passage",
    "sha256_bytes",
    "sha256_text",
    "split_edition_id",
]

#: What a work or edition label may look like: it stands in URLs, file names and on command lines.
SLUG = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")

#: Hex digits kept of a sha256 in an id. 24 digits are 96 bits: with 10^9 passages the chance of any clash is below 1e-11.
ID_DIGITS = 24


def sha256_bytes(data: bytes) -> str:
    """Hex sha256 of bytes."""
    return hashlib.sha256(data).hexdigest()


def sha256_text(text: str) -> str:
    """Hex sha256 of the UTF-8 form of a text."""
    return sha256_bytes(text.encode("utf-8"))


def content_id(prefix: str, *parts: str | int) -> str:
    """An id that is a function of content: ``prefix`` + 24 hex digits of the sha256 of the parts, NUL-separated."""
    joined = "\0".join(str(part) for part in parts)
    return prefix + sha256_text(joined)[:ID_DIGITS]


def id_of_passage(edition: str, document_key: str, start: int, end: int, text_sha256: str) -> str:
    """What a passage goes by: the edition, its document's key there, where it stands in it, and what it says."""
    return content_id("p_", edition, document_key, start, end, text_sha256)


def edition_id(work: str, label: str) -> str:
    """``ansm`` and ``2020-10`` give ``ansm@2020-10``."""
    return f"{work}@{label}"


def split_edition_id(identifier: str) -> tuple[str, str]:
    """The inverse of :func:`edition_id`; raises ValueError when there is no ``@``."""
    work, separator, label = identifier.partition("@")
    if not separator:
        raise ValueError(f"{identifier!r} is not of the form work@edition")
    return work, label
