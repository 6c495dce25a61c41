"""Indexes in folders: the Qdrant engine inside this process (qdrant-edge), one immutable folder per finished index.

``<root>/<name>.building/`` is written, made durable, given ``meta.json`` and renamed to ``<root>/<name>/``; nothing
writes there again. The shard has no write-ahead log: it is the only part of the engine that locks the folder, so any
number of processes read one index at once, and a build that does not finish is thrown away whole. Opening changes no byte.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from medrag.errors import IndexUnavailable, Place, UsageError
from medrag.index.card import META, Card, checked_card
from medrag.index.edge_builder import EdgeBuilder
from medrag.index.edge_reader import EdgeReader
from medrag.index.folder import copy_folder, remove_folder
from medrag.index.points import (
    DOCTOR,
    EXACT_BELOW,
    check_name,
)
from medrag.index.shard import change_dimension, create_shard, engine, load_anywhere, open_shard, rewrite
from medrag.index.shared import shared

if TYPE_CHECKING:
    from qdrant_edge import EdgeShard

    from medrag.protocols import IndexReader

__all__ = ["EdgeStore"]

BUILDING = ".building"

#: A deleted point keeps its place in the shard. When those of a base are more than a quarter of the living, its points
#: are written anew (some 10,000 a second) instead of its files copied, or a shelf updated every month would only grow.
DEAD_SHARE = 4


class EdgeStore:
    """An IndexStore in a folder. ``exact_below``: dense vectors from which an HNSW graph is built."""

    def __init__(self, root: Path, *, exact_below: int = EXACT_BELOW) -> None:
        self.root = root
        self.exact_below = exact_below

    def folder(self, name: str) -> Path:
        return self.root / check_name(name)

    def build(self, name: str, *, dimension: int | None, base: str | None = None) -> EdgeBuilder:
        """See IndexStore. A finished index of this name is never written over: UsageError. Dense vectors of ``base``
        are kept when it has the same dimension, and dropped otherwise."""
        final, target = self.folder(name), self.root / (name + BUILDING)
        if (final / META).exists():
            raise UsageError(f"index {name} is finished and is not written again; remove it first")
        with engine(target):
            for leftover in (target, final):
                if leftover.exists():
                    shutil.rmtree(leftover)
            if base is None:
                return EdgeBuilder(
                    target, final, dimension, self.exact_below, create_shard(target, dimension)
                )
            shard, dead = self.copy(base, target, dimension)
        return EdgeBuilder(target, final, dimension, self.exact_below, shard, dead)

    def copy(self, base: str, target: Path, dimension: int | None) -> tuple[EdgeShard, int]:
        """A finished index, checked and copied to be changed, and how many deleted points came along."""
        card = checked_card(self.folder(base))
        if card.dead > card.points // DEAD_SHARE:
            return self.compact(base, target, dimension, dense=card.dimension == dimension), 0
        copy_folder(self.folder(base), target, leave_out=META)
        shard = open_shard(target)
        if card.dimension != dimension:
            change_dimension(shard, target, card.dimension, dimension)
        return shard, card.dead

    def compact(self, base: str, target: Path, dimension: int | None, *, dense: bool) -> EdgeShard:
        """The living points of a finished index in a new shard."""
        old, shard = load_anywhere(self.folder(base)), create_shard(target, dimension)
        rewrite(old, shard, target, dense=dense)
        old.close()
        return shard

    def open(self, name: str) -> IndexReader:
        """Checks every byte against the card, then opens. Raises IndexUnavailable."""
        folder = self.folder(name)
        card = checked_card(folder)
        reader = EdgeReader(folder, card, load_anywhere(folder), exact=card.dense < self.exact_below)
        if (reader.count(), reader.count_dense()) != (card.points, card.dense):
            reader.close()
            raise IndexUnavailable(
                "it holds another number of points than it was finished with",
                place=Place(file=str(folder)),
                remedy=DOCTOR,
            )
        return shared(reader, card.meta)

    def meta(self, name: str) -> dict[str, str]:
        return dict(Card.read(self.folder(name)).meta)

    def folders(self) -> list[Path]:
        """Finished or not, sorted."""
        return sorted(path for path in self.root.iterdir() if path.is_dir()) if self.root.is_dir() else []

    def names(self) -> list[str]:
        return [path.name for path in self.folders() if (path / META).is_file() and path.suffix != BUILDING]

    def remove(self, name: str) -> None:
        """Readers that have it open keep reading: its files live until they close."""
        folder = self.folder(name)
        if not folder.is_dir():
            raise IndexUnavailable("there is no such index", place=Place(file=str(folder)), remedy=DOCTOR)
        with engine(folder):
            remove_folder(folder, META)

    def sweep(self, keep: Iterable[str]) -> list[str]:
        """Only the one writer of the shelf may call this: it also removes a build in progress."""
        kept = set(keep)
        gone = [path for path in self.folders() if path.name not in kept]
        for path in gone:
            with engine(path):
                remove_folder(path, META)
        return [path.name for path in gone]
