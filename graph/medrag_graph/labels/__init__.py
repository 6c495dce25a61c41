"""Reads drug labels: which drugs, classes and diseases their sections name, and what they say of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from medrag.catalogue import Catalogue
from medrag.records import Document
from medrag_graph.concepts import Named
from medrag_graph.join import Join
from medrag_graph.labels.claims import label_claims
from medrag_graph.labels.conditions import read_conditions
from medrag_graph.labels.lines import read_lines
from medrag_graph.labels.names import Book, open_book
from medrag_graph.labels.owners import find_owner
from medrag_graph.labels.statements import Statement, read_statements
from medrag_graph.model import Claim, Link
from medrag_graph.things import MEDRAG, Thing

__all__ = ["LabelReading", "read_labels"]

#: The language the rules read; labels in others are counted as not read.
LANGUAGE: Final = "en"
#: Labels in memory at a time; the longest have half a million characters.
READ_AT_ONCE: Final = 64


@dataclass(frozen=True, slots=True)
class LabelReading:
    """What the labels of a snapshot say, and how much of them could be read."""

    claims: tuple[Claim, ...] = ()
    #: Labels held, and those of them whose own drug is not known or whose language is not read, by title.
    labels: int = 0
    unread: tuple[str, ...] = ()


def read_labels(
    catalogue: Catalogue,
    editions: Sequence[str],
    sources: tuple[Sequence[Thing], Join, Named],
    links: Sequence[Link],
    claims: Sequence[Claim],
) -> LabelReading:
    """Claims of every edition of labels, in the order of their ids. ``claims`` are those of other sources: a drug no
    one states anything of, and that no table of ours names, is not looked for in prose."""
    held = [edition for edition in sorted(set(editions)) if is_label(catalogue, edition)]
    if not held:
        return LabelReading()
    things, join, named = sources
    book = open_book(things, join, named, links, given_drugs(things, join, named, links, claims))
    made: list[Claim] = []
    unread: list[str] = []
    labels = 0
    for edition in held:
        pairs: list[tuple[str, Statement]] = []
        states: list[tuple[str, Statement]] = []
        for document in documents_in(catalogue, edition):
            labels += 1
            if not read_document(document, book, pairs, states):
                unread.append(document.title)
        made += label_claims(edition, pairs, diseases=False)
        made += label_claims(edition, states, diseases=True)
    return LabelReading(tuple(sorted(made, key=lambda claim: claim.id)), labels, tuple(sorted(unread)))


def is_label(catalogue: Catalogue, edition: str) -> bool:
    return catalogue.work(catalogue.edition(edition).edition.work).kind == "label"


def documents_in(catalogue: Catalogue, edition: str) -> Iterator[Document]:
    """An edition's documents in order; memory holds a batch of them."""
    identifiers = [identifier for identifier, *_ in catalogue.document_keys(edition)]
    for start in range(0, len(identifiers), READ_AT_ONCE):
        batch = identifiers[start : start + READ_AT_ONCE]
        held = catalogue.documents_of(batch)
        yield from (held[identifier] for identifier in batch)


def read_document(
    document: Document, book: Book, pairs: list[tuple[str, Statement]], states: list[tuple[str, Statement]]
) -> bool:
    """Adds what a label says of other drugs and of diseases; False where the label cannot be read."""
    owner = find_owner(document, book) if document.language == LANGUAGE else None
    if owner is None:
        return False
    for line in read_lines(document):
        pairs += ((document.id, item) for item in read_statements(line, document, owner, book))
        states += ((document.id, item) for item in read_conditions(line, document, owner, book))
    return True


def given_drugs(
    things: Iterable[Thing], join: Join, named: Named, links: Iterable[Link], claims: Iterable[Claim]
) -> frozenset[str]:
    """Drugs some source states something of, and those our tables name: the rest are chemicals with names."""
    ours = (thing.key for thing in things if thing.id.startswith((f"{MEDRAG}:drug/", f"{MEDRAG}:brand/")))
    told = (named.ids.get(join.group_of[key]) for key in ours)
    return frozenset(
        {item for item in told if item is not None}
        | {end for claim in claims for end in (claim.subject, claim.object)}
        | {link.source for link in links if link.kind == "member_of"}
    )
