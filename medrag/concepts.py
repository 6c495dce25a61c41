"""Finds the drugs, classes, diseases and clinical terms a text names, in English, Chinese and French."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from medrag.lexicon import load_names, load_terms
from medrag.text.normalise import fold_name
from medrag.vocabulary import LANGUAGES, Language

__all__ = ["Linker", "Mention", "Thing", "default_linker", "lexicon_things", "name_keys", "names_in"]

#: Longest name looked for, in code points of its folded form. The longest of the tables is below it.
LONGEST = 64
#: Words a Latin name may have.
MOST_WORDS = 6

#: English words that are abbreviations of clinical names when written in capitals.
WORDS_TOO = frozenset(
    (
        "ace ad aid aids all am an and arb are art as be bed bid cad cap car cat cd do er fast go had he "
        "hit if in is it lad led low map mg mm mr ms no not of on or pad past pat pe per pet pin pop pr "
        "ra rate set she sit so tab tan tap tid tin tip to top up us was we who"
    ).split()
)

#: A French name of this length or more is no English word by chance.
LONG_ENOUGH = 6

HAN = r"㐀-䶿一-鿿豈-﫿"
#: Where a name may begin or end: beside a Han character, or where no Latin letter or digit goes on.
STARTS = re.compile(rf"(?<![0-9a-z])(?=[0-9a-z])|(?=[{HAN}])")


@dataclass(frozen=True, slots=True)
class Thing:
    """Something with names: a row of the lexicon. ``id`` is ``kind:main English name``."""

    id: str
    kind: str
    names: Mapping[Language, tuple[str, ...]] = field(compare=False)
    #: The classes a drug belongs to, as its sources write them: what is said of the class is said of the drug.
    groups: tuple[str, ...] = field(default=(), compare=False)
    #: Every name of those classes.
    classes: tuple[str, ...] = field(default=(), compare=False)

    def all_names(self) -> Iterator[str]:
        for language in LANGUAGES:
            yield from self.names.get(language, ())  # type: ignore[call-overload]


@dataclass(frozen=True, slots=True)
class Mention:
    """A name found in a text. ``start`` and ``end`` count in the folded text."""

    thing: Thing
    text: str
    start: int
    end: int


def name_keys(name: str) -> Iterator[str]:
    """The folded forms a name is found under: itself, and an English plural of it."""
    folded = fold_name(name)
    yield folded
    if folded[-1:].isascii() and folded[-1:].isalpha() and not folded.endswith("s"):
        yield folded + "s"


class Linker:
    """A dictionary of folded names; finding is longest match first, from the left, never a resemblance."""

    def __init__(self, things: Iterable[Thing]) -> None:
        self._named: dict[str, list[Thing]] = {}
        #: Names that are French and nothing else: "thé" is no tea in an English question.
        self._french: set[str] = set()
        for thing in things:
            for language, names in thing.names.items():
                for key in (key for name in names for key in name_keys(name)):
                    self._add(key, thing, language)

    def _add(self, key: str, thing: Thing, language: Language) -> None:
        if language == "fr" and key not in self._named and len(key) < LONG_ENOUGH:
            self._french.add(key)
        elif language != "fr":
            self._french.discard(key)
        held = self._named.setdefault(key, [])
        if thing not in held:
            held.append(thing)

    def find(self, text: str, language: Language | None = None) -> list[Mention]:
        """The mentions in a text, in order, none inside another. Short French names count in French text only.

        An abbreviation that is an English word in small letters (CAP, HIT, AS) is found only in capitals.
        """
        folded = fold_name(text)
        found: list[Mention] = []
        covered = 0
        for match in STARTS.finditer(folded):
            start = match.start()
            if start < covered:
                continue
            end = self._longest(folded, start)
            name = folded[start:end]
            if end and self._meant(name, text, language):
                found.extend(Mention(thing, name, start, end) for thing in self._named[name])
                covered = end
        return found

    def _meant(self, name: str, text: str, language: Language | None) -> bool:
        """Whether a name that is also a common word stands for the thing here."""
        if name in self._french and language not in ("fr", None):
            return False
        return name not in WORDS_TOO or re.search(rf"\b{name.upper()}\b", text, re.ASCII) is not None

    def _longest(self, folded: str, start: int) -> int:
        """Where the longest name that begins at ``start`` ends; 0 when none does."""
        for end in range(min(len(folded), start + LONGEST), start + 1, -1):
            if self._named.get(folded[start:end]) and ends_well(folded, end):
                return end
        return 0

    def named(self, name: str) -> list[Thing]:
        """The things of exactly this name, after folding."""
        return list(self._named.get(fold_name(name), ()))


def ends_well(folded: str, end: int) -> bool:
    """A name ends where no Latin letter or digit continues it."""
    if end == len(folded) or not latin(folded[end]):
        return True
    return not latin(folded[end - 1])


def latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


@cache
def default_linker() -> Linker:
    """Over every table of the lexicon."""
    return Linker(lexicon_things())


def lexicon_things() -> Iterator[Thing]:
    """The rows of the name and term tables."""
    for kind in ("drug", "class", "disease"):
        for row in load_names(kind):
            yield Thing(f"{kind}:{row.en}", kind, {lang: row.names(lang) for lang in ("en", "zh", "fr")})
    for term in load_terms():
        names: dict[Language, tuple[str, ...]] = {
            "en": term.names("en"),
            "zh": term.names("zh"),
            "fr": term.names("fr"),
        }
        yield Thing(f"term:{term.en}", term.kind, names)


@cache
def keys_of(names: tuple[str, ...]) -> tuple[str, ...]:
    """The folded forms of names, shortest first: the sooner one is found the better."""
    return tuple(sorted({key for name in names for key in name_keys(name)}, key=len))


def names_in(names: tuple[str, ...], folded: str) -> bool:
    """Whether a folded text has any of the names, with no Latin letter or digit going on at either end."""
    return any(key in folded and bounded(key).search(folded) is not None for key in keys_of(names))


@cache
def bounded(key: str) -> re.Pattern[str]:
    """A name as a pattern that no Latin letter or digit may continue on either side."""
    before = r"(?<![0-9a-z])" if latin(key[0]) else ""
    after = r"(?![0-9a-z])" if latin(key[-1]) else ""
    return re.compile(before + re.escape(key) + after)
