"""The openCypher statements of the Bolt home. Labels and types come from closed lists here; every value is a parameter."""

from __future__ import annotations

from typing import Final, get_args

from medrag_graph.model import LinkKind

__all__ = [
    "BETWEEN",
    "CLAIMS",
    "CONCEPTS",
    "CONSTRAINTS",
    "COUNTS",
    "COUNT_LINKS",
    "DROP",
    "FACTS",
    "GENERATIONS",
    "INDEXES",
    "LABELS",
    "LINK_TYPES",
    "MOVE",
    "NAMES",
    "OF",
    "POINTER",
    "POINTERS",
    "STARTING",
    "UNPOINT",
    "WRITE_CLAIMS",
    "WRITE_CONCEPTS",
    "WRITE_ENDS",
    "WRITE_FACTS",
    "WRITE_NAMES",
    "links_statement",
    "write_links_statement",
]

#: Node labels. Every node but the pointer carries ``generation`` and a ``key`` that begins with it.
LABELS: Final = ("MedragConcept", "MedragName", "MedragClaim", "MedragFacts")
#: Link kind to relationship type.
LINK_TYPES: Final[dict[LinkKind, str]] = {kind: kind.upper() for kind in get_args(LinkKind)}

CONSTRAINTS: Final = tuple(
    f"CREATE CONSTRAINT medrag_{label.lower()}_key IF NOT EXISTS FOR (n:{label}) REQUIRE n.key IS UNIQUE"
    for label in (*LABELS, "MedragPointer")
)
INDEXES: Final = tuple(
    f"CREATE INDEX medrag_{label.lower()}_{field} IF NOT EXISTS FOR (n:{label}) ON (n.{field})"
    for label, field in (
        ("MedragClaim", "subject_key"),
        ("MedragClaim", "object_key"),
        ("MedragConcept", "generation"),
        ("MedragName", "generation"),
        ("MedragClaim", "generation"),
        ("MedragFacts", "generation"),
    )
)

FIELDS: Final = (
    "p.key AS pointer, p.generation AS generation, p.before AS before, p.snapshot AS snapshot, p.held AS held"
)
POINTER: Final = f"MATCH (p:MedragPointer {{key: $pointer}}) RETURN {FIELDS}"
POINTERS: Final = f"MATCH (p:MedragPointer) RETURN {FIELDS}"
#: ``before`` keeps what was served until now from the next sweep.
MOVE: Final = (
    "MERGE (p:MedragPointer {key: $pointer}) SET p.before = p.generation "
    "SET p.generation = $generation, p.snapshot = $snapshot, p.held = $held"
)
UNPOINT: Final = "MATCH (p:MedragPointer {key: $pointer}) DETACH DELETE p"
COUNTS: Final = tuple(
    (label, f"MATCH (n:{label} {{generation: $generation}}) RETURN count(n) AS held") for label in LABELS
)
COUNT_LINKS: Final = tuple(
    f"MATCH (n:{label} {{generation: $generation}})-[r]->() RETURN count(r) AS held"
    for label in ("MedragConcept", "MedragClaim")
)
GENERATIONS: Final = tuple(
    f"MATCH (n:{label}) RETURN DISTINCT n.generation AS generation" for label in LABELS
)
DROP: Final = tuple(
    f"MATCH (n:{label} {{generation: $generation}}) WITH n LIMIT $limit DETACH DELETE n RETURN count(*) AS gone"
    for label in LABELS
)

WRITE_CONCEPTS: Final = (
    "UNWIND $rows AS row CREATE (n:MedragConcept {key: row.key, generation: $generation, id: row.id, kind: row.kind, "
    "body: row.body})"
)
WRITE_NAMES: Final = (
    "UNWIND $rows AS row "
    "CREATE (n:MedragName {key: row.key, generation: $generation, name: row.name, ids: row.ids})"
)
WRITE_CLAIMS: Final = (
    "UNWIND $rows AS row CREATE (n:MedragClaim {key: row.key, generation: $generation, predicate: row.predicate, "
    "edition: row.edition, subject_key: row.subject_key, object_key: row.object_key, body: row.body})"
)
#: Edges from a claim to its ends, for whoever walks the graph by hand; ends that are no concept have none.
WRITE_ENDS: Final = (
    "UNWIND $rows AS row MATCH (n:MedragClaim {key: row.key}), (c:MedragConcept {key: row.end}) "
    "CREATE (n)-[:CLAIM_END {role: row.role}]->(c)"
)
WRITE_FACTS: Final = (
    "UNWIND $rows AS row CREATE (n:MedragFacts {key: row.key, generation: $generation, body: row.body})"
)

CONCEPTS: Final = "UNWIND $keys AS key MATCH (n:MedragConcept {key: key}) RETURN n.body AS body"
NAMES: Final = "UNWIND $keys AS key MATCH (n:MedragName {key: key}) RETURN n.name AS name, n.ids AS ids"
STARTING: Final = (
    "MATCH (n:MedragName) WHERE n.key STARTS WITH $prefix "
    "RETURN n.name AS name, n.ids AS ids ORDER BY n.key LIMIT $limit"
)
FACTS: Final = "UNWIND $keys AS key MATCH (n:MedragFacts {key: key}) RETURN n.key AS key, n.body AS body"
BETWEEN: Final = (
    "UNWIND $keys AS key MATCH (n:MedragClaim {subject_key: key}) WHERE n.object_key IN $others "
    "AND n.predicate IN $predicates AND n.edition IN $editions RETURN n.body AS body"
)
OF: Final = (
    "UNWIND $keys AS key MATCH (n:MedragClaim {subject_key: key}) "
    "WHERE n.predicate IN $predicates AND n.edition IN $editions RETURN n.body AS body"
)
#: As OF, by the other end.
CLAIMS: Final = (
    "UNWIND $keys AS key MATCH (n:MedragClaim {object_key: key}) "
    "WHERE n.predicate IN $predicates AND n.edition IN $editions RETURN n.body AS body"
)


def write_links_statement(kind: LinkKind) -> str:
    """Creates relationships of one kind between concepts already written."""
    return (
        "UNWIND $rows AS row MATCH (a:MedragConcept {key: row.source}), (b:MedragConcept {key: row.target}) "
        f"CREATE (a)-[:{LINK_TYPES[kind]} {{body: row.body}}]->(b)"
    )


def links_statement(kind: LinkKind, *, outward: bool) -> str:
    """Reads relationships of one kind that start, or end, at the keys."""
    arrow = f"-[r:{LINK_TYPES[kind]}]->" if outward else f"<-[r:{LINK_TYPES[kind]}]-"
    return f"UNWIND $keys AS key MATCH (a:MedragConcept {{key: key}}){arrow}(b:MedragConcept) RETURN r.body AS body"
