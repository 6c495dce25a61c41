"""Splits a parsed document into passages, along its sections, lists, tables and sentences, losing no text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from medrag.errors import DocumentRefused, Place
from medrag.identifiers import id_of_passage, sha256_text
from medrag.records import Passage, Span
from medrag.vocabulary import PassageKind
from medrag_ingest.atoms import Atom, make_atoms
from medrag_ingest.parsed import BlockKind, ParsedDocument

__all__ = ["PassageRules", "split_passages"]

#: A section lighter than this (encoder tokens) is too little to be found by, and joins the next one.
SMALL_SECTION = 40
#: Room for the next sentence when a section is dealt out evenly over its passages.
EVEN_SHARE = 1.15

_KINDS: dict[BlockKind, PassageKind] = {
    "heading": "prose",
    "paragraph": "prose",
    "list_item": "list",
    "caption": "prose",
    "table_header": "table_row",
    "table_row": "table_row",
    "entry": "entry",
}


@dataclass(frozen=True, slots=True)
class PassageRules:
    """How long a passage may be, in encoder tokens as estimated: 40 to 480; the encoder reads 512 with its context.

    220 tokens are a paragraph or two: short enough to quote from, long enough to be found.
    """

    max_tokens: int = 220

    def __post_init__(self) -> None:
        if not 40 <= self.max_tokens <= 480:
            raise ValueError(f"max_tokens is {self.max_tokens}; it lies between 40 and 480")


@dataclass(frozen=True, slots=True)
class _Cluster:
    """Atoms that stay together when they fit: ``lead`` (headings, introduction, table header) never stands alone."""

    lead: tuple[Atom, ...]
    body: tuple[Atom, ...]

    @property
    def atoms(self) -> tuple[Atom, ...]:
        return self.lead + self.body


def split_passages(
    parsed: ParsedDocument, edition: str, document: str, rules: PassageRules | None = None
) -> list[Passage]:
    """The passages of a document in order: they do not overlap and hold every character but white space.

    Raises DocumentRefused when the document's blocks overlap, run past the text or leave text out.
    """
    limit = (rules or PassageRules()).max_tokens
    _check_blocks(parsed)
    runs = [
        run
        for section in _join_small(_sections(make_atoms(parsed, limit)), limit)
        for run in _pack(section, limit)
    ]
    return [_passage(parsed, edition, document, ordinal, run) for ordinal, run in enumerate(runs)]


def _check_blocks(parsed: ParsedDocument) -> None:
    at = 0
    for number, block in enumerate(parsed.blocks):
        place = Place(file=parsed.raw_member or parsed.key, field=f"blocks[{number}]")
        if not at <= block.start < block.end <= len(parsed.text):
            raise DocumentRefused(
                f"a block at {block.start}-{block.end} overlaps or is out of bounds", place=place
            )
        if parsed.text[at : block.start].strip():
            raise DocumentRefused(f"text at {at}-{block.start} belongs to no block", place=place)
        at = block.end
    if parsed.text[at:].strip():
        raise DocumentRefused(
            f"text from {at} on belongs to no block", place=Place(file=parsed.raw_member or parsed.key)
        )


def _sections(atoms: Sequence[Atom]) -> list[list[Atom]]:
    """Atoms by section and code; headings open a section and wait for the text that follows them."""
    sections: list[list[Atom]] = []
    body: Atom | None = None
    for atom in atoms:
        if atom.is_heading:
            if body is not None or not sections:
                sections.append([])
            body = None
        elif not sections or (body is not None and (atom.section, atom.code) != (body.section, body.code)):
            sections.append([])
        if not atom.is_heading:
            body = atom
        sections[-1].append(atom)
    return sections


def _body(section: Sequence[Atom]) -> Atom:
    """The first atom that is no heading; the last heading where there is none."""
    return next((atom for atom in section if not atom.is_heading), section[-1])


def _join_small(sections: Sequence[list[Atom]], limit: int) -> Iterator[list[Atom]]:
    """Joins a section of a few words to the next of the same parent, or to its own first subsection."""
    held: list[Atom] = []
    for section in sections:
        if held and not _joins(held, section, limit):
            yield held
            held = []
        held = held + section
    if held:
        yield held


def _joins(small: Sequence[Atom], following: Sequence[Atom], limit: int) -> bool:
    ours, theirs = _body(small), _body(following)
    weight = sum(atom.weight for atom in small)
    return (
        weight < SMALL_SECTION
        and weight + sum(atom.weight for atom in following) <= limit
        and ours.code == theirs.code
        # A terminology or interaction entry is found, quoted and cited alone.
        and not any(atom.kind == "entry" for atom in (*small, *following))
        and theirs.section[:-1] in (ours.section[:-1], ours.section)
    )


def _clusters(section: Sequence[Atom]) -> Iterator[_Cluster]:
    """Leads with what they lead: a list or table whole, a paragraph whole."""
    at = 0
    while at < len(section):
        start = at
        while at < len(section) - 1 and section[at].leads:
            at += 1
        first = at
        at += 1
        while at < len(section) and section[at].follows:
            at += 1
        yield _Cluster(tuple(section[start:first]), tuple(section[first:at]))


def _weight(atoms: Sequence[Atom]) -> float:
    return sum(atom.weight for atom in atoms)


def _pack(section: Sequence[Atom], limit: int) -> Iterator[list[Atom]]:
    """Deals a section out over as few passages as hold it, evenly, keeping clusters whole where they fit."""
    total = _weight(section)
    share = min(limit, EVEN_SHARE * total / ceil(total / limit))
    run: list[Atom] = []
    for cluster in _clusters(section):
        weight, held = _weight(cluster.atoms), _weight(run)
        if held + weight <= share:
            run += cluster.atoms
            continue
        whole = weight <= limit and (cluster.body[0].keeps or held >= limit / 2)
        if run and (whole or held + _weight(cluster.lead) + cluster.body[0].weight > share):
            yield run
            run = []
        if whole:
            run += cluster.atoms
            continue
        run += cluster.lead
        for number, atom in enumerate(cluster.body):
            if number and _weight(run) + atom.weight > share:
                yield run
                run = []
            run.append(atom)
    if run:
        yield run


def _passage(
    parsed: ParsedDocument, edition: str, document: str, ordinal: int, run: Sequence[Atom]
) -> Passage:
    start, end = run[0].start, run[-1].end
    text = parsed.text[start:end]
    body = _body(run)
    return Passage(
        id=id_of_passage(edition, parsed.key, start, end, sha256_text(text)),
        document=document,
        edition=edition,
        ordinal=ordinal,
        start=start,
        end=end,
        text=text,
        kind=_kind(run),
        section=body.section,
        code=body.code,
        page=run[0].page,
        scope=_scope(run, start, end),
    )


def _kind(run: Sequence[Atom]) -> PassageKind:
    """The kind most of the passage is of, headings apart."""
    weights: Counter[PassageKind] = Counter()
    for atom in run:
        if not atom.is_heading:
            weights[_KINDS[atom.kind]] += ceil(atom.weight)
    return weights.most_common(1)[0][0] if weights else "prose"


def _scope(run: Sequence[Atom], start: int, end: int) -> tuple[Span, ...]:
    """What the passage's blocks need and the passage does not hold, in the order of the text."""
    needed = {span for atom in run for span in atom.scope}
    return tuple(sorted(span for span in needed if not (start <= span.start and span.end <= end)))
