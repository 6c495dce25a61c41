"""Tells headings from text: by number, weight, size and place, and says how deep each lies and which section it opens."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from medrag_ingest.readers.loinc import (
    SECTION_OF_NUMBER,
    UNCLASSIFIED,
    code_of_chinese_heading,
    code_of_heading,
)
from medrag_ingest.readers.pdf.paragraphs import CAPTION, NUMBERED, PARTS, Paragraph, TableItem

__all__ = ["Heading", "Outline", "find_contents"]

#: Longer is a sentence, even set bold.
MOST_CHARS: Final = 160
#: A number of an outline vouches for longer ones.
MOST_NUMBERED: Final = 260
#: A line this much larger than the text is a heading, whatever its weight.
LARGER: Final = 1.15
#: Consecutive numbered lines that are a list of contents and not headings.
LEAST_CONTENTS: Final = 6
#: Numbers that may be missing between two headings.
MOST_SKIPPED: Final = 3
#: Levels: the parts of a document, its sections (1), subsections (1.1) and so on, then headings without a number.
_PART, _SECTION, _BOLD, _PLAIN = 1, 2, 8, 9
#: Stands for the last number where the numbered sections have ended.
_APPENDIX: Final = (99,)
#: What follows the numbered sections of a label and is none of them.
_APPENDED: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"medication guide\b", re.IGNORECASE), "42231-1"),
    (re.compile(r"patient (?:package insert|information)\W*$", re.IGNORECASE), "42230-3"),
    (
        re.compile(r"(?:package label\b.*|principal display panel\b.*|package/label.*)", re.IGNORECASE),
        "51945-4",
    ),
    (re.compile(r"instructions for use\b", re.IGNORECASE), "59845-8"),
)
#: Subsections that every label in the format of 2006 numbers so; a document that has two of them is one.
_OF_LABELS: Final = frozenset(
    {
        "8.1 pregnancy",
        "8.4 pediatric use",
        "8.5 geriatric use",
        "12.1 mechanism of action",
        "12.3 pharmacokinetics",
    }
)
_DASHES: Final = re.compile(r"^[-–—_.·\s]{3,}|[-–—_.·\s]{3,}$")
_WARNING: Final = re.compile(r"WARNING: *\S")
#: ``Recommendation 3``, ``R3.``, ``推荐意见 2``: what guidelines number, with its strength; never a heading.
RECOMMENDATION: Final = re.compile(
    r"(?-i:R)\d{1,2}(?:\.\d{1,2}){0,2}\s?[.:)]?\s+(?-i:[A-ZÀ-Ý\u4e00-\u9fff])|"
    r"(?:\(?\d{1,3}(?:\.\d{1,3})*[.)]?\s+)?(?:(?:key\s+|good\s+practice\s+)?(?:recommendation|statement)s?\s*\d"
    r"|we\s+(?:strongly\s+|conditionally\s+)?(?:recommend|suggest)|it\s+is\s+(?:recommended|suggested)|推荐意见\s*\d)",
    re.IGNORECASE,
)
GRADE: Final = re.compile(
    r"[\[(]?\s*(?:(?:strong|weak|conditional)\s+(?:recommendation|for|against)|grade\s*:?\s*[0-9A-D]\b|class\s+[I1-3]"
    r"|(?:level|quality|strength|certainty)\s+of\s+(?:evidence|recommendation)|LOE\b|COR\b|evidence\s+(?:level|quality)"
    r"|(?:high|moderate|low|very\s+low)[- ](?:quality|certainty)|推荐等级|证据(?:等级|级别|水平)|强推荐|弱推荐)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Heading:
    """What a paragraph is when it is a heading."""

    level: int
    words: str
    code: str | None
    #: Opens a section of its own, so that the section before it ends with its code.
    opens: bool = True


@dataclass(slots=True)
class Outline:
    """Walks paragraphs in order and knows which section it is in."""

    body: float
    #: Number of the last numbered heading.
    number: tuple[int, ...] = ()
    #: Level of the last heading that opened a section.
    level: int = 0
    codes: dict[int, str | None] = field(default_factory=dict)
    #: Its sections are numbered as the regulation numbers those of a drug label.
    is_label: bool = False

    @classmethod
    def of(cls, items: Sequence[Paragraph | TableItem]) -> Outline:
        """``items`` tell which size of letters running text has."""
        weights: Counter[float] = Counter()
        for item in items:
            if isinstance(item, Paragraph):
                weights[round(item.size, 1)] += len(item.text)
        texts = {" ".join(item.text.casefold().split()) for item in items if isinstance(item, Paragraph)}
        is_label = len(texts & _OF_LABELS) >= 2
        return cls(weights.most_common(1)[0][0] if weights else 0.0, is_label=is_label)

    @property
    def code(self) -> str | None:
        """Of the section in force."""
        return next((code for _, code in sorted(self.codes.items(), reverse=True) if code), None)

    def take(self, paragraph: Paragraph, after: Paragraph | TableItem | None) -> Heading | None:
        """The heading a paragraph is; None where it is text."""
        words = _DASHES.sub("", _DASHES.sub("", paragraph.text.strip())).strip()
        # A bullet makes an item even of a bold line; a number may make a heading of it.
        marked = paragraph.item and NUMBERED.match(words) is None
        if (
            not words
            or len(words) > MOST_NUMBERED
            or marked
            or CAPTION.match(words)
            or RECOMMENDATION.match(words)
        ):
            return None
        found = self._numbered(paragraph, words) or self._appended(paragraph, words)
        if found is None and len(words) <= MOST_CHARS:
            found = self._standing_out(paragraph, words, after)
        if found is not None and found.opens:
            self.level = found.level
            self.codes = {level: code for level, code in self.codes.items() if level < found.level}
            self.codes[found.level] = found.code
        return found

    def _numbered(self, paragraph: Paragraph, words: str) -> Heading | None:
        match = NUMBERED.match(words)
        if match is None:
            return None
        number = tuple(int(part) for part in match["number"].split("."))
        told = match["words"]
        sentence = told.rstrip().endswith((".", ";", ",")) and not told.isupper()
        known = code_of_heading(told)
        shouted = told.upper() == told
        if not (0 < number[0] < 100) or sentence or len(paragraph.lines) > 3 or self.number == _APPENDIX:
            return None
        marked = paragraph.bold or paragraph.size > LARGER * self.body
        if len(number) == 1:
            holds = (marked or shouted or known is not None) and (
                number[0] > (self.number or (0,))[0] or number[0] == 1
            )
        else:
            holds = marked or self._next(number)
        if not holds or (len(number) == 1 and not marked and not shouted and number != self._following()):
            return None
        if known is None and self.is_label and number[0] != (self.number or (0,))[0]:
            known = SECTION_OF_NUMBER.get(number[0])
        self.number = number
        return Heading(_SECTION + len(number) - 1, words, None if known == UNCLASSIFIED else known)

    def _following(self) -> tuple[int, ...]:
        return ((self.number or (0,))[0] + 1,)

    def _next(self, number: tuple[int, ...]) -> bool:
        """Whether the number follows the last one: 5.4 follows 5.3, 5.3.2 and 5 where none came between."""
        last = self.number
        if number[-1] == 1 and len(number) == 2:
            # A section whose own heading is missing may still begin with its first subsection.
            return number[0] > (last or (0,))[0] or (len(last) == 1 and last[0] == number[0])
        if number[-1] == 1:
            return last == number[:-1]
        depth = len(number) - 1
        return (
            len(last) > depth
            and last[:depth] == number[:-1]
            and 1 <= number[-1] - last[depth] <= MOST_SKIPPED
        )

    def _appended(self, paragraph: Paragraph, words: str) -> Heading | None:
        marked = paragraph.bold or words.upper() == words or paragraph.size > LARGER * self.body
        if not marked or len(paragraph.lines) > 2:
            return None
        if PARTS.match(words):
            self.number = ()
            return Heading(_PART, words, None)
        if _WARNING.match(words):
            return Heading(_SECTION, words, "34066-1")
        for pattern, code in _APPENDED:
            if pattern.match(words):
                self.number = _APPENDIX
                return Heading(_SECTION, words, code)
        return None

    def _standing_out(
        self, paragraph: Paragraph, words: str, after: Paragraph | TableItem | None
    ) -> Heading | None:
        large = paragraph.size > LARGER * self.body
        ends = words.endswith((".", ";", ",", "。", "；"))
        if ends or len(paragraph.lines) > 3 or not any(map(str.isalpha, words)):
            return None
        chinese = code_of_chinese_heading(words)
        if chinese is not None and (words[0] in "【[［" or paragraph.bold or large):
            return Heading(_SECTION, words, chinese)
        if paragraph.bold or large:
            known = code_of_heading(words)
            shouted = words.upper() == words
            if known not in (None, UNCLASSIFIED) and not self.number:
                return Heading(_SECTION if shouted else _SECTION + 1, words, known)
            if large and not self.number:
                return Heading(_PART if paragraph.size > 1.5 * self.body else _SECTION, words, None)
            return Heading(_BOLD, words, None, opens=False)
        # A short line alone above running text: "Atrial Fibrillation". Only where an outline is in force already.
        alone = len(paragraph.lines) == 1 and paragraph.loose and len(words) <= 70 and words[0].isupper()
        wide = paragraph.lines[0][0].box.right < paragraph.left + 0.75 * (paragraph.right - paragraph.left)
        followed = isinstance(after, Paragraph) and not after.bold and len(after.text) > len(words)
        if (
            alone
            and wide
            and followed
            and self.number not in ((), _APPENDIX)
            and not words.endswith((":", ")"))
        ):
            return Heading(_PLAIN, words, None, opens=False)
        return None


def find_contents(items: Sequence[Paragraph | TableItem]) -> set[int]:
    """Indexes of the lines of a list of contents: numbered lines on end with no text between them."""
    found: set[int] = set()
    run: list[int] = []
    for at, item in enumerate([*items, None]):
        if isinstance(item, Paragraph) and NUMBERED.match(item.text) and len(item.text) <= MOST_CHARS:
            run.append(at)
            continue
        if len(run) >= LEAST_CONTENTS:
            found.update(run)
        run = []
    return found
