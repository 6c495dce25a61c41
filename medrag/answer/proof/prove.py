"""The proof of a free statement: every clause of it must follow from clauses of the quotes it leans on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from medrag.answer.proof.agree import Difference, compare
from medrag.answer.proof.marks import DRUGLIKE, Named, Piece, Reading
from medrag.answer.proof.naming import proof_linker
from medrag.answer.proof.place import place_quote
from medrag.answer.proof.read import read_sentence, read_text
from medrag.answer.proof.records import Claim, PairVerdict, Placed, Proof, Quote
from medrag.answer.proof.verdicts import contradicted
from medrag.answer.proof.window import Window
from medrag.concepts import Linker
from medrag.text.sentences import split_sentences

__all__ = ["prove"]

#: Clauses of a quoted sentence taken together at most.
WIDEST = 3


def prove(claim: Claim, verdicts: Sequence[PairVerdict] = (), linker: Linker | None = None) -> Proof:
    """Whether the quotes hold the statement. Pure: no model, no network, nothing kept but readings of sentences.

    What cannot be read, or cannot be seen to agree, is withheld with its reason.
    """
    linker = linker or proof_linker()
    if not claim.quotes:
        return Proof.withheld("no_quote")
    placed = tuple(place_quote(quote.exact, quote.passage) for quote in claim.quotes)
    if any(place is None for place in placed):
        return Proof.withheld("quote_not_found")
    found = tuple(place for place in placed if place is not None)
    try:
        sentences = read_text(claim.text, linker)
        windows = [
            window
            for quote, place in zip(claim.quotes, found, strict=True)
            for window in windows_of(quote, place, linker)
        ]
    except ValueError:
        return Proof.withheld("unreadable", quotes=found)
    return weigh(sentences, windows, found, verdicts, linker)


def weigh(
    sentences: Sequence[Reading],
    windows: Sequence[Window],
    found: tuple[Placed, ...],
    verdicts: Sequence[PairVerdict],
    linker: Linker,
) -> Proof:
    """Every clause must follow from one window; then the graph has the last word."""
    pieces = [piece for sentence in sentences for piece in sentence.pieces]
    if not pieces:
        return Proof.withheld("unreadable", quotes=found)
    conversions: list[str] = []
    for piece in pieces:
        differences = []
        for window in windows:
            difference = compare(piece, window)
            if difference is None:
                conversions += converted(piece, window)
                break
            differences.append(difference)
        else:
            worst = nearest(differences)
            return Proof.withheld(worst.reason, worst.what, found)
    for piece in pieces:
        pair = contradicted(piece, verdicts, linker)
        if pair:
            return Proof.withheld("graph_verdict", pair, found)
    return Proof(True, None, "", found, tuple(conversions))


def nearest(differences: Sequence[Difference]) -> Difference:
    """The difference found with the clause that came furthest."""
    return max(differences, key=lambda difference: difference.rank)


def converted(piece: Piece, window: Window) -> Iterator[str]:
    """The amounts that stand in another unit in the quote."""
    for amount in piece.amounts:
        written = [other.written for other in window.all("amounts") if other.key == amount.key]
        if written and amount.written not in written and amount.unit:
            yield f"{amount.written} = {written[0]}"


def windows_of(quote: Quote, place: Placed, linker: Linker) -> Iterator[Window]:
    """Single clauses first, then neighbours, of every sentence the quote touches, whole: a quote cut short before its
    "not" is read with it. The numbers must stand in the quote itself."""
    context, needed = around(quote, linker)
    quoted = frozenset(
        amount.key[1:]
        for reading in read_text(place.exact, linker)
        for piece in reading.pieces
        for amount in piece.amounts
    )
    subject: tuple[Named, ...] = ()
    for span in split_sentences(quote.passage):
        reading = read_sentence(span.of(quote.passage), linker)
        drugs = [n for piece in reading.pieces for n in piece.names if n.kind in DRUGLIKE]
        if span.end > place.start and span.start < place.end:
            yield from slide(reading, (*context, *(() if drugs else subject)), needed, quoted)
        if drugs:
            subject = (drugs[0],)


def slide(
    reading: Reading,
    context: tuple[Named, ...],
    needed: tuple[Named, ...],
    quoted: frozenset[tuple[object, ...]],
) -> Iterator[Window]:
    """Every run of neighbouring clauses, short ones first."""
    pieces = reading.pieces
    for width in range(1, min(WIDEST, len(pieces)) + 1):
        for start in range(len(pieces) - width + 1):
            yield Window(pieces[start : start + width], context, needed, reading.text, quoted)


def around(quote: Quote, linker: Linker) -> tuple[tuple[Named, ...], tuple[Named, ...]]:
    """The names of title and headings, and those of the innermost heading that say of whom the text speaks."""
    told = [named(part, linker) for part in (quote.title, *quote.section) if part]
    context = tuple(name for names in told for name in names)
    last = named(quote.section[-1], linker) if quote.section else ()
    return context, tuple(name for name in last if name.kind == "population")


def named(text: str, linker: Linker) -> tuple[Named, ...]:
    return tuple(n for reading in read_text(text, linker) for piece in reading.pieces for n in piece.names)
