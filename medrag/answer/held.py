"""Holds a passage, and each line of it under its headings, against what a question wants: which share is there?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from medrag.answer.wanted import Wanted
from medrag.concepts import Thing
from medrag.lexicon.aspects import Aspect
from medrag.retrieve.relevance import cover
from medrag.shelf import ReadPassage
from medrag.text.normalise import fold_name
from medrag.text.tokens import default_tokenizer, token_id

__all__ = ["Held", "hold_lines", "hold_passage"]

#: A line with fewer letters says nothing.
FEWEST = 4
#: Weight of one thing of each group in the joint share: what is named weighs double.
NAMED_WEIGHT, SIDE_WEIGHT, FORM_WEIGHT = 2.0, 2.0, 0.5

HEADING = re.compile(r"\s*#+\s")


@dataclass(frozen=True, slots=True)
class Held:
    """Shares, 0..1, of what is wanted that one text holds; 1.0 of nothing wanted."""

    drugs: float
    classes: float
    diseases: float
    findings: float
    terms: float
    sides: float
    forms: float
    words: float
    #: Weight of what is wanted and not there.
    missing: float
    #: Weight of all that is wanted.
    wanted: float

    @property
    def named(self) -> float:
        """The drugs, classes and diseases together: all there, or how far from it."""
        return self.drugs * self.classes * self.diseases

    @property
    def joint(self) -> float:
        """The share of everything that is wanted, by weight."""
        return 1.0 - self.missing / self.wanted if self.wanted else 1.0


def hold_passage(wanted: Wanted, read: ReadPassage) -> Held:
    """The whole passage with its headings."""
    return hold(wanted, read.folded, read.indexed)


def hold_lines(wanted: Wanted, read: ReadPassage) -> Iterator[Held]:
    """Each line of a passage under the passage's headings and the last heading above it."""
    scope, heading = " ".join(read.passage.section), ""
    for line in read.passage.text.split("\n"):
        if HEADING.match(line):
            heading = line
        elif sum(char.isalnum() for char in line) >= FEWEST:
            text = f"{scope} {heading} {line}"
            yield hold(wanted, fold_name(text), text)


def hold(wanted: Wanted, folded: str, text: str) -> Held:
    groups = (wanted.drugs, wanted.classes, wanted.diseases, wanted.findings, wanted.terms)
    things = [things_share(group, folded) for group in groups]
    aspects = [aspects_share(group, folded) for group in (wanted.sides, wanted.forms)]
    words = words_share(wanted, folded, text)
    sizes = [
        *(len(group) * NAMED_WEIGHT for group in groups[:3]),
        *(float(len(group)) for group in groups[3:]),
        len(wanted.sides) * SIDE_WEIGHT,
        len(wanted.forms) * FORM_WEIGHT,
        sum(word.weight for word in wanted.words),
    ]
    shares = [*things, *aspects, words]
    missing = sum((1.0 - share) * size for share, size in zip(shares, sizes, strict=True))
    drugs, classes, diseases, findings, terms = things
    sides, forms = aspects
    return Held(drugs, classes, diseases, findings, terms, sides, forms, words, missing, sum(sizes))


def things_share(things: Sequence[Thing], folded: str) -> float:
    return sum(cover(thing, folded) for thing in things) / len(things) if things else 1.0


def aspects_share(aspects: Sequence[Aspect], folded: str) -> float:
    return sum(aspect.told_in(folded) for aspect in aspects) / len(aspects) if aspects else 1.0


def words_share(wanted: Wanted, folded: str, text: str) -> float:
    total = sum(word.weight for word in wanted.words)
    if not total:
        return 1.0
    there = frozenset(token_id(token) for token in default_tokenizer().tokenize(text))
    return sum(word.weight for word in wanted.words if word.told_in(there, folded)) / total
