"""Reads a chapter of the Nigeria Standard Treatment Guidelines as plain text: headings, lists of doses, tables."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Final

from medrag.records import Span
from medrag_ingest.parsed import Block, BlockKind, ParsedDocument
from medrag_ingest.raw import RawFile
from medrag_ingest.readers.checked import no_options
from medrag_ingest.readers.guard import lost_characters, read_decoded

__all__ = ["read_nstg"]

#: Headings most chapters have; measured over the 270 files, each stands on its own line in at least four.
_HEADINGS: Final = frozenset(
    {
        "adverse drug reactions",
        "adverse drug reactions and caution",
        "adverse reactions and cautions",
        "aetiology",
        "caution",
        "causes",
        "classification",
        "clinical features",
        "clinical presentation",
        "complications",
        "diagnosis",
        "differential diagnoses",
        "differential diagnosis",
        "drug treatment",
        "epidemiology",
        "follow-up",
        "introduction",
        "investigation",
        "investigations",
        "management",
        "non-drug treatment",
        "notable adverse drug reactions",
        "pathogenesis",
        "pathophysiology",
        "predisposing factors",
        "prevention",
        "prognosis",
        "risk factors",
        "signs",
        "supportive measures",
        "surgery",
        "surgical treatment",
        "symptoms",
        "treatment",
        "treatment goal",
        "treatment goals",
        "types",
    }
)
_BULLET = re.compile(r"(?P<indent>[ \t]*)(?P<mark>[•・■▪◼·◦–-]|\d{1,2}[.)]|[a-z][.)])[ \t]+(?=\S)")
#: Marks in the order they nest; a mark of a later place under one of an earlier place opens a deeper list.
_RANKS: Final = {mark: rank for rank, marks in enumerate(("■◼", "•・·", "▪◦", "-–")) for mark in marks}
_CAPITALS = re.compile(r"[^a-z]*[A-Z]{2}[^a-z]*")
_MARKDOWN = re.compile(r"[ \t]*(?:(?P<hashes>#{1,4})[ \t]+|\*\*(?P<bold>[^*]+)\*\*:?[ \t]*$)")
_ROW = re.compile(r"[ \t]*[|│].*[|│]")
_RULE = re.compile(r"[ \t]*[|├┌└│]?[\s|:─┼┬┴┤┐┘+-]*$")
_JOINT = re.compile(r"[ \t]*(?:[-•・■][ \t]*)?(?:plus|or|and|then)[:.]?[ \t]*$", re.IGNORECASE)
_DOSE = re.compile(r"\d[\d.,]*\s*(?:-\s*\d[\d.,]*\s*)?(?:mg|g|mcg|micrograms?|μg|µg|mL|ml|units?|IU|mmol)\b")
#: A shorter line ends where its writer ended it; the files that wrap do so between 66 and 90 characters.
_WRAPPED_CHARS = 60
_TITLE, _PART, _TOPIC, _CASE = 1, 2, 3, 4


@dataclass(frozen=True, slots=True)
class _Item:
    """One block before its section and scope are known. ``level``: of a heading; ``depth``: of a list item."""

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    depth: int = 0


def read_nstg(raw: RawFile, options: Mapping[str, object]) -> Iterator[ParsedDocument]:
    """One document of one chapter's text file, keyed by the file's stem; the canonical text is the file's own.

    A list item's scope holds the items above it (a dose is not read without its drug), a table row's its header.
    Notes count lines that state a dose, and lines joined because the text wraps. Raises DocumentRefused as
    ``read_decoded`` does. No options.
    """
    no_options(options, "nstg")
    decoded = read_decoded(raw)
    notes: Counter[str] = Counter()
    items = _read_lines(decoded.text, notes)
    blocks = tuple(_place(decoded.text, items))
    key = PurePosixPath(raw.member or raw.name).stem
    notes["dose_lines"] = sum(bool(_DOSE.search(line)) for line in decoded.text.splitlines())
    yield ParsedDocument(
        key=key,
        title=" ".join(decoded.text[items[0].start : items[0].end].split()),
        text=decoded.text,
        blocks=blocks,
        segments=decoded.segments(),
        raw_member=raw.member,
        jurisdiction="NG",
        lost_characters=lost_characters(decoded.text),
        notes=dict(+notes),
    )


def _read_lines(text: str, notes: Counter[str]) -> list[_Item]:
    items: list[_Item] = []
    marks: list[tuple[int, int]] = []
    blank = True
    for match in re.finditer(r"[^\n]+", text):
        line = match[0].rstrip()
        if not line.strip():
            continue
        blank = "\n\n" in text[items[-1].end : match.start()].replace(" ", "") if items else True
        item = _classify(text, line, match.start(), items, marks, blank)
        if item is None:
            notes["lines_joined"] += 1
            items[-1] = replace(items[-1], end=match.start() + len(line))
        else:
            if item.kind != "list_item":
                marks.clear()
            items.append(item)
    return items


def _classify(
    text: str, line: str, start: int, items: list[_Item], marks: list[tuple[int, int]], blank: bool
) -> _Item | None:
    """The line as an item of its own; None where it goes on with the item before it."""
    end = start + len(line)
    begin = start + len(line) - len(line.lstrip())
    before = items[-1] if items else None
    if before is None:
        return _Item("heading", begin, end, level=_TITLE)
    if _ROW.match(line) or (_RULE.match(line) and line.strip("- \t")):
        return _table_line(line, begin, end, before)
    if _JOINT.match(line) and before.kind in {"list_item", "paragraph"}:
        return None
    if level := _heading_level(text, line, end):
        return _Item("heading", begin, end, level=level)
    if bullet := _BULLET.match(line):
        return _Item("list_item", begin, end, depth=_depth(bullet, marks))
    if (
        before.kind in {"list_item", "paragraph"}
        and not blank
        and _goes_on(text[before.start : before.end], line)
    ):
        return None
    return _Item("paragraph", begin, end)


def _table_line(line: str, begin: int, end: int, before: _Item) -> _Item | None:
    in_table = before.kind in {"table_header", "table_row"}
    if _RULE.match(line):
        return None if in_table else _Item("paragraph", begin, end)
    return _Item("table_row" if in_table else "table_header", begin, end)


def _heading_level(text: str, line: str, end: int) -> int:
    """0 where the line is no heading."""
    if marked := _MARKDOWN.match(line):
        return (
            _PART if marked["hashes"] and len(marked["hashes"]) < 3 else _TOPIC if marked["hashes"] else _CASE
        )
    words = " ".join(line.split()).rstrip(": ")
    if words.casefold() in _HEADINGS:
        return _TOPIC
    if _BULLET.match(line) or re.search(r"\d", words) or len(words) > _WRAPPED_CHARS or len(words) < 3:
        return 0
    if _CAPITALS.fullmatch(words) and len(words) > 5:
        return _PART
    following = re.search(r"[^\n]*\S[^\n]*", text[end:])
    opens = bool(following and _BULLET.match(following[0]))
    return _CASE if opens and words[0].isupper() and not line.rstrip().endswith((".", ":", ",", ";")) else 0


def _depth(bullet: re.Match[str], marks: list[tuple[int, int]]) -> int:
    """0 for an outermost item. Deeper by indent, or by a mark that ranks below the one above at the same indent."""
    mine = len(bullet["indent"].expandtabs(4)), _RANKS.get(bullet["mark"], 1)
    while marks and marks[-1] >= mine:
        marks.pop()
    marks.append(mine)
    return len(marks) - 1


def _goes_on(above: str, line: str) -> bool:
    last = above.rsplit("\n", 1)[-1].rstrip()
    if last.endswith((".", ":", ";", "?")):
        return False
    first = line.lstrip()[:1]
    return first.islower() or first in "(),;" or (len(last) > _WRAPPED_CHARS and not first.isupper())


def _place(text: str, items: list[_Item]) -> Iterator[Block]:
    headings: list[tuple[int, str, Span]] = []
    parents: list[tuple[int, Span]] = []
    intro: tuple[Span, ...] = ()
    header: tuple[Span, ...] = ()
    for item in items:
        span = Span(item.start, item.end)
        if item.kind == "heading":
            headings = [held for held in headings if held[0] < item.level]
        above = tuple(held[2] for held in headings)
        parents = [held for held in parents if held[0] < item.depth] if item.kind == "list_item" else []
        extra: tuple[Span, ...] = ()
        if item.kind == "list_item":
            extra = intro + tuple(held[1] for held in parents)
            parents.append((item.depth, span))
        elif item.kind == "table_row":
            extra = header
        section = tuple(held[1] for held in headings)
        yield Block(item.kind, item.start, item.end, section, scope=above + extra)
        if item.kind == "heading":
            words = " ".join(span.of(text).strip("#* \t").split()).rstrip(": ")
            headings.append((item.level, words, span))
        if item.kind != "list_item":
            opens = item.kind == "paragraph" and span.of(text).endswith(":")
            intro = (span,) if opens else ()
        header = (span,) if item.kind == "table_header" else header
