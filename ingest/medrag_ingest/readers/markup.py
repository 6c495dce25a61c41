"""Writes the text of a marked-up tree (HTML, SPL) block by block: paragraphs, lists, tables, with what each needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal
from xml.etree.ElementTree import Element

from medrag.records import Span
from medrag_ingest.parsed import BlockKind, TextBuilder
from medrag_ingest.readers.scope import introducing
from medrag_ingest.readers.tables import Cell, Row, lay_out

__all__ = ["Dialect", "FlowWriter", "Role", "children_with_paths", "collapse", "inline_text", "local_name"]

Role = Literal[
    "break", "caption", "container", "footnote", "footnote_ref", "heading", "image", "inline", "item", "list",
    "preformatted", "row", "skip", "sub", "sup", "table", "term",
]  # fmt: skip

#: Roles that end the line of text around them.
_BLOCKS: Final = frozenset(
    {"caption", "container", "heading", "item", "list", "preformatted", "table", "term"}
)
#: Ten to the second must not read as 102: digits that stand high or low keep standing so.
_HIGH: Final = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_LOW: Final = str.maketrans("0123456789+-−", "₀₁₂₃₄₅₆₇₈₉₊₋₋")
_SHIFTED: Final = frozenset("0123456789+-−")
#: Stands for a forced line break until white space has been collapsed; no XML, and no HTML let in, can hold it.
_BREAK: Final = "\0"


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a vocabulary's elements are to the writer; an element without a role is inline."""

    roles: Mapping[str, Role]
    #: Elements that a person would not see; they are counted as ``hidden``.
    is_hidden: Callable[[Element], bool] = lambda element: False
    #: The footnote a reference points to, if any.
    footnote_of: Callable[[Element], Element | None] = lambda element: None

    def role(self, element: Element) -> Role:
        """The element's role."""
        return self.roles.get(local_name(element), "inline")

    def breaks_line(self, element: Element) -> bool:
        """Whether the element, or anything an inline element holds, ends the line of text around it."""
        role = self.role(element)
        if role in ("inline", "image"):
            return any(self.role(inner) in _BLOCKS for inner in element.iter() if inner is not element)
        return role in _BLOCKS


def local_name(element: Element) -> str:
    """The tag without its namespace; "" for a comment or processing instruction."""
    tag: object = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children_with_paths(element: Element, path: str) -> Iterator[tuple[Element, str]]:
    """Each child element with its XPath; names stand without namespace."""
    seen: Counter[str] = Counter()
    for child in element:
        if name := local_name(child):
            seen[name] += 1
            yield child, f"{path}/{name}[{seen[name]}]"


def collapse(text: str) -> str:
    """White space collapsed as a browser would, forced breaks kept as line feeds."""
    lines = (" ".join(line.split()) for line in text.split(_BREAK))
    return "\n".join(line for line in lines if line)


def inline_text(element: Element, dialect: Dialect, notes: Counter[str]) -> str:
    """The words of an element and all it holds, for :func:`collapse`; block edges become forced breaks."""
    parts = [element.text or ""]
    for child in element:
        parts.append(_inline_child(child, dialect, notes))
        parts.append(child.tail or "")
    return "".join(parts)


def _inline_child(child: Element, dialect: Dialect, notes: Counter[str]) -> str:
    role = dialect.role(child)
    if not local_name(child):
        return ""
    if role == "skip" or dialect.is_hidden(child):
        notes["hidden"] += 1
        return ""
    if role == "break":
        return _BREAK
    if role == "image":
        notes["images_dropped"] += 1
        captions = [inline_text(inner, dialect, notes) for inner in child if dialect.role(inner) == "caption"]
        return _BREAK.join(["", *captions, ""]) if captions else " "
    if role == "footnote_ref":
        target = dialect.footnote_of(child)
        return _bracketed(inline_text(target, dialect, notes)) if target is not None else ""
    words = inline_text(child, dialect, notes)
    if role == "footnote":
        return _bracketed(words)
    if role in ("sup", "sub") and words.strip() and set(words.strip()) <= _SHIFTED:
        return words.strip().translate(_HIGH if role == "sup" else _LOW)
    return f"{_BREAK}{words}{_BREAK}" if role in _BLOCKS else words


def _bracketed(words: str) -> str:
    """A footnote stands where it is called, so that a table's row travels with it."""
    return f" [{' '.join(collapse(words).split())}]" if collapse(words) else ""


