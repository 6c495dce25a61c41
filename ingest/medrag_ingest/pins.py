"""Remembers the hash a moving source had when it was first fetched, so that later runs mean the same bytes."""

from __future__ import annotations

import json
import os
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock

from medrag.errors import IntegrityError, Place

__all__ = ["Pin", "Pins"]


@dataclass(frozen=True, slots=True)
class Pin:
    """What was fetched first: hash, bytes, from where and when (ISO 8601, UTC)."""

    sha256: str
    bytes: int
    source: str
    fetched: str


class Pins:
    """``<home>/pins.json``: edition and file name to the pin. Delete an entry to take the source's newer bytes."""

    def __init__(self, home: Path) -> None:
        self._file = home / "pins.json"

    def get(self, edition: str, name: str) -> Pin | None:
        """The pin, or None before the first fetch. Raises IntegrityError when the file cannot be read."""
        return self.read().get(f"{edition}/{name}")

    def put(self, edition: str, name: str, sha256: str, size: int, source: str) -> Pin:
        """Records a first fetch; one that is there stays, and is returned."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(self._file.with_suffix(".lock")):
            pins = self.read()
            key = f"{edition}/{name}"
            if key not in pins:
                pins[key] = Pin(sha256, size, source, datetime.now(UTC).isoformat(timespec="seconds"))
                self.write(pins)
            return pins[key]

    def forget(self, editions: Collection[str]) -> None:
        """Drops the pins of editions that were removed."""
        if not self._file.is_file():
            return
        with FileLock(self._file.with_suffix(".lock")):
            pins = self.read()
            kept = {key: pin for key, pin in pins.items() if key.rpartition("/")[0] not in editions}
            if kept != pins:
                self.write(kept)

    def read(self) -> dict[str, Pin]:
        """Every pin."""
        try:
            told = json.loads(self._file.read_text("utf-8"))
            return {key: Pin(**value) for key, value in told.items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError, AttributeError) as error:
            raise IntegrityError(
                f"the pins cannot be read: {error}",
                place=Place(str(self._file)),
                remedy="Restore the file from a backup, or delete it to pin moving sources anew",
            ) from error

    def write(self, pins: dict[str, Pin]) -> None:
        """Replaces the file in one step."""
        temporary = self._file.with_suffix(f".{os.getpid()}")
        told = {key: asdict(pin) for key, pin in sorted(pins.items())}
        temporary.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", "utf-8")
        temporary.replace(self._file)
