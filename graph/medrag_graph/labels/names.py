"""Finds drugs, classes and foods named in English text, longest names first, with what kind of name each is."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from medrag.records import Span
from medrag.text.normalise import fold_name
from medrag_graph.common_words import COMMON_WORDS
from medrag_graph.concepts import Named
from medrag_graph.ends import ANY, single
from medrag_graph.join import Join
from medrag_graph.labels.aliases import NOT_DRUGS, load_aliases
from medrag_graph.model import ConceptKind, Link
from medrag_graph.things import MEDRAG, Thing

__all__ = ["Book", "Mention", "Spotter", "open_book"]

_WORD: Final = re.compile(r"[^\W_]+(?:['’][a-z]+)?")
#: A shorter name of a drug is an abbreviation that means something else in half of all texts.
SHORTEST: Final = 4
#: Folded names of what drugs are dissolved in.
CARRIERS: Final = (
    "water",
    "sodium chloride",
    "glucose",
    "isopropyl alcohol",
    "sodium lactate",
    "calcium chloride",
    "magnesium chloride",
    "icodextrin",
)
#: A drug of our table is told of by its own name, salt or not: isosorbide mononitrate is not isosorbide.
OUR_DRUGS: Final = f"{MEDRAG}:drug/"
#: The classes medrag has names for; others of the lists are headings of trees ("Cardiovascular Agents").
OUR_CLASSES: Final = (f"{MEDRAG}:class/", f"{MEDRAG}:enzyme/")


@dataclass(frozen=True, slots=True)
class Mention:
    """Concepts named by one span of a text; several only where one phrase means several."""

    span: Span
    concepts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """What a name means. ``proper``: only where it is written with a capital, as brands are."""

    concepts: tuple[str, ...]
    proper: bool = False


class Spotter:
    """A dictionary of names by their words. A name that means nothing still hides the shorter names inside it."""

    def __init__(self, entries: Mapping[tuple[str, ...], Entry]) -> None:
        self._entries = entries
        lengths: dict[str, set[int]] = {}
        for words in entries:
            lengths.setdefault(words[0], set()).add(len(words))
        #: First word to how many words the names that begin so have, the most first.
        self._lengths = {word: sorted(held, reverse=True) for word, held in lengths.items()}

    def find(self, text: str) -> list[Mention]:
        """The names in a text, ascending, none overlapping."""
        found = [(match.start(), match.end()) for match in _WORD.finditer(text)]
        words = [text[start:end].lower().replace("’", "'") for start, end in found]
        mentions: list[Mention] = []
        at = 0
        while at < len(words):
            length = self._longest(words, at)
            if length:
                start, end = found[at][0], found[at + length - 1][1]
                entry = self._entries[tuple(words[at : at + length])]
                if entry.concepts and not (entry.proper and text[start].islower()):
                    mentions.append(Mention(Span(start, end), entry.concepts))
            at += length or 1
        return mentions

    def _longest(self, words: Sequence[str], at: int) -> int:
        """Words of the longest name that begins there; 0 where none does."""
        held = (length for length in self._lengths.get(words[at], ()) if at + length <= len(words))
        return next((length for length in held if tuple(words[at : at + length]) in self._entries), 0)


@dataclass(frozen=True, slots=True)
class Book:
    """What a graph knows that reading a label takes: names, and what belongs to what."""

    drugs: Spotter
    diseases: Spotter
    kinds: Mapping[str, ConceptKind]
    #: Combination -> its ingredients; and back.
    parts: Mapping[str, tuple[str, ...]]
    products: Mapping[frozenset[str], str]
    #: Drug or class -> every class it belongs to.
    classes: Mapping[str, frozenset[str]]
    #: Solutions a drug is dissolved in.
    carriers: frozenset[str]


def open_book(
    things: Sequence[Thing], join: Join, named: Named, links: Sequence[Link], given: Collection[str]
) -> Book:
    """``given``: the drugs that some source states something of; others are chemicals with names."""
    kinds: dict[str, ConceptKind] = {concept.id: concept.kind for concept in named.concepts}
    main = {named.ids[join.group_of[thing.key]] for thing in things if thing.id.startswith(OUR_DRUGS)}
    bases = {link.source: link.target for link in links if link.kind == "form_of" and link.source not in main}
    held: dict[str, set[str]] = {}
    for link in links:
        if link.kind == "part_of":
            held.setdefault(link.target, set()).add(bases.get(link.source, link.source))
    parts = {product: tuple(sorted(some)) for product, some in sorted(held.items())}
    products: dict[frozenset[str], str] = {}
    for product, some in parts.items():
        products.setdefault(frozenset(some), product)
    carriers = (single(named.names.get(name, ()), kinds, ("drug",)) for name in CARRIERS)
    return Book(
        drug_names(things, join, named, given, bases, kinds),
        disease_names(things, named, kinds),
        kinds,
        parts,
        products,
        classes_of(links, bases),
        frozenset(bases.get(item, item) for item in carriers if item is not None),
    )


def classes_of(links: Sequence[Link], bases: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """Every class reached by membership; a salt's count for its base."""
    up: dict[str, set[str]] = {}
    for link in links:
        if link.kind == "member_of":
            up.setdefault(bases.get(link.source, link.source), set()).add(link.target)
    reached: dict[str, frozenset[str]] = {}
    for start in up:
        seen: set[str] = set()
        front = [start]
        while front:
            above = [item for node in front for item in up.get(node, ()) if item not in seen]
            seen.update(above)
            front = list(dict.fromkeys(above))
        reached[start] = frozenset(seen)
    return reached


