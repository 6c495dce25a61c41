"""One driver to one Bolt server: bounded pool, short waits, retries, and every failure told as GraphUnavailable."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, TypeVar

from medrag.errors import GraphUnavailable
from medrag_graph.stores.address import Address

if TYPE_CHECKING:
    from neo4j import ManagedTransaction, Session

__all__ = ["Server", "rows_of"]

T = TypeVar("T")
#: Seconds a connection may take, a read may wait for one, a transaction may be retried: a check is asked by someone
#: who waits, so a server that is down is told of within seconds.
CONNECT_S, ACQUIRE_S, RETRY_S = 3.0, 5.0, 2.0
POOL: Final = 32


class Server:
    """Thread-safe. Nothing is asked of the server before the first read or write."""

    def __init__(self, address: Address) -> None:
        import neo4j

        # The driver warns of every try by itself, address and all; what came of them is told once, by the error.
        logging.getLogger("neo4j").setLevel(logging.ERROR)
        self._database = address.database
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

    def read(self, work: Callable[[ManagedTransaction], T]) -> T:
        """Runs work in one read transaction, again while the server says that this may help."""
        return self._tried(lambda session: session.execute_read(work))

    def write(self, work: Callable[[ManagedTransaction], T]) -> T:
        """Runs work in one write transaction, all or nothing."""
        return self._tried(lambda session: session.execute_write(work))

    def ask(self, statement: str, **told: Any) -> list[dict[str, Any]]:
        """The rows of one reading statement."""
        return self.read(lambda tx: rows_of(tx, statement, **told))

    def run(self, statement: str, **told: Any) -> list[dict[str, Any]]:
        """Runs one writing statement in a transaction of its own; the rows it returns."""
        return self.write(lambda tx: rows_of(tx, statement, **told))

    def close(self) -> None:
        self._closed = True
        self._driver.close()

    def _tried(self, work: Callable[[Session], T]) -> T:
        """Runs work in a session of its own. What the server refuses is not tried again: a server may shut out who gives
        a wrong password often."""
        if self._closed:
            raise GraphUnavailable("the connection to the graph server was closed")
        with translated(), self._driver.session(database=self._database) as session:
            return work(session)


def rows_of(tx: ManagedTransaction, statement: str, **told: Any) -> list[dict[str, Any]]:
    """All rows; statements are constants of this package, values are parameters."""
    return [record.data() for record in tx.run(statement, told)]


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
