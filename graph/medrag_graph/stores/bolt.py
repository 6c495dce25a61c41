"""The graph on a Bolt/openCypher server: written under a generation no reader uses, then one pointer moves."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import unquote, urlsplit, urlunsplit

from medrag.errors import GraphUnavailable, Place, UsageError
from medrag_graph.model import Claim, ConceptKind, GraphConcept, GraphData, Link, LinkKind, Predicate
from medrag_graph.stores import cypher
from medrag_graph.stores.bodies import claim_body, claim_of, concept_body, concept_of, link_body, link_of
from medrag_graph.stores.protocol import (
    claim_editions_of,
    claims_in_order,
    class_editions_of,
    counts_of,
    holding_of,
    links_in_order,
)

if TYPE_CHECKING:
    from neo4j import ManagedTransaction, Session

__all__ = ["Address", "BoltGraph", "read_address"]

T = TypeVar("T")
SCHEMES: Final = frozenset({"bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc"})
#: Rows of one UNWIND: some 2 MB of parameters at most.
ROWS: Final = 1000
#: Nodes deleted by one transaction.
GONE_AT_ONCE: Final = 5000
#: Keys of one reading UNWIND.
KEYS: Final = 2000
#: Seconds a connection may take, a read may wait for one, a transaction may be retried: a check is asked by someone
#: who waits, so a server that is down is told of within seconds.
CONNECT_S, ACQUIRE_S, RETRY_S = 3.0, 5.0, 2.0
POOL: Final = 32
#: A server that has just started may refuse valid credentials for some seconds while it reads its security file.
SETTLE_S, SETTLE_STEP_S = 12.0, 0.5


@dataclass(frozen=True, slots=True)
class Address:
    """A server, its database and who asks."""

    url: str
    database: str | None
    user: str
    password: str

    def __repr__(self) -> str:
        """Without the password."""
        return f"Address({self.url!r}, {self.database!r}, {self.user!r})"


def read_address(url: str) -> Address:
    """``bolt://user:password@host:7687/database``. Raises UsageError, which never tells the URL back."""
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES or not parts.hostname:
        raise UsageError(
            "a Bolt URL was expected, such as bolt://user:password@host:7687/database",
            place=Place(field="MEDRAG_GRAPH_URL"),
        )
    host = parts.netloc.rpartition("@")[2]
    database = parts.path.strip("/") or None
    bare = urlunsplit((parts.scheme, host, "", parts.query, ""))
    return Address(bare, database, unquote(parts.username or ""), unquote(parts.password or ""))


