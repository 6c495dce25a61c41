"""What must hold of every document a reader yields, and short ways to call a reader."""

from __future__ import annotations

import hashlib

from medrag_ingest.parsed import ParsedDocument
from medrag_ingest.raw import RawFile
from medrag_ingest.readers import READERS

__all__ = ["check_document", "digest", "outline", "read", "read_one"]


def read(reader: str, data: bytes | str, name: str = "file", **options: object) -> list[ParsedDocument]:
    """All documents of a reader over bytes, each held to the laws."""
    raw = RawFile.from_bytes(name, data.encode("utf-8") if isinstance(data, str) else data)
    documents = list(READERS[reader](raw, options))
    for document in documents:
        check_document(document)
    return documents


def read_one(reader: str, data: bytes | str, name: str = "file", **options: object) -> ParsedDocument:
    """The only document of a reader over bytes."""
    (document,) = read(reader, data, name, **options)
    return document


def check_document(document: ParsedDocument) -> None:
    """Blocks ascend, do not overlap, and hold all but white space; so do segments; scopes hold words."""
    at = 0
    for block in document.blocks:
        assert at <= block.start < block.end <= len(document.text)
        assert not document.text[at : block.start].strip()
        assert all(span.of(document.text).strip() for span in block.scope)
        at = block.end
    assert not document.text[at:].strip()
    at = 0
    for segment in document.segments:
        assert at <= segment.start < segment.end <= len(document.text)
        assert not document.text[at : segment.start].strip()
        at = segment.end
    assert not document.text[at:].strip()


def outline(document: ParsedDocument) -> list[tuple[str, str, list[str]]]:
    """(kind, words, scope's words) of every block."""
    text = document.text
    return [(b.kind, text[b.start : b.end], [span.of(text) for span in b.scope]) for b in document.blocks]


def digest(document: ParsedDocument) -> str:
    """First 12 hex digits of the sha256 of text and blocks: a golden without a word of the source."""
    blocks = [
        (b.kind, b.start, b.end, b.section, b.code, [(s.start, s.end) for s in b.scope])
        for b in document.blocks
    ]
    return hashlib.sha256(f"{document.text}\0{blocks}".encode()).hexdigest()[:12]
