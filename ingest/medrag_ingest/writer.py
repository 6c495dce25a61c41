"""What the one writer of a home is doing, written where others can read it: told when it is waited for, or when it died."""

from __future__ import annotations

import json
import os
import socket
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

__all__ = ["WriterMark"]

#: Characters of an act kept: an ingest may name a hundred cards.
MOST_DOING = 200


@dataclass(frozen=True, slots=True)
class WriterMark:
    """``<home>/writing.json``, there while somebody writes. The lock beside it decides who may; this only tells.

    The lock's own file cannot hold it: it is emptied by whoever tries the lock.
    """

    home: Path

    @property
    def path(self) -> Path:
        return self.home / "writing.json"

    def put(self, doing: str) -> None:
        """Says what is begun. Raises OSError."""
        began = datetime.now(UTC).isoformat(timespec="seconds")
        told = {"doing": doing[:MOST_DOING], "began": began, "pid": os.getpid(), "host": socket.gethostname()}
        self.path.write_text(json.dumps(told), "utf-8")

    def left(self) -> bool:
        """Whether a writer did not come to its end; ask with the lock in hand."""
        return self.path.exists()

    def told(self) -> str:
        """`` (ingest notes, since 2026-01-02T03:04:05+00:00, process 7 on ward-3)``; nothing where it cannot be read,
        for it is written without haste and may be torn."""
        try:
            told = json.loads(self.path.read_text("utf-8"))
            return f" ({told['doing']}, since {told['began']}, process {told['pid']} on {told['host']})"
        except (OSError, ValueError, KeyError, TypeError):
            return ""

    def clear(self) -> None:
        """Says that the end was reached, good or bad."""
        with suppress(OSError):
            self.path.unlink(missing_ok=True)
