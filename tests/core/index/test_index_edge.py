"""The embedded engine's folders: shared between processes, checked before use, whole or absent after a crash."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from index_points import DIMENSION, make_points, passage

import medrag.index.card
import medrag.index.edge_builder
import medrag.index.shard
from medrag.errors import IndexUnavailable
from medrag.index.card import checked_card
from medrag.index.edge import EdgeStore
from medrag.index.edge_reader import EdgeReader
from medrag.index.folder import copy_folder, describe_files, spoilt_file
from medrag.protocols import IndexFilter, SparseVector

ALL = IndexFilter()
QUERY = SparseVector((1, 2, 3), (1.0, 1.0, 1.0))

READER = """
import sys
from pathlib import Path
from medrag.index.edge import EdgeStore
from medrag.protocols import IndexFilter, SparseVector
reader = EdgeStore(Path(sys.argv[1])).open("one")
hits = reader.search_sparse(SparseVector((1, 2, 3), (1.0, 1.0, 1.0)), IndexFilter(), 5)
print([list(hit) for hit in hits], flush=True)
sys.stdin.read()
reader.close()
"""

BUILDER = """
import sys
from pathlib import Path
from medrag.index.edge import EdgeStore
from medrag.protocols import IndexPoint, SparseVector
builder = EdgeStore(Path(sys.argv[1])).build("two", dimension=None, base="one" if sys.argv[2] == "base" else None)
builder.upsert(IndexPoint(f"p_{n:024x}", SparseVector((n,), (1.0,)), None, {}) for n in range(1000, 1600))
print("written", flush=True)
sys.stdin.read()
"""


def make_index(store: EdgeStore, name: str = "one", count: int = 50) -> EdgeReader:
    builder = store.build(name, dimension=DIMENSION)
    builder.upsert(make_points(range(count)))
    builder.finish({"of": name})
    return store.open(name)


def start(program: str, *arguments: str) -> subprocess.Popen[str]:
    """Another process, and its first line read."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_processes_share_an_index_and_a_killed_one_leaves_it_whole(edge: EdgeStore) -> None:
    here = make_index(edge)
    before = describe_files(edge.root)
    expected = str([list(hit) for hit in here.search_sparse(QUERY, ALL, 5)])
    others = [start(READER, str(edge.root)) for _ in range(2)]
    assert [first_line(other) for other in others] == [expected, expected]
    others[0].send_signal(signal.SIGKILL)
    others[1].communicate(timeout=60)
    assert [other.wait(timeout=60) for other in others] == [-signal.SIGKILL, 0]
    here.close()
    assert describe_files(edge.root) == before
    assert str([list(hit) for hit in edge.open("one").search_sparse(QUERY, ALL, 5)]) == expected


@pytest.mark.parametrize("base", ["base", "fresh"])
def test_a_build_killed_midway_leaves_the_old_index_and_is_swept(edge: EdgeStore, base: str) -> None:
    make_index(edge).close()
    before = describe_files(edge.root / "one")
    process = start(BUILDER, str(edge.root), base if base == "base" else "fresh")
    assert first_line(process) == "written"
    process.kill()
    process.communicate(timeout=60)
    assert edge.names() == ["one"]
    with pytest.raises(IndexUnavailable):
        edge.open("two")
    assert edge.sweep(["one"]) == ["two.building"]
    assert describe_files(edge.root / "one") == before


