"""Keeps the published shelf and its graph open for a server: follows the catalogue's pointer, closes after the last reader."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field

from medrag.errors import MedragError, Unavailable
from medrag.records import Snapshot
from medrag.settings import Settings
from medrag.shelf import OpenShelf
from medrag_api.desk import Desk, again
from medrag_api.wiring import Bench, open_graph, published
from medrag_graph.interactions import InteractionReport

__all__ = ["POINTER_S", "Seen", "ShelfHolder"]

#: Seconds between looks at the pointer: a publication is seen by the next question a person can type.
POINTER_S = 1.0
#: Seconds between looks at whether a graph server still holds the whole graph.
GRAPH_S = 30.0


@dataclass(slots=True)
class Lease:
    """An open shelf with the graph of its snapshot, and how many are reading them."""

    shelf: OpenShelf
    desk: Desk
    readers: int = 0
    retired: bool = False
    #: What tenants see of it, where that is not all: by tenant, "" for those with no works of their own here.
    parts: dict[str, Desk] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def seen_by(self, tenant: str) -> Desk:
        """The desk of a tenant: the whole one where nothing on the shelf is another's."""
        private = self.shelf.private
        if tenant == "*" or not private - {tenant}:
            return self.desk
        part = tenant if tenant in private else ""
        with self.lock:
            if part not in self.parts:
                self.parts[part] = Desk(
                    self.desk.settings, self.shelf.seen_by(part), open_graph, self.desk.on_review
                )
            return self.parts[part]

    def lent(self) -> list[Desk]:
        """The desks that callers come to."""
        private = self.shelf.private
        return [self.seen_by(tenant) for tenant in sorted({"", *private})] if private else [self.desk]

    def close(self) -> None:
        for part in self.parts.values():
            part.close()
        self.desk.close()
        self.shelf.close()


def opened(lease: Lease) -> bool:
    return all(desk.opened for desk in lease.lent())


