"""The confined half of the DOCX reader: paragraphs, lists, tables and notes in order, and what a reader does not see."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from medrag_ingest.confine import Refusal
from medrag_ingest.readers.office.package import check_package

__all__ = ["parse"]

W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FALLBACK: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
#: Words that were taken out, moved away, or stand for another rendering of the same words.
UNSAID: Final = frozenset({f"{W}del", f"{W}moveFrom", f"{W}delText", f"{W}instrText", FALLBACK})
#: What stands for a character.
SIGNS: Final = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
#: "Heading 3", and what Word calls it in French and Chinese.
HEADING: Final = re.compile(r"(?:heading|titre|标题|標題)\s*([1-9])", re.IGNORECASE)
NOTE_KINDS: Final = ("footnote", "endnote")


def parse(data: bytes, order: Mapping[str, Any]) -> dict[str, Any]:
    """Blocks of a DOCX as lists ``[kind, level, words or rows, place]``, with what was left out, counted."""
    check_package(data, "word/document.xml")
    import docx
    from docx.opc.exceptions import PackageNotFoundError

    try:
        opened = docx.Document(io.BytesIO(data))
    except (PackageNotFoundError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise Refusal(
            "it does not open as a Word document", "Open it in a word processor and save it again"
        ) from error
    held = Held(opened)
    blocks = list(held.blocks(opened.element.body))
    blocks += list(held.notes())
    if not blocks:
        raise Refusal(
            "the document holds no text", "If it shows pictures of pages, print it to a PDF and ingest that"
        )
    return {"title": str(opened.core_properties.title or ""), "blocks": blocks, "counts": dict(held.counts)}


class Held:
    """One opened document."""

    def __init__(self, opened: Any) -> None:
        self.opened = opened
        self.counts: Counter[str] = Counter()
        self.levels = heading_levels(opened)
        self.listed = list_styles(opened)
        self.paragraphs = self.tables = 0

    def blocks(self, parent: Any) -> Iterator[list[Any]]:
        """Paragraphs and tables of the body in order; content controls are looked into."""
        for child in parent:
            if child.tag == f"{W}p":
                yield from self.paragraph(child)
            elif child.tag == f"{W}tbl":
                yield self.table(child)
            elif child.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}smartTag", f"{W}customXml"):
                yield from self.blocks(child)

    def paragraph(self, element: Any) -> Iterator[list[Any]]:
        self.paragraphs += 1
        words = self.words(element).strip()
        if not words:
            return
        style = style_of(element)
        level = self.levels.get(style) or outline_of(element)
        listed = element.find(f"{W}pPr/{W}numPr") is not None or style in self.listed
        kind = "heading" if level else "list_item" if listed else "paragraph"
        yield [kind, level or 0, words, f"paragraph:{self.paragraphs}"]

    def table(self, element: Any) -> list[Any]:
        """Rows of cells ``[words, columns, continues the cell above]``, with whether a row is a header by its mark."""
        self.tables += 1
        rows = []
        for row in element.iterfind(f"{W}tr"):
            cells = [self.cell(cell) for cell in row.iterfind(f"{W}tc")]
            cells += [self.cell(cell) for cell in row.iterfind(f"{W}sdt/{W}sdtContent/{W}tc")]
            rows.append([cells, row.find(f"{W}trPr/{W}tblHeader") is not None])
        return ["table", 0, rows, f"table:{self.tables}"]

    def cell(self, element: Any) -> list[Any]:
        """Words of every paragraph of the cell; a table inside it becomes its words."""
        parts = [self.words(item).strip() for item in element.iter(f"{W}p")]
        span = element.find(f"{W}tcPr/{W}gridSpan")
        merge = element.find(f"{W}tcPr/{W}vMerge")
        columns = int(span.get(f"{W}val", "1")) if span is not None else 1
        below = merge is not None and merge.get(f"{W}val", "continue") == "continue"
        return [" ".join(part for part in parts if part), max(1, min(columns, 1000)), below]

    def words(self, element: Any) -> str:
        """What the element says: tracked insertions are said, deletions are not; hidden words are said and counted."""
        parts: list[str] = []
        self.gather(element, parts)
        return "".join(parts)

    def gather(self, element: Any, parts: list[str]) -> None:
        for child in element:
            tag = child.tag
            if tag in UNSAID:
                self.counts["tracked_changes"] += tag in (f"{W}del", f"{W}moveFrom")
            elif tag == f"{W}t":
                parts.append(child.text or "")
            elif tag in SIGNS:
                parts.append(SIGNS[tag])
            elif tag in (f"{W}footnoteReference", f"{W}endnoteReference"):
                parts.append(f"[{child.get(f'{W}id', '')}]")
            elif isinstance(tag, str):
                if tag == f"{W}r" and is_hidden(child):
                    self.counts["hidden_text"] += 1
                self.counts["tracked_changes"] += tag == f"{W}ins"
                self.counts["pictures"] += tag == f"{W}drawing"
                self.gather(child, parts)

    def notes(self) -> Iterator[list[Any]]:
        """Foot- and endnotes, each after its number as the text refers to it."""
        from lxml import etree

        for part in self.opened.part.package.iter_parts():
            kind = next((k for k in NOTE_KINDS if str(part.partname) == f"/word/{k}s.xml"), None)
            if kind is None:
                continue
            parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
            for note in etree.fromstring(part.blob, parser).iterfind(f"{W}{kind}"):
                number = note.get(f"{W}id", "")
                words = " ".join(
                    " ".join(self.words(item).split()) for item in note.iterfind(f"{W}p")
                ).strip()
                if words and note.get(f"{W}type") is None:
                    yield ["paragraph", 0, f"[{number}] {words}", f"{kind}:{number}"]


def heading_levels(opened: Any) -> dict[str, int]:
    """Style id to heading level, by name or outline level; a style inherits its base's."""
    found: dict[str, int] = {}
    for style in opened.styles:
        named, base, depth = HEADING.fullmatch((style.name or "").strip()), style, 0
        level = int(named[1]) if named else 1 if (style.name or "") == "Title" else None
        while level is None and base is not None and depth < 10:
            told = base.element.find(f"{W}pPr/{W}outlineLvl")
            if told is not None and told.get(f"{W}val", "9").isdigit() and int(told.get(f"{W}val")) < 9:
                level = int(told.get(f"{W}val")) + 1
            base, depth = getattr(base, "base_style", None), depth + 1
        if level is not None:
            found[style.style_id] = level
    return found


def list_styles(opened: Any) -> frozenset[str]:
    """Styles whose paragraphs are items of a list."""
    return frozenset(
        style.style_id
        for style in opened.styles
        if (style.name or "").startswith("List") or style.element.find(f"{W}pPr/{W}numPr") is not None
    )


def style_of(element: Any) -> str:
    told = element.find(f"{W}pPr/{W}pStyle")
    return told.get(f"{W}val", "") if told is not None else ""


def outline_of(element: Any) -> int | None:
    told = element.find(f"{W}pPr/{W}outlineLvl")
    value = told.get(f"{W}val", "9") if told is not None else "9"
    return int(value) + 1 if value.isdigit() and int(value) < 9 else None


def is_hidden(run: Any) -> bool:
    """Words with the hidden mark, or white on a page that is white."""
    told = run.find(f"{W}rPr/{W}vanish")
    if told is not None and told.get(f"{W}val", "1") not in ("0", "false"):
        return True
    colour = run.find(f"{W}rPr/{W}color")
    shaded = run.find(f"{W}rPr/{W}shd") is not None or run.find(f"{W}rPr/{W}highlight") is not None
    return colour is not None and colour.get(f"{W}val", "").upper() == "FFFFFF" and not shaded
