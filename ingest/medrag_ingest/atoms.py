"""The smallest stretches a passage is made of: sentences, list items, table rows, headings, each with what it needs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil

from medrag.records import Span
from medrag.text.length import weigh_tokens
from medrag.text.pages import page_of
from medrag.text.sentences import split_sentences
from medrag_ingest.parsed import Block, BlockKind, ParsedDocument

__all__ = ["Atom", "cut_long", "make_atoms"]

#: A heading, introduction or table header heavier than this share of a passage leads nothing: it is text itself.
LEAD_SHARE = 0.5
#: Weights add up at white space only; two halves of one word weigh up to this much more together.
SEAM = 1.5
#: No script packs more characters into a token; bounds the search for a cut in a sentence of a megabyte.
MOST_CHARS = 8
_CLAUSE = re.compile(r"[;:,)\]|](?=\s)|[，、；：）】」』]|\s[–—-](?=\s)")
_SPACE = re.compile(r"\s+")
_TABLE: frozenset[BlockKind] = frozenset({"caption", "table_header", "table_row"})


@dataclass(frozen=True, slots=True)
class Atom:
    """A trimmed stretch of one block."""

    start: int
    end: int
    weight: float
    kind: BlockKind
    section: tuple[str, ...]
    code: str | None
    page: int | None
    scope: tuple[Span, ...]
    #: It must be followed by another atom in its passage: a heading, an introduction, a table's caption or header.
    leads: bool = False
    #: It goes on from the atom before it: the next sentence of a paragraph, item of a list, row of a table.
    follows: bool = False
    #: Its list or table is kept whole where a passage holds it.
    keeps: bool = False

    @property
    def is_heading(self) -> bool:
        return self.kind == "heading"


def make_atoms(parsed: ParsedDocument, limit: int) -> list[Atom]:
    """The atoms of a document in order. None is heavier than ``limit`` less what leads it, except one uncuttable run."""
    atoms: list[Atom] = []
    for block, needed in zip(parsed.blocks, _needs(parsed), strict=True):
        atoms += _of_block(parsed, block, block.scope + needed, limit)
    return _fit(parsed.text, _link(parsed.text, atoms, limit), limit)


def _needs(parsed: ParsedDocument) -> Iterator[tuple[Span, ...]]:
    """What each block needs beyond its own scope: a row its table's caption and header, an item its introduction."""
    table: list[Span] = []
    introduction: tuple[Span, ...] = ()
    previous: Block | None = None
    for block in parsed.blocks:
        if _opens_table(block, previous):
            table = []
        if block.kind == "list_item" and previous is not None and previous.kind == "paragraph":
            introduction = _introduction(parsed, previous)
        elif block.kind != "list_item":
            introduction = ()
        yield tuple(table) if block.kind in _TABLE else introduction
        if block.kind in ("caption", "table_header"):
            table.append(_trim(parsed.text, block.start, block.end))
        previous = block


def _opens_table(block: Block, previous: Block | None) -> bool:
    """Whether captions and headers seen before are not this block's: it is outside tables, or begins the next one."""
    if block.kind not in _TABLE or previous is None:
        return True
    return previous.kind == "table_row" and block.kind != "table_row"


def _introduction(parsed: ParsedDocument, block: Block) -> tuple[Span, ...]:
    """The last sentence of a paragraph when it introduces what follows."""
    text = parsed.text[block.start : block.end]
    if not _introduces(text):
        return ()
    last = split_sentences(text, parsed.language)[-1]
    return (Span(block.start + last.start, block.start + last.end),)


def _introduces(text: str) -> bool:
    """Whether a text ends with a colon, Markdown's emphasis (``**Criteria:**``) apart."""
    return text.rstrip().rstrip("*_ ").endswith((":", "："))


