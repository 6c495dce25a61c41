"""Indexes on a Qdrant server: one collection per index, finished when its metadata says so.

The same client also runs without a server (``location=":memory:"``), which is what the tests use beside the embedded engine.
One ``prefix`` belongs to one shelf: two shelves on a server need two prefixes, or each would sweep the other"s indexes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from medrag.errors import UsageError
from medrag.index.collection import Connection, copy_points, create_collection, drop_collection, read_card
from medrag.index.points import (
    EXACT_BELOW,
    check_name,
)
from medrag.index.server_builder import ServerBuilder
from medrag.index.server_reader import ServerReader
from medrag.index.shared import shared

if TYPE_CHECKING:
    from qdrant_client import QdrantClient

    from medrag.protocols import IndexReader


__all__ = ["ServerStore"]


class ServerStore:
    """An IndexStore on a server. ``client``: an open one to use in place of ``url``."""

    def __init__(
        self,
        url: str = "",
        key: str = "",
        *,
        prefix: str = "medrag_",
        client: QdrantClient | None = None,
        exact_below: int = EXACT_BELOW,
    ) -> None:
        self.connection = Connection(url, key, client)
        self.prefix, self.exact_below = prefix, exact_below

    def build(self, name: str, *, dimension: int | None, base: str | None = None) -> ServerBuilder:
        """See IndexStore. A finished index of this name is never written over: UsageError."""
        collection = self.prefix + check_name(name)
        card = read_card(self.connection, collection)
        if card is not None:
            raise UsageError(f"index {name} is finished and is not written again; remove it first")
        origin = None if base is None else self.finished(base)
        create_collection(self.connection, collection, dimension)
        builder = ServerBuilder(self.connection, collection, dimension)
        if origin is not None and base is not None:
            dense = dimension is not None and origin["dimension"] == dimension
            copy_points(self.connection, self.prefix + base, collection, dense=dense)
        return builder

    def finished(self, name: str) -> dict[str, Any]:
        """The card of a finished index. Raises IndexUnavailable."""
        collection = self.prefix + check_name(name)
        card = read_card(self.connection, collection)
        if card is None:
            raise self.connection.failed("there is no finished index here", collection)
        return card

    def open(self, name: str) -> IndexReader:
        """Raises IndexUnavailable, also when the collection lost points since it was finished."""
        card = self.finished(name)
        reader = ServerReader(
            self.connection, self.prefix + name, card, exact=card["dense"] < self.exact_below
        )
        if (reader.count(), reader.count_dense()) != (card["points"], card["dense"]):
            raise self.connection.failed(
                "it holds another number of points than it was finished with", reader.collection
            )
        return shared(reader, card["meta"])

    def meta(self, name: str) -> dict[str, str]:
        return dict(self.finished(name)["meta"])

    def names(self) -> list[str]:
        mine = self.collections()
        return [name for name in mine if read_card(self.connection, self.prefix + name) is not None]

    def collections(self) -> list[str]:
        """Finished or not, sorted, without the prefix."""
        held = self.connection.call(lambda client: client.get_collections()).collections
        return sorted(
            item.name.removeprefix(self.prefix) for item in held if item.name.startswith(self.prefix)
        )

    def remove(self, name: str) -> None:
        self.finished(name)
        self.connection.call(lambda client: client.delete_collection(self.prefix + name))

    def sweep(self, keep: Iterable[str]) -> list[str]:
        """Only the one writer of the shelf may call this: it also removes a build in progress."""
        kept = set(keep)
        gone = [name for name in self.collections() if name not in kept]
        for name in gone:
            drop_collection(self.connection, self.prefix + name)
        return gone
