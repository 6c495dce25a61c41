"""Lists the guidelines of a shelf by condition, publisher, year and the grades they write, without reading a grade into them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from medrag.catalogue.schema import documents
from medrag.concepts import default_linker
from medrag.dialogue.words import main_name
from medrag.shelf import OpenShelf
from medrag.text.normalise import fold_name
from medrag.vocabulary import Language

__all__ = ["FACETS", "Guideline", "chosen", "counted", "guidelines_of"]

#: What one may choose by, in order.
FACETS: Final = ("condition", "publisher", "year", "grade")
#: Grades of recommendations as guidelines write them. A class alone is no grade: heart failure and burns have classes too,
#: so that it counts where a level of evidence stands in the same sentence, or brackets around it.
GRADES: Final = re.compile(
    r"(?P<strength>\b(?:strong|weak|conditional) recommendation\b)"
    r"|\bgrade (?P<grade>[ABCD])\b(?=[^.\n]{0,60}(?:recommend|evidence))"
    r"|\((?:COR |class (?:of recommendation )?)(?P<bracketed>I{1,3}|IIa|IIb)\b"
    r"|\bclass (?P<classed>I{1,3}|IIa|IIb)\b(?=[^.\n]{0,40}(?:\bLOE\b|level of evidence|recommendation))",
    re.IGNORECASE,
)
#: A heading of a text in Markdown.
HEADING: Final = re.compile(r"(?m)^#{1,6} +(.+)$")

#: Snapshots whose list is kept: today's, and the one before while its readers are there.
MOST_KEPT: Final = 2
#: By snapshot and editions, which are named by their content; no text is kept.
KEPT: Final[dict[tuple[str, tuple[str, ...]], tuple[Guideline, ...]]] = {}


@dataclass(frozen=True, slots=True)
class Guideline:
    """One document of a guideline with what it can be chosen by: facet to values."""

    id: str
    title: str
    language: Language
    work: str
    edition: str
    published: str
    authority: str
    facets: Mapping[str, tuple[str, ...]]
    #: Folded title and headings, for a search by words.
    words: str


def guidelines_of(shelf: OpenShelf) -> tuple[Guideline, ...]:
    """Every guideline in force, by title; read once for a set of editions."""
    works = shelf.works
    held = tuple(sorted(e.id for e in shelf.in_force() if works[e.work].kind == "guideline"))
    key = (shelf.snapshot.id, held)
    found = KEPT.get(key)
    if found is None:
        found = read_all(shelf, held)
        while len(KEPT) >= MOST_KEPT:
            KEPT.pop(next(iter(KEPT)), None)
        KEPT[key] = found
    return found


def read_all(shelf: OpenShelf, editions: tuple[str, ...]) -> tuple[Guideline, ...]:
    names = ("id", "edition", "title", "language", "text", "publisher", "published")
    columns = select(*(documents.c[name] for name in names))
    found = shelf.catalogue.in_batches(columns, documents.c.edition, editions)
    told = [guideline(shelf, row) for row in found]
    return tuple(sorted(told, key=lambda item: (fold_name(item.title), item.id)))


def guideline(shelf: OpenShelf, row: Mapping[str, str]) -> Guideline:
    edition = shelf.editions[row["edition"]]
    work = shelf.works[edition.work]
    published = row["published"] or edition.published
    headings = " · ".join(HEADING.findall(row["text"])[:80])
    return Guideline(
        row["id"],
        row["title"],
        "zh" if row["language"] == "zh" else "fr" if row["language"] == "fr" else "en",
        work.title,
        edition.label,
        published,
        work.authority,
        {
            "condition": conditions_in(row["title"]),
            "publisher": (row["publisher"] or publisher_in(row["title"]) or work.publisher,),
            "year": (published[:4],),
            "grade": grades_in(row["text"]),
        },
        fold_name(f"{row['title']} · {headings}"),
    )


def conditions_in(title: str) -> tuple[str, ...]:
    """The diseases a title names, by their main names."""
    found = {
        main_name(mention.thing)
        for mention in default_linker().find(title)
        if mention.thing.kind == "disease"
    }
    return tuple(sorted(found))


#: ``... — AASLD 2023``: the body and the year behind the last dash of a title.
BODY: Final = re.compile(
    r"(?:—|--) ((?:[A-Z][A-Za-z/&.]*|et al\.)(?: (?:[A-Z][A-Za-z/&.]*|et al\.)){0,3}) (?:19|20)\d\d\b"
)


def publisher_in(title: str) -> str:
    """The body a title names behind its dash; empty where it names none."""
    found = BODY.findall(title)
    return str(found[-1]).strip() if found else ""


def grades_in(text: str) -> tuple[str, ...]:
    """Each grade a text writes, once: ``Class IIa``, ``Grade B``, ``strong recommendation``."""
    told: set[str] = set()
    for match in GRADES.finditer(text):
        if match["strength"]:
            told.add(match["strength"].lower())
        elif match["grade"]:
            told.add(f"Grade {match['grade'].upper()}")
        else:
            level = match["bracketed"] or match["classed"]
            told.add("Class " + level.upper().replace("A", "a").replace("B", "b"))
    return tuple(sorted(told))


def chosen(held: Sequence[Guideline], asked: Mapping[str, str], words: str) -> list[Guideline]:
    """Those that have every value asked for, and every word in title or headings."""
    wanted = fold_name(words).split()
    return [
        item
        for item in held
        if all(not value or value in item.facets[facet] for facet, value in asked.items())
        and all(word in item.words for word in wanted)
    ]


def counted(held: Sequence[Guideline]) -> dict[str, list[tuple[str, int]]]:
    """Facet to (value, how many have it): years newest first, the rest by name."""
    told = {facet: Counter(value for item in held for value in item.facets[facet]) for facet in FACETS}
    return {
        facet: sorted(counts.items(), key=lambda pair: pair[0].casefold(), reverse=facet == "year")
        for facet, counts in told.items()
    }
