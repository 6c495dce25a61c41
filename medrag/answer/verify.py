"""Proves an answer against the catalogue, with code that shares nothing with the one that composed it.

A statement stands only when every citation it leans on is, character for character, what the catalogue holds at that
place in an edition of the snapshot that was in force, within the licence's quote limit, and its own words are those
quotes and nothing else; or, of a graded fact said in other words, every number in them stands in those quotes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from medrag.answer.records import Citation, Statement, Withheld
from medrag.catalogue import Catalogue
from medrag.records import Document

__all__ = ["JOINERS", "Verdict", "verify_statements"]

#: What may stand between the quotes of a verbatim statement: a heading above its text, a header row above its row.
JOINERS = (" › ", "\n")
#: A number that stands by itself or before its unit; not the digits of a name: CYP3A4, B12, interferon beta-1a,
#: 5-fluorouracil.
NUMBER = re.compile(r"(?<![A-Za-z0-9.,])(?<![A-Za-z]-)\d+(?:[.,]\d+)*(?!-[A-Za-z])")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Statements that stand, and those withheld with the reason."""

    kept: tuple[Statement, ...]
    withheld: tuple[Withheld, ...]


def verify_statements(
    catalogue: Catalogue,
    statements: Sequence[Statement],
    citations: Sequence[Citation],
    editions: Iterable[str],
) -> Verdict:
    """Checks every statement. ``editions`` are those in force on the day that was asked about."""
    allowed = frozenset(editions)
    documents = catalogue.documents_of(c.source.document.id for c in citations)
    problems = {
        c.n: citation_problem(catalogue, c, documents.get(c.source.document.id), allowed) for c in citations
    }
    by_number = {c.n: c for c in citations}
    kept: list[Statement] = []
    withheld: list[Withheld] = []
    for statement in statements:
        problem = statement_problem(statement, by_number, problems)
        if problem is None:
            kept.append(statement)
        else:
            withheld.append(Withheld(statement.text, problem))
    return Verdict(tuple(kept), tuple(withheld))


def citation_problem(
    catalogue: Catalogue, citation: Citation, document: Document | None, allowed: frozenset[str]
) -> str | None:
    """Why a citation does not hold; None when it does. ``document`` is the catalogue's, read anew."""
    if document is None:
        return "the cited document is not held"
    if document.edition not in allowed:
        return "the cited edition is not in force in this snapshot"
    if hashlib.sha256(document.text.encode("utf-8")).hexdigest() != document.sha256:
        return "the cited document does not match its hash"
    if not 0 <= citation.start < citation.end <= len(document.text):
        return "the cited place lies outside the document"
    if document.text[citation.start : citation.end] != citation.exact:
        return "the quote is not what stands at the cited place"
    limit = catalogue.work(document.edition.split("@", 1)[0]).rights.max_quote_chars
    if limit is not None and citation.end - citation.start > limit:
        return f"the quote is longer than the {limit} characters the licence allows"
    return None


def statement_problem(
    statement: Statement, citations: dict[int, Citation], problems: dict[int, str | None]
) -> str | None:
    """Why a statement is withheld; None when it stands."""
    if not statement.citations:
        return "no citation"
    for number in statement.citations:
        if number not in citations:
            return f"citation {number} does not exist"
        if problems[number] is not None:
            return problems[number]
    quotes = [citations[number].exact for number in statement.citations]
    if statement.support == "verbatim" and not is_joined(statement.text, quotes):
        return "the words are not those of the quotes"
    if statement.support == "fact" and (missing := numbers_of(statement.text) - numbers_of(" ".join(quotes))):
        return f"the number {min(missing)} does not stand in the quotes"
    return None


def numbers_of(text: str) -> set[str]:
    """The numbers of a text, each written one way: ``1,50`` is ``1.5``."""
    found = (match[0].replace(",", ".") for match in NUMBER.finditer(text))
    return {(number.rstrip("0").rstrip(".") if "." in number else number) or "0" for number in found}


def is_joined(text: str, quotes: Sequence[str]) -> bool:
    """Whether a text is the quotes in order with only joiners between them."""
    if not text.startswith(quotes[0]):
        return False
    rest = text[len(quotes[0]) :]
    for quote in quotes[1:]:
        joiner = next((j for j in JOINERS if rest.startswith(j + quote)), None)
        if joiner is None:
            return False
        rest = rest[len(joiner) + len(quote) :]
    return not rest
