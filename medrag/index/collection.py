"""A Qdrant server as the index uses it: one connection, its failures, and a collection in its own types."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from medrag.errors import IndexUnavailable, Place
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
    from qdrant_client import QdrantClient
    from qdrant_client.http import models as qm


__all__ = [
    "CARD",
    "Connection",
    "copy_points",
    "count_dense",
    "count_points",
    "create_collection",
    "drop_collection",
    "payloads_of",
    "read_card",
    "scroll",
    "server_filter",
    "server_point",
    "server_sparse",
    "set_edition",
    "write",
]

Answer = TypeVar("Answer")


#: Key of a collection's metadata under which an index describes itself.
CARD = "medrag_index"


#: Longest wait for one answer, seconds. A batch of 512 points is written well within it.
TIMEOUT_S = 30


#: Waits before the second, third and fourth try, seconds. Every call made here can be repeated without harm.
RETRY_AFTER_S = (0.2, 0.8, 3.2)


#: Answers of a server that may do better in a moment.
PASSING = frozenset({429, 500, 502, 503, 504})


class Connection:
    """A client, and what its failures mean. The client is made, and connects, on first use."""

    def __init__(self, url: str, key: str, client: QdrantClient | None) -> None:
        self.url, self.key, self.made = url, key, client

    @property
    def client(self) -> QdrantClient:
        if self.made is None:
            from qdrant_client import QdrantClient

            self.made = QdrantClient(
                url=self.url, api_key=self.key or None, timeout=TIMEOUT_S, check_compatibility=False
            )
        return self.made

    def call(self, ask: Callable[[QdrantClient], Answer]) -> Answer:
        """Asks, again after a passing failure. Raises IndexUnavailable."""
        from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

        for wait in (*RETRY_AFTER_S, None):
            try:
                return ask(self.client)
            except UnexpectedResponse as error:
                if error.status_code not in PASSING or wait is None:
                    raise self.failed(f"answered {error.status_code} {error.reason_phrase}") from error
            except ResponseHandlingException as error:
                if wait is None:
                    raise self.failed(f"cannot be reached: {error}") from error
            time.sleep(wait)
        raise AssertionError("the last try returns or raises")

    def failed(self, problem: str, collection: str = "") -> IndexUnavailable:
        place = Place(file=f"{self.url}/collections/{collection}" if collection else self.url)
        return IndexUnavailable(
            f"the Qdrant server {problem}" if not collection else problem, place=place, remedy=DOCTOR
        )


def read_card(connection: Connection, collection: str) -> dict[str, Any] | None:
    """What the finished index says of itself; None when there is no collection or it was never finished."""
    if not connection.call(lambda client: client.collection_exists(collection)):
        return None
    metadata = connection.call(lambda client: client.get_collection(collection)).config.metadata or {}
    card = metadata.get(CARD)
    return dict(card) if card else None


def create_collection(connection: Connection, collection: str, dimension: int | None) -> None:
    """Empty, with its payload indexes; an unfinished one of the same name goes first."""
    from qdrant_client.http import models as qm

    drop_collection(connection, collection)
    dense = {} if dimension is None else {DENSE: qm.VectorParams(size=dimension, distance=qm.Distance.COSINE)}
    words = {WORDS: qm.SparseVectorParams(modifier=qm.Modifier.IDF)}
    connection.call(
        lambda client: client.create_collection(collection, vectors_config=dense, sparse_vectors_config=words)
    )
    for key in PAYLOAD_KEYS:
        index_payload(connection, collection, key)


def index_payload(connection: Connection, collection: str, key: str) -> None:
    import warnings

    from qdrant_client.http import models as qm

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Payload indexes have no effect in the local Qdrant")
        connection.call(
            lambda client: client.create_payload_index(
                collection, key, qm.PayloadSchemaType.KEYWORD, wait=True
            )
        )


def drop_collection(connection: Connection, collection: str) -> None:
    connection.call(lambda client: client.delete_collection(collection))


def copy_points(connection: Connection, source: str, target: str, *, dense: bool) -> None:
    """Every point of one collection into another, in batches; dense vectors only where both are of one dimension."""
    for records in scroll(connection, source, vectors=[WORDS, DENSE] if dense else [WORDS]):
        write(connection, target, [as_point(record) for record in records])


def scroll(connection: Connection, collection: str, vectors: list[str] | bool) -> Iterator[list[qm.Record]]:
    """Pages of every point."""
    start: Any = None
    while True:
        records, start = connection.call(page_after(collection, start, vectors))
        yield records
        if start is None:
            return


def page_after(
    collection: str, start: Any, vectors: list[str] | bool
) -> Callable[[QdrantClient], tuple[list[qm.Record], Any]]:
    """The request for one page."""
    wanted = bool(vectors)
    return lambda client: client.scroll(
        collection, limit=BATCH, offset=start, with_payload=wanted, with_vectors=vectors
    )


def write(connection: Connection, collection: str, points: list[qm.PointStruct]) -> None:
    """Returns when the points can be searched."""
    if points:
        connection.call(lambda client: client.upsert(collection, points, wait=True))


def set_edition(connection: Connection, collection: str, points: Sequence[str], edition: str) -> None:
    """Changes what points there are filtered by."""
    ids: list[Any] = [str(point_id(point)) for point in points]
    connection.call(
        lambda client: client.set_payload(collection, payload={"edition": edition}, points=ids, wait=True)
    )


def payloads_of(connection: Connection, collection: str, points: Sequence[str]) -> dict[str, dict[str, str]]:
    """What is kept with those of these points that are there."""
    told: dict[str, dict[str, str]] = {}
    for batch in batches(points):
        records = connection.call(payloads_request(collection, batch))
        told |= {passage_id(record.id): dict(record.payload or {}) for record in records}
    return told


def payloads_request(collection: str, points: Sequence[str]) -> Callable[[QdrantClient], list[qm.Record]]:
    ids = [str(point_id(point)) for point in points]
    return lambda client: client.retrieve(collection, ids, with_payload=True, with_vectors=False)


def as_point(record: qm.Record) -> qm.PointStruct:
    from qdrant_client.http import models as qm

    vectors: Any = record.vector
    return qm.PointStruct(id=record.id, vector=vectors, payload=record.payload)


def server_sparse(vector: SparseVector) -> qm.SparseVector:
    from qdrant_client.http import models as qm

    return qm.SparseVector(indices=list(vector.indices), values=list(vector.values))


def server_point(point: IndexPoint) -> qm.PointStruct:
    from qdrant_client.http import models as qm

    vectors: dict[str, Any] = {WORDS: server_sparse(point.sparse)}
    if point.dense is not None:
        vectors[DENSE] = [float(value) for value in point.dense]
    return qm.PointStruct(id=str(point_id(point.passage)), vector=vectors, payload=dict(point.payload))


def server_filter(keep: IndexFilter) -> qm.Filter | None:
    from qdrant_client.http import models as qm

    if not keep.allowed:
        return None
    allowed = keep.allowed.items()
    return qm.Filter(
        must=[qm.FieldCondition(key=key, match=qm.MatchAny(any=list(values))) for key, values in allowed]
    )


def count_points(connection: Connection, collection: str) -> int:
    return connection.call(lambda client: client.count(collection, exact=True)).count


def count_dense(connection: Connection, collection: str, dimension: int | None) -> int:
    from qdrant_client.http import models as qm

    if dimension is None:
        return 0
    having = qm.Filter(must=[qm.HasVectorCondition(has_vector=DENSE)])
    return connection.call(lambda client: client.count(collection, count_filter=having, exact=True)).count
