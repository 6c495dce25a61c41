"""One shard of the embedded Qdrant engine: made, opened, counted, and spoken to in its own types."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medrag.errors import IndexUnavailable, MedragError, Place
from medrag.index.folder import copy_folder
from medrag.index.points import (
    BATCH,
    DENSE,
    DOCTOR,
    PAYLOAD_KEYS,
    WORDS,
    batches,
    passage_id,
    point_id,
)
from medrag.protocols import IndexFilter, IndexPoint, SparseVector

if TYPE_CHECKING:
    from qdrant_edge import EdgeConfig, EdgeShard, Filter, Record


__all__ = [
    "SHARD",
    "change_dimension",
    "count_dense",
    "count_points",
    "create_shard",
    "edge_filter",
    "edge_point",
    "edge_sparse",
    "engine",
    "floats",
    "load_anywhere",
    "open_shard",
    "payloads_of",
    "rewrite",
    "scroll_pages",
]

SHARD = "shard"


@contextmanager
def engine(folder: Path) -> Iterator[None]:
    """Turns what the engine raises, which is ``Exception`` itself and nothing narrower, and what the disk refuses,
    into IndexUnavailable. Errors of medrag's own pass."""
    try:
        yield
    except MedragError:
        raise
    except Exception as error:
        failed = "the disk" if isinstance(error, OSError) else "the search engine"
        raise IndexUnavailable(
            f"{failed} failed: {error}", place=Place(file=str(folder)), remedy=DOCTOR
        ) from error


def create_shard(folder: Path, dimension: int | None) -> EdgeShard:
    """An empty shard with its payload indexes."""
    import qdrant_edge as qe

    with engine(folder):
        (folder / SHARD).mkdir(parents=True)
        shard = qe.EdgeShard.create(str(folder / SHARD), describe_shard(dimension))
        for key in PAYLOAD_KEYS:
            shard.update(qe.UpdateOperation.create_field_index(key, qe.PayloadSchemaType.Keyword))
    return shard


def describe_shard(dimension: int | None) -> EdgeConfig:
    """Vectors and payload stay in mapped files, paged in as they are read; only the word lists are in memory."""
    import qdrant_edge as qe

    dense = (
        {}
        if dimension is None
        else {DENSE: qe.EdgeVectorParams(dimension, qe.Distance.Cosine, memory=qe.Memory.Cold)}
    )
    words = {WORDS: qe.EdgeSparseVectorParams(modifier=qe.Modifier.Idf, memory=qe.Memory.Cached)}
    return qe.EdgeConfig(
        vectors=dense,
        sparse_vectors=words,
        payload_memory=qe.Memory.Cold,
        optimizers=thorough(),
        wal_enabled=False,
    )


def thorough() -> Any:
    """One segment, graph from the first kilobyte, no deleted point left behind: the engine's IDF counts those that are."""
    import qdrant_edge as qe

    return qe.EdgeOptimizersConfig(
        deleted_threshold=1e-9, vacuum_min_vector_number=1, default_segment_number=1, indexing_threshold=1
    )


def open_shard(folder: Path) -> EdgeShard:
    import qdrant_edge as qe

    with engine(folder):
        return qe.EdgeShard.load(str(folder / SHARD))


def load_anywhere(folder: Path) -> EdgeShard:
    """The engine maps files for writing although it writes none, so an index this user cannot write (another's, or on
    a read-only disk) is opened from a private copy, whose names are removed at once and whose bytes go when it closes."""
    if writable(folder / SHARD):
        return open_shard(folder)
    with engine(folder), tempfile.TemporaryDirectory(prefix="medrag-index-") as spare:
        copy_folder(folder / SHARD, Path(spare) / SHARD, leave_out="")
        return open_shard(Path(spare))


def writable(folder: Path) -> bool:
    """Whether this user may write here; False on a disk mounted read-only, whoever asks."""
    return os.access(folder, os.W_OK)


def change_dimension(shard: EdgeShard, folder: Path, old: int | None, new: int | None) -> None:
    """Drops the dense vectors of another model and makes room for the new one's."""
    import qdrant_edge as qe

    with engine(folder):
        if old is not None:
            shard.update(qe.UpdateOperation.delete_vector_name(DENSE))
        if new is not None:
            shard.update(qe.UpdateOperation.create_dense_vector(DENSE, new, qe.Distance.Cosine))


def scroll_pages(shard: EdgeShard, folder: Path, *, vectors: bool) -> Iterator[list[Record]]:
    """Every point, in batches; with payload and vectors, or the ids alone."""
    import qdrant_edge as qe

    start: Any = None
    while True:
        request = qe.ScrollRequest(offset=start, limit=BATCH, with_payload=vectors, with_vector=vectors)
        with engine(folder):
            records, start = shard.scroll(request)
        yield records
        if start is None:
            return


def rewrite(source: EdgeShard, target: EdgeShard, folder: Path, *, dense: bool) -> None:
    """Every living point of one shard into another; its dense vector only if ``dense``."""
    import qdrant_edge as qe

    kept = (WORDS, DENSE) if dense else (WORDS,)
    for records in scroll_pages(source, folder, vectors=True):
        points = [qe.Point(record.id, vectors_of(record, kept), record.payload) for record in records]
        with engine(folder):
            target.update(qe.UpdateOperation.upsert_points(points))


def vectors_of(record: Record, kept: Sequence[str]) -> Any:
    """The named vectors a point has, as a point to be written wants them."""
    held: Any = record.vector
    return {name: held[name] for name in kept if name in held}


def payloads_of(shard: EdgeShard, folder: Path, points: Sequence[str]) -> dict[str, dict[str, str]]:
    """What is kept with those of these points that are there."""
    told: dict[str, dict[str, str]] = {}
    for batch in batches(points):
        with engine(folder):
            records = shard.retrieve([point_id(point) for point in batch], True, False)
        told |= {passage_id(record.id): dict(record.payload or {}) for record in records}
    return told


def count_points(shard: EdgeShard) -> int:
    import qdrant_edge as qe

    return int(shard.count(qe.CountRequest()))


def count_dense(shard: EdgeShard, dimension: int | None) -> int:
    import qdrant_edge as qe

    if dimension is None:
        return 0
    return int(shard.count(qe.CountRequest(filter=qe.Filter(must=[qe.HasVectorCondition(DENSE)]))))


def floats(vector: Sequence[float]) -> list[float]:
    """Python floats of a list, a tuple or a row of an array."""
    tolist = getattr(vector, "tolist", None)
    return list(tolist() if tolist is not None else vector)


def edge_sparse(vector: SparseVector) -> Any:
    import qdrant_edge as qe

    return qe.SparseVector(list(vector.indices), list(vector.values))


def edge_point(point: IndexPoint) -> Any:
    import qdrant_edge as qe

    vectors: dict[str, Any] = {WORDS: edge_sparse(point.sparse)}
    if point.dense is not None:
        vectors[DENSE] = floats(point.dense)
    return qe.Point(point_id(point.passage), vectors, dict(point.payload))


def edge_filter(keep: IndexFilter) -> Filter | None:
    import qdrant_edge as qe

    if not keep.allowed:
        return None
    return qe.Filter(
        must=[qe.FieldCondition(key, match=qe.MatchAny(list(values))) for key, values in keep.allowed.items()]
    )
