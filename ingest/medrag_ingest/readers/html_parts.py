"""Decides which parts of a page are its frame, such as menus and cookie bars, and which are its words.

Two must agree before a part is left out: it stands where frames stand (element, role, class, or links alone), and
trafilatura does not take it for main text. Neither knows a boxed warning from a banner: a part with a table, an amount
or a word of warning in it is never left out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, cast

from medrag_ingest.confine import Bounds, ParserFailed, confine

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["MainText", "frames", "looks_like_frame", "main_text"]

PARSER: Final = "medrag_ingest.readers.html_inside:parse"
#: trafilatura takes 150 MB for itself; a page of 10 MB is read in 20 s.
BOUNDS: Final = Bounds(memory=1 << 30, cpu=60, wall=90.0, answer=64 << 20)
#: Elements and roles of a page's frame (HTML Living Standard 4.3, WAI-ARIA 1.2 landmark roles).
_ELEMENTS: Final = frozenset({"header", "footer", "aside", "form", "dialog"})
_ROLES: Final = frozenset(
    {
        "banner",
        "complementary",
        "contentinfo",
        "navigation",
        "search",
        "dialog",
        "alertdialog",
        "menu",
        "menubar",
    }
)
#: Words of class and id names, as sites write them; a name that also stands over notes in a text, such as banner or
#: sidebar, is none of them.
_NAMES: Final = re.compile(
    r"(?:^|[-_ ])(?:cookies?|consent|gdpr|breadcrumbs?|share|sharing|social|newsletter|subscribe|related|recommend\w*"
    r"|(?:main-?|top-?|site-?)?menu|nav\w*|footer|site-?header|header|masthead|advert\w*|sponsor\w*|comments?"
    r"|skip-?(?:link|nav|to)\w*|pag(?:er|ination)|modal|pop-?up|toolbar|login|search)(?:$|[-_ ])",
    re.IGNORECASE,
)
_CONSENT: Final = re.compile(r"cookie|consent|gdpr", re.IGNORECASE)
#: What a text warns with, in its three languages.
_WARNING: Final = re.compile(
    r"warning|caution|contra-?indic|\b(?:do|must|should)\s+not\b|\bnever\b|\bavoid|fatal|death|overdos|toxic|interact|pregnan"
    r"|警告|警示|禁|慎|不得|不良反应|过量|孕|contre-indi|mise en garde|\bne (?:pas|jamais)\b|danger|mortel|surdos|grossesse",
    re.IGNORECASE,
)
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
#: A block with this share of its letters inside links, and this many of them, leads elsewhere.
LINK_SHARE, FEW_LINKS = 0.6, 3
_LINKING: Final = frozenset({"ul", "ol", "div", "p", "section"})
#: An amount of a drug.
_AMOUNT: Final = re.compile(
    r"\d\s*(?:mg|mcg|µg|μg|g|mL|units?|IU|mEq|mmol)(?:/|\b)|\d\s*(?:毫克|微克|毫升|片)"
)
#: Shorter lines, such as "Dose", stand in frame and text alike.
TELLING: Final = 12
#: Letters of a line that are looked for: trafilatura may end a line earlier than we do.
LOOKED_FOR: Final = 60


class MainText:
    """What trafilatura took for main text, to be asked whether it holds a line."""

    def __init__(self, lines: list[str]) -> None:
        self._words = "\n".join(letters(line) for line in lines)

    def __bool__(self) -> bool:
        return bool(self._words.strip())

    def holds(self, line: str) -> bool:
        return letters(line)[:LOOKED_FOR] in self._words

    def share(self, element: Any) -> float:
        """The part of the main text's letters that stand in an element, 0 to 1."""
        inside = letters(" ".join(element.itertext()))
        told = [line for line in self._words.split("\n") if len(line) >= TELLING]
        whole = sum(map(len, told))
        return sum(len(line) for line in told if line[:LOOKED_FOR] in inside) / whole if whole else 1.0


def letters(text: str) -> str:
    """Letters and digits alone: white space, table bars and quotes are written otherwise by everyone."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isalnum())


def main_text(page: str) -> MainText | None:
    """What trafilatura finds, in a confined child; None when it could not read the page, and then nothing is left out."""
    try:
        answer = confine(PARSER, page.encode("utf-8", "replace"), {}, BOUNDS)
    except ParserFailed:
        return None
    told: Mapping[str, Any] = answer.result or {}
    return MainText(list(told.get("lines", ())))


def frames(main: Element, found: MainText) -> Iterator[Element]:
    """The outermost parts of the frame inside an element."""
    for child in main:
        if not isinstance(child.tag, str):
            continue
        if looks_like_frame(child) and not speaks(child, found):
            yield child
        else:
            yield from frames(child, found)


def looks_like_frame(element: Element) -> bool:
    """Whether it stands where frames stand. The page's own heading is no frame, nor is what is called so beside it."""
    if not isinstance(element.tag, str) or element.tag in ("html", "body", "main", "article", "table", "h1"):
        return False
    if element.tag in _ELEMENTS or element.get("role", "").lower() in _ROLES:
        return True
    return bool(_NAMES.search(names_of(element))) or links_alone(element)


def names_of(element: Element) -> str:
    """Its class and id, words parted."""
    return _CAMEL.sub("-", f"{element.get('class', '')} {element.get('id', '')}")


def links_alone(element: Element) -> bool:
    """Whether most of its words are links."""
    if element.tag not in _LINKING:
        return False
    links = [letters(" ".join(cast("Any", link).itertext())) for link in element.iter("a")]
    whole = len(letters(" ".join(cast("Any", element).itertext())))
    return len(links) >= FEW_LINKS and sum(map(len, links)) >= LINK_SHARE * whole


def speaks(element: Element, found: MainText) -> bool:
    """Whether it holds what must not be left out: a table, a dose, the page's first heading, a warning, a line of
    the main text."""
    if any(inner.tag in ("table", "h1") for inner in element.iter()):
        return True
    words = " ".join(outside_links(element))
    if _AMOUNT.search(words) or (_WARNING.search(words) and not _CONSENT.search(names_of(element))):
        return True
    runs = cast("Any", element).itertext()
    return any(len(letters(run)) >= TELLING and found.holds(run) for run in runs)


def outside_links(element: Element) -> Iterator[str]:
    """Its runs of words that lead nowhere."""
    if element.tag != "a":
        yield element.text or ""
        for child in element:
            yield from outside_links(child)
            yield child.tail or ""
