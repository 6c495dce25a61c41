"""Joins lines to paragraphs, across columns and pages, and mends words that a line end has cut."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import Final

from medrag_ingest.readers.pdf.columns import BULLETS, Region
from medrag_ingest.readers.pdf.grids import Grid, join_grids
from medrag_ingest.readers.pdf.lines import Line
from medrag_ingest.readers.pdf.shapes import Box

__all__ = ["CAPTION", "NUMBERED", "PARTS", "Paragraph", "Piece", "TableItem", "Vocabulary", "make_paragraphs"]

#: ``2.1 Monitoring``: a number of an outline, then words that begin a heading.
NUMBERED: Final = re.compile(
    r"(?P<number>\d{1,2}(?:\.\d{1,2}){0,4})\.?\s+(?P<words>[A-Z\u4e00-\u9fff].*)", re.DOTALL
)
#: ``Table 2:``, ``Table 2 Dosage``, ``表 2``: what stands above a table.
CAPTION: Final = re.compile(r"(?:table|tableau|figure|表|图)\s*[\dIVX]+(?:[.-]\d+)*\b", re.IGNORECASE)
#: Lines that are headings of a drug label's parts, however close the next line stands (21 CFR 201.57).
PARTS: Final = re.compile(
    r"(?:highlights of prescribing information|full prescribing information(?:: contents\s*\*?)?"
    r"|boxed warning|drug facts)\W*$",
    re.IGNORECASE,
)
_CONTINUED: Final = re.compile(
    r"\((?:continued|cont\.?|cont[’']d)\)|（续）|续表|\bcontinued\s*$", re.IGNORECASE
)
_ITEM: Final = re.compile(r"(?:\(?(?:\d{1,2}|[a-zA-Z]|[ivx]{1,4})[.)]|[①-⑳])\s+\S")
#: A small letter o that stands for a hollow bullet.
_HOLLOW: Final = re.compile(r"o\s+[a-zA-Z]")
_CUT: Final = re.compile(r"(?P<head>[^\W\d_]{2,})[-\u2010\u00ad]$")
_TAIL: Final = re.compile(r"[^\W\d_]+")
#: ``R3`` and ``Recommendation 3`` as a line begins with it.
_ADVICE: Final = re.compile(
    r"R\d{1,2}(?:\.\d{1,2}){0,2}\s?[.:)]?\s+[A-ZÀ-Ý\u4e00-\u9fff]|(?:Recommendation|Statement)\s+\d|推荐意见\s*\d"
)
#: The strength a recommendation ends with.
_GRADED: Final = re.compile(
    r"[(\[](?:grade|strong|weak|conditional|level|LOE|class|COR|证据|强|弱)\b[^()\[\]]*[)\]]\.?$",
    re.IGNORECASE,
)
#: Tables, captions and notes that may stand between two parts of a paragraph.
MOST_BETWEEN: Final = 8
_WARNING: Final = re.compile(r"WARNING: *[A-Z]{3}")
_ENDS: Final = (".", ":", ";", "!", "?", "。", "：", "；", "！", "？", ".)", ".]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A line's share of a paragraph: its words as they are written out, and where they stand."""

    text: str
    page: int
    box: Box
    #: Its last word was cut by the line's end and goes on, without the hyphen, in the next piece.
    mended: bool = False
    confidence: float | None = None


@dataclass(slots=True)
class Paragraph:
    """Lines that belong together."""

    lines: list[tuple[Line, int]]
    size: float
    bold: bool
    italic: bool
    #: Begins with a bullet or an item's number.
    item: bool = False
    #: Nothing stood beside or right above it.
    loose: bool = False
    #: Where its region begins and ends from left to right.
    left: float = 0.0
    right: float = 0.0
    pieces: tuple[Piece, ...] = ()

    @property
    def page(self) -> int:
        return self.lines[0][1]

    @property
    def text(self) -> str:
        """The words on one line; before mending, cut words are still cut."""
        if self.pieces:
            return "".join(piece.text for piece in self.pieces)
        return " ".join(line.text for line, _ in self.lines)


@dataclass(slots=True)
class TableItem:
    """A table on one page."""

    grid: Grid
    page: int
    #: Captions that say no more than that it goes on.
    continued: int = 0

    @property
    def last_page(self) -> int:
        return max(cell.page for cell in self.grid.cells)


