"""What reading one document brought to light, page by page, for a librarian and for the gate; kept with the receipt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal, NamedTuple

__all__ = [
    "QUALITY_FLOOR",
    "SCAN_FLOOR",
    "FlagKind",
    "FlagReport",
    "HeadingReport",
    "PageReport",
    "ParseReport",
    "Problem",
    "TableReport",
    "problems",
]

#: Below this share of believable characters and words a page is not text a person wrote. The worst page of the twelve
#: FDA labels at hand measures 0.99.
QUALITY_FLOOR: Final = 0.90
#: Mean confidence of a page's recognised lines below which it must be read by a person. Clean scans give 0.95 and more.
SCAN_FLOOR: Final = 0.85

FlagKind = Literal[
    "clipped_text",
    "doubtful_digits",
    "hidden_text",
    "lost_characters",
    "mended_hyphen",
    "orders",
    "repeated_passage",
    "row_cut_by_page",
    "turned_text",
    "unmapped_characters",
    "unread_page",
    "unread_picture",
    "zero_width",
]
#: What keeps a document from being published until the librarian says why it may be.
_BLOCKING: Final[frozenset[FlagKind]] = frozenset(
    {"doubtful_digits", "hidden_text", "orders", "row_cut_by_page", "unread_page", "zero_width"}
)


@dataclass(frozen=True, slots=True)
class PageReport:
    """One page, 1-based."""

    number: int
    characters: int
    #: ``text`` in the file, ``ocr`` by us, ``scan`` (a picture with somebody's recognised text below it), or ``none``.
    source: Literal["text", "ocr", "scan", "none"] = "text"
    #: 0 to 1, of the recognised text; None where nothing was recognised by us.
    confidence: float | None = None
    columns: int = 1
    tables: int = 0
    lost: int = 0
    #: 0 to 1, see ``doubts.measure_quality``.
    quality: float = 1.0


@dataclass(frozen=True, slots=True)
class HeadingReport:
    """A heading and the section it was taken for."""

    page: int
    level: int
    words: str
    code: str | None = None


@dataclass(frozen=True, slots=True)
class TableReport:
    """A table; one that goes on over pages is one table."""

    page: int
    last_page: int
    title: str
    rows: int
    columns: int
    header: bool
    ruled: bool
    #: Its cells hold doses, or its title speaks of them.
    dose: bool


@dataclass(frozen=True, slots=True)
class FlagReport:
    """Something a person should look at: on which page, of what kind, and the words."""

    page: int
    kind: FlagKind
    words: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class ParseReport:
    """Of one document."""

    key: str
    reader: str
    title: str
    pages: tuple[PageReport, ...]
    headings: tuple[HeadingReport, ...] = ()
    tables: tuple[TableReport, ...] = ()
    flags: tuple[FlagReport, ...] = ()
    #: Running heads and feet that were left out, and how often each stood; ``#`` is any number.
    running: Mapping[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> ParseReport:
        """The reverse of :meth:`as_json`. Raises TypeError, KeyError on anything else."""
        return cls(
            told["key"],
            told["reader"],
            told["title"],
            tuple(PageReport(**item) for item in told["pages"]),
            tuple(HeadingReport(**item) for item in told["headings"]),
            tuple(TableReport(**item) for item in told["tables"]),
            tuple(FlagReport(**item) for item in told["flags"]),
            dict(told["running"]),
        )

    def count(self, kind: FlagKind) -> int:
        """How often something was flagged."""
        return sum(flag.count for flag in self.flags if flag.kind == kind)


class Problem(NamedTuple):
    """One line of what stands between a document and its readers."""

    page: int
    kind: str
    words: str
    blocking: bool


def problems(report: ParseReport) -> list[Problem]:
    """What the gate and the librarian look at, by page. What blocks must be answered before publishing."""
    found = [Problem(flag.page, flag.kind, flag.words, flag.kind in _BLOCKING) for flag in report.flags]
    for page in report.pages:
        if page.quality < QUALITY_FLOOR:
            words = f"only {page.quality:.0%} of the page reads as text"
            found.append(Problem(page.number, "low_quality", words, True))
        if page.source in ("ocr", "scan"):
            sure = page.confidence
            told = "read from a picture" + (f", confidence {sure:.0%}" if sure is not None else "")
            found.append(Problem(page.number, "scan", told, sure is not None and sure < SCAN_FLOOR))
    for table in report.tables:
        if not table.header:
            kind = "dose_table_without_header" if table.dose else "table_without_header"
            words = f"{table.rows} x {table.columns} table {table.title!r} has no column headers"
            found.append(Problem(table.page, kind, words, table.dose and table.columns > 2))
    return sorted(found)
