"""Small cards written to a folder, a workshop over the real catalogue and the embedded index, and laws a shelf must keep."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from medrag.crew import Crew
from medrag.identifiers import sha256_bytes, sha256_text
from medrag.index.encoders.hashed import HashEmbedder
from medrag.records import Snapshot
from medrag.retrieve.search import search
from medrag.settings import Settings
from medrag.shelf import OpenShelf
from medrag_api.wiring import open_workshop
from medrag_ingest.manifest import Manifest
from medrag_ingest.workshop import Workshop

__all__ = [
    "CountingEncoder",
    "check_laws",
    "contents",
    "find",
    "leaflet",
    "open_small",
    "quiet",
    "write_card",
    "write_raw",
]

#: Columns that say when something was done, or that count the doing; all others are content.
WHEN = {
    "runs": ("id", "started", "finished", "outcome", "receipt"),
    "publications": ("seq", "at"),
    "snapshots": ("created",),
    "editions": ("retrieved",),
}


def quiet(stage: str, done: int, total: int | None) -> None:
    """A Progress that nobody looks at."""


@dataclass
class CountingEncoder:
    """A hashing encoder that remembers what it was asked to encode."""

    inner: HashEmbedder = field(default_factory=lambda: HashEmbedder(16))
    texts: list[str] = field(default_factory=list)

    @property
    def fingerprint(self) -> str:
        return self.inner.fingerprint

    @property
    def dimension(self) -> int:
        return self.inner.dimension

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.texts += texts
        return self.inner.encode_passages(texts)

    def encode_query(self, text: str) -> NDArray[np.float32]:
        return self.inner.encode_query(text)


def open_small(home: Path, *, encoder: CountingEncoder | None = None, **options: Any) -> Workshop:
    """A workshop of this home that reads in this process; words alone unless an encoder is given."""
    settings = Settings(home=home, encoder="none", offline=True, **options)
    return replace(open_workshop(settings), encoder=encoder, crew=Crew(0))


def leaflet(name: str, sentences: Iterable[str]) -> str:
    """A Markdown document with a heading and one section a sentence, each long enough to be a passage of its own."""
    body = [f"## {name} part {n}\n\n{line} {line} {line} {line}" for n, line in enumerate(sentences)]
    return "\n\n".join([f"# {name}", *body]) + "\n"


def write_raw(folder: Path, name: str, sources: Mapping[str, bytes], fields: Mapping[str, Any]) -> Manifest:
    """A card ``name`` over these files, in a folder of its own; ``fields`` replace and add to what it says."""
    place = folder / name
    place.mkdir(parents=True, exist_ok=True)
    told = []
    for filename, data in sources.items():
        (place / filename).write_bytes(data)
        told.append({"file": filename, "sha256": sha256_bytes(data)})
    card = {
        "id": name,
        "title": f"Notes of {name}",
        "publisher": "A house",
        "kind": "guideline",
        "authority": "digest",
        "jurisdiction": "INT",
        "language": "en",
        "edition": "2024",
        "published": "2024-01-01",
        "rights": {"licence": "CC0-1.0", "redistributable": True},
        "sources": told,
        "reader": {"name": "markdown"},
        "passages": {"max_tokens": 60},
        "expect": {"documents": 1},
        **fields,
    }
    path = folder / f"{name}.{card['edition']}.yaml"
    # Beside the files, so that sources are named relative to the card.
    path = place / path.name
    path.write_text(yaml.safe_dump(card, allow_unicode=True), encoding="utf-8")
    return Manifest.from_yaml(path)


def write_card(folder: Path, name: str, documents: Mapping[str, str], **fields: Any) -> Manifest:
    """A card of Markdown documents."""
    return write_raw(folder, name, {f"{key}.md": text.encode() for key, text in documents.items()}, fields)


def find(workshop: Workshop, question: str) -> list[str]:
    """Texts of the passages a reader of the published shelf finds."""
    snapshot = workshop.catalogue.current()
    assert snapshot is not None
    shelf = OpenShelf(workshop.catalogue, snapshot, workshop.indexes.open(snapshot.index), workshop.encoder)
    try:
        return [hit.passage.text for hit in search(shelf, question, workshop.settings, limit=5).hits]
    finally:
        shelf.close()


def check_laws(workshop: Workshop, snapshot: Snapshot) -> int:
    """Quotes are slices, hashes hold, passages cover their document, the index holds the passages; gives how many."""
    held: set[str] = set()
    for edition in snapshot.editions:
        kind = workshop.catalogue.work(workshop.catalogue.edition(edition).edition.work).kind
        for document, passages in workshop.catalogue.read_edition(edition):
            assert sha256_text(document.text) == document.sha256
            at = 0
            for passage in passages:
                assert document.text[passage.start : passage.end] == passage.text != ""
                assert document.text[at : passage.start].strip() == ""
                at = passage.end
            assert kind == "terminology" or document.text[at:].strip() == ""
            held |= {passage.id for passage in passages}
    index = workshop.indexes.open(snapshot.index)
    try:
        assert set(index.ids()) == held
        assert index.count_dense() == (len(held) if snapshot.encoder else 0)
    finally:
        index.close()
    assert len(held) == snapshot.passages
    return len(held)


def contents(home: Path, *, runs: bool = False) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the catalogue by table, without times; with ``runs``, all of it."""
    with closing(sqlite3.connect(home / "catalogue.db")) as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        told = {}
        for table in sorted(name for name in tables if not name.startswith("sqlite_")):
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            kept = [name for name in columns if runs or name not in WHEN.get(table, ())]
            if kept:
                names = ", ".join(f'"{name}"' for name in kept)
                told[table] = sorted(connection.execute(f"SELECT {names} FROM {table}"), key=repr)
    return told