@dataclass(slots=True)
class Vocabulary:
    """The words of a document, by which a word cut at a line's end is judged."""

    words: Counter[str] = field(default_factory=Counter)
    #: The maker cuts words at line ends: more of its cuts are proved than are compounds. Browsers never cut one.
    cuts: bool = False

    @classmethod
    def of(cls, lines: Iterable[Line]) -> Vocabulary:
        """Words inside lines; the last of each line may be cut and does not count, nor does what follows a cut."""
        made = cls()
        texts = [line.text for line in lines]
        for above, text in zip(("", *texts), texts, strict=False):
            for word in text.casefold().split()[1 if _CUT.search(above) else 0 : -1]:
                made.words[word.strip("()[].,;:!?“”\"'")] += 1
        proofs = 0
        for text, after in pairwise(texts):
            head, tail = _CUT.search(text), _TAIL.match(after)
            if head and tail:
                proofs += made._proof(head["head"].casefold(), tail.group().casefold())
        made.cuts = proofs > 0
        return made

    def _proof(self, head: str, tail: str) -> int:
        """1 where the document writes the word whole, -1 where it writes it with a hyphen, 0 where it writes neither."""
        whole, parted = self.words[head + tail], self.words[f"{head}-{tail}"]
        return (whole > parted) - (parted > whole)

    def joins(self, head: str, tail: str) -> bool:
        """Whether the hyphen after ``head`` only marks the line's end: ``treat-`` and ``ment``, not ``long-`` and ``term``."""
        head, tail = head.casefold(), tail.casefold()
        proof = self._proof(head, tail)
        if proof:
            return proof > 0
        return self.cuts and not (self.words[head] and self.words[tail])


def make_paragraphs(flow: Sequence[tuple[int, Region]]) -> list[Paragraph | TableItem]:
    """Paragraphs and tables of a document in reading order; ``flow`` gives each region with its page."""
    made: list[Paragraph | TableItem] = []
    for page, region in flow:
        if region.grid is not None:
            for cell in region.grid.cells:
                cell.page = page
            _add_table(made, TableItem(region.grid, page))
            continue
        for number, paragraph in enumerate(_of_region(region, page)):
            before = _open(made, paragraph) if number == 0 else None
            if before is not None:
                before.lines += paragraph.lines
            else:
                made.append(paragraph)
    vocabulary = Vocabulary.of(line for _, region in flow for line in _lines(region))
    for item in made:
        if isinstance(item, Paragraph):
            item.pieces = tuple(pieces_of(item.lines, vocabulary))
    return made


def _open(made: Sequence[Paragraph | TableItem], after: Paragraph) -> Paragraph | None:
    """The paragraph that goes on with ``after``, the first of a column. Tables, their captions and notes at a column's
    foot may stand between: what goes on over those begins in lower case."""
    if made and isinstance(made[-1], Paragraph) and _goes_on(made[-1], after):
        return made[-1]
    floats = False
    for item in reversed(made[-MOST_BETWEEN:]):
        if isinstance(item, TableItem) or CAPTION.match(item.text):
            floats = True
            continue
        if _is_note(item, after):
            continue
        beside = not floats or after.text[0].islower()
        return item if beside and _goes_on(item, after) else None
    return None


def _is_note(item: Paragraph, after: Paragraph) -> bool:
    """Small print that begins with a mark."""
    return item.size < 0.88 * after.size and (item.text[0] in "*†‡§¶#∥" or item.text[0].isdigit())


def _add_table(made: list[Paragraph | TableItem], table: TableItem) -> None:
    """The table as an item of its own, or as the rest of the one that ended the page before."""
    at = len(made) - 1
    while at >= 0 and isinstance(between := made[at], Paragraph) and _CONTINUED.search(between.text):
        at -= 1
    before = made[at] if at >= 0 else None
    if isinstance(before, TableItem) and table.page == before.last_page + 1:
        joined = join_grids(before.grid, table.grid)
        if joined is not None:
            before.grid = joined
            before.continued += len(made) - 1 - at
            del made[at + 1 :]
            return
    made.append(table)


def _lines(region: Region) -> Iterator[Line]:
    yield from region.lines
    if region.grid is not None:
        for cell in region.grid.cells:
            yield from cell.lines


