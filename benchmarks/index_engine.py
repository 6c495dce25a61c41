"""How fast the embedded engine writes and searches, beside numpy comparing every vector in the same run.

Run: python benchmarks/index_engine.py [--points 30000] [--dimension 384]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from medrag.index.edge import EdgeStore
from medrag.index.edge_reader import EdgeReader
from medrag.protocols import IndexFilter, IndexPoint, SparseVector

__all__ = ["main"]

#: Distinct words of a passage, and the vocabulary they are drawn from by Zipf's law.
WORDS_A_PASSAGE, VOCABULARY = 80, 30_000
QUERIES, LIMIT = 100, 100
KEEP = IndexFilter({"edition": ("e1", "e2"), "language": ("en",)})


def main() -> None:
    """Prints one table; times in milliseconds, memory in MiB."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=30_000)
    parser.add_argument("--dimension", type=int, default=384)
    parser.add_argument("--measure-open", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure_open:
        measure_open(options.measure_open)
        return
    chance = np.random.default_rng(1)
    words = [draw_words(chance, WORDS_A_PASSAGE) for _ in range(options.points)]
    dense = chance.standard_normal((options.points, options.dimension), dtype=np.float32)
    dense /= np.linalg.norm(dense, axis=1, keepdims=True)
    with tempfile.TemporaryDirectory() as folder:
        store = EdgeStore(Path(folder))
        measure_writing(store, words, dense)
        reader = store.open("both")
        measure_searching(reader, dense, chance)
        reader.close()
        for name in ("words", "both"):
            command = [sys.executable, __file__, "--measure-open", str(Path(folder) / name)]
            subprocess.run(command, check=True)


def draw_words(chance: np.random.Generator, count: int) -> tuple[int, ...]:
    """Word ids by rank, 1/rank apart, ascending."""
    ranks = np.exp(chance.uniform(0, np.log(VOCABULARY), 2 * count)).astype(np.int64)
    return tuple(int(rank) for rank in np.unique(ranks)[:count])


def make_points(words: list[tuple[int, ...]], dense: np.ndarray | None) -> Iterator[IndexPoint]:
    """Passages of seven editions in two languages; weights differ, as passages of different lengths have them."""
    chance = np.random.default_rng(2)
    for number, ids in enumerate(words):
        payload = {
            "work": "w",
            "edition": f"e{number % 7}",
            "kind": "label",
            "language": ("en", "zh")[number % 2],
        }
        vector = None if dense is None else dense[number]
        weights = tuple(chance.uniform(0.5, 2.5, len(ids)).tolist())
        yield IndexPoint(f"p_{number:024x}", SparseVector(ids, weights), vector, payload)


def measure_writing(store: EdgeStore, words: list[tuple[int, ...]], dense: np.ndarray) -> None:
    """Rates of upsert alone, and the seconds finish, a copied build and removal of a tenth take."""
    for name, vectors in (("words", None), ("both", dense)):
        builder = store.build(name, dimension=None if vectors is None else dense.shape[1])
        points = list(make_points(words, vectors))
        spent = timed(lambda b=builder, p=points: b.upsert(p))  # type: ignore[misc]
        ended = timed(lambda b=builder: b.finish({}))  # type: ignore[misc]
        mean = sum(map(len, words)) / len(words)
        print(
            f"write {name:5} ({mean:.0f} words)  {len(words) / spent:9,.0f} points/s   finish {ended:6.2f} s"
        )
    start = time.perf_counter()
    builder = store.build("less", dimension=dense.shape[1], base="both")
    copied = time.perf_counter() - start
    gone = timed(lambda: builder.delete(f"p_{number:024x}" for number in range(0, len(words), 10)))
    print(
        f"copy of both {copied:.2f} s   delete a tenth {gone:.2f} s   finish {timed(lambda: builder.finish({})):.2f} s"
    )


def timed(work: Callable[[], object]) -> float:
    """Seconds."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def measure_searching(reader: EdgeReader, dense: np.ndarray, chance: np.random.Generator) -> None:
    """p50 and p95 of the first hundred hits."""
    sparse = [SparseVector(ids, (1.0,) * len(ids)) for ids in (draw_words(chance, 6) for _ in range(QUERIES))]
    asked = chance.standard_normal((QUERIES, dense.shape[1]), dtype=np.float32)
    kept = np.array([number % 7 in (1, 2) and number % 2 == 0 for number in range(len(dense))])
    everything = IndexFilter()
    tell("engine sparse", [timed(lambda q=q: reader.search_sparse(q, everything, LIMIT)) for q in sparse])  # type: ignore[misc]
    tell("engine sparse, filter", [timed(lambda q=q: reader.search_sparse(q, KEEP, LIMIT)) for q in sparse])  # type: ignore[misc]
    tell("engine dense", [timed(lambda q=q: reader.search_dense(q, everything, LIMIT)) for q in asked])  # type: ignore[misc]
    tell("engine dense, filter", [timed(lambda q=q: reader.search_dense(q, KEEP, LIMIT)) for q in asked])  # type: ignore[misc]
    tell("numpy dense", [timed(lambda q=q: best_rows(dense @ q)) for q in asked])  # type: ignore[misc]
    tell("numpy dense, filter", [timed(lambda q=q: best_rows(np.where(kept, dense @ q, -2))) for q in asked])  # type: ignore[misc]
    agree = [
        {f"p_{row:024x}" for row in best_rows(dense @ q)}
        == {hit for hit, _ in reader.search_dense(q, everything, LIMIT)}
        for q in asked
    ]
    print(f"same hundred as numpy for {sum(agree)} of {QUERIES} dense queries (exact: {reader.exact})")


def best_rows(scores: np.ndarray) -> np.ndarray:
    """The hundred highest, best first."""
    chosen = np.argpartition(-scores, LIMIT)[:LIMIT]
    return np.asarray(chosen[np.argsort(-scores[chosen])])


def tell(label: str, seconds: list[float]) -> None:
    """One line of the table."""
    middle, high = np.percentile(np.array(seconds) * 1000, [50, 95])
    print(f"{label:24} p50 {middle:8.2f} ms   p95 {high:8.2f} ms")


def measure_open(folder: Path) -> None:
    """Opening in a fresh process, and what it then occupies after some searches."""
    before, start = resident(), time.perf_counter()
    reader = EdgeStore(folder.parent).open(folder.name)
    opened = time.perf_counter() - start
    for number in range(50):
        reader.search_sparse(SparseVector((1, 2 + number), (1.0, 1.0)), IndexFilter(), LIMIT)
        if reader.card.dimension:
            reader.search_dense([1.0] * reader.card.dimension, IndexFilter(), LIMIT)
    disk = sum(path.stat().st_blocks * 512 for path in folder.rglob("*")) / 2**20
    after = resident()
    own, mapped = after["RssAnon"] - before["RssAnon"], after["RssFile"] - before["RssFile"]
    print(
        f"open {folder.name:5} {opened:6.2f} s   memory +{own:.0f} own, +{mapped:.0f} mapped   disk {disk:.0f}"
    )


def resident() -> dict[str, float]:
    """MiB of this process, by kind."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    pairs = (line.split(":") for line in lines if line.startswith("Rss"))
    return {name: int(value.split()[0]) / 1024 for name, value in pairs}


if __name__ == "__main__":
    main()
