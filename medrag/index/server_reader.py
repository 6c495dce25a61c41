"""Searches one finished index on a Qdrant server."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from medrag.index.collection import (
    Connection,
    count_dense,
    count_points,
    payloads_of,
    scroll,
    server_filter,
    server_sparse,
)
from medrag.index.points import (
    DENSE,
    HNSW_EF,
    WORDS,
    Hits,
    check_filter,
    check_query,
    passage_id,
    rank,
)
from medrag.protocols import IndexFilter, SparseVector

if TYPE_CHECKING:
    from qdrant_client import QdrantClient
    from qdrant_client.http import models as qm


__all__ = ["ServerReader"]


class ServerReader:
    """An IndexReader over one finished collection. Threads may share it."""

    def __init__(
        self, connection: Connection, collection: str, card: Mapping[str, Any], *, exact: bool
    ) -> None:
        self.connection, self.collection, self.exact = connection, collection, exact
        self.dimension: int | None = card["dimension"]

    def count(self) -> int:
        return count_points(self.connection, self.collection)

    def count_dense(self) -> int:
        return count_dense(self.connection, self.collection, self.dimension)

    def search_sparse(self, query: SparseVector, keep: IndexFilter, limit: int) -> Hits:
        """See IndexReader. An empty query finds nothing. Raises UsageError, IndexUnavailable."""
        return self.search(server_sparse(query), WORDS, keep, limit) if query.indices else []

    def search_dense(self, query: Sequence[float], keep: IndexFilter, limit: int) -> Hits:
        """See IndexReader. Raises UsageError, IndexUnavailable."""
        return self.search(check_query(query, self.dimension, self.collection), DENSE, keep, limit)

    def search(self, vector: Any, using: str, keep: IndexFilter, limit: int) -> Hits:
        if not check_filter(keep):
            return []
        chosen = server_filter(keep)
        params = live_idf() if using == WORDS else self.careful(limit)

        def fetch(depth: int) -> Hits:
            found = self.connection.call(
                lambda client: client.query_points(
                    self.collection,
                    query=vector,
                    using=using,
                    query_filter=chosen,
                    search_params=params,
                    limit=depth,
                    with_payload=False,
                )
            )
            return [(passage_id(hit.id), hit.score) for hit in found.points]

        return rank(fetch, limit)

    def careful(self, limit: int) -> qm.SearchParams:
        """How far a dense search looks."""
        from qdrant_client.http import models as qm

        return qm.SearchParams(exact=self.exact, hnsw_ef=None if self.exact else max(HNSW_EF, 2 * limit))

    def idf(self, tokens: Sequence[int]) -> dict[int, float]:
        """Asked of the engine itself: the score of a one-word query over the weight of that word in what it found."""
        told: dict[int, float] = {}
        for token in dict.fromkeys(tokens):
            for hit in self.connection.call(self.probe(token)).points:
                vectors: Any = hit.vector
                words = vectors[WORDS]
                told[token] = hit.score / words.values[words.indices.index(token)]
        return told

    def probe(self, token: int) -> Callable[[QdrantClient], qm.QueryResponse]:
        """The best point for one word."""
        query, params = server_sparse(SparseVector((token,), (1.0,))), live_idf()
        return lambda client: client.query_points(
            self.collection, query=query, using=WORDS, limit=1, search_params=params, with_vectors=[WORDS]
        )

    def ids(self) -> Iterator[str]:
        for records in scroll(self.connection, self.collection, vectors=False):
            yield from (passage_id(record.id) for record in records)

    def payloads(self, points: Sequence[str]) -> dict[str, dict[str, str]]:
        return payloads_of(self.connection, self.collection, points)

    def close(self) -> None:
        """Nothing to give back: the store's one client serves every reader."""


def live_idf() -> qm.SearchParams:
    """The IDF is counted over the points that live: the server's own count keeps deleted ones until a segment is
    rewritten, and the same shelf would score differently by its history. A server that does not know the option
    ignores it."""
    from qdrant_client.http import models as qm

    return qm.SearchParams(idf=qm.IdfCorpusParams(corpus=qm.Filter()))