def _trim(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    bare = piece.strip()
    begin = start + len(piece) - len(piece.lstrip())
    return Span(begin, begin + len(bare))


def _of_block(parsed: ParsedDocument, block: Block, scope: tuple[Span, ...], limit: int) -> list[Atom]:
    """A heading, item, row or caption is one atom where it fits; all else goes by sentences."""
    whole = _trim(parsed.text, block.start, block.end)
    weight = weigh_tokens(whole.of(parsed.text))
    kind = block.kind
    if kind == "heading" and weight > limit * LEAD_SHARE:
        kind = "paragraph"  # no heading is that long: a reader took a paragraph for one
    section = (
        (*block.section, " ".join(whole.of(parsed.text).split())) if kind == "heading" else block.section
    )
    spans = [whole] if whole.start < whole.end else []
    if weight > limit or kind in ("paragraph", "entry"):
        sentences = split_sentences(whole.of(parsed.text), parsed.language)
        spans = [Span(whole.start + span.start, whole.start + span.end) for span in sentences]
    return [
        Atom(
            start=span.start,
            end=span.end,
            weight=weight if len(spans) == 1 else weigh_tokens(span.of(parsed.text)),
            kind=kind,
            section=section,
            code=block.code,
            page=block.page and (page_of(parsed.segments, span.start) or block.page),
            scope=scope,
            follows=number > 0,
        )
        for number, span in enumerate(spans)
    ]


def _link(text: str, atoms: Sequence[Atom], limit: int) -> list[Atom]:
    """Says of each atom what it leads, follows and keeps together with, by the atom after and before it."""
    linked: list[Atom] = []
    lead = 0.0
    for number, atom in enumerate(atoms):
        before = atoms[number - 1] if number else None
        after = atoms[number + 1] if number + 1 < len(atoms) else None
        light = atom.is_heading or lead + atom.weight <= limit * LEAD_SHARE
        leads = after is not None and light and _leads(text, atom, after)
        lead = lead + atom.weight if leads else 0.0
        listed = before is not None and atom.kind == before.kind and atom.kind in ("list_item", "table_row")
        follows = not leads and (atom.follows or listed) and not (linked and linked[-1].leads)
        keeps = atom.kind in ("list_item", "table_row")
        if (leads, follows, keeps) != (atom.leads, atom.follows, atom.keeps):
            atom = replace(atom, leads=leads, follows=follows, keeps=keeps)
        linked.append(atom)
    return linked


def _leads(text: str, atom: Atom, after: Atom) -> bool:
    if atom.is_heading:
        return True
    if (atom.section, atom.code) != (after.section, after.code):
        return False
    if atom.kind in ("caption", "table_header"):
        return after.kind in ("table_header", "table_row")
    return atom.kind == "paragraph" and after.kind == "list_item" and _introduces(text[atom.start : atom.end])


def _fit(text: str, atoms: Sequence[Atom], limit: int) -> list[Atom]:
    """Cuts atoms that are too long for a passage, or for what is left of one after what leads them."""
    fitted: list[Atom] = []
    lead = 0.0
    for atom in atoms:
        room = max(limit - lead, limit * LEAD_SHARE)
        if atom.leads:
            lead += atom.weight
            fitted.append(atom)
            continue
        lead = 0.0
        if atom.weight <= room:
            fitted.append(atom)
            continue
        fitted += _pieces(text, atom, room)
    return fitted


def _pieces(text: str, atom: Atom, room: float) -> Iterator[Atom]:
    end = -1
    for span in cut_long(text, Span(atom.start, atom.end), room):
        weight = weigh_tokens(span.of(text)) + (SEAM if span.start == end else 0.0)
        yield replace(atom, start=span.start, end=span.end, weight=weight, follows=atom.follows or end >= 0)
        end = span.end


def cut_long(text: str, span: Span, limit: float) -> Iterator[Span]:
    """Pieces of ``span`` of at most ``limit`` tokens: cut after a clause mark, else at white space, else between characters.

    Never inside a number or between a letter and its accents, unless that alone is past the limit.
    """
    start = span.start
    while start < span.end:
        end = _cut(text, start, span.end, limit)
        piece = _trim(text, start, end)
        if piece.start < piece.end:
            yield piece
        start = end


def _cut(text: str, start: int, stop: int, limit: float) -> int:
    reach = _reach(text, start, stop, limit)
    if reach == stop:
        return stop
    half = start + (reach - start) // 2
    for pattern in (_CLAUSE, _SPACE):
        ends = [match.end() for match in pattern.finditer(text, half, reach)]
        if ends:
            return ends[-1]
    for at in range(reach, start, -1):
        if _divisible(text, at):
            return at
    return reach


def _reach(text: str, start: int, stop: int, limit: float) -> int:
    """The furthest offset for which ``text[start:offset]`` weighs no more than ``limit``; at least one character on."""
    stop = min(stop, start + ceil(limit * MOST_CHARS))
    if weigh_tokens(text[start:stop]) <= limit:
        return stop
    low, high = start + 1, stop
    while high - low > 1:
        middle = (low + high) // 2
        if weigh_tokens(text[start:middle]) <= limit:
            low = middle
        else:
            high = middle
    return low


def _divisible(text: str, at: int) -> bool:
    """Whether a text may be cut before offset ``at``: not in a number, not before a combining or joining character."""
    before, after = text[at - 1], text[at]
    if unicodedata.category(after) in ("Mn", "Mc", "Me", "Cs") or "\u200d" in (before, after):
        return False
    if before.isdigit():
        return not (after.isdigit() or (after in ".," and text[at + 1 : at + 2].isdigit()))
    return not (after.isdigit() and before in ".,")
