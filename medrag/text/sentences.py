"""Finds the sentences of a text in English, French and Chinese, as spans of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medrag.records import Span
from medrag.text.normalise import HAN
from medrag.vocabulary import Language

__all__ = ["split_sentences"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_CLOSERS = "\"'”’»)\\]）】』」》〉*_"
_END = re.compile(
    rf"[。！？；｡]+[{_CLOSERS}。！？；]*"
    rf"|(?P<soft>\.{{2,}}|…+|[.!?]+)[{_CLOSERS}]*(?:[ \u00a0\u202f]»)?"
    r"|(?P<line>\n\s*)"
)
#: Before these a following capital or digit does not start a sentence.
_NEVER_END = {
    "en": "e.g i.e vs viz cf approx dr mr mrs prof st fig figs eq ref refs ch vol ed eds pp al ca resp incl excl",
    "fr": "p.ex cf dr mme mlle pr env resp chap fig réf c.-à-d",
    "zh": "",
}
#: An abbreviation only before a digit: "No. 5", "art. 3"; elsewhere it ends a sentence ("The answer is no.").
_BEFORE_DIGIT = _words("no nos n° nr tab p art min max par para ex")
#: After these words one capital letter is a name of its own and may end a sentence: "vitamin C.", "hepatitis B."
_LETTERED = _words(
    "vitamin vitamine hepatitis hépatite type class classe group groupe grade stage stade protein factor facteur"
    " category catégorie table appendix annexe part option arm schedule influenza interferon score level"
)
_PREVIOUS_WORD = re.compile(r"([^\W\d_]+)[\s-]+\Z")
_MARKER = re.compile(r"[ \t>]*[(\[]?(?:\d{1,3}(?:\.\d{1,3})*|[A-Za-z]|[ivxIVX]{1,5})\Z")
_STRUCTURE = re.compile(
    r"[ \t>]*(?:[-*+•●▪◦–—·‣○■□]\s|#{1,6}\s|\||[(\[]?\d{1,3}(?:\.\d{1,3})*[.)、\]]\s?\S"
    r"|[(（][0-9a-zA-Z一二三四五六七八九十]{1,3}[)）]|[【〖]|[一二三四五六七八九十]{1,3}、|```|---)"
)
#: "eGFR", "pH", "mRNA": a sentence may start with a small letter when a capital follows in the word.
_CAMEL = re.compile(r"[a-zα-ω]{1,2}[-]?[A-Z]")
_OPENERS = "\"'“‘«([（【《「『*_"
_IS_HAN = re.compile(f"[{HAN}]")
#: Lines shorter than this were not broken by a right margin, so their end is meant.
_FULL_LINE = 60
_LOOK_BACK = 40
_MARKER_CHARS = 12


def split_sentences(text: str, language: Language | None = None) -> list[Span]:
    """Spans of the sentences, ascending, without outer white space, covering all of the text but white space.

    ``language`` picks whose abbreviations are known; None knows all of them. List items, headings and table
    rows of Markdown are sentences of their own.
    """
    spans: list[Span] = []
    start = 0
    for cut in _cuts(text, _abbreviations(language)):
        _append(spans, text, start, cut)
        start = cut
    _append(spans, text, start, len(text))
    return spans


def _append(spans: list[Span], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    bare = piece.strip()
    if bare:
        begin = start + len(piece) - len(piece.lstrip())
        spans.append(Span(begin, begin + len(bare)))


def _abbreviations(language: Language | None) -> frozenset[str]:
    chosen = _NEVER_END.values() if language is None else (_NEVER_END["en"], _NEVER_END[language])
    return _words(" ".join(chosen))


def _cuts(text: str, abbreviations: frozenset[str]) -> Iterator[int]:
    """Offsets at which one sentence ends and the next may begin."""
    start = 0
    for match in _END.finditer(text):
        if match["line"] is not None:
            ends = _line_ends(text, match, start)
        elif match["soft"] is not None:
            ends = _stop_ends(text, match, start, abbreviations)
        else:
            ends = True
        if ends:
            start = match.end()
            yield start


def _line_ends(text: str, match: re.Match[str], start: int) -> bool:
    """Whether a newline ends a sentence: a blank line, structure on either side, or a line that was meant to end."""
    if match[0].count("\n") > 1:
        return True
    line_start = text.rfind("\n", 0, match.start()) + 1
    following = text[text.rfind("\n", match.start(), match.end()) + 1 : match.end() + 12]
    line = text[line_start : match.start()]
    if _STRUCTURE.match(following) or line.lstrip().startswith(("#", "|")):
        return True
    if line.rstrip().endswith((".", "!", "?", ":", ";", "：")):
        return True
    first = text[match.end() : match.end() + 1]
    return not (first.islower() or len(line) >= _FULL_LINE)


def _stop_ends(text: str, match: re.Match[str], start: int, abbreviations: frozenset[str]) -> bool:
    """Whether ``.``, ``!``, ``?`` or an ellipsis with its closers ends a sentence here; not inside a table row."""
    stop, after = match["soft"], text[match.end() : match.end() + 1]
    before = text[match.start() - 1 : match.start()]
    if text[start] == "|":
        return False
    if after and not after.isspace():
        # Chinese typed with ASCII marks has no space after them; a run of "?" is lost characters, not a question.
        return len(stop) == 1 and stop in "!?" and bool(_IS_HAN.match(after)) and bool(_IS_HAN.match(before))
    following = text[match.end() : match.end() + 24].lstrip(" \t\r\n\f\v\u00a0\u202f" + _OPENERS)
    if (
        following[:1].islower()
        and not _CAMEL.match(following)
        and "\n\n" not in text[match.end() : match.end() + 3]
    ):
        return bool(_IS_HAN.match(before))
    return stop != "." or not _abbreviated(text, match, start, following[:1], abbreviations)


def _abbreviated(
    text: str, match: re.Match[str], start: int, following: str, abbreviations: frozenset[str]
) -> bool:
    """Whether the dot belongs to a list marker, an abbreviation or an initial."""
    stop = match.start()
    if match.end() - stop > 1 and text[stop + 1] not in _CLOSERS:
        return False
    line_start = max(start, text.rfind("\n", max(start, stop - _MARKER_CHARS), stop) + 1)
    if stop - line_start < _MARKER_CHARS and _MARKER.match(text, line_start, stop):
        return True
    words = text[max(start, stop - _LOOK_BACK) : stop].rsplit(None, 1)
    word = words[-1].lstrip(_OPENERS) if words else ""
    folded = word.lower()
    if folded in _BEFORE_DIGIT:
        return following.isdigit() or text.endswith(("p. ex", "p.\u00a0ex", "P. ex"), start, stop)
    if folded in abbreviations:
        return True
    return _initial(text, stop - len(word), word, start)


def _initial(text: str, at: int, word: str, start: int) -> bool:
    """``J.``, ``U.S.``, ``M.``: capitals with dots, unless the letter names a kind (``vitamin C.``)."""
    letters = word.split(".")
    if not all(len(letter) == 1 and letter.isalpha() and letter.isupper() for letter in letters):
        return False
    previous = _PREVIOUS_WORD.search(text[max(start, at - _LOOK_BACK) : at])
    return len(letters) > 1 or previous is None or previous[1].lower() not in _LETTERED
