"""What stands on a page: words, ruling lines and pictures, with their places in points from the page's top left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

__all__ = ["GAP", "Box", "Hidden", "Page", "Rule", "Word", "around"]

#: A gap of this share of the line's height parts words even where the file has no space. Measured on labels: inside words up to
#: 0.10, squeezed word spaces from 0.15.
GAP: Final = 0.13

#: Why a reader's eye does not see a word: drawn invisibly, in the paper's colour, too small, off the page, or cut
#: off: browsers print the line that a page's end cuts through twice, and clip it once.
Hidden = Literal["", "invisible", "white", "tiny", "outside", "clipped"]


class Box(NamedTuple):
    """Points (1/72 inch) from the top left corner of the page as it is shown; ``top`` < ``bottom``."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def middle(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def holds(self, x: float, y: float, slack: float = 0.0) -> bool:
        """Whether a point lies inside, or no further than ``slack`` outside."""
        return self.left - slack <= x <= self.right + slack and self.top - slack <= y <= self.bottom + slack


def around(boxes: Iterable[Box]) -> Box:
    """The smallest box that holds them all. Raises ValueError of none."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return Box(min(lefts), min(tops), max(rights), max(bottoms))


@dataclass(slots=True)
class Word:
    """Characters without a gap, of one style and one baseline."""

    text: str
    box: Box
    #: Distance of the baseline from the top of the page.
    base: float
    #: Height of the font's line, a little more than the size in points.
    size: float
    bold: bool = False
    italic: bool = False
    #: White space stood before it in the file.
    spaced: bool = True
    hidden: Hidden = ""
    #: Not written from left to right.
    turned: bool = False
    #: Characters for which the file names no letter.
    unmapped: int = 0
    #: 0 to 1; None where the text was in the file and was not read from a picture.
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A thin straight line, drawn or filled."""

    across: bool
    #: Its y where it lies across, its x where it stands.
    at: float
    start: float
    end: float


@dataclass(slots=True)
class Page:
    """One page as it was drawn."""

    #: 1-based, as a viewer counts.
    number: int
    width: float
    height: float
    words: list[Word] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    #: How much of the page its largest picture covers, 0 to 1.
    pictured: float = 0.0
    #: The words were read from a picture of the page, by us or by whoever scanned it.
    is_scan: bool = False
