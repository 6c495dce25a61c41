"""Vectors kept: nothing is encoded twice, nothing kept is lost by a kill."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from medrag.errors import EncoderUnavailable, IntegrityError
from medrag.index.encoders import cache as room
from medrag.index.encoders.cache import EncodeCount, VectorCache, encode_cached, text_hash
from medrag.index.encoders.hashed import HashEmbedder


class CountingEncoder(HashEmbedder):
    """Remembers every text it was asked for."""

    def __init__(self, dimension: int = 16) -> None:
        super().__init__(dimension)
        self.asked: list[str] = []

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += texts
        return super().encode_passages(texts)


class StoppingEncoder(HashEmbedder):
    """Breaks at the second batch."""

    calls = 0

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.calls += 1
        if self.calls == 2:
            raise EncoderUnavailable("stopped")
        return super().encode_passages(texts)


@pytest.fixture
def cache(tmp_path: Path) -> VectorCache:
    return VectorCache(tmp_path / "index" / "vectors.db")


def test_what_is_put_comes_back_bit_for_bit(cache: VectorCache) -> None:
    vectors = {text_hash(str(n)): np.random.default_rng(n).random(5, dtype=np.float32) for n in range(1200)}
    cache.put_many("a", vectors)
    found = cache.get_many("a", [*vectors, text_hash("absent")])
    assert found.keys() == vectors.keys()
    assert all(np.array_equal(found[key], vectors[key]) for key in vectors)
    assert cache.get_many("b", list(vectors)) == {}
    assert (cache.count("a"), cache.count("b")) == (1200, 0)


@given(st.lists(st.text(max_size=8), max_size=40), st.lists(st.text(max_size=8), max_size=40))
@settings(max_examples=25, deadline=None)
def test_every_text_has_its_vector_and_none_is_encoded_twice(
    tmp_path_factory: pytest.TempPathFactory, first: list[str], second: list[str]
) -> None:
    cache = VectorCache(tmp_path_factory.mktemp("cache") / "v.db")
    encoder = CountingEncoder()
    for texts in (first, second, second):
        count = EncodeCount()
        told = dict(encode_cached(encoder, cache, texts, count))
        assert sorted(told) == list(range(len(texts)))
        assert all(np.array_equal(told[n], encoder.encode_query(text)) for n, text in enumerate(texts))
        assert count.encoded + count.reused == len(texts)
    assert count.encoded == 0
    assert sorted(encoder.asked) == sorted({*first, *second})


def test_progress_reaches_the_total(cache: VectorCache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "BATCH", 3)
    told: list[tuple[int, int]] = []
    texts = [str(n) for n in range(7)] + ["0"]
    list(encode_cached(HashEmbedder(), cache, texts, progress=lambda done, total: told.append((done, total))))
    assert told[-1] == (8, 8)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_finished_batches_outlive_a_failure(cache: VectorCache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "BATCH", 4)
    texts = [f"text {n}" for n in range(10)]
    with pytest.raises(EncoderUnavailable):
        list(encode_cached(StoppingEncoder(16), cache, texts))
    encoder = CountingEncoder(16)
    count = EncodeCount()
    list(encode_cached(encoder, cache, texts, count))
    assert (count.encoded, count.reused) == (6, 4)


def test_another_fingerprint_shares_nothing(cache: VectorCache) -> None:
    list(encode_cached(HashEmbedder(16), cache, ["a"]))
    count = EncodeCount()
    list(encode_cached(HashEmbedder(32), cache, ["a"], count))
    assert count.encoded == 1
    assert cache.drop_others([HashEmbedder(32).fingerprint]) == 1
    assert cache.count(HashEmbedder(16).fingerprint) == 0


def test_an_encoder_that_gives_the_wrong_number_is_refused(cache: VectorCache) -> None:
    class Short(HashEmbedder):
        def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
            return super().encode_passages(texts)[1:]

    with pytest.raises(IntegrityError, match="shape"):
        list(encode_cached(Short(), cache, ["a", "b"]))
    assert cache.count(Short().fingerprint) == 0


def test_a_kept_vector_of_another_length_is_refused(cache: VectorCache) -> None:
    encoder = HashEmbedder(16)
    cache.put_many(encoder.fingerprint, {text_hash("a"): np.ones(3, dtype=np.float32)})
    with pytest.raises(IntegrityError, match="3 values"):
        list(encode_cached(encoder, cache, ["a"]))


def test_a_damaged_file_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "v.db"
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(IntegrityError, match="Remove the file"):
        VectorCache(path)


def test_a_damaged_vector_is_refused(cache: VectorCache) -> None:
    with sqlite3.connect(cache.path) as connection:
        connection.execute("INSERT INTO vector VALUES ('a', ?, ?)", (text_hash("x"), b"123"))
    connection.close()
    with pytest.raises(IntegrityError, match="3 bytes"):
        cache.get_many("a", [text_hash("x")])


def fill(path: str, start: int) -> None:
    cache = VectorCache(Path(path))
    for n in range(start, start + 60):
        cache.put_many("p", {text_hash(str(n % 100)): np.full(4, n % 100, dtype=np.float32)})


def test_two_processes_write_at_once(tmp_path: Path) -> None:
    path = tmp_path / "v.db"
    spawn = multiprocessing.get_context("spawn")
    workers = [spawn.Process(target=fill, args=(str(path), start)) for start in (0, 40)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert VectorCache(path).count("p") == 100


KILLED = """
import sys
from pathlib import Path
import numpy as np
from medrag.index.encoders.cache import VectorCache, text_hash
cache = VectorCache(Path(sys.argv[1]))
for n in range(10**6):
    cache.put_many("k", {text_hash(str(n)): np.full(4, n, dtype=np.float32)})
    print(n, flush=True)
"""


def test_what_was_kept_survives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "v.db"
    worker = subprocess.Popen([sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None
    told = -1
    while told < 25:
        told = int(worker.stdout.readline())
    os.kill(worker.pid, signal.SIGKILL)
    told = max([told, *(int(line) for line in worker.stdout.read().splitlines())])
    worker.wait()
    found = VectorCache(path).get_many("k", [text_hash(str(n)) for n in range(told + 1)])
    assert [float(found[text_hash(str(n))][0]) for n in range(told + 1)] == list(range(told + 1))