class _Outline(TextBuilder):
    """A TextBuilder whose headings can also end without a new one, as an untitled section ends its sibling's."""

    def leave(self, level: int) -> None:
        self._headings = [item for item in self._headings if item[0] < level]


class FlowWriter:
    """Walks flow content and writes its blocks through a TextBuilder. Raises TableTooWide."""

    def __init__(self, dialect: Dialect) -> None:
        self.builder = _Outline()
        self.dialect = dialect
        #: What was dropped or doubted, for the document's notes.
        self.notes: Counter[str] = Counter()
        #: Section code that every block written from now on carries.
        self.code: str | None = None
        #: What of the block just written introduces a list or table right after it.
        self._introduction: Span | None = None

    def write(self, kind: BlockKind, words: str, path: str, scope: tuple[Span, ...] = ()) -> Span | None:
        """Writes collapsed words as one block; nothing where they are white space."""
        words = collapse(words)
        if not words:
            return None
        span = self.builder.write(kind, words, locator=path, code=self.code, scope=scope)
        part = introducing(words, Span(0, len(words)))
        self._introduction = Span(span.start + part.start, span.start + part.end) if part else None
        return span

    def heading(self, words: str, level: int, path: str) -> None:
        """Writes a heading, in force until the next of its level or above."""
        words = " ".join(collapse(words).split())
        if words:
            self.builder.heading(words, level, locator=path, code=self.code)
            self._introduction = None

    def leave(self, level: int) -> None:
        """Ends the headings of a level and all below it."""
        self.builder.leave(level)
        self._introduction = None

    def flow(
        self, element: Element, path: str, kind: BlockKind = "paragraph", scope: tuple[Span, ...] = ()
    ) -> Span | None:
        """Writes all an element holds and returns its first block; in an item, the rest hangs under that block."""
        first: Span | None = None
        for piece in self._pieces(element, path, kind):
            under = (*scope, first) if first is not None and kind == "list_item" else scope
            span = (
                self.write(kind, piece, path, under)
                if isinstance(piece, str)
                else self._block(*piece, kind, under)
            )
            first = first or span
        return first

    def _pieces(self, element: Element, path: str, kind: BlockKind) -> Iterator[str | tuple[Element, str]]:
        """Lines of text and, between them, the children that break the line."""
        paths = dict(children_with_paths(element, path))
        line = element.text or ""
        for child in element:
            # SPL captions an item with its number or bullet: that belongs to the item's own words.
            is_label = kind == "list_item" and self.dialect.role(child) == "caption"
            if child in paths and self.dialect.breaks_line(child) and not is_label:
                yield line
                yield child, paths[child]
                line = child.tail or ""
            else:
                line += _inline_child(child, self.dialect, self.notes).strip(_BREAK if is_label else "")
                line += (" " if is_label else "") + (child.tail or "")
        yield line

    def _block(self, element: Element, path: str, kind: BlockKind, scope: tuple[Span, ...]) -> Span | None:
        role = self.dialect.role(element)
        if role == "skip" or self.dialect.is_hidden(element):
            self.notes["hidden"] += 1
            return None
        if role == "image":
            self.notes["images_dropped"] += 1
            spans = self._captions(element, path, scope)
            return spans[0] if spans else None
        if role == "list":
            return self._list(element, path, scope)
        if role == "table":
            return self._table(element, path, scope)
        if role == "heading":
            self.heading(inline_text(element, self.dialect, self.notes), int(local_name(element)[1]), path)
            return None
        if role == "preformatted":
            words = inline_text(element, self.dialect, self.notes).replace("\n", _BREAK)
            return self.write(kind, words, path, scope)
        if role in ("caption", "term"):
            own: BlockKind = "caption" if role == "caption" else kind
            return self.write(own, inline_text(element, self.dialect, self.notes), path, scope)
        return self.flow(element, path, "list_item" if role == "item" else kind, scope)

    def _list(self, element: Element, path: str, scope: tuple[Span, ...]) -> Span | None:
        if self._introduction is not None and not any(_holds(span, self._introduction) for span in scope):
            scope = (*scope, self._introduction)
        first: Span | None = None
        term: tuple[Span, ...] = ()
        self.write("list_item", element.text or "", path, scope)
        for child, child_path in children_with_paths(element, path):
            role = self.dialect.role(child)
            span = self._block(child, child_path, "list_item", (*scope, *(term if role == "item" else ())))
            if span is not None and role == "term":
                term = (span,)
            elif span is not None and role == "caption":
                scope = (*scope, span)
            first = first or span
            self.write("list_item", child.tail or "", path, scope)
        self._introduction = None
        return first

    def _table(self, element: Element, path: str, scope: tuple[Span, ...]) -> Span | None:
        introduction = self._introduction
        self._strays(element, path, scope)
        rows = list(self._rows(element, path, False))
        if _is_layout(rows, self.dialect):
            return self._first(self.flow(cell, at, scope=scope) for cells, _, _ in rows for cell, at in cells)
        before = (*scope, introduction) if introduction is not None else scope
        before += self._captions(element, path, before)
        headers: tuple[Span, ...] = ()
        group: tuple[Span, ...] = ()
        first: Span | None = None
        for laid in lay_out([self._row(cells, at, in_head) for cells, at, in_head in rows]):
            kind: BlockKind = "table_header" if laid.role == "header" else "table_row"
            under = (*before, *headers, *(group if laid.role == "row" else ()))
            span = self.builder.write(kind, laid.words, locator=laid.locator, code=self.code, scope=under)
            if laid.role == "header":
                headers = (*headers, span)
            elif laid.role == "group":
                group = (span,)
            first = first or span
        self._introduction = None
        return first

    def _strays(self, element: Element, path: str, scope: tuple[Span, ...]) -> None:
        """Writes what stands in a table outside its cells, before the table: browsers show it there too."""
        self.write("paragraph", element.text or "", path, scope)
        for child, child_path in children_with_paths(element, path):
            name = local_name(child)
            if name in ("thead", "tbody", "tfoot", "tr"):
                if not self.dialect.is_hidden(child):
                    self._strays(child, child_path, scope)
            elif (local_name(element) != "tr" or name not in ("td", "th")) and self.dialect.role(
                child
            ) != "caption":
                self._block(child, child_path, "paragraph", scope)
            self.write("paragraph", child.tail or "", path, scope)

    def _captions(self, element: Element, path: str, scope: tuple[Span, ...]) -> tuple[Span, ...]:
        captions = [
            item for item in children_with_paths(element, path) if self.dialect.role(item[0]) == "caption"
        ]
        spans = [
            self.write("caption", inline_text(child, self.dialect, self.notes), at, scope)
            for child, at in captions
        ]
        return tuple(span for span in spans if span is not None)

    def _rows(
        self, element: Element, path: str, in_head: bool
    ) -> Iterator[tuple[list[tuple[Element, str]], str, bool]]:
        """The table's rows in order: cells with their paths, the row's path, and whether it stands in ``thead``."""
        for child, child_path in children_with_paths(element, path):
            name = local_name(child)
            if name in ("thead", "tbody", "tfoot"):
                yield from self._rows(child, child_path, name == "thead")
            elif name == "tr" and self.dialect.is_hidden(child):
                self.notes["hidden"] += 1
            elif name == "tr":
                cells = [
                    item
                    for item in children_with_paths(child, child_path)
                    if local_name(item[0]) in ("td", "th")
                ]
                yield cells, child_path, in_head

    def _row(self, cells: list[tuple[Element, str]], path: str, in_head: bool) -> Row:
        return Row(tuple(self._cell(cell) for cell, _ in cells), path, in_head)

    def _cell(self, cell: Element) -> Cell:
        words = collapse(inline_text(cell, self.dialect, self.notes))
        return Cell(words, local_name(cell) == "th", _spanned(cell, "colspan"), _spanned(cell, "rowspan"))

    @staticmethod
    def _first(spans: Iterator[Span | None]) -> Span | None:
        found = [span for span in spans if span is not None]
        return found[0] if found else None


def _holds(outer: Span, inner: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _is_layout(rows: list[tuple[list[tuple[Element, str]], str, bool]], dialect: Dialect) -> bool:
    """A table that only places things on a page: a single column, or cells that hold tables or headings."""
    if all(len(cells) <= 1 for cells, _, _ in rows):
        return True
    return any(
        dialect.role(inner) in ("table", "heading")
        for cells, _, _ in rows
        for cell, _ in cells
        for inner in cell.iter()
    )


def _spanned(cell: Element, name: str) -> int:
    """A span attribute; 1 for what is no positive whole number of sane length."""
    value = cell.get(name, "1").strip()
    return max(1, int(value)) if value.isascii() and value.isdigit() and len(value) <= 9 else 1
