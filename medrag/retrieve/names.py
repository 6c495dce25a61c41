"""Finds drugs that only the shelf's name lists know: brands, salts, new substances. Exact after folding, never near."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations

from medrag.concepts import Linker, Mention, Thing
from medrag.records import Concept, Name
from medrag.shelf import Standing
from medrag.text.normalise import fold_name
from medrag.text.stopwords import LATIN_STOPS
from medrag.vocabulary import Language

__all__ = ["find_listed"]

#: Words a listed name may have, and the least letters of a name of one word: shorter ones are mostly other things.
MOST_WORDS, LEAST_LETTERS = 4, 5
#: Other names of a concept taken along.
NAMES_TAKEN = 6

#: What stands between the parts of a combination: "Valsartan and Sacubitril", "trimethoprim/sulfamethoxazole".
BETWEEN_PARTS = re.compile(r" and | ?/ ?| \+ ")
#: Combinations of more parts are left as they are written: their orders are too many.
MOST_PARTS = 3

#: What lists add to a substance's name: "Tolvaptan (low blood sodium)", "Fentanyl Patch", "Romosozumab-aqqg" (the four
#: letters without meaning that the FDA gives a biological product).
ADDED = re.compile(
    r" ?\([^()]*\)|(?<=mab)-[a-z]{4}$| (injection|patch|tablets?|capsules?|topical|oral inhalation|nasal spray)$",
    re.IGNORECASE,
)

WORD = re.compile(r"[0-9a-z][0-9a-z.'+/]*")


def find_listed(standing: Standing, question: str, linker: Linker, found: Sequence[Mention]) -> list[Mention]:
    """Mentions of listed drugs outside those already found, longest first, in the order of the question."""
    folded = fold_name(question)
    grams = {text: span for text, span in word_runs(folded) if not overlaps(span, found)}
    held = standing.name_editions
    if not grams or not held:
        return []
    named = standing.catalogue.names_of(grams, held)
    kinds = standing.catalogue.concepts_by_id({name.concept for name in named}, held)
    mentions: list[Mention] = []
    for name in sorted(named, key=lambda item: (-len(item.folded), item.concept)):
        concept, span = kinds.get(name.concept), grams[name.folded]
        if concept is not None and concept.kind == "drug" and not overlaps(span, mentions):
            thing = thing_of(standing, concept, name, linker)
            mentions.append(Mention(thing, name.folded, *span))
    return sorted(mentions, key=lambda mention: mention.start)


def word_runs(folded: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """Runs of one to four words that might be a name, with their places."""
    words = [(m.start(), m.end()) for m in WORD.finditer(folded)]
    for first in range(len(words)):
        for last in range(first, min(len(words), first + MOST_WORDS)):
            span = (words[first][0], words[last][1])
            text = folded[span[0] : span[1]].rstrip(".'+/")
            if len(text) >= LEAST_LETTERS and text not in LATIN_STOPS and not text.isdigit():
                yield text, (span[0], span[0] + len(text))


def overlaps(span: tuple[int, int], mentions: Sequence[Mention]) -> bool:
    return any(span[0] < mention.end and mention.start < span[1] for mention in mentions)


def ways_to_write(name: str) -> Iterator[str]:
    """The name, without what lists add to it, and a combination's parts in every order, as the lexicon joins them."""
    yield name
    if (bare := ADDED.sub("", name)) not in ("", name):
        yield bare
    parts = BETWEEN_PARTS.split(name)
    if 1 < len(parts) <= MOST_PARTS:
        yield from ("/".join(order) for order in permutations(parts))


def thing_of(standing: Standing, concept: Concept, name: Name, linker: Linker) -> Thing:
    """The lexicon's thing when one of the concept's names leads there; else one made of the listed names."""
    names = standing.catalogue.concept_names(concept.id, standing.name_editions)
    for text in (each for item in (concept.name, *(n.text for n in names)) for each in ways_to_write(item)):
        known = [thing for thing in linker.named(text) if thing.kind == "drug"]
        if len(known) == 1:
            return known[0]
    told: Mapping[Language, tuple[str, ...]] = {
        "en": tuple(dict.fromkeys([concept.name, name.text, *(item.text for item in names[:NAMES_TAKEN])]))
    }
    return Thing(concept.id, "drug", told)