class BoltGraph:
    """A GraphHome on a server. Thread-safe; one driver with a bounded pool. Every failure is GraphUnavailable."""

    def __init__(self, address: Address, *, settle_s: float = SETTLE_S) -> None:
        import neo4j

        self._address = address
        self._loading = threading.Lock()
        self._closed = False
        with translated():
            self._driver = neo4j.GraphDatabase.driver(
                address.url,
                auth=(address.user, address.password) if address.user else None,
                max_connection_pool_size=POOL,
                connection_timeout=CONNECT_S,
                connection_acquisition_timeout=ACQUIRE_S,
                max_transaction_retry_time=RETRY_S,
                notifications_min_severity="OFF",
            )
        self._settled = time.monotonic() + settle_s
        try:
            self.migrate()
        except GraphUnavailable:
            self.close()
            raise

    def migrate(self) -> None:
        """Makes the constraints and indexes that are not there yet."""
        for statement in (*cypher.CONSTRAINTS, *cypher.INDEXES):
            self._write(lambda tx, s=statement: tx.run(s).consume())  # type: ignore[misc]

    # --- writing ---------------------------------------------------------------------------------

    def load(self, data: GraphData) -> None:
        """Writes under a new generation and moves the pointer in one transaction. What was served until now stays
        readable for those still reading it, and goes with the next load."""
        with self._loading:
            held = self._pointer()
            self._sweep(keep=held[0] if held else None)
            generation = secrets.token_hex(8)
            for statement, rows in writes(data, generation):
                self._rows(statement, rows, generation)
            told = {"generation": generation, "snapshot": data.snapshot}
            self._write(lambda tx: tx.run(cypher.MOVE, told).consume())

    def _rows(self, statement: str, rows: Sequence[Mapping[str, Any]], generation: str) -> None:
        for start in range(0, len(rows), ROWS):
            told = {"rows": rows[start : start + ROWS], "generation": generation}
            self._write(lambda tx, told=told: tx.run(statement, told).consume())  # type: ignore[misc]

    def _sweep(self, keep: str | None) -> None:
        """Removes every generation but the one served: those before it, and those a crash left half written."""
        found = {row["generation"] for statement in cypher.GENERATIONS for row in self._ask(statement, {})}
        for generation in sorted(found - {keep}):
            for statement in cypher.DROP:
                told = {"generation": generation, "limit": GONE_AT_ONCE}
                while self._write(lambda tx, s=statement, t=told: tx.run(s, t).single()["gone"]):  # type: ignore[misc]
                    pass

    # --- reading ---------------------------------------------------------------------------------

    def snapshot(self) -> str | None:
        held = self._pointer()
        return held[1] if held else None

    def concept(self, identifier: str) -> GraphConcept | None:
        return self.concepts([identifier]).get(identifier)

    def concepts(self, identifiers: Iterable[str]) -> Mapping[str, GraphConcept]:
        rows = self._keyed(cypher.CONCEPTS, identifiers)
        found = {item.id: item for item in (concept_of(row["body"]) for row in rows)}
        return {identifier: found[identifier] for identifier in sorted(found)}

    def named(self, folded: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        rows = self._keyed(cypher.NAMES, folded)
        return {row["name"]: tuple(row["ids"]) for row in sorted(rows, key=lambda row: str(row["name"]))}

    def identifiers(self, kind: ConceptKind) -> Sequence[str]:
        rows = self._served(
            lambda tx, generation: rows_of(tx, cypher.KINDS, generation=generation, kind=kind)
        )
        return tuple(sorted(row["id"] for row in rows))

    def links_from(self, identifiers: Iterable[str], kinds: Sequence[LinkKind]) -> Sequence[Link]:
        return self._links(identifiers, kinds, outward=True)

    def links_to(self, identifiers: Iterable[str], kinds: Sequence[LinkKind]) -> Sequence[Link]:
        return self._links(identifiers, kinds, outward=False)

    def _links(
        self, identifiers: Iterable[str], kinds: Sequence[LinkKind], *, outward: bool
    ) -> Sequence[Link]:
        wanted = list(identifiers)
        statements = [cypher.links_statement(kind, outward=outward) for kind in kinds]
        rows = [row for statement in statements for row in self._keyed(statement, wanted)]
        return links_in_order(link_of(row["body"]) for row in rows)

    def claims_between(
        self,
        one: Iterable[str],
        other: Iterable[str],
        predicates: Sequence[Predicate],
        editions: Iterable[str],
    ) -> Sequence[Claim]:
        left, right = sorted(set(one)), sorted(set(other))
        told = {"predicates": list(predicates), "editions": sorted(set(editions))}
        ways = [(left, right)] if left == right else [(left, right), (right, left)]
        rows = [row for a, b in ways for row in self._keyed(cypher.BETWEEN, a, others=b, **told)]
        return claims_in_order(claim_of(row["body"]) for row in rows)

    def claims_of(
        self, identifiers: Iterable[str], predicates: Sequence[Predicate], editions: Iterable[str]
    ) -> Sequence[Claim]:
        wanted = list(identifiers)
        told = {"predicates": list(predicates), "editions": sorted(set(editions))}
        rows = [row for text in (cypher.OF, cypher.CLAIMS) for row in self._keyed(text, wanted, **told)]
        return claims_in_order(claim_of(row["body"]) for row in rows)

    def holding(self, identifiers: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
        rows = self._keyed(cypher.FACTS, [f"holding|{identifier}" for identifier in identifiers])
        held = {str(row["key"]).split("|", 2)[2]: tuple(json.loads(row["body"])) for row in rows}
        return {identifier: held[identifier] for identifier in sorted(held)}

    def claim_editions(self) -> Sequence[str]:
        return tuple(self._fact("claim_editions"))

    def class_editions(self) -> Sequence[str]:
        return tuple(self._fact("class_editions"))

    def counts(self) -> Mapping[str, int]:
        counts: dict[str, int] = self._fact("counts")
        return counts

    def close(self) -> None:
        self._closed = True
        self._driver.close()

    # --- asking ----------------------------------------------------------------------------------

    def _fact(self, name: str) -> Any:
        """One of the facts written about the whole snapshot. A snapshot without it is half a snapshot."""
        rows = self._keyed(cypher.FACTS, [name])
        if not rows:
            raise GraphUnavailable(f"the graph server holds no {name}", remedy="Load the graph again")
        return json.loads(rows[0]["body"])

    def _keyed(self, statement: str, names: Iterable[str], **told: Any) -> list[dict[str, Any]]:
        """Rows of a statement for each name, asked a batch at a time; ``others`` are made keys too."""
        wanted = sorted(set(names))

        def ask(tx: ManagedTransaction, generation: str) -> list[dict[str, Any]]:
            if "others" in told:
                told["others"] = [f"{generation}|{item}" for item in others]
            batches = (wanted[at : at + KEYS] for at in range(0, len(wanted), KEYS))
            keyed = ([f"{generation}|{item}" for item in batch] for batch in batches)
            return [row for keys in keyed for row in rows_of(tx, statement, keys=keys, **told)]

        others = list(told.get("others", ()))
        return self._served(ask)

    def _served(self, ask: Callable[[ManagedTransaction, str], T]) -> T:
        """One read transaction that looks up which generation is served and reads that one."""

        def work(tx: ManagedTransaction) -> T:
            held = tx.run(cypher.POINTER).single()
            if held is None:
                raise GraphUnavailable(
                    "no graph is loaded on the server", remedy="Publish a snapshot first: medrag ingest"
                )
            return ask(tx, held["generation"])

        return self._read(work)

    def _pointer(self) -> tuple[str, str] | None:
        rows = self._ask(cypher.POINTER, {})
        return (rows[0]["generation"], rows[0]["snapshot"]) if rows else None

    def _ask(self, statement: str, told: Mapping[str, Any]) -> list[dict[str, Any]]:
        return self._read(lambda tx: rows_of(tx, statement, **told))

    def _read(self, work: Callable[[ManagedTransaction], T]) -> T:
        return self._tried(lambda session: session.execute_read(work))

    def _write(self, work: Callable[[ManagedTransaction], T]) -> T:
        return self._tried(lambda session: session.execute_write(work))

    def _tried(self, work: Callable[[Session], T]) -> T:
        """Runs work in a session of its own. Refused credentials are tried again while the server may be starting."""
        if self._closed:
            raise GraphUnavailable("the connection to the graph server was closed")
        while True:
            try:
                with translated(), self._driver.session(database=self._address.database) as session:
                    return work(session)
            except GraphUnavailable as error:
                if not refused(error.__cause__) or time.monotonic() >= self._settled:
                    raise
            time.sleep(SETTLE_STEP_S)


def refused(cause: BaseException | None) -> bool:
    """Whether the server answered, and said that it does not know who asks."""
    return str(getattr(cause, "code", "") or "").startswith("Neo.ClientError.Security")


def rows_of(tx: ManagedTransaction, statement: str, **told: Any) -> list[dict[str, Any]]:
    """All rows; statements are constants of this package, values are parameters."""
    return [record.data() for record in tx.run(statement, told)]


def writes(data: GraphData, generation: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Every statement of a load with its rows, nodes before what joins them."""

    def key(identifier: str) -> str:
        return f"{generation}|{identifier}"

    yield (
        cypher.WRITE_CONCEPTS,
        [{"key": key(c.id), "id": c.id, "kind": c.kind, "body": concept_body(c)} for c in data.concepts],
    )
    yield (
        cypher.WRITE_NAMES,
        [{"key": key(name), "name": name, "ids": list(ids)} for name, ids in data.names.items()],
    )
    yield (
        cypher.WRITE_CLAIMS,
        [
            {
                "key": key(claim.id),
                "predicate": claim.predicate,
                "edition": claim.edition,
                "subject_key": key(claim.subject),
                "object_key": key(claim.object),
                "body": claim_body(claim),
            }
            for claim in data.claims
        ],
    )
    for kind in cypher.LINK_TYPES:
        rows = [
            {"source": key(link.source), "target": key(link.target), "body": link_body(link)}
            for link in data.links
            if link.kind == kind
        ]
        yield cypher.write_links_statement(kind), rows
    ends = [
        {"key": key(claim.id), "end": key(end), "role": role}
        for claim in data.claims
        for role, end in (("subject", claim.subject), ("object", claim.object))
    ]
    yield cypher.WRITE_ENDS, ends
    facts: dict[str, Any] = {
        "claim_editions": claim_editions_of(data),
        "class_editions": class_editions_of(data),
        "counts": counts_of(data),
        **{f"holding|{identifier}": editions for identifier, editions in holding_of(data).items()},
    }
    yield (
        cypher.WRITE_FACTS,
        [{"key": key(name), "body": json.dumps(value)} for name, value in facts.items()],
    )


@contextmanager
def translated() -> Iterator[None]:
    """Everything the driver or the network may raise becomes GraphUnavailable; the address is not told."""
    from neo4j.exceptions import DriverError, Neo4jError

    try:
        yield
    except (DriverError, Neo4jError, OSError) as error:
        kind = getattr(error, "code", None) or type(error).__name__
        raise GraphUnavailable(
            f"the graph server cannot be read ({kind})", remedy="Check MEDRAG_GRAPH_URL and the server"
        ) from error
