"""The graph on a Bolt/openCypher server, read through one pointer to the whole graph it names."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeVar

from medrag.errors import GraphUnavailable
from medrag_graph.model import Claim, ConceptKind, GraphConcept, GraphData, Link, LinkKind, Predicate
from medrag_graph.stores import cypher
from medrag_graph.stores.address import Address
from medrag_graph.stores.bodies import claim_of, concept_of, link_of
from medrag_graph.stores.protocol import claims_in_order, links_in_order
from medrag_graph.stores.session import Server, rows_of
from medrag_graph.stores.upload import Told, count_held, forget, upload

if TYPE_CHECKING:
    from neo4j import ManagedTransaction

__all__ = ["BoltGraph"]

T = TypeVar("T")
#: Keys of one reading UNWIND.
KEYS: Final = 2000
#: Version of how a graph lies on a server; a part of every pointer's name.
LAYOUT: Final = 1
REMEDY: Final = "Run: medrag graph build"


class BoltGraph:
    """A GraphHome on a server. Thread-safe; every failure is GraphUnavailable.

    ``graph`` is the key of the graph read and written (``medrag_graph.cache.graph_key``) and names the pointer, so that
    a server holds several graphs and a reader finds its own or none. Nothing is asked of the server before the first
    read.
    """

    def __init__(self, address: Address, graph: str = "") -> None:
        self._told = {"pointer": pointer_of(graph)}
        self._loading = threading.Lock()
        self._server = Server(address)

    # --- writing ---------------------------------------------------------------------------------

    def load(self, data: GraphData, told: Told = lambda done, total: None) -> None:
        """Writes the graph beside what is served and moves the pointer in one transaction."""
        with self._loading:
            upload(self._server, self._told["pointer"], data, told)

    def ensure(self, data: GraphData, told: Told) -> bool:
        """Loads the graph unless the pointer names a whole one. True when it was loaded."""
        if self._missing(self._pointer(), links=True) == "":
            return False
        self.load(data, told)
        return True

    def forget(self, keep: Iterable[str]) -> None:
        """Removes every graph but those of these keys."""
        forget(self._server, {pointer_of(graph) for graph in keep})

    # --- whether it is whole -----------------------------------------------------------------------

    def check(self, *, links: bool = False) -> None:
        """Raises GraphUnavailable unless the server holds as many records as were loaded. ``links`` counts
        relationships too, which takes longer."""
        problem = self._missing(self._pointer(), links=links)
        if problem:
            raise GraphUnavailable(problem, remedy=REMEDY)

    def _missing(self, pointer: Mapping[str, Any] | None, *, links: bool) -> str:
        """What is wrong with the graph a pointer names; empty when nothing is."""
        if pointer is None:
            return "the graph server does not hold the graph of the editions in force"
        wanted: dict[str, int] = json.loads(pointer["held"])
        held = count_held(self._server, pointer["generation"], links=links)
        short = [f"{held[name]:,} of {wanted[name]:,} {name}" for name in held if held[name] != wanted[name]]
        return f"the graph server holds a part of the graph: {', '.join(short)}" if short else ""

    # --- reading ---------------------------------------------------------------------------------

    def snapshot(self) -> str | None:
        held = self._pointer()
        return str(held["snapshot"]) if held else None

    def concept(self, identifier: str) -> GraphConcept | None:
        return self.concepts([identifier]).get(identifier)

    def concepts(self, identifiers: Iterable[str]) -> Mapping[str, GraphConcept]:
        rows = self._keyed(cypher.CONCEPTS, identifiers)
        found = {item.id: item for item in (concept_of(row["body"]) for row in rows)}
        return {identifier: found[identifier] for identifier in sorted(found)}

    def named(self, folded: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        rows = self._keyed(cypher.NAMES, folded)
        return {row["name"]: tuple(row["ids"]) for row in sorted(rows, key=lambda row: str(row["name"]))}

    def starting(self, prefix: str, limit: int) -> Mapping[str, tuple[str, ...]]:
        def ask(tx: ManagedTransaction, generation: str) -> list[dict[str, Any]]:
            return list(rows_of(tx, cypher.STARTING, prefix=f"{generation}|{prefix}", limit=limit))

        return {str(row["name"]): tuple(row["ids"]) for row in self._served(ask)}

    def identifiers(self, kind: ConceptKind) -> Sequence[str]:
        return tuple(self._fact(f"kind|{kind}"))

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
        self._server.close()

    # --- asking ----------------------------------------------------------------------------------

    def _fact(self, name: str) -> Any:
        """One of the facts written about the whole snapshot. A snapshot without it is half a snapshot."""
        rows = self._keyed(cypher.FACTS, [name])
        if not rows:
            raise GraphUnavailable(f"the graph server holds no {name}", remedy=REMEDY)
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
            held = tx.run(cypher.POINTER, self._told).single()
            if held is None:
                raise GraphUnavailable("no graph is loaded on the server", remedy=REMEDY)
            return ask(tx, held["generation"])

        return self._server.read(work)

    def _pointer(self) -> Mapping[str, Any] | None:
        return next(iter(self._server.ask(cypher.POINTER, **self._told)), None)


def pointer_of(graph: str) -> str:
    """What a pointer is called; a graph laid out in another way has another."""
    return f"{LAYOUT} {graph}"
