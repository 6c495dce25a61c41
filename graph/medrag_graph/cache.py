"""Keeps a built graph in the home as gzipped JSON lines, so that a start reads it instead of building it again."""

from __future__ import annotations

import gc
import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from medrag.catalogue import Catalogue
from medrag.errors import IntegrityError, Place
from medrag.records import Span
from medrag_graph.build import build_graph
from medrag_graph.model import Claim, Evidence, GraphConcept, GraphData, Link

__all__ = ["GRAPH_VERSION", "cached_graph", "graph_file", "load_graph", "save_graph"]

#: Raise it when the building of the graph changes what it makes: cached graphs of other versions are not read.
GRAPH_VERSION: Final = 2
FORMAT: Final = "medrag-graph"
#: Names a line of the file: one JSON text each would cost more time than its names.
NAMES_A_LINE: Final = 4000
#: A cached graph of the whole mirror has some 40 MB; beyond this it was not written by us.
MAX_BYTES: Final = 1 << 30
REMEDY: Final = "Remove the file: the graph is built again from the catalogue."


def cached_graph(catalogue: Catalogue, editions: Sequence[str], snapshot: str, home: Path) -> GraphData:
    """The snapshot's graph from the home's cache; built and kept when it is not there or damaged.

    Raises CatalogueUnavailable when it must be built and the catalogue cannot be read.
    """
    path = graph_file(home, editions, snapshot)
    try:
        if path.is_file():
            return load_graph(path)
    except IntegrityError:
        path.unlink(missing_ok=True)
    data = build_graph(catalogue, editions, snapshot)
    save_graph(data, path)
    return data


def graph_file(home: Path, editions: Sequence[str], snapshot: str) -> Path:
    """Where the graph of a snapshot is kept: named by everything it is made from."""
    told = hashlib.sha256(f"{GRAPH_VERSION}\n{tables_sha256()}\n{sorted(set(editions))}".encode())
    return home / "graph" / f"{snapshot}-{told.hexdigest()[:16]}.jsonl.gz"


def tables_sha256() -> str:
    """Of medrag's own tables, which are a part of every graph."""
    digest = hashlib.sha256()
    for package in ("medrag.lexicon", "medrag_graph"):
        for item in sorted(files(package).iterdir(), key=lambda entry: entry.name):
            if item.name.endswith(".csv"):
                digest.update(item.read_bytes())
    return digest.hexdigest()


def save_graph(data: GraphData, path: Path) -> None:
    """Writes the file whole or not at all; equal graphs give equal bytes."""
    body = b"".join(line.encode() + b"\n" for line in lines_of(data))
    head = {"format": FORMAT, "version": GRAPH_VERSION, "sha256": hashlib.sha256(body).hexdigest()}
    packed = gzip.compress(json.dumps(head).encode() + b"\n" + body, compresslevel=5, mtime=0)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(packed)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def load_graph(path: Path) -> GraphData:
    """The graph of a file. Raises IntegrityError when it is damaged, cut short, or of another version."""
    try:
        with gzip.open(path, "rb") as stream:
            packed = stream.read(MAX_BYTES + 1)
        head, _, body = packed.partition(b"\n")
        told = json.loads(head)
        wanted = {"format": FORMAT, "version": GRAPH_VERSION, "sha256": hashlib.sha256(body).hexdigest()}
        if told != wanted:
            raise ValueError("the head does not match what follows")
        with uncollected():
            return read_lines(body.decode().split("\n")[:-1])
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError, IndexError) as error:
        problem = f"the cached graph cannot be read: {error}"
        raise IntegrityError(problem, place=Place(str(path)), remedy=REMEDY) from error


def lines_of(data: GraphData) -> Iterator[str]:
    yield compact([data.snapshot, len(data.concepts), len(data.links), len(data.claims), len(data.names)])
    for c in data.concepts:
        yield compact([c.id, c.kind, c.name, c.names, c.codes])
    for item in data.links:
        yield compact([item.kind, item.source, item.target, item.edition, packed_evidence(item.evidence)])
    for claim in data.claims:
        yield compact(claim_row(claim))
    names = list(data.names.items())
    for start in range(0, len(names), NAMES_A_LINE):
        yield compact(dict(names[start : start + NAMES_A_LINE]))


def compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def packed_evidence(evidence: Sequence[Evidence]) -> list[list[object]]:
    return [[item.document, item.span.start, item.span.end, item.role] for item in evidence]


def claim_row(c: Claim) -> list[object]:
    ends = [c.id, c.edition, c.predicate, c.subject, c.object]
    level = [c.severity, c.native_scale, c.native_level, c.condition]
    return [*ends, *level, c.qualifiers, packed_evidence(c.evidence), c.excepted]


def read_lines(lines: Sequence[str]) -> GraphData:
    snapshot, concepts, links, claims, names = json.loads(lines[0])
    ends = [1, 1 + concepts, 1 + concepts + links, 1 + concepts + links + claims, len(lines)]
    parts = [read_rows(lines[start:end]) for start, end in pairwise(ends)]
    held: dict[str, tuple[str, ...]] = {}
    for some in parts[3]:
        held.update((name, tuple(ids)) for name, ids in some.items())
    if [len(part) for part in parts[:3]] != [concepts, links, claims] or len(held) != names:
        raise ValueError("there is less or more than the first line says")
    return GraphData(
        snapshot,
        tuple(concept_from(*row) for row in parts[0]),
        tuple(Link(k, source, to, edition, evidence_from(e)) for k, source, to, edition, e in parts[1]),
        tuple(claim_from(row) for row in parts[2]),
        held,
    )


def read_rows(lines: Sequence[str]) -> list[Any]:
    """The lines as one JSON text: half the time of one text each."""
    rows: list[Any] = json.loads(f"[{','.join(lines)}]")
    return rows


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the collector of cycles, which would walk half a million new records again and again."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def concept_from(
    identifier: str, kind: Any, name: str, names: Mapping[Any, list[str]], codes: Mapping[str, str]
) -> GraphConcept:
    return GraphConcept(identifier, kind, name, {lang: tuple(told) for lang, told in names.items()}, codes)


def claim_from(row: Sequence[Any]) -> Claim:
    *told, qualifiers, evidence, out = row
    identifier, edition, predicate, subject, target, *level = told
    ends = (identifier, edition, predicate, subject, target)
    severity, scale, native, condition = level
    return Claim(*ends, severity, scale, native, condition, qualifiers, evidence_from(evidence), tuple(out))


def evidence_from(rows: Sequence[Sequence[Any]]) -> tuple[Evidence, ...]:
    return tuple(Evidence(document, Span(start, end), role) for document, start, end, role in rows)
