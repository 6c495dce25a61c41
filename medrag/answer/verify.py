"""Proves an answer against the catalogue, with code that shares nothing with the one that composed it.

A statement stands only when every citation it leans on is, character for character, what the catalogue holds at that
place in an edition of the snapshot that was in force, within the licence's quote limit, and its own words are those
quotes and nothing else; or, of a graded fact said in other words, every number in them stands in those quotes; or, of a
free statement, the proof finds that the quotes hold it and that no verdict in force says otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from medrag.answer.proof.naming import proof_linker
from medrag.answer.proof.prove import prove
from medrag.answer.proof.read import read_text
from medrag.answer.proof.records import WORDS, Claim, PairVerdict, Quote
from medrag.answer.proof.verdicts import called_harmless
from medrag.answer.records import Citation, Statement, Withheld
from medrag.catalogue import Catalogue
from medrag.identifiers import sha256_text
from medrag.records import Document, Passage
from medrag.text.normalise import detect_language

__all__ = ["JOINERS", "Verdict", "Verifier", "verify_statements"]

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
    verdicts: Sequence[PairVerdict] = (),
) -> Verdict:
    """Checks every statement. ``editions`` are those in force on the day that was asked about."""
    return Verifier(catalogue, editions, verdicts).verify(statements, citations)


class Verifier:
    """Verifies the statements of one answer as they come; what it reads of the catalogue is read once."""

    def __init__(
        self, catalogue: Catalogue, editions: Iterable[str], verdicts: Sequence[PairVerdict] = ()
    ) -> None:
        self._catalogue = catalogue
        self._allowed = frozenset(editions)
        self._verdicts = tuple(verdicts)
        self._documents: dict[str, Document | None] = {}
        self._passages: dict[str, Passage] = {}
        self._spoilt: dict[str, bool] = {}

    def verify(self, statements: Sequence[Statement], citations: Sequence[Citation]) -> Verdict:
        """The statements that stand, each with all its citations among ``citations``."""
        self._read(citations)
        problems = {citation.n: self._problem(citation) for citation in citations}
        by_number = {citation.n: citation for citation in citations}
        kept: list[Statement] = []
        withheld: list[Withheld] = []
        for statement in statements:
            problem = statement_problem(statement, by_number, problems) or self._unproved(
                statement, by_number
            )
            if problem is None:
                kept.append(statement)
            else:
                withheld.append(Withheld(statement.text, problem))
        return Verdict(tuple(kept), tuple(withheld))

    def _read(self, citations: Sequence[Citation]) -> None:
        wanted = {c.source.document.id for c in citations} - self._documents.keys()
        found = self._catalogue.documents_of(wanted)
        self._documents |= {identifier: found.get(identifier) for identifier in wanted}
        missing = {c.passage for c in citations} - self._passages.keys()
        self._passages |= self._catalogue.passages_of(missing)

    def _problem(self, citation: Citation) -> str | None:
        document = self._documents[citation.source.document.id]
        if document is not None and document.id not in self._spoilt:
            self._spoilt[document.id] = sha256_text(document.text) != document.sha256
        spoilt = document is not None and self._spoilt[document.id]
        return citation_problem(self._catalogue, citation, document, self._allowed, spoilt=spoilt)

    def _unproved(self, statement: Statement, citations: dict[int, Citation]) -> str | None:
        """Why the quotes do not hold a free statement, or a verdict forbids a quoted one; None when neither, and for facts."""
        if statement.support == "fact":
            return None
        if (problem := self._calls_harmless(statement.text)) or statement.support == "verbatim":
            return problem
        quotes = tuple(self._quote(citations[number]) for number in statement.citations)
        proof = prove(Claim(statement.text, detect_language(statement.text), quotes), self._verdicts)
        return None if proof.entailed else proof.words

    def _calls_harmless(self, text: str) -> str | None:
        """Why even a source's own words are not shown: they call safe what the graph holds to be grave."""
        if not self._verdicts:
            return None
        linker = proof_linker()
        try:
            pieces = [piece for reading in read_text(text, linker) for piece in reading.pieces]
        except ValueError:
            return None
        found = (called_harmless(piece, self._verdicts, linker) for piece in pieces)
        pair = next((pair for pair in found if pair), None)
        return WORDS["graph_verdict"].format(what=pair) if pair else None

    def _quote(self, citation: Citation) -> Quote:
        """The quote in its passage; one that reaches beyond it, or whose passage is not held, is in none."""
        document, passage = (
            self._documents[citation.source.document.id],
            self._passages.get(citation.passage),
        )
        text, title = (passage.text if passage else ""), (document.title if document else "")
        return Quote(citation.exact, text, citation.section, title, detect_language(citation.exact))


def citation_problem(
    catalogue: Catalogue,
    citation: Citation,
    document: Document | None,
    allowed: frozenset[str],
    *,
    spoilt: bool,
) -> str | None:
    """Why a citation does not hold; None when it does. ``document`` is the catalogue's, read anew; ``spoilt`` when it
    does not match its hash."""
    if document is None:
        return "the cited document is not held"
    if document.edition not in allowed:
        return "the cited edition is not in force in this snapshot"
    if spoilt:
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
