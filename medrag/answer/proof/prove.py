"""The proof of a free statement: every clause of it must follow from clauses of the quotes it leans on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from medrag.answer.proof.agree import Difference, compare
from medrag.answer.proof.agree_amounts import both_name
from medrag.answer.proof.layout import tell
from medrag.answer.proof.marks import Piece, Reading
from medrag.answer.proof.molar import converts
from medrag.answer.proof.naming import proof_linker
from medrag.answer.proof.place import levelled, place_quote
from medrag.answer.proof.read import read_text
from medrag.answer.proof.records import Claim, PairVerdict, Placed, Proof, Quote
from medrag.answer.proof.verdicts import contradicted
from medrag.answer.proof.whole import tied
from medrag.answer.proof.window import Window, ids, turned
from medrag.answer.proof.windows import around, whole_windows, windows_of
from medrag.concepts import Linker

__all__ = ["prove"]

#: Clauses of a statement taken together at most.
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
    own = any(
        verbatim(claim.text, quote, place, linker) for quote, place in zip(claim.quotes, found, strict=True)
    )
    # Made only when a clause does not follow: most statements need none.
    wholes = (
        whole
        for quote, place in zip(claim.quotes, found, strict=True)
        for whole in whole_windows(quote, place, linker)
    )
    return weigh(sentences, None if own else windows, wholes, found, verdicts, linker)


def verbatim(text: str, quote: Quote, place: Placed, linker: Linker) -> bool:
    """Whether a statement is its quote but for form, the quote whole sentences of the passage, and no heading above it
    says of whom it speaks."""
    if bare(text) != bare(place.exact) or around(quote, linker)[1]:
        return False
    spans = [one for one in tell(quote.passage) if not one.again]
    before = max((s.start for s in spans if s.start <= place.start), default=0)
    behind = min((s.end for s in spans if s.end >= place.end), default=len(quote.passage))
    return not bare(quote.passage[before : place.start]) and not bare(quote.passage[place.end : behind])


#: What is no letter, digit, sign of comparison or bracket: marks of emphasis, bullets and points.
_FORM = re.compile(r"(?:[\s*_#|`\"';:。，；：、•]|(?<!\d)[.,]|[.,](?!\d))+|^\s*-\s+")


def bare(text: str) -> str:
    return _FORM.sub(" ", levelled(text)[0]).strip()


def weigh(
    sentences: Sequence[Reading],
    windows: Sequence[Window] | None,
    wholes: Iterable[Window],
    found: tuple[Placed, ...],
    verdicts: Sequence[PairVerdict],
    linker: Linker,
) -> Proof:
    """Every clause must follow from one window; then the graph has the last word. ``windows`` is None for a statement that
    is its quote."""
    pieces = [piece for sentence in sentences for piece in sentence.pieces]
    if not pieces:
        return Proof.withheld("unreadable", quotes=found)
    conversions: list[str] = []
    for sentence in sentences:
        if windows is None:
            break
        told = [with_others(piece, pieces) for piece in sentence.pieces]
        worst = follow(told, windows, conversions)
        if worst is None:
            continue
        if not wholly(pieces, wholes, conversions):
            return Proof.withheld(worst.reason, worst.what, found)
        break
    for piece in pieces:
        pair = contradicted(piece, verdicts, linker)
        if pair:
            return Proof.withheld("graph_verdict", pair, found)
    return Proof(True, None, "", found, tuple(conversions))


def follow(pieces: Sequence[Piece], windows: Sequence[Window], conversions: list[str]) -> Difference | None:
    """Each clause from one window; one that does not may together with the next, where the quote says both in one."""
    at, worst = 0, None
    while at < len(pieces):
        for width in range(1, min(WIDEST, len(pieces) - at) + 1):
            piece = joined(pieces[at : at + width])
            differences = []
            for window in windows:
                if width > 1 and not within(piece, window):
                    continue
                difference = compare(piece, window)
                if difference is None:
                    conversions += converted(piece, window)
                    break
                differences.append(difference)
            else:
                worst = nearest(differences) if width == 1 else worst
                continue
            break
        else:
            return worst
        at += width
    return None


def wholly(pieces: Sequence[Piece], wholes: Iterable[Window], conversions: list[str]) -> bool:
    """Whether the statement as one follows from a whole quote."""
    piece = joined(pieces)
    for whole in wholes:
        if tied(pieces, whole) and compare(piece, whole) is None:
            conversions += converted(piece, whole)
            return True
    return False


def within(piece: Piece, window: Window) -> bool:
    """Whether clauses taken together say no more things than the quote, none more often, the drugs in their order."""
    said, quoted = told_of([piece]), told_of(window.pieces)
    return said.total() <= quoted.total() and not turned(piece, window) and said["may"] <= quoted["may"]


def told_of(pieces: Sequence[Piece]) -> Counter[str]:
    kinds = ("force", "direction", "negation")
    return Counter(s.id for piece in pieces for s in piece.senses if s.kind in kinds)


def joined(pieces: Sequence[Piece]) -> Piece:
    """Neighbouring clauses as one."""
    first = pieces[0]
    if len(pieces) == 1:
        return first
    return replace(
        first,
        text="".join(piece.text for piece in pieces),
        names=tuple(name for piece in pieces for name in piece.names),
        amounts=tuple(amount for piece in pieces for amount in piece.amounts),
        often=tuple(often for piece in pieces for often in piece.often),
        routes=frozenset(route for piece in pieces for route in piece.routes),
        senses=tuple(sensed for piece in pieces for sensed in piece.senses),
        unknown=tuple(word for piece in pieces for word in piece.unknown),
    )


def with_others(piece: Piece, pieces: Sequence[Piece]) -> Piece:
    """The clause with what the other clauses of the statement say."""
    others = [other for other in pieces if other is not piece]
    return replace(
        piece,
        elsewhere=frozenset(id for other in others for id in other.words()),
        elsewhere_names=ids(name for other in others for name in other.names),
        elsewhere_amounts=frozenset(amount.key for other in others for amount in other.amounts),
    )


def nearest(differences: Sequence[Difference]) -> Difference:
    """The difference found with the clause that came furthest."""
    return max(differences, key=lambda difference: difference.rank)


def converted(piece: Piece, window: Window) -> Iterator[str]:
    """The amounts that stand in another unit in the quote."""
    shared = both_name(piece, window)
    for amount in piece.amounts:
        held = window.all("amounts")
        written = [other.written for other in held if other.key == amount.key]
        written = written or [other.written for other in held if converts(other, amount, shared)]
        if written and amount.written not in written and amount.unit:
            yield f"{amount.written} = {written[0]}"
