"""Lays passages out as evidence for a model: numbered by their content, marked line by line as data, cut to its room."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from medrag.answer.compose import PASSAGES, Scored
from medrag.answer.records import Source
from medrag.identifiers import sha256_text
from medrag.records import Hit, Passage, Span
from medrag.shelf import OpenShelf

__all__ = ["Exhibit", "fit", "lay_exhibits", "render", "unmarked"]

#: Letters that a chat template, our own marks, or an eye could take for something else than data.
MARKS: Final = re.compile(r"<(?=[<|/!])|(?<=[|>])>|\[(?=/?(?:INST|SYS))|(?<=\w)\|>", re.IGNORECASE)
#: Invisible characters can hide orders (Unicode tags, zero-width, bidirectional formatting): a model is not shown them.
UNSEEN: Final = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e0fff]"
)
#: Breaks a mark apart without changing what is read; quotes are found again without it.
BREAK: Final = "\u200b"


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A passage, or the part of it that is shown. ``id`` is a hash of what it is and where it stands."""

    id: str
    source: Source
    passage: Passage
    #: What of the document is shown.
    shown: Span

    @property
    def text(self) -> str:
        return self.shown.of(self.source.document.text)


def exhibit_id(document: str, span: Span, text: str) -> str:
    return "e" + sha256_text(f"{document}:{span.start}:{span.end}:{text}")[:8]


def lay_exhibits(shelf: OpenShelf, hits: Sequence[Hit]) -> tuple[Exhibit, ...]:
    """The passages the extractive answer would be made of, best first."""
    documents = shelf.catalogue.documents_of(hit.passage.document for hit in hits[:PASSAGES])
    told = []
    for hit in hits[:PASSAGES]:
        passage = hit.passage
        edition = shelf.editions[passage.edition]
        source = Source(documents[passage.document], edition, shelf.works[edition.work])
        told.append(shown(source, passage, Span(passage.start, passage.end)))
    return tuple({exhibit.id: exhibit for exhibit in told}.values())


def shown(source: Source, passage: Passage, span: Span) -> Exhibit:
    return Exhibit(exhibit_id(source.document.id, span, span.of(source.document.text)), source, passage, span)


def render(exhibit: Exhibit) -> str:
    """The exhibit as a model sees it. A text cannot close its own marks: they hold a hash of that text, and stand at the
    head of every line (delimiting and datamarking: Hines et al. 2024, "Spotlighting")."""
    mark = exhibit.id
    about = " | ".join(
        one_line(part)
        for part in (
            exhibit.source.document.title,
            " > ".join(exhibit.passage.section),
            exhibit.source.edition.label,
        )
        if part
    )
    lines = [f"{mark}| {harmless(line)}" for line in exhibit.text.splitlines() if line.strip()]
    return "\n".join([f"<<<evidence {mark}>>>", f"{mark}# {about}", *lines, f"<<<end {mark}>>>"])


def harmless(text: str) -> str:
    """The text without characters no one sees, and with marks of other formats broken apart."""
    return MARKS.sub(lambda match: match[0] + BREAK, UNSEEN.sub("", text))


def one_line(text: str) -> str:
    return harmless(" ".join(text.split()))


def unmarked(exact: str, exhibit: Exhibit) -> str:
    """A quote without the marks its lines were shown with."""
    return re.sub(rf"(?m)^\s*{exhibit.id}[|#] ?", "", exact).replace(BREAK, "")


def fit(
    exhibits: Sequence[Exhibit], scored: Sequence[Scored], room: int, count: Callable[[str], int]
) -> tuple[tuple[Exhibit, ...], int]:
    """The exhibits that fit into ``room`` tokens, and how many were left out or cut short: the least useful first."""
    kept: list[Exhibit] = []
    for exhibit in exhibits:
        need = count(render(exhibit)) + 1
        if need > room:
            shorter = shorten(exhibit, scored, room, count)
            kept += [shorter] if shorter is not None else []
            return tuple(kept), len(exhibits) - len(kept) + (shorter is not None)
        kept.append(exhibit)
        room -= need
    return tuple(kept), 0


def shorten(
    exhibit: Exhibit, scored: Sequence[Scored], room: int, count: Callable[[str], int]
) -> Exhibit | None:
    """The exhibit cut down to its best unit and as many of its neighbours as there is room for; None when not even that."""
    units = sorted(
        (item for item in scored if item.unit.passage.id == exhibit.passage.id),
        key=lambda item: item.unit.span,
    )
    if not units:
        return None
    first = last = max(range(len(units)), key=lambda at: (units[at].score, -at))
    best: Exhibit | None = None
    while True:
        span = Span(units[first].unit.span.start, max(item.unit.span.end for item in units[first : last + 1]))
        cut = shown(exhibit.source, exhibit.passage, span)
        if count(render(cut)) + 1 > room:
            return best
        best = replace(cut)
        if first == 0 and last == len(units) - 1:
            return best
        first, last = max(0, first - 1), min(len(units) - 1, last + 1)