def drug_names(
    things: Sequence[Thing],
    join: Join,
    named: Named,
    given: Collection[str],
    bases: Mapping[str, str],
    kinds: Mapping[str, ConceptKind],
) -> Spotter:
    """Names of drugs, classes and foods; salts and esters mean the drug they are forms of."""
    ours = our_classes(things, join, named)
    entries: dict[tuple[str, ...], Entry] = {}
    for thing, text, folded, sure in english_names(things):
        words = words_of(text)
        if not words or join.group_of[thing.key] not in named.ids:
            continue
        meant = single({bases.get(item, item) for item in named.names.get(folded, ())}, kinds, ANY)
        allowed = meant is not None and (meant in given or meant in ours or kinds[meant] == "food")
        told = (meant,) if meant is not None and allowed and is_name(words) else ()
        held = entries.get(words)
        if held is None or (told and (not held.concepts or held.proper)):
            entries[words] = Entry(told, proper=not sure and len(words) == 1)
    for phrase, names in load_aliases().items():
        ids = (single(named.names.get(fold_name(name), ()), kinds, ANY) for name in names)
        entries[words_of(phrase)] = Entry(tuple(bases.get(item, item) for item in ids if item is not None))
    return Spotter(entries)


def disease_names(things: Sequence[Thing], named: Named, kinds: Mapping[str, ConceptKind]) -> Spotter:
    """Names of diseases, findings and populations."""
    entries: dict[tuple[str, ...], Entry] = {}
    for _, text, folded, _ in english_names(things):
        meant = single(named.names.get(folded, ()), kinds, ("disease", "finding"))
        words = words_of(text)
        if words and meant is not None and len("".join(words)) >= SHORTEST:
            entries.setdefault(words, Entry((meant,)))
    return Spotter(entries)


def english_names(things: Iterable[Thing]) -> Iterator[tuple[Thing, str, str, bool]]:
    """(thing, name, folded name, whether it stands for the thing wherever it is written)."""
    for thing in things:
        for name in thing.names:
            if name.language == "en":
                sure = name.form == "preferred" or (thing.edition == MEDRAG and "brand/" not in thing.id)
                yield thing, name.text, name.folded, sure or thing.kind == "class"


def our_classes(things: Iterable[Thing], join: Join, named: Named) -> frozenset[str]:
    """The concepts of the classes of our tables."""
    ids = (named.ids.get(join.group_of[thing.key]) for thing in things if thing.id.startswith(OUR_CLASSES))
    return frozenset(item for item in ids if item is not None)


def words_of(text: str) -> tuple[str, ...]:
    return tuple(word.lower().replace("’", "'") for word in _WORD.findall(text))


def is_name(words: Sequence[str]) -> bool:
    """Whether words can name a drug in running text: not a word of every day, nor what a laboratory measures."""
    if len(words) == 1 and (words[0] in COMMON_WORDS or words[0] in NOT_DRUGS):
        return False
    return len("".join(words)) >= SHORTEST and not all(len(word) <= 2 for word in words)
