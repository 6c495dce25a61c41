"""Takes the characters, lines and pictures of a page out of pdfium, and joins characters to words."""

from __future__ import annotations

import ctypes
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from medrag_ingest.readers.pdf.shapes import GAP, Box, Hidden, Page, Rule, Word

__all__ = ["FontBook", "PageTooFull", "read_page"]

#: Thinner than this, a filled rectangle is a line.
THIN: Final = 2.5
#: Characters less than this high (points) cannot be read.
TINY: Final = 1.5
#: A colour channel from here on is the paper's; what stands on a dark field is seen all the same.
WHITE: Final = 250
#: More characters or drawn things on one page than any real one has.
MOST_CHARACTERS: Final = 200_000
MOST_OBJECTS: Final = 100_000
#: What pdfium gives for a hyphen at a line's end.
LINE_HYPHEN: Final = 2
#: Sides of a drawn bullet, in points.
DOT: Final = (2.0, 7.5)
#: How far before its line a bullet stands, in line heights.
BULLET_GAP: Final = 1.6
#: Only characters this near to the page's top and foot (share of its height) are held against their clip: asking costs.
EDGE: Final = 0.08
_BOLD_NAMES: Final = ("bold", "black", "heavy", "semibd", "demi")
_INVISIBLE: Final = (3, 7)  # ISO 32000-1, table 106: neither filled nor stroked
_TEXT, _PATH, _IMAGE, _FORM = 1, 2, 3, 5
_GLYPH_SPACES: Final = frozenset(
    " \t\r\n\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
)


class PageTooFull(ValueError):
    """More on one page than is read."""


@dataclass(slots=True)
class FontBook:
    """What is known of each font of a document: (bold, italic)."""

    raw: Any
    known: dict[int, tuple[bool, bool]] = field(default_factory=dict)

    def style(self, item: Any) -> tuple[bool, bool]:
        """Of the font a text object is set in."""
        font = self.raw.FPDFTextObj_GetFont(item)
        key = ctypes.cast(font, ctypes.c_void_p).value or 0
        if key not in self.known:
            self.known[key] = self._ask(font) if key else (False, False)
        return self.known[key]

    def _ask(self, font: Any) -> tuple[bool, bool]:
        room = ctypes.create_string_buffer(256)
        self.raw.FPDFFont_GetBaseFontName(font, room, 256)
        name = room.value.decode("latin-1").casefold()
        flags = self.raw.FPDFFont_GetFlags(font)
        bold = any(part in name for part in _BOLD_NAMES) or bool(flags > 0 and flags & 0x40000)
        return bold, "italic" in name or "oblique" in name or bool(flags > 0 and flags & 0x40)


@dataclass(frozen=True, slots=True)
class _Frame:
    """Turns the file's coordinates into those of the page as shown."""

    left: float
    bottom: float
    right: float
    top: float
    turn: int

    @property
    def size(self) -> tuple[float, float]:
        wide, high = self.right - self.left, self.top - self.bottom
        return (high, wide) if self.turn in (90, 270) else (wide, high)

    def point(self, x: float, y: float) -> tuple[float, float]:
        if self.turn == 90:
            return y - self.bottom, x - self.left
        if self.turn == 180:
            return self.right - x, y - self.bottom
        if self.turn == 270:
            return self.top - y, self.right - x
        return x - self.left, self.top - y

    def box(self, x0: float, y0: float, x1: float, y1: float) -> Box:
        (ax, ay), (bx, by) = self.point(x0, y0), self.point(x1, y1)
        return Box(min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))


def read_page(page: Any, number: int, fonts: FontBook) -> Page:
    """Everything on a page that the reader uses. ``page`` is a ``pypdfium2.PdfPage``. Raises PageTooFull."""
    left, bottom, right, top = page.get_cropbox()
    frame = _Frame(left, bottom, right, top, page.get_rotation())
    made = Page(number, *frame.size)
    drawn = _Drawn()
    _read_drawings(page, frame, made, drawn, fonts.raw)
    text = page.get_textpage()
    try:
        made.words = _Joiner(text.raw, frame, made, fonts, drawn.fields).words()
    finally:
        text.close()
    made.words += _drawn_bullets(drawn.dots, made.words)
    return made


@dataclass(slots=True)
class _Drawn:
    """Dark fields, and dots that may be bullets."""

    fields: list[Box] = field(default_factory=list)
    dots: list[Box] = field(default_factory=list)


def _drawn_bullets(dots: Sequence[Box], words: Sequence[Word]) -> Iterator[Word]:
    """Browsers draw the bullets of lists instead of writing them: a dot right before the first word of a line is one."""
    for dot in dots:
        x, y = dot.middle
        beside = [word for word in words if word.box.top < y < word.box.bottom and not word.turned]
        first = min((word for word in beside if word.box.left > x), key=lambda w: w.box.left, default=None)
        if first is None or not 1 < first.box.left - dot.right < BULLET_GAP * first.size:
            continue
        if all(word.box.right < dot.left - BULLET_GAP * first.size for word in beside if word.box.left < x):
            box = Box(dot.left, first.box.top, dot.right, first.box.bottom)
            yield Word("•", box, first.base, first.size, first.bold, first.italic, hidden=first.hidden)


