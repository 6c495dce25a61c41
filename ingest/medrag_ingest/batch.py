"""Records of documents that wait to be written to the catalogue together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from medrag.records import Assertion, Document, Passage
from medrag_ingest.minting import Minted
from medrag_ingest.parsed import ParsedDocument, RawName
from medrag_ingest.receipt import Receipt

__all__ = ["Batch"]

#: Characters of text held before a batch is written.
BATCH_CHARACTERS = 2_000_000
#: What a name weighs beside them: it is about that many bytes of Python objects.
NAME_CHARACTERS = 200


@dataclass(slots=True)
class Batch:
    """Records waiting to be written together."""

    documents: list[tuple[int, Document, Sequence[Passage]]] = field(default_factory=list)
    claims: list[Assertion] = field(default_factory=list)
    names: list[RawName] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    notes: Counter[str] = field(default_factory=Counter)
    #: Documents, passages and so on added, written or not, under the receipt's names for them.
    counts: Counter[str] = field(default_factory=Counter)
    characters: int = 0
    #: Some of its documents are written already.
    spilled: bool = False

    def add(self, ordinal: int, minted: Minted, parsed: ParsedDocument) -> None:
        self.documents.append((ordinal, minted.document, minted.passages))
        self.claims.extend(minted.claims)
        self.names.extend(minted.names)
        self.keys.add(parsed.key)
        self.notes.update(parsed.notes)
        self.characters += len(parsed.text) + NAME_CHARACTERS * len(minted.names)
        self.counts.update(
            documents=1,
            passages=len(minted.passages),
            assertions=len(minted.claims),
            names=len(minted.names),
            characters=len(parsed.text),
            lost_characters=parsed.lost_characters,
        )

    def join(self, later: Batch) -> None:
        """Takes over what a whole member gave."""
        self.documents += later.documents
        self.claims += later.claims
        self.names += later.names
        self.characters += later.characters

    @property
    def is_full(self) -> bool:
        return self.characters >= BATCH_CHARACTERS

    def count_into(self, receipt: Receipt) -> None:
        for name, more in self.counts.items():
            setattr(receipt, name, getattr(receipt, name) + more)
        receipt.notes.update(self.notes)
