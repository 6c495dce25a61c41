"""Reads Markdown: blocks over the file's own text, so that every quote is byte for byte the source."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from medrag.records import Span
from medrag.vocabulary import Language
from medrag_ingest.parsed import Block, BlockKind, ParsedDocument
from medrag_ingest.raw import RawFile
from medrag_ingest.readers.guard import Options, lost_characters, parse_options, read_decoded
from medrag_ingest.readers.scope import introducing, plain_words

if TYPE_CHECKING:
    from markdown_it.token import Token

__all__ = ["MarkdownOptions", "read_markdown", "scan_blocks"]

_FRONT_MATTER = re.compile(
    r"---[ \t]*\n[ \t]*[\w-]+[ \t]*:[^\n]*\n(?:[^\n]*\n)*?(?:---|\.\.\.)[ \t]*(?=\n|$)"
)
_LEAVES: Final = frozenset(
    {"paragraph_open", "heading_open", "fence", "code_block", "html_block", "hr", "tr_open"}
)
_LISTS: Final = frozenset({"bullet_list", "ordered_list", "table"})


class MarkdownOptions(Options):
    """``key`` and ``title`` stand in for the file's name and first heading."""

    key: str | None = None
    title: str | None = None
    language: Language | None = None
    encoding: str | None = None


@dataclass(frozen=True, slots=True)
class _Leaf:
    """One block of whole lines, ``first`` to ``last`` (exclusive). No two leaves share a line."""

    kind: BlockKind
    first: int
    last: int
    #: Heading level 1..6; 0 for every other leaf.
    level: int = 0
    #: A heading's words, without its marks.
    words: str = ""
    is_rule: bool = False
    #: First lines of the leaves it hangs under whole (parent items, header row) ...
    parents: tuple[int, ...] = ()
    #: ... and of paragraphs that may introduce it, which their words decide.
    introductions: tuple[int, ...] = ()


def read_markdown(raw: RawFile, options: Mapping[str, object]) -> Iterator[ParsedDocument]:
    """One document: headings, paragraphs, list items, table rows, code. Raises DocumentRefused, ManifestRefused."""
    chosen = parse_options(MarkdownOptions, options, "markdown")
    decoded = read_decoded(raw, chosen.encoding)
    blocks, first_heading = scan_blocks(decoded.text)
    yield ParsedDocument(
        key=chosen.key or raw.path,
        title=chosen.title or first_heading or PurePosixPath(raw.path).stem,
        text=decoded.text,
        blocks=blocks,
        segments=decoded.segments(),
        raw_member=raw.member,
        language=chosen.language,
        lost_characters=lost_characters(decoded.text),
    )


def scan_blocks(text: str) -> tuple[tuple[Block, ...], str]:
    """The blocks of a Markdown text with LF line ends, and the words of its first heading ("" without one)."""
    front = _front_matter(text)
    lines = [0, *(match.end() for match in re.finditer("\n", text)), len(text)]
    leaves = _join_rules(_fill_gaps(_collect_leaves(_parse(text, front)), text, front))
    spans = {
        leaf.first: _trimmed(text, lines[leaf.first], lines[min(leaf.last, len(lines) - 1)])
        for leaf in leaves
    }
    blocks: list[Block] = []
    headings: list[tuple[int, str, Span]] = []
    for leaf in leaves:
        span = spans[leaf.first]
        if leaf.level:
            headings = [item for item in headings if item[0] < leaf.level]
        introduced = [
            introducing(text, spans[line]) for line in leaf.introductions if line not in leaf.parents
        ]
        under = (*(item for item in introduced if item), *(spans[line] for line in leaf.parents))
        scope = tuple(sorted({*(item[2] for item in headings), *under}))
        blocks.append(
            Block(leaf.kind, span.start, span.end, tuple(item[1] for item in headings), scope=scope)
        )
        if leaf.level:
            headings.append((leaf.level, plain_words(leaf.words), _words_span(text, span, leaf.words)))
    title = next((plain_words(leaf.words) for leaf in leaves if leaf.level and leaf.words), "")
    return tuple(blocks), title


def _front_matter(text: str) -> int:
    """Lines of a YAML head between ``---`` marks; 0 without one. CommonMark would take it for a setext heading."""
    match = _FRONT_MATTER.match(text)
    return match.group().count("\n") + 1 if match else 0


