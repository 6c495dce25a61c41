"""Passages cut into words wait on disk between two passes: the first measures their length, the second weighs them."""

from __future__ import annotations

import json
import tempfile
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from medrag.catalogue import DocumentWords
from medrag.errors import IndexUnavailable, Place
from medrag.records import Passage
from medrag.text.indexed import index_text
from medrag.text.tokens import default_tokenizer, token_id

__all__ = ["SpooledPassage", "WordSpool", "open_spool", "token_lists", "tokenise_all"]


@dataclass(frozen=True, slots=True)
class SpooledPassage:
    """What the index is to hold of a passage, but for its weights."""

    passage: str
    edition: str
    #: None: as the work says.
    jurisdiction: str | None
    language: str
    code: str | None
    #: One token id per occurrence.
    tokens: Sequence[int]


def token_lists(item: tuple[DocumentWords, Sequence[Passage]]) -> list[array[int]]:
    """For each passage of a document the ids of the words it is found by, in order, repeats kept."""
    document, passages = item
    tokenize = default_tokenizer().tokenize
    texts = (index_text(document.title, passage, document.text) for passage in passages)
    return [array("I", map(token_id, tokenize(text))) for text in texts]


def tokenise_all(items: Sequence[tuple[DocumentWords, Sequence[Passage]]]) -> list[list[array[int]]]:
    """:func:`token_lists` of many documents."""
    return [token_lists(item) for item in items]


class WordSpool:
    """An unnamed file: gone with the process, however that ends."""

    def __init__(self, stream: IO[bytes], folder: Path) -> None:
        self.stream = stream
        self.folder = folder

    def add(self, document: DocumentWords, passages: Sequence[Passage], words: Sequence[array[int]]) -> None:
        """Keeps the words of a document's passages. Raises IndexUnavailable when the disk refuses."""
        told = [(p.id, p.edition, p.code, len(ids)) for p, ids in zip(passages, words, strict=True)]
        head = json.dumps((document.jurisdiction, document.language, told))
        with disk_told(self.folder):
            self.stream.write(head.encode() + b"\n")
            for ids in words:
                self.stream.write(ids.tobytes())

    def read(self) -> Iterator[SpooledPassage]:
        """Everything kept, in order."""
        with disk_told(self.folder):
            self.stream.seek(0)
            lines = iter(self.stream.readline, b"")
        for line in lines:
            jurisdiction, language, told = json.loads(line)
            for passage, edition, code, length in told:
                ids = array("I")
                ids.frombytes(self.stream.read(length * ids.itemsize))
                yield SpooledPassage(passage, edition, jurisdiction, language, code, ids)


@contextmanager
def open_spool(folder: Path) -> Iterator[WordSpool]:
    """A spool on the disk of ``folder``. Raises IndexUnavailable when the disk refuses."""
    with disk_told(folder):
        stream = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  closed below, after what its user raises
    try:
        yield WordSpool(stream, folder)
    finally:
        with disk_told(folder):
            stream.close()


@contextmanager
def disk_told(folder: Path) -> Iterator[None]:
    """The disk's refusals in medrag's words."""
    try:
        yield
    except OSError as error:
        raise IndexUnavailable(
            f"the disk refused the words of an index that is being built: {error.strerror}",
            place=Place(file=str(folder)),
            remedy="Free space and run this again; what is published stays",
        ) from error
