"""Runs functions over many items in worker processes, and gives the results in the order of the items.

The workers are fresh interpreters that speak pickle over their own pipes: nothing is forked, so threads and engines of this
process are safe; nothing of ``__main__`` is imported twice; and a worker whose parent is killed reads the end of its pipe
and goes. They are started at the first use.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from importlib import import_module
from itertools import islice
from queue import SimpleQueue
from typing import IO, Any, TypeVar

from medrag.errors import Unavailable

__all__ = ["Crew", "serve"]

Item = TypeVar("Item")
Result = TypeVar("Result")

#: More gain little: one process writes what they make.
MOST_WORKERS = 4
#: Items handed out for each worker before the first of them must be done; bounds what waits in memory.
AHEAD = 8
SERVE = "from medrag.crew import serve; serve()"


class Crew:
    """Worker processes. ``size`` 0 means none: the work is then done here. Used by one thread."""

    def __init__(self, size: int | None = None) -> None:
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        self.size = min(cores, MOST_WORKERS) if size is None else size
        if self.size < 2 and size is None:
            self.size = 0
        self._idle: SimpleQueue[Worker] = SimpleQueue()
        self._workers: list[Worker] = []
        self._threads: ThreadPoolExecutor | None = None

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """``function(item)`` of every item, in order; ``function`` must be importable by name, items and results
        picklable. Raises what the function raised, or Unavailable when a worker died."""
        if self.size == 0:
            yield from map(function, items)
            return
        path, left = f"{function.__module__}:{function.__qualname__}", iter(items)
        threads = self.started()
        waiting: deque[Future[Result]] = deque()
        try:
            while True:
                for item in islice(left, max(0, self.size * AHEAD - len(waiting))):
                    waiting.append(threads.submit(self.ask, path, item))
                if not waiting:
                    return
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()

    def started(self) -> ThreadPoolExecutor:
        """One thread for each worker; it waits while the worker works."""
        if self._threads is None:
            self._workers = [Worker() for _ in range(self.size)]
            for worker in self._workers:
                self._idle.put(worker)
            self._threads = ThreadPoolExecutor(self.size, thread_name_prefix="crew")
        return self._threads

    def ask(self, path: str, item: object) -> Any:
        worker = self._idle.get()
        try:
            return worker.ask(path, item)
        finally:
            self._idle.put(worker)

    def close(self) -> None:
        """Ends the workers; the next use starts others."""
        if self._threads is not None:
            self._threads.shutdown(cancel_futures=True)
            for worker in self._workers:
                worker.close()
            self._idle, self._workers, self._threads = SimpleQueue(), [], None


class Worker:
    """One process."""

    def __init__(self) -> None:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path or os.curdir for path in sys.path)}
        self.process = subprocess.Popen(  # noqa: S603  our own interpreter, our own words
            [sys.executable, "-c", SERVE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
        )

    def ask(self, path: str, item: object) -> Any:
        writer, reader = self.process.stdin, self.process.stdout
        assert writer is not None and reader is not None  # noqa: S101  for the type checker; both are pipes
        try:
            pickle.dump((path, item), writer, pickle.HIGHEST_PROTOCOL)
            writer.flush()
            fine, told = pickle.load(reader)  # noqa: S301  our own child's words
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            raise Unavailable(
                f"a worker process ended (exit code {self.process.poll()})",
                remedy="It may have run out of memory. Run this again; what is published stays",
            ) from error
        if not fine:
            raise told
        return told

    def close(self) -> None:
        if self.process.stdin is not None:
            self.process.stdin.close()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


def serve() -> None:
    """What a worker does until its parent's end of the pipe closes."""
    reader, writer = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not speak into the answers
    while True:
        try:
            path, item = pickle.load(reader)  # noqa: S301  our own parent's words
            answer(writer, path, item)
        except (EOFError, BrokenPipeError, KeyboardInterrupt):  # the parent is gone
            os._exit(0)


def answer(writer: IO[bytes], path: str, item: object) -> None:
    module, _, name = path.partition(":")
    try:
        told = (True, getattr(import_module(module), name)(item))
    except Exception as error:  # noqa: BLE001  it is raised again in the parent
        told = (False, error)
    pickle.dump(told, writer, pickle.HIGHEST_PROTOCOL)
    writer.flush()
