"""Runs functions over many items in worker processes, and gives the results in the order of the items.

The workers are fresh interpreters that speak pickle over their own pipes: nothing is forked, so threads and engines of this
process are safe; nothing of ``__main__`` is imported twice; and a worker whose parent is killed reads the end of its pipe
and goes. They are started at the first use. Each is bounded in memory and time, and of its answers only records of this
house and plain values are believed: a parser that a hostile file has taken over can lie, and do nothing else here.
"""

from __future__ import annotations

import os
import pickle
import resource
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from queue import SimpleQueue
from typing import IO, Any, Final, TypeVar

from medrag.errors import Unavailable

__all__ = ["Bounds", "Crew", "WorkerLost", "path_of", "serve"]

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a worker may use."""

    #: Address space in MB; what is really used is less.
    memory: int = 2048
    #: Processor seconds for one answer.
    cpu: int = 120
    #: Seconds by the clock for one answer; a reader that starts a process of its own waits for it.
    wall: float = 3900.0


class WorkerLost(Unavailable):
    """A worker died over its work, or went past its bounds. ``reason`` is for a person."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"a worker process ended: {reason}", remedy="Run this again; what is published stays"
        )

    def __reduce__(self) -> tuple[type[WorkerLost], tuple[str]]:
        return WorkerLost, (self.reason,)


#: More gain little: one process writes what they make.
MOST_WORKERS = 4
#: Items handed out for each worker before the first of them must be done; bounds what waits in memory.
AHEAD = 8
SERVE = "from medrag.crew import serve; serve()"
#: Exit status of a worker that ran out of memory and could still say so.
OUT_OF_MEMORY: Final = 97
#: What an answer may be made of beside classes of these packages.
OURS: Final = ("medrag.", "medrag_ingest.")
PLAIN: Final = {
    ("builtins", "set"), ("builtins", "frozenset"), ("builtins", "complex"), ("builtins", "bytearray"),
    ("_io", "BytesIO"), ("array", "_array_reconstructor"), ("array", "array"), ("collections", "Counter"),
    ("datetime", "date"), ("datetime", "datetime"), ("datetime", "timedelta"), ("datetime", "timezone"),
}  # fmt: skip


class Crew:
    """Worker processes, as many as there are cores to use. ``size`` 0 means none: the work is then done here. Used by one
    thread."""

    def __init__(self, size: int | None = None, bounds: Bounds | None = None) -> None:
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        self.size = min(cores, MOST_WORKERS) if size is None else size
        self.bounds = bounds or Bounds()
        self._idle: SimpleQueue[Worker] = SimpleQueue()
        #: Those that answered a stream to its end, for the next.
        self._lone: dict[Bounds, Worker] = {}
        self._threads: ThreadPoolExecutor | None = None

    def map(
        self,
        function: Callable[[Item], Result],
        items: Iterable[Item],
        lost: Callable[[Item, WorkerLost], Result] | None = None,
    ) -> Iterator[Result]:
        """``function(item)`` of every item, in order; ``function`` must be importable by name, items and results
        picklable. Raises what the function raised. What ``lost`` makes of an item stands for its result when its worker
        died, and may ask other workers; without it WorkerLost is raised."""
        if self.size == 0:
            yield from map(function, items)
            return
        path, left = path_of(function), iter(items)
        threads = self.started()
        waiting: deque[Future[Result]] = deque()
        try:
            while True:
                for item in islice(left, max(0, self.size * AHEAD - len(waiting))):
                    waiting.append(threads.submit(self.ask, path, item, lost))
                if not waiting:
                    return
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()

    def stream(
        self, function: Callable[[Item], Iterator[Result]], item: Item, bounds: Bounds | None = None
    ) -> Iterator[Result]:
        """What the generator ``function(item)`` gives, one at a time as it is taken, from a worker of its own.

        Raises what the function raised, WorkerLost when the worker died.
        """
        if self.size == 0:
            yield from function(item)
            return
        chosen = bounds or self.bounds
        worker = self._lone.pop(chosen, None) or Worker(chosen)
        try:
            yield from worker.stream(path_of(function), item)
        except BaseException:
            worker.end()  # it may be in the midst of an answer
            raise
        self._lone[chosen] = worker

    def started(self) -> ThreadPoolExecutor:
        """One thread for each worker; it waits while the worker works."""
        if self._threads is None:
            for _ in range(self.size):
                self._idle.put(Worker(self.bounds))
            self._threads = ThreadPoolExecutor(self.size, thread_name_prefix="crew")
        return self._threads

    def ask(self, path: str, item: Any, lost: Callable[[Any, WorkerLost], Any] | None = None) -> Any:
        """One answer of whichever worker is idle. One that died makes place for a fresh one."""
        worker = self._idle.get()
        try:
            return worker.ask(path, item)
        except WorkerLost as error:
            worker = Worker(self.bounds)
            if lost is None:
                raise
            why = error
        finally:
            self._idle.put(worker)
        return lost(item, why)

    def close(self) -> None:
        """Ends the workers; the next use starts others."""
        while self._lone:
            self._lone.popitem()[1].close()
        if self._threads is not None:
            self._threads.shutdown(cancel_futures=True)
            while not self._idle.empty():
                self._idle.get().close()
            self._threads = None


