"""Writes a graph to one sealed file and reads it back, quickly enough that a check can start from it."""

from __future__ import annotations

import gc
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from medrag.errors import IntegrityError, Place
from medrag.records import Span
from medrag_graph.model import Claim, Evidence, GraphConcept, GraphData, Link

__all__ = ["LAYOUT", "Names", "read_graph", "write_graph"]

#: Version of the layout below.
LAYOUT: Final = 5
FORMAT: Final = "medrag-graph"
#: Between the ids of a name that several concepts have; ids hold no white space.
BAR: Final = " "


class Names(Mapping[str, tuple[str, ...]]):
    """Folded name to concept ids, out of sorted lines ``name<TAB>ids`` by halving: a check asks for a handful of some
    hundred thousand, and need not read the others. :meth:`spread` is for those who ask all day."""

    __slots__ = ("_lines",)

    def __init__(self, lines: bytes) -> None:
        self._lines = lines

    def __getitem__(self, name: str) -> tuple[str, ...]:
        key, low, high = name.encode("utf-8", "replace"), 0, len(self._lines)
        while low < high:
            start = self._lines.rfind(b"\n", low, (low + high) // 2) + 1 or low
            end = self._lines.index(b"\n", start)
            held, _, ids = self._lines[start:end].partition(b"\t")
            if held == key:
                return tuple(ids.decode().split(BAR))
            low, high = (end + 1, high) if held < key else (low, start)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return (line.partition(b"\t")[0].decode() for line in self._lines.split(b"\n") if line)

    def __len__(self) -> int:
        return self._lines.count(b"\n")

    def spread(self) -> dict[str, tuple[str, ...]]:
        """All of them as a dictionary."""
        rows = (line.partition("\t") for line in self._lines.decode().split("\n") if line)
        return {name: tuple(ids.split(BAR)) for name, _, ids in rows}


def write_graph(file: Path, key: str, data: GraphData) -> None:
    """Writes the file whole or not at all; equal graphs give equal bytes. Raises OSError when the disk refuses."""
    told = {
        "concepts": [[c.id, c.kind, c.name, c.names, c.codes] for c in data.concepts],
        "links": [[x.kind, x.source, x.target, x.edition, spans(x.evidence)] for x in data.links],
        "claims": [claim_row(claim) for claim in data.claims],
    }
    lines = sorted(f"{name}\t{BAR.join(ids)}\n".encode() for name, ids in data.names.items())
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    fresh = file.with_name(f"{file.name}.{os.getpid()}.new")
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        fresh.write_bytes(sealed(key, b"".join((body, b"\n", *lines))))
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)


def sealed(key: str, told: bytes) -> bytes:
    """Under its own hash: a copy cut short would not know names that the catalogue holds."""
    return seal_of(key, told) + b"\n" + told


def seal_of(key: str, told: bytes) -> bytes:
    return f"{FORMAT} {LAYOUT} {key} {hashlib.sha256(told).hexdigest()}".encode()


def claim_row(claim: Claim) -> list[Any]:
    said = [claim.severity, claim.native_scale, claim.native_level, claim.condition, dict(claim.qualifiers)]
    ends = [claim.predicate, claim.subject, claim.object]
    return [claim.id, claim.edition, *ends, *said, spans(claim.evidence), claim.excepted, claim.coded]


def spans(evidence: tuple[Evidence, ...]) -> list[list[Any]]:
    return [[item.document, item.span.start, item.span.end, item.role] for item in evidence]


def read_graph(file: Path, key: str, snapshot: str) -> GraphData | None:
    """The graph in a file, under the name of ``snapshot``; None when there is no file.

    Raises IntegrityError when the file is damaged, cut short, or was written for another key.
    """
    try:
        seal, _, told = file.read_bytes().partition(b"\n")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise damaged(file) from error
    if seal != seal_of(key, told):
        raise damaged(file)
    body, _, lines = told.partition(b"\n")
    return unswept(lambda: graph_of(body, lines, file, snapshot))


def damaged(file: Path) -> IntegrityError:
    return IntegrityError(
        "the kept graph cannot be read",
        place=Place(file=str(file)),
        remedy="Remove the file; it is made anew",
    )


def unswept(make: Callable[[], GraphData]) -> GraphData:
    """Makes many small records, none in a cycle, without the collector walking them again and again, then or later."""
    was = gc.isenabled()
    gc.disable()
    try:
        made = make()
        gc.freeze()
        return made
    finally:
        if was:
            gc.enable()


def graph_of(body: bytes, lines: bytes, file: Path, snapshot: str) -> GraphData:
    try:
        told = json.loads(body)
        return GraphData(
            snapshot,
            tuple(
                GraphConcept(key, kind, name, {lang: tuple(names) for lang, names in by.items()}, codes)
                for key, kind, name, by, codes in told["concepts"]
            ),
            tuple(
                Link(kind, source, target, edition, evidence_of(where))
                for kind, source, target, edition, where in told["links"]
            ),
            tuple(claim_of(row) for row in told["claims"]),
            Names(lines),
        )
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise damaged(file) from error


def claim_of(row: list[Any]) -> Claim:
    (
        key,
        edition,
        predicate,
        subject,
        target,
        severity,
        scale,
        level,
        condition,
        said,
        where,
        excepted,
        coded,
    ) = row
    return Claim(
        key,
        edition,
        predicate,
        subject,
        target,
        severity,
        scale,
        level,
        condition,
        said,
        evidence_of(where),
        tuple(excepted),
        coded,
    )


def evidence_of(rows: list[list[Any]]) -> tuple[Evidence, ...]:
    return tuple(Evidence(document, Span(start, end), role) for document, start, end, role in rows)
