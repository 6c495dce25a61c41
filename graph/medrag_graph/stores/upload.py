"""Writes a graph to a Bolt server under a generation nobody reads yet, counts it there, and then moves one pointer."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, get_args

from medrag.errors import GraphUnavailable
from medrag_graph.model import ConceptKind, GraphData
from medrag_graph.stores import cypher
from medrag_graph.stores.bodies import claim_body, concept_body, link_body
from medrag_graph.stores.protocol import claim_editions_of, class_editions_of, counts_of, holding_of
from medrag_graph.stores.session import Server

__all__ = ["count_held", "forget", "migrate", "upload"]

#: Rows of one UNWIND: some 2 MB of parameters at most.
ROWS: Final = 1000
#: Nodes deleted by one transaction.
GONE_AT_ONCE: Final = 5000

Rows = list[dict[str, Any]]
#: Is told how many rows are written, and of how many.
Told = Callable[[int, int], None]


def migrate(server: Server) -> None:
    """Makes the constraints and indexes that are not there yet."""
    for statement in (*cypher.CONSTRAINTS, *cypher.INDEXES):
        server.run(statement)


def upload(server: Server, pointer: str, data: GraphData, told: Told) -> None:
    """Writes everything, counts it, and lets ``pointer`` name it. What was served until then stays readable for those
    who still read it. Raises GraphUnavailable; then the pointer stands where it stood."""
    migrate(server)
    sweep(server, ("generation",))
    generation = secrets.token_hex(8)
    batches = list(writes(data, generation))
    total, done = sum(len(rows) for _, rows in batches), 0
    for statement, rows in batches:
        for start in range(0, len(rows), ROWS):
            part = rows[start : start + ROWS]
            server.run(statement, rows=part, generation=generation)
            done += len(part)
            told(done, total)
    wanted = expected(data)
    if count_held(server, generation, links=True) != wanted:
        raise GraphUnavailable(
            "the graph server did not keep everything that was written", remedy="Load the graph again"
        )
    server.run(
        cypher.MOVE,
        pointer=pointer,
        generation=generation,
        snapshot=data.snapshot,
        held=json.dumps(wanted, sort_keys=True),
    )


def expected(data: GraphData) -> dict[str, int]:
    """How many nodes of each label, and how many relationships, a load leaves on the server."""
    ids = {concept.id for concept in data.concepts}
    ends = sum(end in ids for claim in data.claims for end in (claim.subject, claim.object))
    return {
        "MedragConcept": len(ids),
        "MedragName": len(data.names),
        "MedragClaim": len(data.claims),
        "MedragFacts": len(facts_of(data)),
        "links": ends + sum(link.source in ids and link.target in ids for link in data.links),
    }


def count_held(server: Server, generation: str, *, links: bool) -> dict[str, int]:
    """What a generation holds on the server; ``links`` counts relationships too, which takes a walk over all nodes."""
    statements = dict(cypher.COUNTS)
    told = {label: server.ask(text, generation=generation) for label, text in statements.items()}
    held = {label: int(rows[0]["held"]) for label, rows in told.items()}
    if links:
        walked = (server.ask(text, generation=generation) for text in cypher.COUNT_LINKS)
        held["links"] = sum(int(rows[0]["held"]) for rows in walked)
    return held


def forget(server: Server, keep: Collection[str]) -> None:
    """Drops every pointer but these, and every generation that none of the others names."""
    for row in server.ask(cypher.POINTERS):
        if row["pointer"] not in keep:
            server.run(cypher.UNPOINT, pointer=row["pointer"])
    sweep(server, ("generation", "before"))


def sweep(server: Server, fields: Sequence[str]) -> None:
    """Removes the generations no pointer names in these fields: those of pointers that moved on, and what a crash left
    half written. ``before`` is what a pointer named last, which some may still read."""
    kept = {row[field] for row in server.ask(cypher.POINTERS) for field in fields}
    found = {row["generation"] for text in cypher.GENERATIONS for row in server.ask(text)}
    for generation in sorted(found - kept):
        for statement in cypher.DROP:
            while server.run(statement, generation=generation, limit=GONE_AT_ONCE)[0]["gone"]:
                pass


def writes(data: GraphData, generation: str) -> Iterator[tuple[str, Rows]]:
    """Every statement of a load with its rows, nodes before what joins them."""

    def key(identifier: str) -> str:
        return f"{generation}|{identifier}"

    concepts = ({"id": c.id, "kind": c.kind, "body": concept_body(c)} for c in data.concepts)
    yield cypher.WRITE_CONCEPTS, [{"key": key(row["id"]), **row} for row in concepts]
    names = sorted(data.names.items())
    yield cypher.WRITE_NAMES, [{"key": key(name), "name": name, "ids": list(ids)} for name, ids in names]
    yield cypher.WRITE_CLAIMS, claim_rows(data, key)
    for kind in cypher.LINK_TYPES:
        links = (link for link in data.links if link.kind == kind)
        rows = [
            {"source": key(link.source), "target": key(link.target), "body": link_body(link)}
            for link in links
        ]
        yield cypher.write_links_statement(kind), rows
    ends = [
        {"key": key(claim.id), "end": key(end), "role": role}
        for claim in data.claims
        for role, end in (("subject", claim.subject), ("object", claim.object))
    ]
    yield cypher.WRITE_ENDS, ends
    facts = facts_of(data).items()
    yield cypher.WRITE_FACTS, [{"key": key(name), "body": json.dumps(value)} for name, value in facts]


def claim_rows(data: GraphData, key: Callable[[str], str]) -> Rows:
    return [
        {
            "key": key(claim.id),
            "predicate": claim.predicate,
            "edition": claim.edition,
            "subject_key": key(claim.subject),
            "object_key": key(claim.object),
            "body": claim_body(claim),
        }
        for claim in data.claims
    ]


def facts_of(data: GraphData) -> Mapping[str, Any]:
    """What is told of the whole snapshot, counted once when it is written."""
    kinds: dict[str, list[str]] = {f"kind|{kind}": [] for kind in get_args(ConceptKind)}
    for concept in sorted(data.concepts, key=lambda item: item.id):
        kinds[f"kind|{concept.kind}"].append(concept.id)
    held: Iterable[tuple[str, tuple[str, ...]]] = holding_of(data).items()
    return {
        "claim_editions": claim_editions_of(data),
        "class_editions": class_editions_of(data),
        "counts": counts_of(data),
        **kinds,
        **{f"holding|{identifier}": editions for identifier, editions in held},
    }
