"""Shows how far a long run is, on stderr: a bar at a terminal, else plain lines, at most one a second."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

__all__ = ["Lines", "Progress", "open_progress"]

Progress = Callable[[str, int, int | None], None]

#: Seconds between plain lines.
LINE_S = 1.0


class Lines:
    """Progress as lines. A stage's last word may be dropped when it comes within a second of another line."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last = float("-inf")

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        now = self._clock()
        if now - self._last < LINE_S:
            return
        self._last = now
        click.echo(f"{stage}: {done:,}" + (f" of {total:,}" if total else ""), err=True)


@contextmanager
def open_progress() -> Iterator[Progress]:
    """Something to tell progress to, until the run ends."""
    if not sys.stderr.isatty():
        yield Lines()
        return
    with open_bars() as bars:
        yield bars


@contextmanager
def open_bars() -> Iterator[Progress]:
    """One bar for each stage; those that are done stay above the one at work."""
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description:<40.40}"),
        BarColumn(24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    tasks: dict[str, TaskID] = {}
    with Bars(*columns, console=Console(stderr=True), transient=False) as bars:

        def tell(stage: str, done: int, total: int | None) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(escape(stage), total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield tell
