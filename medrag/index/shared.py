"""Reads an index whose points are shared by editions: asks it by strata, and answers with the editions' own passages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from medrag.index.points import BATCH, Hits, batches
from medrag.index.strata import Strata, passage_in
from medrag.protocols import IndexFilter, IndexReader, SparseVector

__all__ = ["SharedReader", "shared"]


def shared(reader: IndexReader, meta: Mapping[str, str]) -> IndexReader:
    """The reader as passages see it; one whose index shares nothing stays as it is."""
    return SharedReader(reader, Strata.from_json(meta["strata"])) if "strata" in meta else reader


class SharedReader:
    """An IndexReader over another. Thread-safe as that one is."""

    def __init__(self, inner: IndexReader, strata: Strata) -> None:
        self.inner = inner
        self.strata = strata

    def count(self) -> int:
        """Passages of all editions, however few points they share."""
        return self.strata.passages

    def count_dense(self) -> int:
        """An index has vectors of all its points or, while they are made, of none that count."""
        dense = self.inner.count_dense()
        return self.count() if dense == self.inner.count() else dense

    def search_sparse(self, query: SparseVector, keep: IndexFilter, limit: int) -> Hits:
        return self.search(lambda narrowed: self.inner.search_sparse(query, narrowed, limit), keep, limit)

    def search_dense(self, query: Sequence[float], keep: IndexFilter, limit: int) -> Hits:
        return self.search(lambda narrowed: self.inner.search_dense(query, narrowed, limit), keep, limit)

    def search(self, ask: Callable[[IndexFilter], Hits], keep: IndexFilter, limit: int) -> Hits:
        """Every point found is a passage of each edition asked for that holds it; ties by passage id."""
        hits = ask(self.narrow(keep))
        held = self.inner.payloads([point for point, _ in hits])
        wanted = keep.allowed.get("edition")
        told = [
            (passage, score)
            for point, score in hits
            for passage in self.passages(point, held[point], None if wanted is None else frozenset(wanted))
        ]
        return sorted(told, key=lambda hit: (-hit[1], hit[0]))[: max(0, limit)]

    def narrow(self, keep: IndexFilter) -> IndexFilter:
        """The filter with the strata that hold one of its editions."""
        if "edition" not in keep.allowed:
            return keep
        wanted = frozenset(keep.allowed["edition"])
        names = [name for name, (held, _) in self.strata.named.items() if not wanted.isdisjoint(held)]
        return IndexFilter({**keep.allowed, "edition": tuple(sorted(names))})

    def passages(
        self, point: str, payload: Mapping[str, str], wanted: frozenset[str] | None = None
    ) -> Iterator[str]:
        """The passages a point stands for, in the editions wanted."""
        editions, _ = self.strata.named[payload["edition"]]
        for edition in editions:
            if wanted is None or edition in wanted:
                yield passage_in(edition, point, payload["place"])

    def idf(self, tokens: Sequence[int]) -> dict[int, float]:
        """Of the points: what several editions say alike counts once."""
        return self.inner.idf(tokens)

    def ids(self) -> Iterator[str]:
        for batch in batches(self.inner.ids(), BATCH):
            for point, payload in self.inner.payloads(batch).items():
                yield from self.passages(point, payload)

    def payloads(self, points: Sequence[str]) -> dict[str, dict[str, str]]:
        return self.inner.payloads(points)

    def close(self) -> None:
        self.inner.close()
