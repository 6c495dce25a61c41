"""Writes one index on a Qdrant server, as a collection no reader takes until its metadata says it is finished."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from medrag.index.collection import (
    CARD,
    Connection,
    count_dense,
    count_points,
    drop_collection,
    payloads_of,
    server_point,
    server_sparse,
    set_edition,
    write,
)
from medrag.index.points import (
    DENSE,
    WORDS,
    batches,
    check_dense,
    check_points,
    point_id,
    refuse_missing,
    sparse_only,
)
from medrag.protocols import IndexPoint, SparseVector

__all__ = ["ServerBuilder"]


class ServerBuilder:
    """An IndexBuilder over one unfinished collection; used by one thread."""

    def __init__(self, connection: Connection, collection: str, dimension: int | None) -> None:
        self.connection, self.collection, self.dimension = connection, collection, dimension

    def upsert(self, points: Iterable[IndexPoint]) -> int:
        """A passage already there is replaced whole, dense vector included. Raises UsageError, IndexUnavailable."""
        written = 0
        for batch in batches(points):
            check_points(batch, self.dimension)
            write(self.connection, self.collection, [server_point(point) for point in batch])
            written += len(batch)
        return written

    def set_dense(self, vectors: Iterable[tuple[str, Sequence[float]]]) -> int:
        """Raises NotFound for a passage not written, UsageError for a vector of another dimension."""
        written = 0
        for batch in batches(vectors):
            check_dense(batch, self.dimension)
            self.change([(passage, {DENSE: [float(value) for value in vector]}) for passage, vector in batch])
            written += len(batch)
        return written

    def set_sparse(self, vectors: Iterable[tuple[str, SparseVector]]) -> int:
        """Raises NotFound for a passage not written."""
        written = 0
        for batch in batches(vectors):
            sparse_only(batch)
            self.change([(passage, {WORDS: server_sparse(vector)}) for passage, vector in batch])
            written += len(batch)
        return written

    def change(self, vectors: Sequence[tuple[str, dict[str, Any]]]) -> None:
        """New vectors for points that are there."""
        from qdrant_client.http import models as qm

        refuse_missing((passage for passage, _ in vectors), self.held(passage for passage, _ in vectors))
        moved = [qm.PointVectors(id=str(point_id(passage)), vector=vector) for passage, vector in vectors]
        self.connection.call(lambda client: client.update_vectors(self.collection, moved, wait=True))

    def move(self, points: Iterable[str], edition: str) -> int:
        """Raises NotFound for a point not written."""
        moved = 0
        for batch in batches(points):
            refuse_missing(batch, self.held(batch))
            set_edition(self.connection, self.collection, batch, edition)
            moved += len(batch)
        return moved

    def payloads(self, points: Sequence[str]) -> dict[str, dict[str, str]]:
        return payloads_of(self.connection, self.collection, points)

    def held(self, passages: Iterable[str]) -> list[str]:
        """Which of these points are there."""
        wanted = [str(point_id(passage)) for passage in passages]
        records = self.connection.call(
            lambda client: client.retrieve(self.collection, wanted, with_payload=False, with_vectors=False)
        )
        return [str(record.id) for record in records]

    def delete(self, passages: Iterable[str]) -> int:
        """How many were there and are gone; passages never written are not counted."""
        return sum(self.drop(batch) for batch in batches(dict.fromkeys(passages)))

    def drop(self, passages: list[str]) -> int:
        held = self.held(passages)
        if held:
            self.connection.call(
                lambda client: client.delete(self.collection, points_selector=list(held), wait=True)
            )
        return len(held)

    def finish(self, meta: Mapping[str, str]) -> None:
        """One call sets the metadata, and with it the index is there."""
        points = count_points(self.connection, self.collection)
        dense = count_dense(self.connection, self.collection, self.dimension)
        card = {"dimension": self.dimension, "points": points, "dense": dense, "meta": dict(meta)}
        self.connection.call(lambda client: client.update_collection(self.collection, metadata={CARD: card}))

    def abandon(self) -> None:
        drop_collection(self.connection, self.collection)
