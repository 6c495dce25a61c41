"""Reads the complete kinds of Hetionet's edges: treats, palliates, disease-symptom, class-compound."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from medrag.errors import UsageError
from medrag_ingest.parsed import ParsedDocument, RawAssertion, RawName, TextBuilder
from medrag_ingest.raw import RawFile
from medrag_ingest.readers.checked import no_options, unforeseen
from medrag_ingest.readers.guard import iter_lines

__all__ = ["read_hetionet"]

SCALE: Final = "hetionet"
_NODES: Final = ["id", "name", "kind"]
_EDGES: Final = ["source", "metaedge", "target"]
_EDGES_A_DOCUMENT: Final = 500


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of edge: what it states, in words, and whether its ends change places."""

    predicate: str
    words: str
    turned: bool = False


#: Only kinds that are whole in the sample of 5,000 edges a kind, and whose sources allow it.
KINDS: Final[Mapping[str, _Kind]] = {
    "CtD": _Kind("indicated_for", "treats"),
    "CpD": _Kind("palliates", "palliates"),
    "DpS": _Kind("presents_with", "presents with"),
    "PCiC": _Kind("member_of", "is of the class", turned=True),
}
#: Kind of node -> our kind, and the CURIE prefix of its local id ("" where it is a CURIE).
NODES: Final[Mapping[str, tuple[str, str]]] = {
    "Compound": ("drug", "drugbank:"),
    "Disease": ("disease", ""),
    "Symptom": ("finding", "mesh:"),
    "Pharmacologic Class": ("class", "ndfrt:"),
}


@dataclass(frozen=True, slots=True)
class _Edge:
    line: int
    kind: str
    subject: RawName
    object: RawName


def read_hetionet(files: Sequence[RawFile], options: Mapping[str, object]) -> Iterator[ParsedDocument]:
    """Documents of 500 edges of one kind each.

    ``files``: the nodes (TSV: id, name, kind) and the edges (SIF: source, metaedge, target), told apart by their header.
    Edges of other kinds are counted and left out. Raises DocumentRefused with the line of an edge whose node is not
    there. No options.
    """
    no_options(options, "hetionet")
    tables = {tuple(head): (raw, rows) for raw in files for head, rows in [_table(raw)]}
    if set(tables) != {tuple(_NODES), tuple(_EDGES)}:
        raise UsageError("the Hetionet reader needs the nodes and the edges, once each")
    names = _names(tables[tuple(_NODES)][1])
    raw, rows = tables[tuple(_EDGES)]
    notes: Counter[str] = Counter()
    edges = [edge for line, cells in rows if (edge := _edge(raw, line, cells, names, notes))]
    for kind in sorted(KINDS):
        some = sorted(
            (e for e in edges if e.kind == kind), key=lambda e: (e.subject.text, e.object.text, e.line)
        )
        for start in range(0, len(some), _EDGES_A_DOCUMENT):
            yield _document(raw, kind, some[start : start + _EDGES_A_DOCUMENT], start + 1, notes)
            notes = Counter()


def _table(raw: RawFile) -> tuple[list[str], list[tuple[int, list[str]]]]:
    lines = [line.rstrip("\n").split("\t") for line in iter_lines(raw)]
    for number, cells in enumerate(lines, 1):
        if len(cells) != len(lines[0]):
            unforeseen(raw, f"{len(lines[0])} columns were expected, {len(cells)} found", line=number)
    return lines[0], list(enumerate(lines[1:], 2))


def _names(rows: Sequence[tuple[int, list[str]]]) -> dict[str, RawName]:
    """Node id -> its name, of the kinds that are kept."""
    made: dict[str, RawName] = {}
    for _, (identifier, name, kind) in rows:
        if kind in NODES and name.strip():
            ours, prefix = NODES[kind]
            made[identifier] = RawName(
                prefix + identifier.partition("::")[2], ours, name.strip(), "en", "preferred"
            )
    return made


def _edge(
    raw: RawFile, line: int, cells: Sequence[str], names: Mapping[str, RawName], notes: Counter[str]
) -> _Edge | None:
    source, kind, target = cells
    if kind not in KINDS:
        notes["edges_of_other_kinds"] += 1
        return None
    for end in (source, target):
        if end not in names:
            unforeseen(raw, f"the node {end!r} is not among the nodes", line=line)
    ends = (target, source) if KINDS[kind].turned else (source, target)
    notes[f"edges_{kind}"] += 1
    return _Edge(line, kind, names[ends[0]], names[ends[1]])


def _document(
    raw: RawFile, kind: str, edges: Sequence[_Edge], first: int, notes: Counter[str]
) -> ParsedDocument:
    builder = TextBuilder()
    claims = []
    for edge in edges:
        words = f"{edge.subject.text} {KINDS[kind].words} {edge.object.text} ({kind})"
        span = builder.write("table_row", words, locator=f"lines:{edge.line}-{edge.line}", separator="\n")
        claims.append(
            RawAssertion(
                KINDS[kind].predicate,
                edge.subject.concept,
                edge.object.concept,
                "unknown",
                SCALE,
                kind,
                evidence=(("row", span),),
            )
        )
    text, blocks, segments = builder.finish()
    span_of_edges = f"{first}-{first + len(edges) - 1}"
    names = {name.concept: name for edge in edges for name in (edge.subject, edge.object)}
    return ParsedDocument(
        key=f"{kind}#{span_of_edges}",
        title=f"Hetionet {kind} ({KINDS[kind].words}), {span_of_edges}",
        text=text,
        blocks=blocks,
        segments=segments,
        raw_member=raw.member,
        searchable=False,
        assertions=tuple(claims),
        names=tuple(names[concept] for concept in sorted(names)),
        notes=dict(notes),
    )
