"""Reads HTML: the main text with its headings, lists and tables; nothing is fetched, no menu and nothing hidden is kept."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final, cast

from medrag.vocabulary import Language
from medrag_ingest.parsed import ParsedDocument
from medrag_ingest.raw import RawFile
from medrag_ingest.readers.guard import Options, lost_characters, parse_options, read_decoded, refuse
from medrag_ingest.readers.html_parts import frames, looks_like_frame, main_text
from medrag_ingest.readers.html_report import page_report
from medrag_ingest.readers.markup import Dialect, FlowWriter, Role, children_with_paths, collapse, inline_text
from medrag_ingest.readers.tables import TableTooWide

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["HTML", "HtmlOptions", "parse_html", "read_html"]

_SKIPPED: Final = (
    "script style nav noscript template iframe object svg canvas button select input textarea head dialog"
)
_CONTAINERS: Final = (
    "html body main article section div header footer aside blockquote address form fieldset details summary figure"
    " center p hr hgroup search thead tbody tfoot tr td th"
)
_ROLES: Final[dict[str, Role]] = {
    **dict.fromkeys(_SKIPPED.split(), "skip"),
    **dict.fromkeys(_CONTAINERS.split(), "container"),
    **{f"h{level}": "heading" for level in range(1, 7)},
    **dict.fromkeys(("ul", "ol", "dl", "menu"), "list"),
    **dict.fromkeys(("li", "dd"), "item"),
    **dict.fromkeys(("caption", "figcaption"), "caption"),
    **dict.fromkeys(("img", "picture", "video", "audio"), "image"),
    "dt": "term",
    "table": "table",
    "br": "break",
    "pre": "preformatted",
    "sup": "sup",
    "sub": "sub",
}
_HIDING_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|(?:font-size|opacity)\s*:\s*0(?:\.0+)?(?:px|pt|r?em|%)?\s*(?:;|!|$)",
    re.IGNORECASE,
)
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
#: libxml2's parser stops at this depth, with an error and a truncated tree.
MAX_DEPTH: Final = 200
#: A main element that holds less of the main text than this is not what its name says.
MOST: Final = 0.5


class HtmlOptions(Options):
    """``key`` and ``title`` stand in for the file's name and the page's title."""

    key: str | None = None
    title: str | None = None
    language: Language | None = None
    encoding: str | None = None
    published: str | None = None
    url: str | None = None


def is_hidden(element: Element) -> bool:
    """Whether the page hides the element from the person who reads it."""
    if element.get("hidden") is not None or element.get("aria-hidden", "").lower() == "true":
        return True
    return element.get("role") == "navigation" or bool(_HIDING_STYLE.search(element.get("style", "")))


HTML: Final = Dialect(_ROLES, is_hidden)


def read_html(raw: RawFile, options: Mapping[str, object]) -> Iterator[ParsedDocument]:
    """One document: the page's main text, with a report of what was left out. Raises DocumentRefused, ManifestRefused."""
    chosen = parse_options(HtmlOptions, options, "html")
    text = read_decoded(raw, chosen.encoding or _declared(raw), max_line=None).text
    root = parse_html(raw, text)
    main, path, left_out = _main(root, text)
    hidden = [item for item, _ in _walk(root, "/html") if is_hidden(item)]
    writer = FlowWriter(without(left_out))
    try:
        writer.flow(main, path)
    except TableTooWide as error:
        raise refuse(raw, str(error)) from error
    canonical, blocks, segments = writer.builder.finish()
    if not canonical:
        raise refuse(raw, "the page holds no text a person would see")
    key, title = chosen.key or raw.path, chosen.title or _title(root) or PurePosixPath(raw.path).stem
    writer.notes["hidden"] -= len(left_out)
    notes = {**writer.notes, "left_out": len(left_out)}
    yield ParsedDocument(
        key=key,
        title=title,
        text=canonical,
        blocks=blocks,
        segments=segments,
        raw_member=raw.member,
        language=chosen.language,
        published=chosen.published,
        url=chosen.url,
        lost_characters=lost_characters(canonical),
        notes={name: count for name, count in notes.items() if count},
        report=page_report(key, title, canonical, blocks, root, hidden, left_out),
    )


def without(left_out: Sequence[Element]) -> Dialect:
    """The dialect in which parts of the page's frame count as hidden."""
    gone = frozenset(left_out)
    return Dialect(_ROLES, lambda element: element in gone or is_hidden(element))


def _declared(raw: RawFile) -> str | None:
    """The charset the page's first bytes declare (WHATWG: within the first 1024)."""
    with raw.open() as stream:
        found = _CHARSET.search(stream.read(1024))
    return found[1].decode("ascii") if found else None


def parse_html(raw: RawFile, text: str) -> Element:
    """The tree of a page or fragment, without comments. Raises DocumentRefused when it nests too deep to be read."""
    from lxml import etree, html

    parser = html.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=False
    )
    try:
        root: Any = html.document_fromstring(text.encode("utf-8"), parser=parser)
    except etree.ParserError as error:
        raise refuse(raw, f"not HTML: {error}") from error
    fatal = [entry for entry in parser.error_log if entry.level_name == "FATAL"]
    if fatal:
        raise refuse(raw, f"not HTML that can be read whole: {fatal[0].message}", line=fatal[0].line)
    if _deeper_than(root, MAX_DEPTH):
        raise refuse(raw, f"elements nest more than {MAX_DEPTH} deep")
    return cast("Element", root)


def _deeper_than(root: Any, limit: int) -> bool:
    layer = [root]
    for _ in range(limit):
        layer = [child for element in layer for child in element]
        if not layer:
            return False
    return True


def _main(root: Element, page: str) -> tuple[Element, str, list[Element]]:
    """The element that holds the main text, its path, and the parts of the page's frame inside it."""
    body = next(
        (item for item in children_with_paths(root, "/html") if item[0].tag == "body"), (root, "/html")
    )
    chosen = _landmark(root) or body
    found = main_text(page) if chosen is not body or any(map(looks_like_frame, body[0].iter())) else None
    if not found:
        return *chosen, []
    if chosen is not body and found.share(chosen[0]) < MOST:
        chosen = body
    return *chosen, list(frames(chosen[0], found))


def _landmark(root: Element) -> tuple[Element, str] | None:
    """The page's main element, or article, where it has exactly one."""
    for name in ("main", "article"):
        found = [item for item in _walk(root, "/html") if item[0].tag == name and not is_hidden(item[0])]
        if len(found) == 1:
            return found[0]
    return None


def _walk(element: Element, path: str) -> Iterator[tuple[Element, str]]:
    for child, child_path in children_with_paths(element, path):
        yield child, child_path
        yield from _walk(child, child_path)


def _title(root: Element) -> str:
    """The page's title, else its first heading of level 1."""
    for name in ("title", "h1"):
        element = next(iter(root.iter(name)), None)
        words = collapse(inline_text(element, HTML, Counter())) if element is not None else ""
        if words:
            return " ".join(words.split())
    return ""
