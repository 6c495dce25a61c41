"""Keeps built graphs in the home, one file for each set of editions, so that a start reads what a publication built."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Container, Iterable
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

import medrag
from medrag.catalogue import Catalogue
from medrag.errors import GraphUnavailable, IntegrityError, Place
from medrag.records import Edition
from medrag_graph.graph_file import LAYOUT, read_graph, write_graph
from medrag_graph.model import GraphData

__all__ = ["GRAPH_VERSION", "graph_file", "graph_key", "kept_graph", "sweep_graphs"]

#: Raise it when the building of the graph changes what it makes: graphs of other versions are not read.
GRAPH_VERSION: Final = 6
#: What a graph is made by beside the catalogue and the code.
TABLES: Final = (".csv", ".json", ".yaml")
FOLDER: Final = "graph"
ENDING: Final = ".graph"
#: Seconds a process waits for another that builds a graph; the whole shelf takes half a minute of one core.
LONGEST_BUILD_S: Final = 600

#: Is told one sentence when a kept graph was of no use.
Word = Callable[[str], None]


def graph_key(editions: Iterable[Edition]) -> str:
    """Names the graph of these editions, in any order, as this version of medrag builds it: 32 hexadecimal digits."""
    told = hashlib.sha256(makers().encode())
    for key in sorted((item.id, item.content_sha256, item.manifest_sha256) for item in editions):
        told.update("\t".join(key).encode() + b"\n")
    return told.hexdigest()[:32]


@cache
def makers() -> str:
    """What makes a graph beside its editions: versions, and medrag's own tables by content."""
    told = hashlib.sha256(f"{medrag.__version__} {GRAPH_VERSION} {LAYOUT}\n".encode())
    for package in ("medrag.lexicon", "medrag_graph"):
        for name, content in tables_in(files(package)):
            told.update(f"{package}/{name} {hashlib.sha256(content).hexdigest()}\n".encode())
    return told.hexdigest()


def tables_in(folder: Traversable, above: str = "") -> Iterable[tuple[str, bytes]]:
    """Every table of a folder and of those in it, by name."""
    for item in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if item.is_dir():
            yield from tables_in(item, f"{above}{item.name}/")
        elif item.name.endswith(TABLES):
            yield above + item.name, item.read_bytes()


def graph_file(home: Path, key: str) -> Path:
    """Where the graph of a key is kept."""
    return home / FOLDER / f"{key}{ENDING}"


def kept_graph(
    home: Path, catalogue: Catalogue, editions: Iterable[Edition], snapshot: str, word: Word
) -> GraphData:
    """The graph of a set of editions: from its file, else built from the catalogue and kept.

    ``snapshot`` is what the graph answers to; the same editions under another name read the same file. Of several
    processes one builds and the others read what it kept. A file that is damaged is told of through ``word`` and made
    anew. Raises CatalogueUnavailable, and GraphUnavailable when the home cannot be written or a build lasts too long.
    """
    held = tuple(editions)
    key = graph_key(held)
    return find_graph(home, key, snapshot, word) or build_kept(home, key, catalogue, held, snapshot, word)


def find_graph(home: Path, key: str, snapshot: str, word: Word) -> GraphData | None:
    """None when none is kept, or what is kept is damaged: it is a copy of what the catalogue holds whole."""
    try:
        return read_graph(graph_file(home, key), key, snapshot)
    except IntegrityError as error:
        word(f"{error.place}: {error.problem}; it is built again from the catalogue")
        return None


def build_kept(
    home: Path, key: str, catalogue: Catalogue, editions: Iterable[Edition], snapshot: str, word: Word
) -> GraphData:
    from filelock import FileLock, Timeout

    # A start that finds its graph kept needs none of what builds one.
    from medrag_graph.build import build_graph

    def quiet(_: str) -> None:
        """The damage was told of before the lock was asked for."""

    try:
        with FileLock(home / f"{FOLDER}.lock", timeout=LONGEST_BUILD_S):
            found = find_graph(home, key, snapshot, quiet)
            if found is None:
                found = build_graph(catalogue, [item.id for item in editions], snapshot)
                write_graph(graph_file(home, key), key, found)
            return found
    except Timeout as error:
        raise GraphUnavailable("another process has been building the graph for too long") from error
    except OSError as error:
        raise GraphUnavailable(
            f"the graph cannot be kept: {error.strerror}",
            place=Place(file=str(home / FOLDER)),
            remedy="See that the home can be written and has room",
        ) from error


def sweep_graphs(home: Path, keep: Container[str]) -> list[str]:
    """Removes every kept graph but those of these keys, and what a crash left half written; returns their names.

    Raises GraphUnavailable when the home cannot be written.
    """
    from filelock import FileLock, Timeout

    try:
        with FileLock(home / f"{FOLDER}.lock", timeout=LONGEST_BUILD_S):
            found = sorted((home / FOLDER).glob("*"))
            gone = [file for file in found if file.suffix != ENDING or file.stem not in keep]
            for file in gone:
                file.unlink(missing_ok=True)
    except (OSError, Timeout) as error:
        raise GraphUnavailable(
            "old graphs cannot be removed", place=Place(file=str(home / FOLDER))
        ) from error
    return [file.name for file in gone]
