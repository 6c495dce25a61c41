"""The server's side: what becomes of failures, and that one shelf keeps to its own collections."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from index_points import make_points
from pydantic import SecretStr
from qdrant_client import QdrantClient

import medrag.index.collection
from medrag.errors import IndexUnavailable
from medrag.index import open_store
from medrag.index.edge import EdgeStore
from medrag.index.server import ServerStore
from medrag.settings import Settings

KEY = "a-key-that-must-not-be-told"


@contextmanager
def answering(*answers: tuple[int, object]) -> Iterator[tuple[str, list[str | None]]]:
    """A server on the loopback interface that gives these answers in turn, the last one for ever; and the keys it saw."""
    left, keys = list(answers), list[str | None]()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            keys.append(self.headers.get("api-key"))
            status, body = left.pop(0) if len(left) > 1 else left[0]
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", keys
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(medrag.index.collection, "RETRY_AFTER_S", (0.0, 0.0))


NONE_HELD = {"result": {"collections": []}, "status": "ok", "time": 0}


@pytest.mark.network
@pytest.mark.filterwarnings("ignore:Api key is used with an insecure connection")
def test_passing_failures_are_tried_again_with_the_key() -> None:
    with answering((503, {}), (429, {}), (200, NONE_HELD)) as (url, keys):
        assert ServerStore(url, KEY).names() == []
        assert keys == [KEY] * 3


@pytest.mark.network
@pytest.mark.filterwarnings("ignore:Api key is used with an insecure connection")
@pytest.mark.parametrize(("status", "tries"), [(503, 3), (401, 1), (403, 1), (400, 1)])
def test_lasting_failures_are_told_without_the_key(status: int, tries: int) -> None:
    with answering((status, {"status": {"error": "no"}})) as (url, keys):
        with pytest.raises(IndexUnavailable, match=f"answered {status}") as caught:
            ServerStore(url, KEY).names()
        assert len(keys) == tries
        assert KEY not in str(caught.value)


@pytest.mark.network
def test_an_absent_server_is_told() -> None:
    with answering((200, NONE_HELD)) as (url, _):
        store = ServerStore(url)
    with pytest.raises(IndexUnavailable, match="cannot be reached"):
        store.open("one")


def test_a_store_keeps_to_its_prefix() -> None:
    client = QdrantClient(location=":memory:")
    ours, theirs = ServerStore(client=client, prefix="a_"), ServerStore(client=client, prefix="b_")
    for store in (ours, theirs):
        builder = store.build("one", dimension=None)
        builder.upsert(make_points(range(3), dense=False))
        builder.finish({})
    assert ours.sweep([]) == ["one"]
    assert (ours.names(), theirs.names()) == ([], ["one"])


def test_a_collection_that_lost_points_is_not_served(server: ServerStore) -> None:
    builder = server.build("one", dimension=None)
    builder.upsert(make_points(range(3), dense=False))
    builder.finish({})
    server.connection.client.delete("medrag_one", points_selector=[str(next(iter_ids(server)))])
    with pytest.raises(IndexUnavailable, match="another number of points"):
        server.open("one")


def iter_ids(store: ServerStore) -> Iterator[object]:
    records, _ = store.connection.client.scroll("medrag_one")
    return iter([record.id for record in records])


def test_settings_choose_the_store(home: object) -> None:
    embedded = open_store(Settings(home=home))
    assert isinstance(embedded, EdgeStore)
    assert embedded.root.name == "index"
    served = open_store(Settings(home=home, qdrant_url="http://127.0.0.1:1", qdrant_key=SecretStr(KEY)))
    assert isinstance(served, ServerStore)
    assert served.connection.key == KEY
