"""Makes the shelves that benchmarks of ingest run on: notes of random words, the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Final

from medrag.identifiers import sha256_bytes
from medrag_ingest.manifest import Manifest

__all__ = ["note_card", "random_note", "text_pdf"]

#: Words of a passage; of a guideline's it has about as many.
WORDS: Final = 60
#: Lines of a page, and points between them, of a PDF.
LINES: Final = 45


def note_card(
    folder: Path, work: str, notes: Mapping[str, str], *, edition: str, published: date
) -> Manifest:
    """The card of a work of Markdown notes, which are written below ``folder``."""
    place = folder / work / edition
    place.mkdir(parents=True, exist_ok=True)
    sources = []
    for name, text in notes.items():
        path = place / f"{name}.md"
        path.write_text(text, "utf-8")
        sources.append({"file": str(path), "filename": path.name, "sha256": sha256_bytes(text.encode())})
    return Manifest.model_validate(
        {
            "id": work,
            "title": f"Notes of {work}",
            "publisher": "medrag",
            "kind": "guideline",
            "authority": "digest",
            "jurisdiction": "INT",
            "language": "en",
            "edition": edition,
            "published": published.isoformat(),
            "rights": {"licence": "CC0-1.0", "redistributable": True},
            "sources": sources,
            "reader": {"name": "markdown"},
            "expect": {"documents": len(sources)},
        }
    )


def random_note(chance: random.Random, passages: int) -> str:
    """A note of so many sections, each a passage."""
    parts = [f"# Note {chance.randrange(10**9)}"]
    for number in range(passages):
        words = " ".join(f"{chance.choice(STEMS)}{chance.choice(ENDS)}" for _ in range(WORDS))
        parts.append(f"## Section {number}\n\n{words}.")
    return "\n\n".join(parts) + "\n"


STEMS: Final = [a + b for a in ("car", "met", "lis", "war", "flu", "dox", "ben") for b in "aeiou"]
ENDS: Final = [a + b for a in ("tin", "lol", "pril", "min", "xone", "zide", "mab") for b in ("", "s", "al")]


def text_pdf(chance: random.Random, pages: int) -> bytes:
    """A PDF of pages full of words."""
    objects = ["<</Type/Catalog/Pages 2 0 R>>", ""]
    objects.append("<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>")
    kids = []
    for _ in range(pages):
        lines = [
            " ".join(f"{chance.choice(STEMS)}{chance.choice(ENDS)}" for _ in range(11)) for _ in range(LINES)
        ]
        shown = "".join(f"({line}) Tj T* " for line in lines)
        body = f"BT /F1 9 Tf 14 TL 60 740 Td {shown}ET"
        objects.append(f"<</Length {len(body)}>>\nstream\n{body}\nendstream")
        page = (
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F1 3 0 R>>>>"
            f"/Contents {len(objects)} 0 R>>"
        )
        objects.append(page)
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<</Type/Pages/Count {pages}/Kids[{' '.join(kids)}]>>"
    return written(objects)


def written(objects: list[str]) -> bytes:
    """The objects with their table, as ISO 32000-1, 7.5 has it."""
    made, at = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, start=1):
        at.append(len(made))
        made += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = len(made)
    lines = "".join(f"{offset:010} 00000 n \n" for offset in at)
    made += f"xref\n0 {len(at) + 1}\n0000000000 65535 f \n{lines}".encode()
    made += f"trailer\n<</Size {len(at) + 1}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n".encode()
    return bytes(made)
