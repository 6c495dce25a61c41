"""Tries a Qdrant server as medrag uses it: builds, publishes, searches, changes and removes a small shelf of its own there.

Its collections have a prefix of their own, so that a shelf the server holds already is not touched; they are removed at
the end, also when something fails. The key, if the server wants one, is read from MEDRAG_QDRANT_KEY.

python docs/examples/qdrant_smoke.py http://127.0.0.1:6333
"""

from __future__ import annotations

import os
import secrets
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from medrag.index.server import ServerStore
from medrag.retrieve.search import search
from medrag.settings import Settings
from medrag.shelf import OpenShelf
from medrag_api.wiring import open_workshop
from medrag_ingest.documents import Description, document_card
from medrag_ingest.keeping import remove
from medrag_ingest.pipeline import ingest
from medrag_ingest.workshop import Workshop

#: Made up for this trial; no one should treat a patient by it.
NOTES = {
    "Notes on kidneys": "# Notes on kidneys\n\nThe trial drug alphamab is halved below an eGFR of 30.\n",
    "Notes on blood": "# Notes on blood\n\nThe trial drug betazine asks for a blood count every week.\n",
}
QUESTIONS = {"alphamab eGFR": "Notes on kidneys", "betazine blood count": "Notes on blood"}


def quiet(*_: object) -> None: ...


def put_notes(workshop: Workshop, folder: Path, titles: Sequence[str]) -> None:
    for title in titles:
        path = folder / f"{title}.md"
        path.write_text(NOTES[title], "utf-8")
        about = Description(title, "medrag", "2024-01-01", "INT", licence="CC0-1.0", redistributable=True)
        report = ingest([document_card(path, about, workshop.catalogue)], workshop, quiet)
        assert report.snapshot is not None, report.as_json()


def found(workshop: Workshop, question: str) -> list[str]:
    """The titles of what a question finds, the nearest first."""
    snapshot = workshop.catalogue.current()
    assert snapshot is not None
    index = workshop.indexes.open(snapshot.index)
    shelf = OpenShelf(workshop.catalogue, snapshot, index, workshop.encoder)
    with closing(shelf):
        hits = search(shelf, question, workshop.settings, limit=2).hits
        texts = workshop.catalogue.document_texts([hit.passage.document for hit in hits])
    return [texts[hit.passage.document][1] for hit in hits]


def try_server(workshop: Workshop, folder: Path) -> None:
    first, second = NOTES
    put_notes(workshop, folder, [first])
    print("published one work; indexes:", *workshop.indexes.names())
    put_notes(workshop, folder, [second])
    print("published another beside it; indexes:", *workshop.indexes.names())
    for question, title in QUESTIONS.items():
        told = found(workshop, question)
        print(f"{question!r} finds: {', '.join(told)}")
        assert told[0] == title, "another work was found first"
    gone = next(work.id for work in workshop.catalogue.works() if work.title == second)
    remove(workshop, gone, progress=quiet)
    assert second not in found(workshop, "betazine blood count"), "what was removed is found"
    print("removed it again: it is found no more")


def main(url: str = "http://127.0.0.1:6333") -> None:
    store = ServerStore(
        url, os.environ.get("MEDRAG_QDRANT_KEY", ""), prefix=f"medrag_smoke_{secrets.token_hex(4)}_"
    )
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            home=Path(folder) / "home", encoder="hash", offline=True, catalogue_url="", qdrant_url=url
        )
        workshop = replace(open_workshop(settings), indexes=store)
        try:
            with closing(workshop.catalogue):
                try_server(workshop, Path(folder))
        finally:
            print("cleaned up:", *store.sweep([]))
    assert store.collections() == []
    print("all is as it should be")


if __name__ == "__main__":
    main(*sys.argv[1:2])
