"""Tells the sentences of a passage as its layout means them: rows under their header, items under their label, steps under
their question."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from medrag.text.sentences import split_sentences

__all__ = ["Header", "Told", "tell"]


@dataclass(frozen=True, slots=True)
class Header:
    """The cells of a table's first row; empty where it has none."""

    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence of a passage with its span. ``cells`` are those of a table row, the first of them what it is about;
    ``lead`` is the label line over a list item; ``again`` says that the words were told before, without what leads them."""

    start: int
    end: int
    text: str
    cells: tuple[str, ...] = ()
    header: Header = Header()
    lead: str = ""
    again: bool = False


_ROW = re.compile(r"(?m)^[ \t]*(?:\|.*\||[^|\n]+(?: \| ?[^|\n]*){2,})[ \t]*$")
_RULE = re.compile(r"[\s|:-]+")
#: "-> Antiphospholipid syndrome?" and the line under it, unless that is what follows from "no".
_ARROW = r"(?:-{1,3}>|={1,2}>|→|⇒)"
_STEP = re.compile(
    rf"(?m)^(?P<in>[ \t]*){_ARROW}[ \t]*(?:(?:YES|NO)\b[ \t:]*)?(?:{_ARROW}[ \t]*)?(?P<case>[^\n?]*)\?[^\n]*\n"
    rf"(?P=in)[ \t]+{_ARROW}[ \t]*+(?!NO\b)(?:YES\b[ \t:]*(?:{_ARROW}[ \t]*)?)?(?P<act>[^\n?]+)$"
)
#: So does a line that tells a property, "Normal dose: 1 g daily".
_STARTS = re.compile(rf"(?<=\n)[ \t]*(?={_ARROW}|[A-Z][A-Za-z /()-]{{2,40}}: )")
#: A line that only says what the list under it is about.
_LABEL = re.compile(r"[^\n|]{1,120}[:：](?:\*\*)?[ \t]*")
_ITEM = re.compile(r"(?P<in>[ \t]*)(?:[-*•]|\d{1,2}[.)])[ \t]+\S")


@lru_cache(maxsize=256)
def tell(passage: str) -> tuple[Told, ...]:
    """The sentences in order, rows of tables as their cells; behind them those told again under their label or question."""
    told: list[Told] = []
    leads = list(labelled(passage))
    for start, end, rows in parts(passage):
        if rows:
            told += rows_of(passage, start, end)
            continue
        for low, high in sentences(passage, start, end):
            lead = next((label for first, last, label in leads if first <= low < last), "")
            told.append(Told(low, high, passage[low:high], lead=lead))
    told += [item for one in told if not one.cells for item in itemised(one)]
    again = [replaced for one in told if one.lead for replaced in under_label(one)]
    return (*told, *again, *steps(passage))


def sentences(passage: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The spans of the sentences of a part; an arrow at the beginning of a line begins another."""
    for span in split_sentences(passage[start:end]):
        low, high = start + span.start, start + span.end
        cuts = [low, *(m.start() for m in _STARTS.finditer(passage, low, high)), high]
        yield from pairwise(cuts)


#: "- **Early PVE** (within 60 days): A; B".
_ITEMISED = re.compile(
    r"\s*[-*•]\s+(?P<key>\*\*[^*\n]+\*\*(?: \([^()\n]*\))?)(?P<colon>:)?\s*(?P<rest>[^\n]+)", re.DOTALL
)


def itemised(one: Told) -> Iterator[Told]:
    """An item that tells several things of its label, as the cells of a row."""
    found = _ITEMISED.fullmatch(one.text)
    if found and (found["colon"] or found["key"].endswith(":**")) and ";" in found["rest"]:
        cells = (found["key"].replace(":**", "**"), *(part.strip() for part in found["rest"].split(";")))
        yield Told(one.start, one.end, one.text, cells, again=True)


def under_label(one: Told) -> Iterator[Told]:
    """The item behind its label, as one sentence."""
    item = re.sub(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+", "", one.text)
    yield Told(one.start, one.end, f"{one.lead} {item}", lead=one.lead, again=True)


def parts(passage: str) -> Iterator[tuple[int, int, bool]]:
    """The passage as runs of table rows and what stands between them."""
    at = 0
    for block in re.finditer(rf"(?m)(?:{_ROW.pattern[4:]}(?:\n|\Z))+", passage):
        if block[0].count("\n") + 1 < 2 or not block[0].strip():
            continue
        if block.start() > at:
            yield at, block.start(), False
        yield block.start(), block.end(), True
        at = block.end()
    if at < len(passage):
        yield at, len(passage), False


def rows_of(passage: str, start: int, end: int) -> Iterator[Told]:
    """Every row of a run but the ruled line, with the header over that line, or the first row where no line is ruled."""
    lines = [m for m in re.finditer(r"[^\n]+", passage[start:end]) if m[0].strip()]
    rows = [cells_of(line[0]) for line in lines]
    ruled = next((n for n, line in enumerate(lines) if _RULE.fullmatch(line[0]) and "-" in line[0]), None)
    header: tuple[str, ...] = ()
    if ruled:
        header = rows[ruled - 1]
    elif ruled is None and not re.search(r"\d", lines[0][0]) and len(lines) > 1:
        header = rows[0]
    for line, cells in zip(lines, rows, strict=True):
        if cells is header or _RULE.fullmatch(line[0]):
            continue
        own = header if len(header) == len(cells) else ()
        yield Told(start + line.start(), start + line.end(), line[0].strip(), cells, Header(own))


def cells_of(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in line.strip().strip("|").split("|"))


def labelled(passage: str) -> Iterator[tuple[int, int, str]]:
    """The list items right under a label line: their span and the label."""
    label, high, inset = "", 0, -1
    for line in re.finditer(r"[^\n]*\S[^\n]*", passage):
        item, deep = _ITEM.match(line[0]), depth(line[0])
        if label and item and (deep > high or not label.startswith("-")):
            inset = deep if inset < 0 else inset
            if deep == inset:
                yield line.start(), line.end(), label.strip(" -*•").replace("**", "")
        else:
            label = ""
        if _LABEL.fullmatch(line[0]):
            label, high, inset = ("- " if item else "") + line[0].strip(" -*•"), deep, -1


def depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def steps(passage: str) -> Iterator[Told]:
    """What to do where a question of a flow chart is answered with yes."""
    for step in _STEP.finditer(passage):
        yield Told(
            step.start("act"), step.end(), f"If {step['case'].strip()}, {step['act'].strip()}", again=True
        )


def runs(cells: Sequence[str]) -> Iterator[tuple[int, ...]]:
    """The columns behind the first that may be said together: every run of neighbours."""
    filled = [n for n in range(1, len(cells)) if cells[n].strip(" -–—")]
    for width in range(1, len(filled) + 1):
        for at in range(len(filled) - width + 1):
            yield tuple(filled[at : at + width])