class ShelfHolder:
    """Lends the published shelf. A reader keeps the shelf it was lent, whatever is published meanwhile.

    A thread looks at the pointer once a second and opens what it names, so that no reader waits for an index to open.
    When the pointer names a snapshot that cannot be opened, readers are told so: what was taken off the shelf is not
    served on from memory.
    """

    def __init__(self, settings: Settings, *, every_s: float = POINTER_S) -> None:
        self.settings = settings
        self.every_s = every_s
        #: Told a snapshot id or an error after each change.
        self.on_change: Callable[[str, MedragError | None], None] | None = None
        #: Told each report that is made on the shelf.
        self.on_review: Callable[[InteractionReport], None] | None = None
        self._bench: Bench | None = None
        self._lease: Lease | None = None
        self._problem: MedragError | None = None
        self._graph_problem = ""
        self._graph_seen = 0.0
        self._preparing: threading.Thread | None = None
        self._lock = threading.Lock()
        self._refreshing = threading.Lock()
        self._stop = threading.Event()
        self._watcher: threading.Thread | None = None

    @contextmanager
    def reading(self, tenant: str = "") -> Iterator[OpenShelf]:
        """The shelf of this moment as a tenant sees it, ``*`` all of it. Raises what opening it raised, or Unavailable when
        nothing is published."""
        with self.reviewing(tenant) as desk:
            yield desk.shelf

    @property
    def snapshot(self) -> Snapshot | None:
        """The snapshot that is lent now, None while none is."""
        lease = self._lease
        return lease.shelf.snapshot if lease is not None else None

    @property
    def snapshot_id(self) -> str:
        """Its id, "" while none is lent."""
        snapshot = self.snapshot
        return snapshot.id if snapshot is not None else ""

    def graph_opened(self, tenant: str = "") -> bool:
        """Whether a tenant's review would find its graph open, so that it waits for nothing."""
        lease = self._lease
        return lease is not None and lease.seen_by(tenant).opened

    @contextmanager
    def reviewing(self, tenant: str = "") -> Iterator[Desk]:
        """The shelf of this moment with the graph of its snapshot, both as a tenant sees them. Raises as :meth:`reading`."""
        lease = self._borrow()
        try:
            yield lease.seen_by(tenant)
        finally:
            self._give_back(lease)

    def _borrow(self) -> Lease:
        if self._watcher is None:
            self.warm()
        with self._lock:
            if self._problem is not None:
                raise again(self._problem)
            if self._lease is None:
                raise Unavailable("the shelf is closed")
            self._lease.readers += 1
            return self._lease

    def _reviewed(self, report: InteractionReport) -> None:
        if self.on_review is not None:
            self.on_review(report)

    def _give_back(self, lease: Lease) -> None:
        with self._lock:
            lease.readers -= 1
            done = lease.retired and lease.readers == 0
        if done:
            lease.close()

    def refresh(self) -> None:
        """Looks at the pointer now and opens what it names if that is not open yet. Readers go on meanwhile."""
        with self._refreshing:
            try:
                self._follow()
            except MedragError as error:
                self._tell("", error)

    def _follow(self) -> None:
        if self._stop.is_set():
            return
        if self._bench is None:
            self._bench = Bench(self.settings)
        wanted = published(self._bench.catalogue)
        held = self._lease
        if held is not None and held.shelf.snapshot.id == wanted.id:
            if self._problem is not None:
                self._tell(wanted.id, None)
            return
        shelf = self._bench.open(wanted)
        self._swap(Lease(shelf, Desk(self.settings, shelf, open_graph, self._reviewed)))
        self._tell(wanted.id, None)

    def _swap(self, fresh: Lease | None) -> None:
        """Lends ``fresh`` from now on; the old one closes now or with its last reader."""
        with self._lock:
            old, self._lease, self._problem = self._lease, fresh, None
            if old is not None:
                old.retired = True
            done = old is not None and old.readers == 0
        if done and old is not None:
            old.close()

    def _tell(self, snapshot: str, problem: MedragError | None) -> None:
        changed = problem is None or str(problem) != str(self._problem)
        with self._lock:
            self._problem = problem
        if changed and self.on_change is not None:
            self.on_change(snapshot, problem)

    def warm(self) -> None:
        """Opens the shelf and starts to follow the pointer; what cannot be opened is told to the readers."""
        self.refresh()
        self.watch()

    def prepare_graph(self) -> None:
        """Has the graph of the lent shelf opened beside the readers, so that none of them waits for it; one on a server
        is looked at now and then, so that none of them reads a part of it."""
        with self._lock:
            lease, busy = self._lease, self._preparing is not None and self._preparing.is_alive()
            due = bool(self.settings.graph_url) and time.monotonic() >= self._graph_seen + GRAPH_S
            if lease is None or self._problem is not None or busy or (opened(lease) and not due):
                return
            self._preparing = threading.Thread(target=self._open_graph, name="medrag-graph", daemon=True)
            self._preparing.start()

    def _open_graph(self) -> None:
        try:
            lease = self._borrow()
            try:
                for desk in lease.lent():
                    desk.check() if desk.prepared else desk.prepare()
                self._graph_seen = time.monotonic()
            finally:
                self._give_back(lease)
        except MedragError as error:
            told, self._graph_problem = self._graph_problem, str(error)
            if told != str(error) and self.on_change is not None and not self._stop.is_set():
                self.on_change("", error)
        else:
            self._graph_problem = ""

    def watch(self) -> None:
        """Starts the thread that follows the pointer; once."""
        with self._lock:
            if self._watcher is not None or self._stop.is_set():
                return
            self._watcher = threading.Thread(target=self._look, name="medrag-pointer", daemon=True)
            self._watcher.start()

    def _look(self) -> None:
        self.prepare_graph()
        while not self._stop.wait(self.every_s):
            self.refresh()
            self.prepare_graph()

    def close(self) -> None:
        """Stops looking and closes the shelf after its last reader."""
        self._stop.set()
        with self._refreshing:
            self._swap(None)
            if self._bench is not None:
                self._bench.close()


class Seen:
    """A holder as one tenant sees it: what a door that is told who asks works with. ``tenant`` may be a function, for a
    door that is open long: it is asked again for each use, and raises when nobody is to be let in any more."""

    def __init__(self, holder: ShelfHolder, tenant: str | Callable[[], str]) -> None:
        self._holder, self._tenant = holder, tenant

    @property
    def tenant(self) -> str:
        return self._tenant if isinstance(self._tenant, str) else self._tenant()

    @property
    def settings(self) -> Settings:
        return self._holder.settings

    @property
    def graph_opened(self) -> bool:
        return self._holder.graph_opened(self.tenant)

    def reading(self) -> AbstractContextManager[OpenShelf]:
        return self._holder.reading(self.tenant)

    def reviewing(self) -> AbstractContextManager[Desk]:
        return self._holder.reviewing(self.tenant)
