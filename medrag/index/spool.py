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

    work: str
    #: None: as the work says.
    jurisdiction: str | None
    language: str
    #: See medrag.index.strata.
    point: str
    stratum: str
    place: str
    code: str | None
    #: One token id per occurrence.
    tokens: Sequence[int] = ()


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

    def add(self, seats: Sequence[SpooledPassage], words: Sequence[array[int]]) -> None:
        """Keeps the words of passages. Raises IndexUnavailable when the disk refuses."""
        told = [
            (s.work, s.jurisdiction, s.language, s.point, s.stratum, s.place, s.code, len(ids))
            for s, ids in zip(seats, words, strict=True)
        ]
        with disk_told(self.folder):
            self.stream.write(json.dumps(told).encode() + b"\n")
            for ids in words:
                self.stream.write(ids.tobytes())

    def read(self) -> Iterator[SpooledPassage]:
        """Everything kept, in order."""
        with disk_told(self.folder):
            self.stream.seek(0)
            lines = iter(self.stream.readline, b"")
        for line in lines:
            for work, jurisdiction, language, point, stratum, place, code, length in json.loads(line):
                ids = array("I")
                ids.frombytes(self.stream.read(length * ids.itemsize))
                yield SpooledPassage(work, jurisdiction, language, point, stratum, place, code, ids)


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
