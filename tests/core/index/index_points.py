"""Points to put into an index, each a function of its number, and a folder where syncing costs nothing."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from medrag.protocols import IndexPoint, SparseVector

DIMENSION = 8
MEMORY = Path("/dev/shm")


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder in memory where there is one: the engine syncs some ninety files per index, which a disk makes slow."""
    folder = Path(tempfile.mkdtemp(prefix="medrag-test-", dir=MEMORY if MEMORY.is_dir() else None))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def passage(number: int) -> str:
    """A passage id whose order is the number's."""
    return f"p_{number:024x}"


def make_points(numbers: Iterable[int], *, dense: bool = True) -> list[IndexPoint]:
    return [make_point(number, dense=dense) for number in numbers]


def make_point(number: int, *, dense: bool = True) -> IndexPoint:
    chance = random.Random(number)
    words = sorted(chance.sample(range(40), 6))
    weights = tuple(round(chance.uniform(0.5, 2.5), 3) for _ in words)
    vector = [chance.gauss(0, 1) for _ in range(DIMENSION)] if dense else None
    payload = {"edition": f"ansm@{number % 3}", "language": ("en", "zh")[number % 2], "kind": "label"}
    return IndexPoint(passage(number), SparseVector(tuple(words), weights), vector, payload)
