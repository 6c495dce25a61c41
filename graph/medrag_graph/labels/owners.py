"""Tells which drugs a label is the label of, by its title and, where it has none, by what its text is about."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Final

from medrag.records import Document
from medrag_graph.labels.names import Book

__all__ = ["Owner", "find_owner"]

_GENERICS: Final = re.compile(r"\((?P<generics>.+)\)")
#: "X injection is", "X, the salt of Y, is", "discontinue X as soon as": an opening that speaks of its own drug.
_SPOKEN_OF: Final = re.compile(
    r"\s*(?:\([^)]*\)|,[^.,]*,)?\s*(?:injection|tablets?|capsules?|solution)?\s*(?:is|are|as soon as)\b",
    re.IGNORECASE,
)
#: What brands with hydrochlorothiazide are called by.
_HCT: Final = re.compile(r"\bHCT\b")
#: Characters of the text in which an untitled label names its drug.
OPENING: Final = 400
#: An untitled label is of the drug its text opens with only when it goes on about it.
OFTEN: Final = 5


@dataclass(frozen=True, slots=True)
class Owner:
    """The drugs of a label: its ingredients, and the combination product they make where the graph holds it."""

    ingredients: tuple[str, ...]
    product: str | None = None


def find_owner(document: Document, book: Book) -> Owner | None:
    """None where neither title nor text says it, or they name only solutions."""
    match = _GENERICS.search(document.title)
    generics = drugs_in(match["generics"], book) if match else []
    named = drugs_in(
        f"{document.title} hydrochlorothiazide" if _HCT.search(document.title) else document.title, book
    )
    chosen = generics or (named if len(document.title) < OPENING else []) or main_drug(document, book)
    kept = {part for drug in chosen for part in book.parts.get(drug, (drug,))} - book.carriers
    if not kept:
        return None
    return Owner(tuple(sorted(kept)), book.products.get(frozenset(kept)) if len(kept) > 1 else None)


def drugs_in(text: str, book: Book) -> list[str]:
    """The drugs a text names, in its order; classes and foods are none."""
    found = (item for mention in book.drugs.find(text) for item in mention.concepts)
    return [item for item in found if book.kinds[item] == "drug"]


def main_drug(document: Document, book: Book) -> list[str]:
    """The drug the opening of an untitled text speaks of, when the text goes on about it."""
    opening = document.text[:OPENING]
    counted = Counter(drugs_in(document.text, book))
    for mention in book.drugs.find(opening):
        drug = mention.concepts[0]
        if book.kinds[drug] == "drug" and _SPOKEN_OF.match(opening, mention.span.end):
            return [drug] if counted[drug] >= OFTEN else []
    return []
