"""What the proof of a free statement takes and gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from medrag.vocabulary import Language, Severity

__all__ = ["WORDS", "Claim", "PairVerdict", "Placed", "Proof", "Quote", "Reason"]

Reason = Literal[
    "no_quote",
    "quote_not_found",
    "unreadable",
    "number",
    "frequency",
    "route",
    "name",
    "negation",
    "modality",
    "direction",
    "roles",
    "qualifier_dropped",
    "restriction",
    "word",
    "graph_verdict",
]

#: What each reason says to a person; ``{what}`` is the part of the statement, or of the quote, that it is about.
WORDS: Final[Mapping[Reason, str]] = {
    "no_quote": "the statement leans on no quote",
    "quote_not_found": "a quote does not stand in its passage",
    "unreadable": "the statement cannot be read for checking",
    "number": "a number, unit or comparison does not stand so in the quotes: {what}",
    "frequency": "how often does not stand so in the quotes: {what}",
    "route": "the route does not stand in the quotes: {what}",
    "name": "the quotes do not name {what} there",
    "negation": "negation differs from the quotes: {what}",
    "modality": "how strongly it is said differs from the quotes: {what}",
    "direction": "the direction differs from the quotes: {what}",
    "roles": "which drug acts on which differs from the quotes: {what}",
    "qualifier_dropped": "the quotes say it of fewer cases: {what}",
    "restriction": "a restriction or exception differs from the quotes: {what}",
    "word": "the quotes do not hold the words: {what}",
    "graph_verdict": "it contradicts the severity in force for {what}",
}


@dataclass(frozen=True, slots=True)
class Quote:
    """Words a statement leans on, with the passage they are said to stand in.

    ``section`` is the heading path, outermost first; ``title`` the document's. Both may name the subject.
    """

    exact: str
    passage: str
    section: tuple[str, ...] = ()
    title: str = ""
    language: Language = "en"


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement somebody composed, and what it leans on."""

    text: str
    language: Language
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class PairVerdict:
    """What the graph holds in force for two drugs or classes: any of their names, and the severity."""

    a: tuple[str, ...]
    b: tuple[str, ...]
    severity: Severity


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a quote stands: ``passage[start:end] == exact``. ``aligned`` when the words given differed in form only."""

    start: int
    end: int
    exact: str
    aligned: bool


@dataclass(frozen=True, slots=True)
class Proof:
    """Entailed, or withheld for the first reason found. ``conversions`` tells each unit that was converted."""

    entailed: bool
    reason: Reason | None = None
    words: str = ""
    quotes: tuple[Placed, ...] = ()
    conversions: tuple[str, ...] = ()

    @staticmethod
    def withheld(reason: Reason, what: str = "", quotes: tuple[Placed, ...] = ()) -> Proof:
        return Proof(False, reason, WORDS[reason].format(what=what), quotes)
