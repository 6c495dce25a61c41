"""Records of documents that wait to be written to the catalogue together."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from medrag.catalogue import Rows
from medrag.errors import DocumentRefused, Place
from medrag_ingest.minting import Minted
from medrag_ingest.parsed import ParsedDocument, RawName
from medrag_ingest.raw import RawFile
from medrag_ingest.receipt import Receipt
from medrag_ingest.report import ParseReport

__all__ = ["Batch", "twice"]

#: Characters of text held before a batch is written.
BATCH_CHARACTERS = 2_000_000
#: What a name weighs beside them: it is about that many bytes of Python objects.
NAME_CHARACTERS = 200


@dataclass(slots=True)
class Batch:
    """Rows waiting to be written together, or those of one member as they are made."""

    rows: Rows = field(default_factory=Rows)
    names: list[RawName] = field(default_factory=list)
    #: In the order of the documents.
    keys: dict[str, None] = field(default_factory=dict)
    notes: Counter[str] = field(default_factory=Counter)
    reports: list[ParseReport] = field(default_factory=list)
    #: Documents, passages and so on added, written or not, under the receipt's names for them.
    counts: Counter[str] = field(default_factory=Counter)
    characters: int = 0
    #: How many of its documents are written already.
    spilled: int = 0

    def add(self, minted: Minted, parsed: ParsedDocument, raw: RawFile) -> None:
        """Takes a document. Raises DocumentRefused when its key is taken."""
        if parsed.key in self.keys:
            raise twice(parsed.key, raw.place)
        self.rows.add(minted.document, minted.passages, minted.claims)
        self.names.extend(minted.names)
        self.keys[parsed.key] = None
        self.notes.update(parsed.notes)
        if parsed.report is not None:
            self.reports.append(parsed.report)
        self.characters += len(parsed.text) + NAME_CHARACTERS * len(minted.names)
        self.counts.update(
            documents=1,
            passages=len(minted.passages),
            assertions=len(minted.claims),
            names=len(minted.names),
            characters=len(parsed.text),
            lost_characters=parsed.lost_characters,
        )

    def number(self, first: int) -> None:
        """Gives its documents their place in the edition: ``first`` is that of the first it ever held."""
        for ordinal, row in enumerate(self.rows.documents, start=first + self.spilled):
            row["ordinal"] = ordinal

    def spill(self) -> Rows:
        """Lets go of its documents and passages; names and claims wait for the member's end."""
        gone = Rows(documents=self.rows.documents, passages=self.rows.passages)
        self.rows = Rows(assertions=self.rows.assertions, evidence=self.rows.evidence)
        self.spilled += len(gone.documents)
        self.characters = 0
        return gone

    def join(self, later: Batch) -> None:
        """Takes over what a whole member gave."""
        self.rows.join(later.rows)
        self.names += later.names
        self.characters += later.characters

    @property
    def is_full(self) -> bool:
        return self.characters >= BATCH_CHARACTERS

    def count_into(self, receipt: Receipt) -> None:
        for name, more in self.counts.items():
            setattr(receipt, name, getattr(receipt, name) + more)
        receipt.notes.update(self.notes)
        receipt.reports += self.reports


def twice(key: str, file: str) -> DocumentRefused:
    return DocumentRefused(f"two documents have the key {key!r}", place=Place(file=file, field="key"))
