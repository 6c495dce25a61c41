"""The windows a quote is read through: clauses, neighbouring clauses, rows of a table, and the quote as one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from medrag.answer.proof.agree_force import STEP
from medrag.answer.proof.general import GUARDED
from medrag.answer.proof.layout import Told, runs, tell
from medrag.answer.proof.marks import DRUGLIKE, Named, Piece, Reading
from medrag.answer.proof.read import fold, prepare, read_sentence, read_text
from medrag.answer.proof.records import Placed, Quote
from medrag.answer.proof.trim import trimmed
from medrag.answer.proof.whole import marks_of
from medrag.answer.proof.window import Window, ids
from medrag.concepts import Linker

__all__ = ["around", "whole_windows", "windows_of"]

#: Clauses of a quoted sentence taken together at most, and of a quote beside a statement taken as one.
WIDEST, LONGEST = 3, 12


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
    step = STEP if _ARROW.search(place.exact) else ""
    above = read_text(quote.section[-1], linker) if quote.section else ()
    for texts in forms_of([part.text for part in parts], linker):
        readings = [read_sentence(text, linker) for text in texts]
        for told in (readings, [*above, *readings]):
            yield from runs_of(told, context, needed, quoted, heads, step)


#: Steps of an algorithm stand behind arrows.
_ARROW = re.compile(r"-{1,3}>|={1,2}>|→|⇒|➔|►")


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
    step: str,
) -> Iterator[Window]:
    """Runs of clauses, none that leaves out a clause of its sentence that refuses, forbids or narrows."""
    pieces = [piece for reading in readings for piece in reading.pieces]
    text = " ".join(reading.text for reading in readings) + step
    for width in range(1, min(LONGEST, len(pieces)) + 1):
        for start in range(len(pieces) - width + 1):
            run = tuple(pieces[start : start + width])
            if any(turning(piece) for reading in readings for piece in cut_off(reading.pieces, run)):
                continue
            if any("forbid" in marks_of(piece) for piece in pieces if not any(piece is held for held in run)):
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
        told = [cells, measured(columns, cells, header)]
        for cells in told if told[0] != told[1] else told[:1]:
            reading = read_sentence(", ".join([": ".join((part.cells[0], *cells[:1])), *cells[1:]]), linker)
            around = ids(name for piece in reading.pieces for name in piece.names)
            sizes = frozenset(a.key[1:] for piece in reading.pieces for a in piece.amounts)
            known = quoted | {size for size in sizes if (size[0], "", None) in quoted}
            yield Window(reading.pieces, context, needed, reading.text, known, around, heads)


#: A header tells the unit of its column: "SBP target (mm Hg)", where a cell is a bare number.
_UNIT = re.compile(r"\(([^()\d]{1,16})\)\s*$")
_BARE = re.compile(r"[<>≤≥=]{0,2}\s*[\d.,–-]+")


def measured(columns: Sequence[int], cells: Sequence[str], header: Sequence[str]) -> list[str]:
    """The cells with the unit that their header tells."""
    units = [_UNIT.search(header[n]) for n in columns]
    names = [_UNIT.sub("", header[n]) for n in columns]
    return [
        f"{name}: {cell} {unit[1]}" if unit and _BARE.fullmatch(cell.strip()) else cell
        for name, cell, unit in zip(names, cells, units, strict=True)
    ]


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
