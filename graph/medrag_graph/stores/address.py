"""Where a Bolt server is and who asks it: read from the settings, never told back whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit, urlunsplit

from medrag.errors import Place, UsageError
from medrag.settings import Settings

__all__ = ["Address", "address_of", "read_address"]

SCHEMES: Final = frozenset({"bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc"})


@dataclass(frozen=True, slots=True)
class Address:
    """A server, its database and who asks."""

    url: str
    #: None means the server's default database.
    database: str | None
    user: str
    password: str

    def __repr__(self) -> str:
        """Without the password."""
        return f"Address({self.url!r}, {self.database!r}, {self.user!r})"


def address_of(settings: Settings) -> Address:
    """``graph_url`` with ``graph_user``, ``graph_key`` and ``graph_database``, which count before what stands in it.

    Raises UsageError, which never tells the URL back.
    """
    told = read_address(settings.graph_url)
    return Address(
        told.url,
        settings.graph_database or told.database,
        settings.graph_user or told.user,
        settings.graph_key.get_secret_value() or told.password,
    )


def read_address(url: str) -> Address:
    """``bolt://user:password@host:7687/database``. Raises UsageError, which never tells the URL back."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in SCHEMES:
        raise UsageError(
            "a Bolt URL was expected, such as bolt://host:7687",
            place=Place(field="MEDRAG_GRAPH_URL"),
            remedy=f"Begin it with one of {', '.join(sorted(SCHEMES))}",
        )
    database = parts.path.strip("/") or None
    bare = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], "", parts.query, ""))
    return Address(bare, database, unquote(parts.username or ""), unquote(parts.password or ""))
