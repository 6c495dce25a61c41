"""Reads a model's reply while it arrives: statements as JSON objects, wherever they stand; nothing is ever guessed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

__all__ = ["MOST_READ", "Cite", "Offered", "ReplyReader"]

#: Characters of a reply that are read, and statements: an answer is read at the counter.
MOST_READ: Final = 60_000
MOST_OFFERED: Final = 16
#: Objects nested deeper are no statements.
DEEPEST: Final = 12
#: Longest statement, and most quotes it may lean on.
LONGEST, MOST_CITES = 1200, 8
#: What may stand around statements without saying anything: fences, brackets of a list, commas.
SILENT: Final = re.compile(r"```(?:jsonl?|ndjson)?|[\[\]\s,]+", re.IGNORECASE)
#: Of what cannot be read, this many characters are told.
TOLD: Final = 400


@dataclass(frozen=True, slots=True)
class Cite:
    """What a statement leans on: the id of an exhibit, and words said to stand in it."""

    id: str
    exact: str


@dataclass(frozen=True, slots=True)
class Offered:
    """A statement as the model gave it. ``problem`` says why it cannot be weighed; None when it can."""

    text: str
    cites: tuple[Cite, ...] = ()
    problem: str | None = None


@dataclass(slots=True)
class ReplyReader:
    """Give it the pieces with :meth:`feed`, then call :meth:`end`. Fences, a list around the statements, words before
    and behind them and one object of many are all read; what is cut off is told, never completed."""

    _text: str = ""
    _at: int = 0
    #: Where each open object began.
    _open: list[int] = field(default_factory=list)
    _in_string: bool = False
    _escaped: bool = False
    _stray: str = ""
    offered: int = 0
    #: True once as much was read as ever is; the rest of the reply is not looked at.
    full: bool = False

    def feed(self, piece: str) -> Iterator[Offered]:
        """The statements this piece completes."""
        if self.full:
            return
        self._text += piece[: MOST_READ - len(self._text)]
        while self._at < len(self._text) and not self.full:
            found = self._step(self._text[self._at])
            self._at += 1
            if found is not None:
                yield self._count(found)
        self.full = self.full or len(self._text) >= MOST_READ

    def end(self) -> Iterator[Offered]:
        """What was left unfinished, or was no statement at all."""
        if self._open and not self.full:
            yield Offered(self._text[self._open[0] :][:TOLD], (), "the reply was cut off here")
        elif not self.offered and SILENT.sub("", self._stray):
            yield Offered(self._stray.strip()[:TOLD], (), "the reply is not statements with their quotes")

    def _count(self, found: Offered) -> Offered:
        self.offered += 1
        self.full = self.offered >= MOST_OFFERED
        return found

    def _begin_anew(self) -> Offered:
        """A line that begins an object ends whatever string the lines before left open."""
        broken = self._text[self._open[0] : self._at].strip()
        self._open, self._in_string, self._escaped = [self._at], False, False
        return Offered(broken[:TOLD], (), "the statement is not JSON")

    def _step(self, char: str) -> Offered | None:
        if self._in_string and char == "{" and self._text[: self._at].rstrip(" ").endswith("\n"):
            return self._begin_anew()
        if self._in_string:
            self._in_string = self._escaped or char != '"'
            self._escaped = char == "\\" and not self._escaped
        elif char == "{":
            self._open.append(self._at)
            self.full = len(self._open) > DEEPEST
        elif self._open and char == '"':
            self._in_string = True
        elif self._open and char == "}":
            return read_object(self._text[self._open.pop() : self._at + 1])
        elif not self._open and len(self._stray) < TOLD:
            self._stray += char
        return None


def read_object(text: str) -> Offered | None:
    """The statement a JSON object is; None when it is none: a quote inside a statement, a wrapper around many."""
    try:
        told = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return Offered(text[:TOLD], (), "the statement is not JSON") if '"text"' in text else None
    if not isinstance(told, Mapping) or "text" not in told:
        return None
    return read_statement(told)


def read_statement(told: Mapping[str, Any]) -> Offered:
    words, cites = told["text"], told.get("cites")
    if not isinstance(words, str) or not words.strip():
        return Offered(str(words)[:TOLD], (), "the statement is not a text")
    if len(words) > LONGEST:
        return Offered(words[:TOLD], (), f"the statement is longer than {LONGEST} characters")
    listed = [cites] if isinstance(cites, Mapping) else cites
    if not isinstance(listed, list) or not listed:
        return Offered(words, (), "no citation")
    if len(listed) > MOST_CITES:
        return Offered(words, (), f"the statement leans on more than {MOST_CITES} quotes")
    read = tuple(read_cite(cite) for cite in listed)
    if any(cite is None for cite in read):
        return Offered(words, (), "a citation is not an id with the exact words")
    return Offered(words, tuple(cite for cite in read if cite is not None))


def read_cite(told: Any) -> Cite | None:
    if not isinstance(told, Mapping):
        return None
    known, exact = told.get("id"), told.get("exact")
    return Cite(known, exact) if isinstance(known, str) and isinstance(exact, str) else None