def path_of(function: Callable[..., Any]) -> str:
    return f"{function.__module__}:{function.__qualname__}"


class Worker:
    """One process."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self.late = False
        limits = f"{bounds.memory} {bounds.cpu}"
        path = os.pathsep.join(part or os.curdir for part in sys.path)
        self.process = subprocess.Popen(  # noqa: S603  our own interpreter, our own words
            [sys.executable, "-c", SERVE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path, "MEDRAG_BOUNDS": limits, "OMP_NUM_THREADS": "1"},
        )

    def ask(self, path: str, item: object) -> Any:
        """The answer. Raises what the work raised, or WorkerLost."""
        told = self.stream(path, item, whole=True)
        return next(told)

    def stream(self, path: str, item: object, *, whole: bool = False) -> Iterator[Any]:
        """The answers, one when ``whole``. Raises what the work raised, or WorkerLost."""
        writer, reader = self.process.stdin, self.process.stdout
        assert writer is not None and reader is not None  # noqa: S101  for the type checker; both are pipes
        try:
            pickle.dump((path, item, whole), writer, pickle.HIGHEST_PROTOCOL)
            writer.flush()
        except OSError as error:
            raise self.lost() from error
        while True:
            kind, told = self.hear(reader)
            if kind == "raised":
                raise told if isinstance(told, Exception) else self.lost()
            if kind == "end":
                return
            yield told
            if whole:
                return

    def hear(self, reader: IO[bytes]) -> tuple[str, Any]:
        """The next word of the worker within the time it has."""
        watch = threading.Timer(self.bounds.wall, self.kill)
        watch.daemon = True
        watch.start()
        try:
            kind, told = Believed(reader).load()
        except Exception as error:  # whatever a broken or hostile worker wrote
            raise self.lost() from error
        finally:
            watch.cancel()
        return str(kind), told

    def kill(self) -> None:
        self.late = True
        self.process.kill()

    def lost(self) -> WorkerLost:
        """Why the worker gives no answer; it is ended."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(1.0)
        code = self.process.poll()
        self.end()
        return WorkerLost(self.why(code))

    def why(self, code: int | None) -> str:
        if self.late:
            return f"it took more than {self.bounds.wall:.0f} seconds"
        if code == -signal.SIGXCPU:
            return f"it took more than {self.bounds.cpu} seconds of the processor"
        if code == OUT_OF_MEMORY:
            return f"it took more than {self.bounds.memory} MB of memory"
        if code is None:
            return "it answered nothing that can be read"
        return f"it broke ({f'signal {-code}' if code < 0 else f'exit code {code}'})"

    def end(self) -> None:
        """Ends it at once, whatever it does."""
        if self.process.poll() is None:
            self.process.kill()
        self.close()

    def close(self) -> None:
        if self.process.stdin is not None:
            with suppress(OSError):
                self.process.stdin.close()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


class Believed(pickle.Unpickler):
    """Reads an answer in which nothing but our own classes and plain values can be made."""

    def find_class(self, module: str, name: str) -> Any:
        plain = (module, name) in PLAIN or (module == "builtins" and name.endswith("Error"))
        if plain or (module.startswith(OURS) and "." not in name):
            found = super().find_class(module, name)
            if plain or isinstance(found, type):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is no part of an answer")


def serve() -> None:
    """What a worker does until its parent's end of the pipe closes."""
    memory, cpu = map(int, os.environ["MEDRAG_BOUNDS"].split())
    soften(resource.RLIMIT_AS, memory << 20)
    soften(resource.RLIMIT_CORE, 0)
    reader, writer = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not speak into the answers
    while True:
        try:
            path, item, whole = pickle.load(reader)  # noqa: S301  our own parent's words
            answer(writer, path, item, whole, cpu)
        except (EOFError, BrokenPipeError, KeyboardInterrupt):  # the parent is gone
            os._exit(0)
        except MemoryError:
            os._exit(OUT_OF_MEMORY)


def soften(what: int, most: int) -> None:
    """Sets a soft limit, so that what the worker starts can set its own."""
    hard = resource.getrlimit(what)[1]
    resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def allow(cpu: int) -> None:
    """So many processor seconds from now on."""
    spent = resource.getrusage(resource.RUSAGE_SELF)
    soften(resource.RLIMIT_CPU, int(spent.ru_utime + spent.ru_stime) + cpu + 1)


def answer(writer: IO[bytes], path: str, item: object, whole: bool, cpu: int) -> None:
    module, _, name = path.partition(":")
    allow(cpu)
    try:
        found = getattr(import_module(module), name)(item)
        for told in (found,) if whole else found:
            say(writer, "answer", told)
            allow(cpu)
    except (MemoryError, BrokenPipeError):
        raise
    except Exception as error:  # noqa: BLE001  it is raised again in the parent
        say(writer, "raised", error)
        return
    if not whole:
        say(writer, "end", None)


def say(writer: IO[bytes], kind: str, told: object) -> None:
    pickle.dump((kind, told), writer, pickle.HIGHEST_PROTOCOL)
    writer.flush()
