"""What a removed edition leaves outside the catalogue: source files, pins and vectors; noted first, cleared after."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from medrag.errors import IntegrityError, Place
from medrag.index.encoders.cache import VectorCache, text_hash
from medrag.text.indexed import index_text
from medrag_ingest.pins import Pins
from medrag_ingest.rawstore import sync_folder
from medrag_ingest.workshop import Progress, Workshop

__all__ = ["Leftovers"]


class Leftovers:
    """``<home>/removals/``: a note for each removal whose leftovers may still lie about."""

    def __init__(self, workshop: Workshop) -> None:
        self.workshop = workshop
        self.folder = workshop.settings.home / "removals"

    def note(self, editions: Sequence[str]) -> None:
        """Writes down, durably, what will be left when the editions are gone from the catalogue."""
        told = {"editions": list(editions), "raw": sorted(self.raw_of(editions))}
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{uuid.uuid4().hex}.json"
        temporary = path.with_suffix(".writing")
        with temporary.open("w", encoding="utf-8") as stream:
            json.dump(told, stream)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
        sync_folder(self.folder)

    def clear(self, progress: Progress) -> tuple[tuple[str, ...], int]:
        """Deletes what the notes name and nothing held needs; (sha256 of files, vectors) that went.

        A note whose editions are still there is of a removal that never happened, and is dropped.
        """
        if not self.folder.is_dir():
            return (), 0
        raw: set[str] = set()
        vectors = 0
        held = {state.edition.id for state in self.workshop.catalogue.editions()}
        for path, told in self.notes():
            gone = set(told["editions"])
            if not gone & held:
                raw |= self.drop_raw(told["raw"])
                self.drop_pins(gone)
                vectors += self.drop_vectors(progress)
            path.unlink()
        for path in self.folder.glob("*.writing"):
            path.unlink(missing_ok=True)
        return tuple(sorted(raw)), vectors

    def notes(self) -> Iterator[tuple[Path, dict[str, Any]]]:
        for path in sorted(self.folder.glob("*.json")):
            try:
                yield path, json.loads(path.read_text("utf-8"))
            except ValueError as error:
                raise IntegrityError(
                    "this note of a removal cannot be read", place=Place(str(path)), remedy="Delete the file"
                ) from error

    def raw_of(self, editions: Sequence[str]) -> set[str]:
        """sha256 of the source files the editions were made from: those of their documents and of their receipts."""
        catalogue = self.workshop.catalogue
        found = {sha256 for edition in editions for sha256, _ in catalogue.staged_members(edition)}
        return found | {
            str(source["sha256"])
            for receipt in catalogue.receipts()
            if receipt.get("edition") in editions
            for source in receipt.get("sources", ())
        }

    def drop_raw(self, candidates: Sequence[str]) -> set[str]:
        """Deletes the files among ``candidates`` no edition held was made from."""
        states = self.workshop.catalogue.editions()
        needed = self.raw_of([state.edition.id for state in states])
        gone = {sha256 for sha256 in candidates if sha256 not in needed}
        for sha256 in gone:
            self.workshop.raw.path(sha256).unlink(missing_ok=True)
        return gone

    def drop_pins(self, editions: set[str]) -> None:
        Pins(self.workshop.settings.home).forget(editions)

    def drop_vectors(self, progress: Progress) -> int:
        """Deletes the vectors of texts no passage held is indexed under."""
        path = self.workshop.settings.home / "vectors.db"
        if not path.is_file():
            return 0
        return VectorCache(path).keep_only(self.texts_held(progress))

    def texts_held(self, progress: Progress) -> set[bytes]:
        catalogue, held = self.workshop.catalogue, set[bytes]()
        states = catalogue.editions()
        total = sum(state.passages for state in states)
        for state in states:
            for document, passages in catalogue.read_words(state.edition.id):
                held |= {text_hash(index_text(document.title, p, document.text)) for p in passages}
            progress("vectors kept", len(held), total)
        return held