def _read_drawings(page: Any, frame: _Frame, made: Page, drawn: _Drawn, raw: Any) -> None:
    whole = max(made.width * made.height, 1.0)
    for count, item in enumerate(page.get_objects(filter=(_PATH, _IMAGE), max_depth=4)):
        if count > MOST_OBJECTS:
            raise PageTooFull(f"page {made.number} draws more than {MOST_OBJECTS} things")
        box = frame.box(*item.get_bounds())
        if item.type == _IMAGE:
            share = max(0.0, min(box.right, made.width) - max(box.left, 0)) * max(
                0.0, min(box.bottom, made.height) - max(box.top, 0)
            )
            made.pictured = max(made.pictured, min(1.0, share / whole))
        else:
            _read_path(item, box, made, drawn, raw)


def _read_path(item: Any, box: Box, made: Page, drawn: _Drawn, raw: Any) -> None:
    """A thin path is a rule; a drawn frame is four; a dark field is kept, for white words on it are seen."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(item.raw, fill, stroke)
    if not fill.value and not stroke.value:
        return
    if box.height <= THIN < box.width:
        made.rules.append(Rule(True, (box.top + box.bottom) / 2, box.left, box.right))
    elif box.width <= THIN < box.height:
        made.rules.append(Rule(False, (box.left + box.right) / 2, box.top, box.bottom))
    elif DOT[0] <= box.width <= DOT[1] and 0.8 <= box.height / box.width <= 1.25:
        drawn.dots.append(box)
    elif min(box.width, box.height) > THIN and raw.FPDFPath_CountSegments(item.raw) <= 6:
        colour = _colour(raw.FPDFPageObj_GetFillColor, item.raw)
        if fill.value and min(colour[:3]) < WHITE:
            drawn.fields.append(box)
        if stroke.value:
            made.rules += _frame_rules(box)


def _frame_rules(box: Box) -> Iterator[Rule]:
    for y in (box.top, box.bottom):
        yield Rule(True, y, box.left, box.right)
    for x in (box.left, box.right):
        yield Rule(False, x, box.top, box.bottom)


def _colour(ask: Any, *what: Any) -> tuple[int, int, int, int]:
    parts = [ctypes.c_uint() for _ in range(4)]
    if not ask(*what, *parts):
        return 0, 0, 0, 255
    return parts[0].value, parts[1].value, parts[2].value, parts[3].value


@dataclass(slots=True)
class _Open:
    """The word being joined."""

    letters: list[str]
    box: list[float]
    base: float
    size: float
    bold: bool
    italic: bool
    spaced: bool
    hidden: Hidden
    turned: bool
    unmapped: int = 0


class _Joiner:
    """Walks a text page once, in the order of the file, and joins its characters to words."""

    def __init__(self, text: Any, frame: _Frame, page: Page, fonts: FontBook, fields: list[Box]) -> None:
        self.text, self.frame, self.page, self.fonts, self.fields = text, frame, page, fonts, fields
        self.raw = fonts.raw
        upright = sorted((rule.at, rule.start, rule.end) for rule in page.rules if not rule.across)
        self.bars, self.bar_places = upright, [at for at, _, _ in upright]
        self.made: list[Word] = []
        self.open: _Open | None = None
        self.spaced = True
        self.last_item = 0
        self.style: tuple[bool, bool, Hidden] = (False, False, "")

    def words(self) -> list[Word]:
        raw, text = self.raw, self.text
        count = raw.FPDFText_CountChars(text)
        if count > MOST_CHARACTERS:
            raise PageTooFull(f"page {self.page.number} holds more than {MOST_CHARACTERS} characters")
        rect, x, y = raw.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
        pair = 0
        for at in range(count):
            code = raw.FPDFText_GetUnicode(text, at)
            if 0xD800 <= code < 0xDC00:
                pair = code
                continue
            if 0xDC00 <= code < 0xE000:
                code, pair = (0x10000 + ((pair - 0xD800) << 10) + code - 0xDC00 if pair else 0xFFFD), 0
            letter = "-" if code == LINE_HYPHEN else chr(code) if code else "\ufffd"
            if letter in _GLYPH_SPACES:
                # A space that pdfium made up is a gap, and gaps are measured where words are put into lines.
                self.spaced = self.spaced or not raw.FPDFText_IsGenerated(text, at)
                self.close()
                continue
            if not raw.FPDFText_GetLooseCharBox(text, at, rect):
                continue
            raw.FPDFText_GetCharOrigin(text, at, x, y)
            self.take(at, letter, rect, x.value, y.value)
        self.close()
        return self.made

    def take(self, at: int, letter: str, rect: Any, x: float, y: float) -> None:
        item = self.raw.FPDFText_GetTextObject(self.text, at)
        if item:
            self.look(item, at)
        box = self.frame.box(rect.left, rect.bottom, rect.right, rect.top)
        bold, italic, hidden = self.style
        _, base_y = self.frame.point(x, y)
        # The baseline of upright text lies inside its box, near the bottom; of turned text at a side.
        turned = not box.top + 0.4 * box.height <= base_y <= box.bottom + 0.1 * box.height
        size = box.width if turned else box.height
        if not hidden:
            hidden = self.unseen(box, size, item, base_y)
        if not self.goes_on(box, base_y, size, bold, italic, hidden, turned):
            self.close()
            held = [box.left, box.top, box.right, box.bottom]
            self.open = _Open([], held, base_y, size, bold, italic, self.spaced, hidden, turned)
            self.spaced = False
        word = self.open
        assert word is not None  # noqa: S101  opened above
        word.letters.append(letter)
        word.box = [min(word.box[0], box.left), min(word.box[1], box.top),
                    max(word.box[2], box.right), max(word.box[3], box.bottom)]  # fmt: skip
        if letter > "~" or letter.isdigit():
            word.unmapped += self.raw.FPDFText_HasUnicodeMapError(self.text, at) == 1

    def look(self, item: Any, at: int) -> None:
        """The style of a text object; asked once for each."""
        key = ctypes.cast(item, ctypes.c_void_p).value or 0
        if key == self.last_item:
            return
        self.last_item = key
        hidden: Hidden = ""
        if self.raw.FPDFTextObj_GetTextRenderMode(item) in _INVISIBLE:
            hidden = "invisible"
        else:
            *colour, alpha = _colour(self.raw.FPDFText_GetFillColor, self.text, at)
            if alpha == 0:
                hidden = "invisible"
            elif min(colour) >= WHITE:
                hidden = "white"
        self.style = (*self.fonts.style(item), hidden)

    def unseen(self, box: Box, size: float, item: Any, base: float) -> Hidden:
        x, y = box.middle
        edge = EDGE * self.page.height
        # By the baseline, so that a line is cut off as a whole or not at all.
        if item and not edge < y < self.page.height - edge and self.is_clipped(item, x, base - 0.25 * size):
            return "clipped"
        if not (0 <= x <= self.page.width and 0 <= y <= self.page.height):
            return "outside"
        return "tiny" if size < TINY else ""

    def is_clipped(self, item: Any, x: float, y: float) -> bool:
        """Whether a point lies outside a rectangle that the item is clipped to."""
        raw, clip = self.raw, self.raw.FPDFPageObj_GetClipPath(item)
        for path in range(min(raw.FPDFClipPath_CountPaths(clip), 4)):
            corners = [
                self.corner(clip, path, at) for at in range(raw.FPDFClipPath_CountPathSegments(clip, path))
            ]
            if 4 <= len(corners) <= 5:
                xs, ys = zip(*corners, strict=True)
                if not (min(xs) <= x <= max(xs) and min(ys) <= y <= max(ys)):
                    return True
        return False

    def corner(self, clip: Any, path: int, at: int) -> tuple[float, float]:
        x, y = ctypes.c_float(), ctypes.c_float()
        self.raw.FPDFPathSegment_GetPoint(self.raw.FPDFClipPath_GetPathSegment(clip, path, at), x, y)
        return self.frame.point(x.value, y.value)

    def goes_on(
        self, box: Box, base: float, size: float, bold: bool, italic: bool, hidden: Hidden, turned: bool
    ) -> bool:
        word = self.open
        if word is None or (word.bold, word.italic, word.hidden, word.turned) != (
            bold,
            italic,
            hidden,
            turned,
        ):
            return False
        if turned:
            return box.top <= word.box[3] + size and box.bottom >= word.box[1] - size
        gap = box.left - word.box[2]
        close = -0.6 * size < gap <= GAP * size and not self.barred(word.box, box)
        return close and abs(base - word.base) < 0.12 * size and abs(size - word.size) < 0.2 * word.size

    def barred(self, before: list[float], after: Box) -> bool:
        """Whether a ruling line stands between two characters: what is in two cells is never one word."""
        left, right, y = before[2] - 1.0, after.left + 1.0, (after.top + after.bottom) / 2
        if left > right:
            return False
        first, last = bisect_left(self.bar_places, left), bisect_right(self.bar_places, right)
        return any(start <= y <= end for _, start, end in self.bars[first:last])

    def close(self) -> None:
        word, self.open = self.open, None
        if word is None:
            return
        box = Box(*word.box)
        x, y = box.middle
        if word.hidden == "white" and any(area.holds(x, y) for area in self.fields):
            word.hidden = ""
        self.made.append(
            Word(
                "".join(word.letters),
                box,
                word.base,
                word.size,
                word.bold,
                word.italic,
                word.spaced,
                word.hidden,
                word.turned,
                word.unmapped,
            )
        )
