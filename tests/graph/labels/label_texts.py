"""Labels written for the tests, as a reader hands them on: headings, paragraphs, list items, with their section codes."""

from __future__ import annotations

from medrag.identifiers import sha256_text
from medrag.records import Block, Document

__all__ = ["CONTRAINDICATIONS", "DOSAGE", "INTERACTIONS", "WARNINGS", "Part", "write_label"]

CONTRAINDICATIONS = "34070-3"
INTERACTIONS = "34073-7"
WARNINGS = "43685-7"
DOSAGE = "34068-7"
#: (kind of block, text) under a section code.
Part = tuple[str, str]


def write_label(title: str, *sections: tuple[str, list[Part]], edition: str = "labels@1") -> Document:
    """A label of that title; each section is its LOINC code and its blocks, headings among them."""
    texts: list[str] = [title]
    blocks: list[Block] = [Block("heading", 0, len(title))]
    at = len(title) + 1
    for code, parts in sections:
        above: tuple[str, ...] = (title,)
        for kind, text in parts:
            blocks.append(Block(kind, at, at + len(text), above, code))  # type: ignore[arg-type]
            above = (title, text) if kind == "heading" else above
            texts.append(text)
            at += len(text) + 1
    text = "\n".join(texts)
    digest = sha256_text(text)
    named = (f"d_{digest[:24]}", edition, digest[:12], title, "en", text, digest, digest, "")
    return Document(*named, (), tuple(blocks))