def test_a_build_that_fails_at_its_last_step_publishes_nothing(
    edge: EdgeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_index(edge).close()
    builder = edge.build("two", dimension=None)

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(IndexUnavailable, match="No space left"):
        builder.finish({})
    monkeypatch.undo()
    assert edge.names() == ["one"]
    assert edge.sweep(["one"]) == ["two.building"]


def lose(path: Path) -> None:
    path.unlink()


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("harm", [lose, cut, flip])
@pytest.mark.parametrize(
    "pattern",
    [
        "meta.json",
        "**/mutable_id_tracker.mappings",
        "**/version.info",
        "**/vector_storage-words/store/page_0.dat",
        "**/vector_storage-dense/**/chunk*",
    ],
)
def test_damage_is_found_before_anything_is_served(
    edge: EdgeStore, pattern: str, harm: Callable[[Path], None]
) -> None:
    make_index(edge).close()
    harmed = sorted((edge.root / "one").glob(pattern))
    assert harmed
    harm(harmed[0])
    for ask in (edge.open, lambda name: edge.build("two", dimension=DIMENSION, base=name)):
        with pytest.raises(IndexUnavailable, match="medrag doctor"):
            ask("one")


def test_a_lost_segment_is_not_an_empty_index(edge: EdgeStore) -> None:
    make_index(edge).close()
    segments = edge.root / "one" / "shard" / "segments"
    segments.rename(edge.root / "elsewhere")
    with pytest.raises(IndexUnavailable, match="missing"):
        edge.open("one")


def test_card_of_another_layout_is_refused(edge: EdgeStore, monkeypatch: pytest.MonkeyPatch) -> None:
    make_index(edge).close()
    monkeypatch.setattr(medrag.index.card, "LAYOUT", 2)
    with pytest.raises(IndexUnavailable, match="layout 1 is not 2"):
        edge.open("one")


def test_a_removed_index_serves_those_who_have_it_open(edge: EdgeStore) -> None:
    reader = make_index(edge)
    expected = reader.search_sparse(QUERY, ALL, 5)
    edge.remove("one")
    assert not (edge.root / "one").exists()
    assert reader.search_sparse(QUERY, ALL, 5) == expected
    assert len(list(reader.ids())) == 50


def test_an_index_that_cannot_be_written_opens_from_a_copy(
    edge: EdgeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = make_index(edge)
    expected = reader.search_sparse(QUERY, ALL, 5)
    monkeypatch.setattr(medrag.index.shard, "writable", lambda folder: False)
    copy = edge.open("one")
    assert copy.search_sparse(QUERY, ALL, 5) == expected
    assert copy.search_dense([1.0] * DIMENSION, ALL, 5) == reader.search_dense([1.0] * DIMENSION, ALL, 5)
    copy.close()


def test_threads_share_a_reader(edge: EdgeStore) -> None:
    reader = make_index(edge, count=200)
    expected = (reader.search_sparse(QUERY, ALL, 20), reader.search_dense([1.0] * DIMENSION, ALL, 20))
    wrong: list[object] = []

    def ask() -> None:
        for _ in range(50):
            found = (reader.search_sparse(QUERY, ALL, 20), reader.search_dense([1.0] * DIMENSION, ALL, 20))
            if found != expected:
                wrong.append(found)

    run([ask] * 4)
    assert wrong == []


def test_closing_under_search_is_an_answerable_error(edge: EdgeStore) -> None:
    reader = make_index(edge)
    ended: list[str] = []

    def ask() -> None:
        with pytest.raises(IndexUnavailable) as caught:
            while True:
                reader.search_sparse(QUERY, ALL, 5)
        ended.append(str(caught.value))

    run([ask, ask, reader.close])
    assert len(ended) == 2
    reader.close()


def run(tasks: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=task) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
        assert not thread.is_alive()


def test_a_graph_is_built_above_the_threshold_and_forgets_what_was_deleted(edge: EdgeStore) -> None:
    large = EdgeStore(edge.root, exact_below=100)
    make_index(large, "one", 300).close()
    builder = large.build("two", dimension=DIMENSION, base="one")
    builder.delete(passage(number) for number in range(150, 300))
    builder.finish({})
    before = describe_files(edge.root)
    graph, exact = large.open("two"), make_index(edge, "exact", 150)
    assert not graph.exact
    assert exact.exact
    assert graph.idf(range(40)) == pytest.approx(exact.idf(range(40)))
    for words in ((1, 5), (7, 30)):
        query = SparseVector(words, (1.0, 1.0))
        assert [name for name, _ in graph.search_sparse(query, ALL, 20)] == [
            name for name, _ in exact.search_sparse(query, ALL, 20)
        ]
    near = [name for name, _ in graph.search_dense([1.0] * DIMENSION, IndexFilter({"language": ("zh",)}), 10)]
    assert near == [
        name for name, _ in exact.search_dense([1.0] * DIMENSION, IndexFilter({"language": ("zh",)}), 10)
    ]
    graph.close()
    assert {name: digest for name, digest in describe_files(edge.root).items() if name in before} == before


def test_deleted_points_do_not_pile_up(edge: EdgeStore) -> None:
    make_index(edge, "index0", 200).close()
    kept = make_index(edge, "afresh", 20)
    sizes = []
    for turn in range(4):
        builder = edge.build(f"index{turn + 1}", dimension=DIMENSION, base=f"index{turn}")
        builder.delete(passage(number) for number in range(20, 200))
        if turn < 3:
            builder.upsert(make_points(range(20, 200)))
        builder.finish({})
        sizes.append(checked_card(edge.root / f"index{turn + 1}").dead)
    assert sizes == [180, 180, 180, 180]
    last = edge.open("index4")
    assert sorted(last.ids()) == sorted(kept.ids())
    assert last.idf(range(40)) == pytest.approx(kept.idf(range(40)))
    assert last.search_dense([1.0] * DIMENSION, ALL, 20) == kept.search_dense([1.0] * DIMENSION, ALL, 20)


def test_a_copy_keeps_holes_and_bytes(tmp_path: Path) -> None:
    source, target = tmp_path / "a", tmp_path / "b"
    (source / "deep").mkdir(parents=True)
    with (source / "deep" / "sparse").open("wb") as stream:
        stream.write(b"start")
        stream.seek(1 << 24)
        stream.write(b"middle")
        stream.truncate(1 << 25)
    (source / "empty").touch()
    (source / "left").write_text("out")
    copy_folder(source, target, leave_out="left")
    assert (target / "deep" / "sparse").read_bytes() == (source / "deep" / "sparse").read_bytes()
    assert (target / "deep" / "sparse").stat().st_blocks <= (source / "deep" / "sparse").stat().st_blocks + 8
    (source / "left").unlink()
    assert describe_files(target) == describe_files(source)


def test_digest_sees_every_byte_but_not_where_the_holes_are(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(300_000))
    zeros = describe_files(tmp_path)
    path.unlink()
    with path.open("wb") as stream:
        stream.truncate(300_000)
    assert describe_files(tmp_path) == zeros
    for place in (0, 65_535, 65_536, 299_999):
        data = bytearray(300_000)
        data[place] = 1
        path.write_bytes(data)
        assert spoilt_file(tmp_path, zeros) == "file"
    path.write_bytes(bytes(300_001))
    assert spoilt_file(tmp_path, zeros) == "file"


def test_a_disk_that_refuses_after_the_renaming_leaves_no_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = EdgeStore(tmp_path)
    make_index(store, "old")
    builder = store.build("new", dimension=DIMENSION)
    builder.upsert(make_points(range(5)))
    settle = medrag.index.edge_builder.sync_path

    def refuse(path: Path) -> None:
        if path == tmp_path:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        settle(path)

    monkeypatch.setattr(medrag.index.edge_builder, "sync_path", refuse)
    with pytest.raises(IndexUnavailable, match="No space left"):
        builder.finish({"of": "new"})
    builder.abandon()
    assert [path.name for path in store.folders()] == ["old"]
