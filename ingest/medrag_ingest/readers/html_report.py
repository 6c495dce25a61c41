"""Tells a librarian of one page of HTML: its headings and tables, what was left out, and what a person would not see."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final, cast

from medrag.records import Block
from medrag.text.orders import find_orders
from medrag_ingest.readers.doubts import count_lost, measure_quality
from medrag_ingest.readers.office.reader import flags
from medrag_ingest.readers.pdf.rows import DOSE
from medrag_ingest.report import FlagReport, HeadingReport, PageReport, ParseReport, TableReport

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["page_report"]

#: Words as pale as a page, which are there for programs.
_PALE: Final = re.compile(r"(?<!-)color\s*:\s*(?:#fff(?:fff)?\b|white\b|transparent\b)", re.IGNORECASE)
_GROUND: Final = re.compile(r"background", re.IGNORECASE)
#: Letters of what was left out that are shown.
_SHOWN: Final = 80
_IN_TABLES: Final = ("caption", "table_header", "table_row")


def page_report(
    key: str, title: str, text: str, blocks: Sequence[Block], root: Element, hidden: Sequence[Element],
    left_out: Sequence[Element],
) -> ParseReport:  # fmt: skip
    """The report of a page that was read as ``text`` and ``blocks``; ``hidden`` and ``left_out`` were not read."""
    tables = tuple(tables_of(text, blocks))
    headings = [
        HeadingReport(1, len(item.section) + 1, " ".join(text[item.start : item.end].split()), item.code)
        for item in blocks
        if item.kind == "heading"
    ]
    page = PageReport(1, len(text), tables=len(tables), lost=count_lost(text), quality=measure_quality(text))
    told = (*flags(text, {}), *unseen(root, hidden))
    return ParseReport(key, "html", title, (page,), tuple(headings), tables, told, dict(shown(left_out)))


def tables_of(text: str, blocks: Sequence[Block]) -> Iterator[TableReport]:
    """Runs of rows; a caption or header after a row begins another table."""
    number, before = 0, ""

    def table_of(block: Block) -> int:
        nonlocal number, before
        number += block.kind not in _IN_TABLES or (before == "table_row" and block.kind != "table_row")
        before = block.kind
        return number

    for _, run in groupby(blocks, table_of):
        held = [item for item in run if item.kind in _IN_TABLES]
        lines = [text[item.start : item.end] for item in held if item.kind != "caption"]
        if not lines:
            continue
        named = next((text[item.start : item.end] for item in held if item.kind == "caption"), "")
        title = " ".join((named or " > ".join(held[0].section[-1:])).split())
        width = max(line.count(" | ") + 1 for line in lines)
        header = any(item.kind == "table_header" for item in held)
        dose = any(DOSE.search(line) for line in (title, *lines))
        rows = sum(item.kind == "table_row" for item in held)
        yield TableReport(1, 1, title, rows, width, header, True, dose)


def unseen(root: Element, hidden: Sequence[Element]) -> Iterator[FlagReport]:
    """Words in the colour of the page, which are read, and orders in words the page hides, which are not."""
    pale = [words for item in cast("Any", root).iter() if is_pale(item) and (words := words_of(item))]
    if pale:
        yield FlagReport(1, "hidden_text", f"white words: {'; '.join(pale)}"[:200], len(pale))
    if orders := [order for item in hidden for order in find_orders(words_of(item))]:
        yield FlagReport(1, "orders", f"in what the page hides: {'; '.join(orders)}"[:200], len(orders))


def is_pale(element: Any) -> bool:
    """Whether its own style makes its words white, and no style around it says on what ground they stand."""
    if not isinstance(element.tag, str) or not _PALE.search(element.get("style", "")):
        return False
    return not any(_GROUND.search(item.get("style", "")) for item in (element, *element.iterancestors()))


def words_of(element: Any) -> str:
    return " ".join(" ".join(element.itertext()).split())


def shown(left_out: Sequence[Element]) -> Iterator[tuple[str, int]]:
    """Each part that was left out: its element and first words."""
    for item in left_out:
        words = words_of(item)
        if words:
            yield f"<{item.tag}> {words[:_SHOWN]}{'...' if len(words) > _SHOWN else ''}", 1