def _parse(text: str, skip: int) -> list[Token]:
    """CommonMark block tokens, with tables, each with its lines; inline marks stay as they are written."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark").enable("table")
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser.parse("\n" * skip + "\n".join(text.split("\n")[skip:]))


@dataclass(slots=True)
class _Collector:
    """Walks block tokens and keeps what is open around the next leaf."""

    leaves: list[_Leaf] = field(default_factory=list)
    #: First line of each open item's first leaf.
    items: list[int] = field(default_factory=list)
    #: First line of the paragraph right before each open list or table; None where there is none.
    introductions: list[int | None] = field(default_factory=list)
    header: int | None = None
    in_head: bool = False
    #: Nesting level of the paragraph that was the last leaf; None after any other leaf.
    last_level: int | None = None

    def take(self, token: Token, words: str) -> None:
        """Follows one token."""
        what, _, edge = token.type.rpartition("_")
        if what in _LISTS and edge == "open":
            self.introductions.append(self.leaves[-1].first if self.last_level == token.level else None)
            self.header = None
        elif what in _LISTS:
            self.introductions.pop()
        elif token.type == "list_item_open":
            self.items.append(token.map[0] if token.map else 0)
        elif token.type == "list_item_close":
            self.items.pop()
        elif what == "thead":
            self.in_head = edge == "open"
        elif token.type in _LEAVES and token.map is not None:
            self._leaf(token, token.map[0], token.map[1], words)

    def _leaf(self, token: Token, first: int, last: int, words: str) -> None:
        kind: BlockKind = "list_item" if self.items else "paragraph"
        parents = tuple(line for line in self.items if line != first)
        if token.type == "heading_open":
            kind = "heading"
        elif token.type == "tr_open":
            kind = "table_header" if self.in_head else "table_row"
            if self.in_head:
                # The row of dashes below the header has no token: it belongs to the header.
                self.header, last = first, last + 1
            elif self.header is not None:
                parents = (*parents, self.header)
        level = int(token.tag[1]) if kind == "heading" else 0
        introductions = tuple(line for line in self.introductions if line is not None and line != first)
        self.leaves.append(_Leaf(kind, first, last, level, words, token.type == "hr", parents, introductions))
        self.last_level = token.level if token.type == "paragraph_open" else None


def _collect_leaves(tokens: Sequence[Token]) -> list[_Leaf]:
    collector = _Collector()
    for token, following in zip_longest(tokens, tokens[1:]):
        words = following.content if following is not None and token.type == "heading_open" else ""
        collector.take(token, words)
    known = {leaf.first for leaf in collector.leaves}
    # An item may open on a line that no leaf starts on (it is empty, or nests too deep): nothing hangs under it.
    return [replace(leaf, parents=tuple(p for p in leaf.parents if p in known)) for leaf in collector.leaves]


def _fill_gaps(leaves: Sequence[_Leaf], text: str, front: int) -> list[_Leaf]:
    """Adds what the parser gives no token for: front matter, link definitions, empty items, what nests too deep."""
    filled = [False] * (text.count("\n") + 1)
    for leaf in leaves:
        filled[leaf.first : leaf.last] = [True] * (min(leaf.last, len(filled)) - leaf.first)
    gaps: list[_Leaf] = [_Leaf("caption", 0, front)] if front else []
    for number, line in enumerate(text.split("\n")):
        if number < front or filled[number] or not line.strip():
            continue
        if gaps and gaps[-1].kind == "paragraph" and gaps[-1].last == number:
            gaps[-1] = replace(gaps[-1], last=number + 1)
        else:
            gaps.append(_Leaf("paragraph", number, number + 1))
    return sorted((*leaves, *gaps), key=lambda leaf: leaf.first)


def _join_rules(leaves: Sequence[_Leaf]) -> list[_Leaf]:
    """A rule (``---``) right before a heading belongs to it: alone it would be a passage that says nothing."""
    joined: list[_Leaf] = []
    for leaf in leaves:
        if leaf.level and joined and joined[-1].is_rule:
            leaf = replace(leaf, first=joined.pop().first)
        joined.append(leaf)
    return joined


def _trimmed(text: str, start: int, end: int) -> Span:
    part = text[start:end]
    return Span(start + len(part) - len(part.lstrip()), start + len(part.rstrip()))


def _words_span(text: str, span: Span, words: str) -> Span:
    """The heading's words without its marks; the whole heading where they are not found in one piece."""
    at = text.rfind(words, span.start, span.end) if words else -1
    return Span(at, at + len(words)) if at >= 0 else span
