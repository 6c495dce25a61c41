"""Searches one finished index of the embedded engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medrag.index.card import Card
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
from medrag.index.shard import (
    count_dense,
    count_points,
    edge_filter,
    edge_sparse,
    engine,
    payloads_of,
    scroll_pages,
)
from medrag.protocols import IndexFilter, SparseVector

if TYPE_CHECKING:
    from qdrant_edge import EdgeShard


__all__ = ["EdgeReader"]


class EdgeReader:
    """An IndexReader. Threads may share it: the engine searches without holding the interpreter's lock."""

    def __init__(self, folder: Path, card: Card, shard: EdgeShard, *, exact: bool) -> None:
        self.folder, self.card, self.shard, self.exact = folder, card, shard, exact

    def count(self) -> int:
        with engine(self.folder):
            return count_points(self.shard)

    def count_dense(self) -> int:
        with engine(self.folder):
            return count_dense(self.shard, self.card.dimension)

    def search_sparse(self, query: SparseVector, keep: IndexFilter, limit: int) -> Hits:
        """See IndexReader. An empty query finds nothing. Raises UsageError, IndexUnavailable."""
        if not query.indices:
            return []
        return self.search(edge_sparse(query), WORDS, keep, limit)

    def search_dense(self, query: Sequence[float], keep: IndexFilter, limit: int) -> Hits:
        """See IndexReader. Every vector is compared below ``EXACT_BELOW``. Raises UsageError, IndexUnavailable."""
        return self.search(check_query(query, self.card.dimension, str(self.folder)), DENSE, keep, limit)

    def search(self, vector: Any, using: str, keep: IndexFilter, limit: int) -> Hits:
        import qdrant_edge as qe

        if not check_filter(keep):
            return []
        chosen = edge_filter(keep)
        careful = qe.SearchParams(exact=self.exact, hnsw_ef=None if self.exact else max(HNSW_EF, 2 * limit))
        params = careful if using == DENSE else None  # sparse search is exact as it is

        def fetch(depth: int) -> Hits:
            nearest = qe.Query.Nearest(vector, using=using)
            with engine(self.folder):
                found = self.shard.query(
                    qe.QueryRequest(limit=depth, query=nearest, filter=chosen, params=params)
                )
            return [(passage_id(hit.id), hit.score) for hit in found]

        return rank(fetch, limit)

    def idf(self, tokens: Sequence[int]) -> dict[int, float]:
        """Asked of the engine itself: the score of a one-word query over the weight of that word in what it found."""
        import qdrant_edge as qe

        told: dict[int, float] = {}
        for token in dict.fromkeys(tokens):
            nearest = qe.Query.Nearest(qe.SparseVector([token], [1.0]), using=WORDS)
            with engine(self.folder):
                found = self.shard.query(qe.QueryRequest(limit=1, query=nearest, with_vector=[WORDS]))
            for hit in found:
                vectors: Any = hit.vector
                words = vectors[WORDS]
                told[token] = hit.score / words.values[words.indices.index(token)]
        return told

    def ids(self) -> Iterator[str]:
        for records in scroll_pages(self.shard, self.folder, vectors=False):
            yield from (passage_id(record.id) for record in records)

    def payloads(self, points: Sequence[str]) -> dict[str, dict[str, str]]:
        return payloads_of(self.shard, self.folder, points)

    def close(self) -> None:
        """Twice is the same as once; what is asked afterwards raises IndexUnavailable."""
        with engine(self.folder):
            self.shard.close()