def _of_region(region: Region, page: int) -> list[Paragraph]:
    gaps = [b.box.top - a.box.bottom for a, b in zip(region.lines, region.lines[1:], strict=False)]
    usual = min(median(gaps), sorted(gaps)[len(gaps) // 3] + 2.0) if gaps else 0.0
    left = min(line.box.left for line in region.lines)
    right = max(line.box.right for line in region.lines)
    made: list[Paragraph] = []
    before: Line | None = None
    for line in region.lines:
        gap = line.box.top - before.box.bottom if before is not None else 99.0
        if before is None or _begins(line, before, made[-1], gap - usual, right):
            item = is_item(line)
            made.append(
                Paragraph(
                    [], line.size, line.bold, line.italic, item, gap - usual > 0.25 * line.size, left, right
                )
            )
        made[-1].lines.append((line, page))
        before = line
    return made


def is_item(line: Line) -> bool:
    """Whether a line begins an item of a list."""
    text = line.text
    return (text[0] in BULLETS and len(text) > 1) or bool(_ITEM.match(text) or _HOLLOW.match(text))


def _begins(line: Line, before: Line, held: Paragraph, gap: float, right: float) -> bool:
    """Whether a paragraph begins with the line: by space, style, bullet, number, indent or a short line before."""
    if PARTS.match(before.text) or PARTS.match(line.text) or _WARNING.match(line.text):
        return True
    if gap > 0.28 * line.size or abs(line.size - before.size) > 0.12 * before.size:
        return True
    if line.bold != before.bold and abs(line.bold_share - before.bold_share) > 0.8:
        return True
    if is_item(line) and not (_ITEM.match(line.text) and not held.item and before.box.right > 0.9 * right):
        return True
    if NUMBERED.match(line.text) and NUMBERED.match(before.text) and _is_next(before.text, line.text):
        return True
    short = before.box.right < right - 0.25 * (right - held.left)
    if NUMBERED.match(line.text) and short and not before.text.endswith(","):
        return True
    if held.item and line.box.left < _text_left(held.lines[0][0]) - 2 and short:
        return True
    if _ADVICE.match(line.text) and before.text.endswith((*_ENDS, ")", "]")):
        return True
    if _GRADED.search(before.text) and line.text[0].isupper():
        return True
    return short and before.text.endswith(_ENDS) and line.text[0].isupper()


def _is_next(before: str, line: str) -> bool:
    """Whether two numbers of an outline follow each other, as in a list of contents: 2.2 and 2.3, 2.8 and 3."""
    first = [int(part) for part in before.split()[0].rstrip(".").split(".")]
    second = [int(part) for part in line.split()[0].rstrip(".").split(".")]
    up = [*first[: len(second) - 1], first[len(second) - 1] + 1] if len(second) <= len(first) else [*first, 1]
    return second == up


def _text_left(line: Line) -> float:
    """Where the words of an item begin, behind its bullet."""
    return line.words[min(1, len(line.words) - 1)].box.left


def _goes_on(before: Paragraph, after: Paragraph) -> bool:
    """Whether a paragraph at the top of a column or page goes on from the last of the one before."""
    told, next_ = before.text.rstrip(), after.text
    if after.item or abs(before.size - after.size) > 0.1 * before.size or told.endswith(_ENDS):
        return False
    if before.bold and after.bold and CAPTION.match(told):
        return not CAPTION.match(next_) and not NUMBERED.match(next_)
    last = before.lines[-1][0]
    full = last.box.right > before.right - 0.2 * (before.right - before.left)
    lower = next_[0].islower() or next_[0] in "(,;%≥≤<>=±" or next_[0].isdigit()
    if before.bold != after.bold:
        return False
    if NUMBERED.match(next_) or _ADVICE.match(next_) or is_item(after.lines[0][0]):
        return False
    return (lower or full) and (full or _CUT.search(told) is not None or next_[0].islower())


def pieces_of(lines: Sequence[tuple[Line, int]], vocabulary: Vocabulary) -> Iterator[Piece]:
    """The lines as they are written out one after the other: with a space between, or without where a word was cut."""
    texts = [line.text for line, _ in lines]
    for at, (line, page) in enumerate(lines):
        text, mended = texts[at], False
        if at + 1 < len(lines):
            cut, tail = _CUT.search(text), _TAIL.match(texts[at + 1])
            soft = text.endswith("\u00ad")
            if (
                cut
                and tail
                and tail.group()[0].islower()
                and (soft or vocabulary.joins(cut["head"], tail.group()))
            ):
                text, mended = text[:-1], True
            elif soft:
                text = text[:-1] + "-"
            elif not (text.endswith(("-", "\u2010", "/")) and _glued(text)) and not _han_seam(
                text, texts[at + 1]
            ):
                text += " "
        known = [word.confidence for word in line.words if word.confidence is not None]
        yield Piece(text, page, line.box, mended, min(known) if known else None)


def _glued(text: str) -> bool:
    """A hyphen or stroke at a line's end stays glued to what follows, unless it stands for a minus or a dash."""
    return len(text) > 1 and not text[-2].isspace()


def _han_seam(before: str, after: str) -> bool:
    """Chinese has no spaces between words, so none where a line ends."""
    return before[-1] > "\u2e7f" and after[0] > "\u2e7f"
