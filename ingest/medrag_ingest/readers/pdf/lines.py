"""Puts words into lines of text, and says how much of a line is bold; a word that stands high keeps standing so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from medrag_ingest.readers.pdf.shapes import GAP, Box, Word, around

__all__ = ["Line", "gather_lines", "part_line", "usual_size"]

#: Words of which the smaller's height lies at least this far inside the other's stand on one line.
SHARED_HEIGHT: Final = 0.5
#: Smaller than this beside its line, a word is a superscript or subscript.
SMALL: Final = 0.82
#: Baseline off the line's by this share of its height: it stands high or low.
SHIFTED: Final = 0.12
_HIGH: Final = str.maketrans(
    "0123456789+-−abcdefghijklmnoprstuvwxyz", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ"
)
_LOW: Final = str.maketrans("0123456789+-−", "₀₁₂₃₄₅₆₇₈₉₊₋₋")


@dataclass(slots=True)
class Line:
    """Words beside each other, from left to right."""

    words: list[Word]
    box: Box
    base: float
    size: float

    @classmethod
    def of(cls, words: Iterable[Word]) -> Line:
        """Raises ValueError of no words."""
        ordered = sorted(words, key=lambda word: word.box.left)
        tallest = max(ordered, key=lambda word: (word.size, len(word.text)))
        size = usual_size(ordered)
        base = next(word.base for word in ordered if word.size >= SMALL * tallest.size)
        return cls(ordered, around(word.box for word in ordered), base, size)

    @property
    def text(self) -> str:
        """The words with single spaces where the page has gaps."""
        parts: list[str] = []
        before: Word | None = None
        for word in self.words:
            shown = self._shifted(word)
            if before is not None and self._apart(before, word, shown):
                parts.append(" ")
            parts.append(shown)
            before = word
        return "".join(parts)

    @property
    def bold(self) -> bool:
        """All of its letters are bold."""
        lettered = [word for word in self.words if any(map(str.isalnum, word.text))]
        return bool(lettered) and all(word.bold for word in lettered)

    @property
    def bold_share(self) -> float:
        """How many of its characters are bold, 0 to 1."""
        count = sum(len(word.text) for word in self.words)
        return sum(len(word.text) for word in self.words if word.bold) / count

    @property
    def italic(self) -> bool:
        lettered = [word for word in self.words if any(map(str.isalpha, word.text))]
        return bool(lettered) and all(word.italic for word in lettered)

    def _shifted(self, word: Word) -> str:
        if word.size > SMALL * self.size or abs(word.base - self.base) < SHIFTED * self.size:
            return word.text
        high = word.base < self.base
        if high and (word.text.isdigit() or len(word.text) == 1 or set(word.text) <= set("0123456789+-−")):
            return word.text.translate(_HIGH)
        return word.text.translate(_LOW) if not high else word.text

    def _apart(self, before: Word, word: Word, shown: str) -> bool:
        gap = word.box.left - before.box.right
        if shown != word.text and shown[0] not in "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻₀₁₂₃₄₅₆₇₈₉₊₋" and before.text[-1].isalnum():
            return True  # a note's letter glued to "mg" would make another unit of it
        if shown != word.text:
            return gap > 0.3 * self.size
        return gap > GAP * self.size or (word.spaced and gap > -0.1 * self.size)


def usual_size(words: Sequence[Word]) -> float:
    """The height most characters have. Raises ValueError of none."""
    weights: dict[float, int] = {}
    for word in words:
        key = round(word.size, 1)
        weights[key] = weights.get(key, 0) + len(word.text)
    return max(weights, key=lambda size: (weights[size], size))


def gather_lines(words: Iterable[Word]) -> list[Line]:
    """The words as lines from top to bottom; words on one height are one line, however far apart."""
    held: list[tuple[Box, list[Word]]] = []
    # The tall first: they make the line, and what stands high or low beside them joins it.
    for word in sorted(words, key=lambda word: (-round(word.size), word.base, word.box.left)):
        place = _line_of(word, held)
        if place is None:
            held.append((word.box, [word]))
        else:
            place.append(word)
    return sorted((Line.of(group) for _, group in held), key=lambda line: (line.base, line.box.left))


def _line_of(word: Word, held: Sequence[tuple[Box, list[Word]]]) -> list[Word] | None:
    best: list[Word] | None = None
    most = SHARED_HEIGHT
    for box, group in held:
        if box.bottom <= word.box.top or box.top >= word.box.bottom:
            continue
        shared = min(box.bottom, word.box.bottom) - max(box.top, word.box.top)
        share = shared / max(min(box.height, word.box.height), 0.1)
        if share > most:
            best, most = group, share
    return best


def part_line(line: Line, gap: float) -> list[Line]:
    """The line cut where ``gap`` points or more are empty."""
    parts: list[list[Word]] = [[line.words[0]]]
    reach = line.words[0].box.right
    for word in line.words[1:]:
        if word.box.left - reach >= gap:
            parts.append([])
        parts[-1].append(word)
        reach = max(reach, word.box.right)
    return [Line.of(words) for words in parts]
