"""Writes one index of the embedded engine, in a folder no reader looks into until it is renamed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from medrag.errors import IndexUnavailable, Place
from medrag.index.card import META, Card
from medrag.index.folder import describe_files, remove_folder, settle_folder, spoilt_file, sync_path
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
from medrag.index.shard import (
    SHARD,
    count_dense,
    count_points,
    edge_point,
    edge_sparse,
    engine,
    floats,
    open_shard,
    payloads_of,
)
from medrag.protocols import IndexPoint, SparseVector

if TYPE_CHECKING:
    from qdrant_edge import EdgeShard


__all__ = ["EdgeBuilder"]


@dataclass(slots=True)
class EdgeBuilder:
    """An IndexBuilder over one unfinished folder; used by one thread.

    ``final``: what ``folder`` becomes. ``exact_below``: dense vectors from which a graph is built.
    ``dead``: deleted points whose place the shard still keeps.
    """

    folder: Path
    final: Path
    dimension: int | None
    exact_below: int
    shard: EdgeShard
    dead: int = 0

    def upsert(self, points: Iterable[IndexPoint]) -> int:
        """A passage already there is replaced whole, dense vector included. Raises UsageError, IndexUnavailable."""
        import qdrant_edge as qe

        written = 0
        for batch in batches(points):
            check_points(batch, self.dimension)
            with engine(self.folder):
                self.shard.update(qe.UpdateOperation.upsert_points([edge_point(point) for point in batch]))
            written += len(batch)
        return written

    def set_dense(self, vectors: Iterable[tuple[str, Sequence[float]]]) -> int:
        """Raises NotFound for a passage not written, UsageError for a vector of another dimension."""
        written = 0
        for batch in batches(vectors):
            check_dense(batch, self.dimension)
            self.change([(passage, {DENSE: floats(vector)}) for passage, vector in batch])
            written += len(batch)
        return written

    def set_sparse(self, vectors: Iterable[tuple[str, SparseVector]]) -> int:
        """Raises NotFound for a passage not written."""
        written = 0
        for batch in batches(vectors):
            sparse_only(batch)
            self.change([(passage, {WORDS: edge_sparse(vector)}) for passage, vector in batch])
            written += len(batch)
        return written

    def change(self, vectors: Sequence[tuple[str, dict[str, Any]]]) -> None:
        """New vectors for points that are there."""
        import qdrant_edge as qe

        refuse_missing((passage for passage, _ in vectors), self.held(passage for passage, _ in vectors))
        moved = [qe.PointVectors(point_id(passage), vector) for passage, vector in vectors]
        with engine(self.folder):
            self.shard.update(qe.UpdateOperation.update_vectors(moved))

    def move(self, points: Iterable[str], edition: str) -> int:
        """Raises NotFound for a point not written."""
        import qdrant_edge as qe

        moved = 0
        for batch in batches(points):
            refuse_missing(batch, self.held(batch))
            with engine(self.folder):
                ids: list[int | UUID | str] = [point_id(point) for point in batch]
                self.shard.update(qe.UpdateOperation.set_payload(ids, {"edition": edition}))
            moved += len(batch)
        return moved

    def payloads(self, points: Sequence[str]) -> dict[str, dict[str, str]]:
        return payloads_of(self.shard, self.folder, points)

    def held(self, passages: Iterable[str]) -> list[int | UUID | str]:
        """Which of these points are there."""
        wanted: list[int | UUID | str] = [point_id(passage) for passage in passages]
        with engine(self.folder):
            return [record.id for record in self.shard.retrieve(wanted, False, False)]

    def delete(self, passages: Iterable[str]) -> int:
        """How many were there and are gone; passages never written are not counted."""
        import qdrant_edge as qe

        gone = 0
        for batch in batches(dict.fromkeys(passages)):
            held = self.held(batch)
            with engine(self.folder):
                self.shard.update(qe.UpdateOperation.delete_points(held))
            gone += len(held)
        self.dead += gone
        return gone

    def finish(self, meta: Mapping[str, str]) -> None:
        """Raises IndexUnavailable; the unfinished folder is then left to be swept."""
        with engine(self.folder):
            self.reload()
            points, dense = count_points(self.shard), count_dense(self.shard, self.dimension)
            if dense >= self.exact_below or self.shard.info().segments_count > 1:
                self.shard.optimize()
                self.reload()
                self.dead = 0
            self.shard.close()
            files = describe_files(self.folder / SHARD)
            self.check_settled(files, (points, dense))
            settle_folder(self.folder)
            Card(self.dimension, points, dense, self.dead, files, meta).write(self.folder)
            sync_path(self.folder)
            self.folder = self.folder.rename(self.final)
            sync_path(self.final.parent)

    def check_settled(self, files: Mapping[str, str], counts: tuple[int, int]) -> None:
        """Opens it as a reader will. The engine says nothing of a write the disk refused it in the background; the next
        opening then finds a journal to replay, or fewer points, and readers would find a spoilt index."""
        shard = open_shard(self.folder)
        found = count_points(shard), count_dense(shard, self.dimension)
        shard.close()
        odd = spoilt_file(self.folder / SHARD, files)
        if odd is None and found == counts:
            return
        raise IndexUnavailable(
            f"the search engine did not write all of it ({odd or f'{found} points of {counts}'})",
            place=Place(file=str(self.folder)),
            remedy="Look after the disk and its free space, then run this again; what is published stays",
        )

    def reload(self) -> None:
        """Flushes and loads again. The first load of a written shard still works on it (it replays its journals and
        rewrites its configuration); later ones change nothing, and that is what lets processes share the folder."""
        self.shard.flush()
        self.shard.close()
        self.shard = open_shard(self.folder)

    def abandon(self) -> None:
        """Removes what was written, under its final name too where the disk refused what came after the renaming."""
        with engine(self.folder):
            self.shard.close()
            remove_folder(self.folder, META)
