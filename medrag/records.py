"""The records medrag keeps and passes on: works, editions, documents, passages, names, assertions, snapshots, hits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from medrag.vocabulary import Authority, BlockKind, Kind, Language, PassageKind, Severity

__all__ = [
    "Assertion",
    "Block",
    "Concept",
    "Derived",
    "Document",
    "Edition",
    "Found",
    "Hit",
    "Name",
    "Passage",
    "Rights",
    "Segment",
    "Snapshot",
    "Span",
    "Stated",
    "Work",
]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open range of code points in a document's canonical text."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The words the span covers."""
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Rights:
    """What may be done with a source's words."""

    licence: str
    url: str | None
    redistributable: bool
    #: Longest run of a source's characters one citation may show; None where the licence sets no limit.
    max_quote_chars: int | None


@dataclass(frozen=True, slots=True)
class Work:
    """A titled source, such as the ANSM interaction thesaurus. Its id is its card's id."""

    id: str
    title: str
    publisher: str
    kind: Kind
    authority: Authority
    jurisdiction: str
    language: Language
    url: str | None
    rights: Rights
    #: Whose private shelf it stands on; "" is everyone's.
    tenant: str = ""


@dataclass(frozen=True, slots=True)
class Edition:
    """One dated version of a work, ``work@label``."""

    id: str
    work: str
    label: str
    #: ISO 8601, perhaps of reduced precision: ``2020``, ``2020-10`` or ``2020-10-01``.
    published: str
    #: First day the edition is in force.
    valid_from: date
    retrieved: date
    #: sha256 of the card the edition was made from.
    manifest_sha256: str
    #: sha256 over the documents' keys and texts in order; empty until the edition is sealed.
    content_sha256: str = ""
    superseded_by: str | None = None
    #: Why the edition was withdrawn; None while it stands.
    withdrawn: str | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """Where a stretch of canonical text came from in the raw bytes.

    ``locator`` is ``chars:A-B`` (code points of the decoded raw text), ``lines:A-B`` (1-based), a JSON pointer
    (``/3/interaction_mechanism``), an XPath, or ``page:7 box:41,68,438,82`` (1-based page, and left, top, right, bottom in
    points from the page's top left corner; ``mended`` and ``ocr:0.97`` may follow), always inside the document's raw member.
    """

    start: int
    end: int
    locator: str


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of canonical text of one kind. Blocks ascend, do not overlap, and hold all but white space."""

    kind: BlockKind
    start: int
    end: int
    #: Headings above the block, outermost first; a heading's own text is not among them.
    section: tuple[str, ...] = ()
    #: SPL LOINC section code.
    code: str | None = None
    page: int | None = None
    #: Spans elsewhere in the text without which the block cannot be read alone: headings above it, the
    #: table's header row, the sentence that introduces a list.
    scope: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """One text of an edition: the canonical text that every offset counts in."""

    id: str
    edition: str
    #: Stable name of the document inside the work: a file path, a label set id, a thesaurus entry.
    key: str
    title: str
    language: Language
    text: str
    #: sha256 of ``text`` in UTF-8.
    sha256: str
    #: sha256 of the raw source file that holds it, and the member of it (archive path) or "".
    raw_sha256: str
    raw_member: str
    segments: tuple[Segment, ...]
    blocks: tuple[Block, ...]
    #: Where the document differs from its work; None means "as the work says".
    publisher: str | None = None
    published: str | None = None
    jurisdiction: str | None = None
    url: str | None = None
    #: Characters the source had already lost (scraping, wrong encodings); shown, never guessed back.
    lost_characters: int = 0


@dataclass(frozen=True, slots=True)
class Passage:
    """A span of a document: ``document.text[start:end] == text``."""

    id: str
    document: str
    edition: str
    #: Position among the document's passages, from 0.
    ordinal: int
    start: int
    end: int
    text: str
    kind: PassageKind
    #: Headings from the outermost in.
    section: tuple[str, ...]
    #: SPL LOINC section code, such as ``34073-7``; None where the source has none.
    code: str | None
    page: int | None
    #: Spans outside the passage without which it cannot be read alone: headings, a table's header row.
    scope: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Concept:
    """A drug, class, disease or finding. ``id`` is a CURIE."""

    id: str
    kind: str
    name: str
    codes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Name:
    """One name of a concept. ``folded`` is the form names are compared in."""

    concept: str
    text: str
    folded: str
    language: Language
    form: str  # preferred | synonym | brand | abbreviation
    source: str


@dataclass(frozen=True, slots=True)
class Stated:
    """Evidence that stands in a source: a span of a document."""

    document: str
    span: Span
    #: What the span says of the assertion: level, mechanism, management, statement.
    role: str


@dataclass(frozen=True, slots=True)
class Derived:
    """Evidence by rule from other assertions."""

    rule: str
    premises: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Assertion:
    """One claim of an edition between two things it names, in the source's own words."""

    id: str
    edition: str
    predicate: str
    subject: str
    object: str
    severity: Severity
    native_scale: str
    native_level: str
    #: The condition the level holds under, in the source's words; "" when it always holds.
    condition: str
    qualifiers: Mapping[str, str]
    evidence: tuple[Stated | Derived, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An immutable set of editions with their index."""

    id: str
    created: datetime
    editions: tuple[str, ...]
    #: Name of the index folder or collection.
    index: str
    #: Fingerprint of the encoder whose vectors the index holds; "" when it is lexical only.
    encoder: str
    passages: int


@dataclass(frozen=True, slots=True)
class Found:
    """How one ranking saw a passage: ranks are 1-based, scores are the ranking's own."""

    method: str  # bm25 | dense | assertion
    rank: int
    score: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that answers a search, with how it was found."""

    passage: Passage
    score: float
    found: tuple[Found, ...]
    #: Near-duplicate passages folded under this one.
    folded: tuple[str, ...] = ()
