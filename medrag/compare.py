"""Compares two editions of a work section by section: what came, what went, what reads otherwise, which numbers changed."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from medrag.catalogue import Catalogue
from medrag.records import Block, Document, Passage

__all__ = ["SectionChange", "SectionSide", "TextComparison", "compare_texts", "numbers_in"]

#: A number with what is written right behind it: "2.5 mg", "30 %", "45 mL/min".
NUMBER: Final = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*(?:\s?(?:%|‰|°C|[A-Za-zµμ²]+(?:/[A-Za-z0-9.²]+)*))?")

SectionKind = Literal["numbers", "removed", "changed", "added", "retitled"]
#: In the order they are told: a changed number may be a dose.
ORDER: Final[tuple[SectionKind, ...]] = ("numbers", "removed", "changed", "added", "retitled")

#: Document key, headings, and how many sections of that name came before in the document.
Key = tuple[str, tuple[str, ...], int]


@dataclass(frozen=True, slots=True)
class SectionSide:
    """A section as one edition has it: ``document.text[start:end] == text``."""

    document: str
    section: tuple[str, ...]
    start: int
    end: int
    text: str
    page: int | None
    #: The passage the section begins in; None where the document is not cut in passages.
    passage: str | None


@dataclass(frozen=True, slots=True)
class SectionChange:
    """One section that differs. ``numbers``: it has other numbers, whatever else changed."""

    kind: SectionKind
    title: str
    section: tuple[str, ...]
    before: SectionSide | None
    after: SectionSide | None
    numbers_gone: tuple[str, ...] = ()
    numbers_come: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TextComparison:
    """All sections that differ, and how many do not."""

    old: str
    new: str
    changes: tuple[SectionChange, ...]
    same: int

    @property
    def counts(self) -> dict[str, int]:
        told: dict[str, int] = {kind: sum(item.kind == kind for item in self.changes) for kind in ORDER}
        return {**told, "same": self.same}

    def as_json(self) -> dict[str, Any]:
        changes = [asdict(item) for item in self.changes]
        return {"old": self.old, "new": self.new, "counts": self.counts, "changes": changes}


def compare_texts(catalogue: Catalogue, old: str, new: str) -> TextComparison:
    """What the edition ``new`` says otherwise than ``old``. Raises CatalogueUnavailable."""
    before, titles = read_sections(catalogue, old)
    after, new_titles = read_sections(catalogue, new)
    titles |= new_titles
    gone = {key: side for key, side in before.items() if key not in after}
    come = {key: side for key, side in after.items() if key not in before}
    changes = list(retitled(gone, come, titles))
    changes += [one_sided("removed", titles[key[0]], side) for key, side in gone.items()]
    changes += [one_sided("added", titles[key[0]], side) for key, side in come.items()]
    both = [(key, before[key], after[key]) for key in before if key in after]
    changed = [(key, a, b) for key, a, b in both if words_of(a.text) != words_of(b.text)]
    changes += [changed_section(titles[key[0]], a, b) for key, a, b in changed]
    ordered = sorted(changes, key=lambda item: (ORDER.index(item.kind), item.title, item.section))
    return TextComparison(old, new, tuple(ordered), len(both) - len(changed))


def words_of(text: str) -> list[str]:
    """The text without its line breaks, which say nothing."""
    return text.split()


def one_sided(kind: Literal["removed", "added"], title: str, side: SectionSide) -> SectionChange:
    numbers = tuple(numbers_in(side.text))
    if kind == "removed":
        return SectionChange(kind, title, side.section, side, None, numbers_gone=numbers)
    return SectionChange(kind, title, side.section, None, side, numbers_come=numbers)


def changed_section(title: str, before: SectionSide, after: SectionSide) -> SectionChange:
    old, new = Counter(numbers_in(before.text)), Counter(numbers_in(after.text))
    gone, come = tuple((old - new).elements()), tuple((new - old).elements())
    kind: SectionKind = "numbers" if gone or come else "changed"
    return SectionChange(kind, title, after.section, before, after, gone, come)


def retitled(
    gone: dict[Key, SectionSide], come: dict[Key, SectionSide], titles: dict[str, str]
) -> Iterator[SectionChange]:
    """Sections whose words stand under another heading or in another document; they leave ``gone`` and ``come``."""
    by_words: dict[tuple[str, ...], list[Key]] = {}
    for key, side in come.items():
        by_words.setdefault(tuple(words_of(side.text)), []).append(key)
    for key, side in list(gone.items()):
        found = by_words.get(tuple(words_of(side.text)))
        if found:
            there = found.pop(0)
            after = come.pop(there)
            yield SectionChange("retitled", titles[there[0]], after.section, gone.pop(key), after)


def numbers_in(text: str) -> list[str]:
    """Every number with its unit, in order; spaces between the two do not tell numbers apart."""
    return [re.sub(r"\s", " ", match[0]).replace(",", ".") for match in NUMBER.finditer(text)]


def read_sections(catalogue: Catalogue, edition: str) -> tuple[dict[Key, SectionSide], dict[str, str]]:
    """The sections of an edition's documents, and the documents' titles by key."""
    found: dict[Key, SectionSide] = {}
    titles: dict[str, str] = {}
    for document, passages in catalogue.read_edition(edition):
        titles[document.key] = document.title
        seen: Counter[tuple[str, ...]] = Counter()
        for side in sections_of(document, passages):
            found[document.key, side.section, seen[side.section]] = side
            seen[side.section] += 1
    return found, titles


def sections_of(document: Document, passages: Sequence[Passage]) -> Iterator[SectionSide]:
    """Runs of blocks under the same headings, the headings left out."""
    run: list[Block] = []
    for block in document.blocks:
        if run and (block.kind == "heading" or block.section != run[-1].section):
            yield side_of(document, passages, run)
            run = []
        if block.kind != "heading":
            run.append(block)
    if run:
        yield side_of(document, passages, run)


def side_of(document: Document, passages: Sequence[Passage], run: Sequence[Block]) -> SectionSide:
    start, end = run[0].start, run[-1].end
    at = bisect_right(passages, start, key=lambda passage: passage.start) - 1
    passage = passages[at].id if at >= 0 and start < passages[at].end else None
    text = document.text[start:end]
    return SectionSide(document.id, run[0].section, start, end, text, run[0].page, passage)
