"""The proof of a free statement: every clause of it must follow from clauses of the quotes it leans on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from medrag.answer.proof.agree import Difference, compare
from medrag.answer.proof.agree_amounts import both_name
from medrag.answer.proof.general import GUARDED
from medrag.answer.proof.layout import Told, runs, tell
from medrag.answer.proof.marks import DRUGLIKE, Named, Piece, Reading
from medrag.answer.proof.molar import converts
from medrag.answer.proof.naming import proof_linker
from medrag.answer.proof.place import levelled, place_quote
from medrag.answer.proof.read import fold, prepare, read_sentence, read_text
from medrag.answer.proof.records import Claim, PairVerdict, Placed, Proof, Quote
from medrag.answer.proof.trim import trimmed
from medrag.answer.proof.verdicts import contradicted
from medrag.answer.proof.whole import marks_of, tied
from medrag.answer.proof.window import Window, ids, turned
from medrag.concepts import Linker

__all__ = ["prove"]

#: Clauses of a quoted sentence taken together at most, and of a quote beside a statement taken as one.
WIDEST, LONGEST = 3, 12


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
    wholes = [
        whole
        for quote, place in zip(claim.quotes, found, strict=True)
        for whole in whole_windows(quote, place, linker)
    ]
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
    wholes: Sequence[Window],
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
        if worst is not None and not wholly(pieces, wholes, conversions):
            return Proof.withheld(worst.reason, worst.what, found)
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


def wholly(pieces: Sequence[Piece], wholes: Sequence[Window], conversions: list[str]) -> bool:
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
    heads = prepared(" ".join((quote.title, *quote.section)))
    subject: tuple[Named, ...] = ()
    parts = [
        (part, touched)
        for part in tell(quote.passage)
        if (touched := part.end > place.start and part.start < place.end) or not (part.again or part.cells)
    ]
    readings = [None if part.cells else read_sentence(part.text, linker) for part, _ in parts]
    context = (*context, *(name for reading in readings if reading for name in defined(reading)))
    for (part, touched), reading in zip(parts, readings, strict=True):
        if reading is None:
            yield from row_windows(part, (*context, *subject), needed, quoted, heads, linker)
            continue
        drugs = [n for piece in reading.pieces for n in piece.names if n.kind in DRUGLIKE]
        if touched:
            for form in trimmed(part.text, linker):
                yield from slide(read_sentence(form, linker), (*context, *subject), needed, quoted, heads)
            led = part.lead and any(n.kind in DRUGLIKE for n in named(part.lead, linker))
            yield from slide(reading, (*context, *(() if drugs or led else subject)), needed, quoted, heads)
        if drugs and not part.again:
            subject = (drugs[0],)


def whole_windows(quote: Quote, place: Placed, linker: Linker) -> Iterator[Window]:
    """Each run of neighbouring clauses of the sentences that the quote touches, as one."""
    context, needed = around(quote, linker)
    parts = [
        part
        for part in tell(quote.passage)
        if part.end > place.start and part.start < place.end and not part.again and not part.cells
    ]
    heads = prepared(" ".join((quote.title, *quote.section)))
    quoted = frozenset(
        amount.key[1:]
        for reading in read_text(place.exact, linker)
        for piece in reading.pieces
        for amount in piece.amounts
    )
    above = read_text(quote.section[-1], linker) if quote.section else ()
    for texts in forms_of([part.text for part in parts], linker):
        readings = [read_sentence(text, linker) for text in texts]
        for told in (readings, [*above, *readings]):
            yield from runs_of(told, context, needed, quoted, heads)


def forms_of(texts: list[str], linker: Linker) -> Iterator[list[str]]:
    """The sentences whole, then each in its shortest form."""
    yield texts
    short = [(*trimmed(text, linker), text)[0] for text in texts]
    if short != texts:
        yield short


def runs_of(
    readings: Sequence[Reading],
    context: tuple[Named, ...],
    needed: tuple[Named, ...],
    quoted: frozenset[tuple[object, ...]],
    heads: str,
) -> Iterator[Window]:
    pieces = [piece for reading in readings for piece in reading.pieces]
    text = " ".join(reading.text for reading in readings)
    for width in range(1, min(LONGEST, len(pieces)) + 1):
        for start in range(len(pieces) - width + 1):
            run = tuple(pieces[start : start + width])
            if any(turning(piece) for reading in readings for piece in cut_off(reading.pieces, run)):
                continue
            named = ids(name for piece in run for name in piece.names)
            yield Window(run, context, needed, text, quoted, named, heads)


def cut_off(pieces: Sequence[Piece], run: Sequence[Piece]) -> list[Piece]:
    """The clauses of a sentence that a run of clauses leaves out, where it holds others of it."""
    out = [piece for piece in pieces if not any(piece is held for held in run)]
    return out if len(out) < len(pieces) else []


def turning(piece: Piece) -> bool:
    """Whether a clause refuses, forbids or narrows."""
    return bool(
        piece.of_kind("negation") or piece.of_kind("restrict") or piece.of_kind("condition")
    ) or "forbid" in set(marks_of(piece))


@lru_cache(maxsize=2048)
def prepared(heading: str) -> str:
    """A heading folded as sentences are."""
    return fold(prepare(heading))


def row_windows(
    part: Told,
    context: tuple[Named, ...],
    needed: tuple[Named, ...],
    quoted: frozenset[tuple[object, ...]],
    heads: str,
    linker: Linker,
) -> Iterator[Window]:
    """A row of a table as its first cell with neighbouring cells, each whole: no cell is said of another row, and none
    without the first. A header that narrows its column is read with the cell, any other lends its words."""
    header = part.header.cells or ("",) * len(part.cells)
    columns_of = " ".join(header)
    heads = f"{heads} {prepared(columns_of)}"
    context = (*context, *named(columns_of, linker))
    marked = [narrows(cell, linker) for cell in header]
    if len({cell for cell, mark in zip(part.cells, marked, strict=False) if mark}) == 1:
        marked = [False] * len(marked)  # the same is said of every case
    for columns in ((), *runs(part.cells)):
        cells = [f"{header[n]}: {part.cells[n]}" if marked[n] else part.cells[n] for n in columns]
        reading = read_sentence(", ".join([": ".join((part.cells[0], *cells[:1])), *cells[1:]]), linker)
        around = ids(name for piece in reading.pieces for name in piece.names)
        yield Window(reading.pieces, context, needed, reading.text, quoted, around, heads)


@lru_cache(maxsize=2048)
def narrows(header: str, linker: Linker) -> bool:
    """Whether the header of a column says for whom or when its cells hold: "Age < 65", "Pregnancy", "Avoid"."""
    return any(
        piece.amounts
        or any(name.kind in ("population", "disease", "drug", "class") for name in piece.names)
        or any(s.kind not in ("word", "neutral") or s.id in GUARDED - NOUNS for s in piece.senses)
        for reading in (read_text(header, linker) if header.strip() else ())
        for piece in reading.pieces
    )


#: Guarded words that only name what the cells of a column are.
NOUNS = frozenset(["monitor", "initial_", "equal", "diet"])


#: "本品为" and its like: the product that a whole text speaks of.
_THIS = re.compile(r"本(?:品|药)(?:为|是|即|系)?[(（]?$")


def defined(reading: Reading) -> Iterator[Named]:
    """The drug a sentence says the text is about."""
    for piece in reading.pieces:
        for name in piece.names:
            at = piece.text.replace("-", " ").find(name.written)
            if name.kind in DRUGLIKE and at > 0 and _THIS.search(piece.text[:at]):
                yield name


def slide(
    reading: Reading,
    context: tuple[Named, ...],
    needed: tuple[Named, ...],
    quoted: frozenset[tuple[object, ...]],
    heads: str,
) -> Iterator[Window]:
    """Every run of neighbouring clauses, short ones first."""
    pieces = reading.pieces
    named = ids(name for piece in pieces for name in piece.names)
    for width in range(1, min(WIDEST, len(pieces)) + 1):
        for start in range(len(pieces) - width + 1):
            yield Window(pieces[start : start + width], context, needed, reading.text, quoted, named, heads)


def around(quote: Quote, linker: Linker) -> tuple[tuple[Named, ...], tuple[Named, ...]]:
    """The names of title and headings, and those of the innermost heading that say of whom the text speaks."""
    told = [named(part, linker) for part in (quote.title, *quote.section) if part]
    context = tuple(name for names in told for name in names)
    last = named(quote.section[-1], linker) if quote.section else ()
    return context, tuple(name for name in last if name.kind == "population")


def named(text: str, linker: Linker) -> tuple[Named, ...]:
    return tuple(n for reading in read_text(text, linker) for piece in reading.pieces for n in piece.names)
