"""What both engines share: point ids, checks on what is written, payload keys, and ties broken by passage id."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from operator import lt
from typing import TypeVar
from uuid import UUID

import numpy as np

from medrag.errors import IndexUnavailable, NotFound, Place, UsageError
from medrag.protocols import IndexFilter, IndexPoint, SparseVector

__all__ = [
    "BATCH",
    "DENSE",
    "DOCTOR",
    "EXACT_BELOW",
    "HNSW_EF",
    "PAYLOAD_KEYS",
    "WORDS",
    "Hits",
    "batches",
    "check_filter",
    "check_name",
    "check_points",
    "check_query",
    "passage_id",
    "point_id",
    "rank",
    "refuse_missing",
    "sparse_only",
]

Item = TypeVar("Item")
Hits = list[tuple[str, float]]

#: Names of the two vectors of a point.
DENSE, WORDS = "dense", "words"

#: Indexed before the first point: with indexes made afterwards, filtered HNSW recall@10 fell to 0.15.
PAYLOAD_KEYS = ("work", "edition", "kind", "jurisdiction", "language", "authority", "code")

#: Kept with a point and never filtered by: see medrag.index.strata.
KEPT_KEYS = ("place", "tokens")

KNOWN_KEYS = frozenset((*PAYLOAD_KEYS, *KEPT_KEYS))

#: Points sent to an engine at once; larger batches gain nothing and hold more Python objects.
BATCH = 512

#: Dense vectors below which every one is compared: 30,000 x 384 take about 6 ms, and the answer has no recall to lose.
EXACT_BELOW = 50_000

#: HNSW candidates. On random vectors, the worst case, recall@10 rises from 0.11 (default) to 0.43; on clustered ones it is 1.
HNSW_EF = 512

DOCTOR = "Run: medrag doctor"

PASSAGE = re.compile(r"p_([0-9a-f]{24})")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9@_-]{0,119}")

#: A passage id is 96 bits and a UUID 128: the rest is zero, so the passage id is read back and UUIDs sort as passages do.
PADDING = "0" * 8


def point_id(passage: str) -> UUID:
    """``p_`` + 24 hex digits as a UUID. Raises UsageError for any other form."""
    match = PASSAGE.fullmatch(passage)
    if match is None:
        raise UsageError(f"{passage!r} is not a passage id (p_ and 24 hex digits)")
    return UUID(hex=match[1] + PADDING)


def passage_id(point: UUID | str | int) -> str:
    """The inverse of :func:`point_id`."""
    return "p_" + str(point).replace("-", "")[:24]


def check_name(name: str) -> str:
    """A name that can be a folder or a collection. Raises UsageError."""
    if NAME.fullmatch(name) is None:
        raise UsageError(f"{name!r} cannot name an index: letters, digits, @, _ and - only")
    return name


def batches(items: Iterable[Item], size: int = BATCH) -> Iterator[list[Item]]:
    """Lists of up to ``size``."""
    left = iter(items)
    while batch := list(islice(left, size)):
        yield batch


def check_points(points: Sequence[IndexPoint], dimension: int | None) -> None:
    """Raises UsageError naming the first passage whose payload or vectors cannot be held."""
    for point in points:
        if not point.payload.keys() <= KNOWN_KEYS:
            unknown = min(point.payload.keys() - KNOWN_KEYS)
            raise UsageError(
                f"{point.passage}: unknown payload key {unknown!r}", place=Place(field="payload")
            )
        check_sparse(point.passage, point.sparse)
    check_dense([(point.passage, point.dense) for point in points if point.dense is not None], dimension)


def check_sparse(passage: str, vector: SparseVector) -> None:
    """Ids ascending without repeats and in 32 bits, one finite weight each."""
    ids = vector.indices
    fits = len(ids) == len(vector.values) and (not ids or (ids[0] >= 0 and ids[-1] < 1 << 32))
    if not (fits and all(map(lt, ids, ids[1:])) and math.isfinite(sum(vector.values))):
        raise UsageError(
            f"{passage}: not a sparse vector (ids must ascend, weights be finite)", place=Place(field=WORDS)
        )


def check_dense(vectors: Sequence[tuple[str, Sequence[float]]], dimension: int | None) -> None:
    """Every vector has the index's dimension and finite numbers."""
    if vectors and dimension is None:
        raise UsageError(
            f"{vectors[0][0]}: the index was built without a dimension", place=Place(field=DENSE)
        )
    wrong = [passage for passage, vector in vectors if len(vector) != dimension]
    if vectors and not wrong:
        rows = np.asarray([vector for _, vector in vectors], dtype=np.float32).reshape(len(vectors), -1)
        wrong = [vectors[row][0] for row in np.flatnonzero(~np.isfinite(rows).all(axis=1)).tolist()]
    if wrong:
        raise UsageError(f"{wrong[0]}: not {dimension} finite numbers", place=Place(field=DENSE))


def check_query(query: Sequence[float], dimension: int | None, index: str) -> list[float]:
    """The query as floats. Raises IndexUnavailable when the index has no vectors, UsageError for another length."""
    if dimension is None:
        raise IndexUnavailable("the index holds no dense vectors", place=Place(file=index), remedy=DOCTOR)
    check_dense([("the query", query)], dimension)
    return [float(value) for value in query]


def check_filter(keep: IndexFilter) -> bool:
    """False when the filter lets nothing through. Raises UsageError for a key no point can have."""
    unknown = keep.allowed.keys() - set(PAYLOAD_KEYS)
    if unknown:
        raise UsageError(f"no passage can be filtered by {min(unknown)!r}", place=Place(field="filter"))
    return all(keep.allowed.values())


def sparse_only(vectors: Sequence[tuple[str, SparseVector]]) -> None:
    """:func:`check_sparse` for a batch."""
    for passage, vector in vectors:
        check_sparse(passage, vector)


def refuse_missing(wanted: Iterable[str], held: Iterable[UUID | str | int]) -> None:
    """Raises NotFound when a passage to be changed was never written."""
    missing = set(wanted) - {passage_id(point) for point in held}
    if missing:
        raise NotFound(f"the index being written does not hold passage {min(missing)}")


def rank(fetch: Callable[[int], Hits], limit: int) -> Hits:
    """The ``limit`` best, ties by passage id.

    ``fetch(depth)`` gives the best ``depth`` in descending order, equal scores in the engine's order. A tie across the
    cut is fetched until it is whole, since the engine would keep an arbitrary part of it.
    """
    depth = limit + 8
    while limit > 0:
        found = fetch(depth)
        if len(found) < depth or found[limit - 1][1] > found[-1][1]:
            return sorted(found, key=lambda hit: (-hit[1], hit[0]))[:limit]
        depth *= 4
    return []
