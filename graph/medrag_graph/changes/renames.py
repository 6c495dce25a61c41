"""Recognises a class or food under a new name, by its members and by the words of the names, and says what shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Final

from medrag_graph.changes.entries import EditionText
from medrag_graph.changes.records import Renaming

__all__ = ["find_renamed"]

#: A class is the same under another name when it shares at least this part of the smaller list of members ...
MEMBERS: Final = 0.6
#: ... and the names are at least this alike. Chosen on the editions of the French thesaurus, where every class that was
#: renamed has 0.60 or more.
LIKENESS: Final = 0.55
#: What has no members must have this part of its entries' other parties in common, and a word of this many letters.
PARTNERS: Final = 0.6
LONG_WORD: Final = re.compile(r"[^\W\d_]{7,}")


def find_renamed(old: EditionText, new: EditionText) -> dict[str, tuple[str, Renaming]]:
    """Folded old name to the folded new one, with the evidence. Several old names may have become one.

    A drug is never taken for another: names of one word have no word in common unless they are the same.
    """
    told: dict[str, tuple[str, Renaming]] = {}
    gone = [name for name in sorted(old.names) if name not in new.names]
    come = [name for name in sorted(new.names) if name not in old.names]
    partners = old.partners, new.partners
    for one in gone:
        found = list(candidates(one, come, old, new, partners))
        if found:
            told[one] = max(found, key=lambda item: (strength(item[1]), item[0]))
    return told


def strength(item: Renaming) -> float:
    least = min(item.members_before, item.members_after)
    return item.likeness + item.partners_shared + (item.members_shared / least if least else 0.0)


def candidates(
    one: str,
    come: list[str],
    old: EditionText,
    new: EditionText,
    partners: tuple[dict[str, set[str]], dict[str, set[str]]],
) -> Iterator[tuple[str, Renaming]]:
    """Every new name that may be the old one's."""
    before = old.members.get(one, set())
    for other in come:
        after = new.members.get(other, set())
        beside = overlap(partners[0].get(one, set()), partners[1].get(other, set()))
        likeness = SequenceMatcher(None, one, other, autojunk=False).ratio()
        shared = len(before & after)
        told = Renaming(
            old.names[one], new.names[other], len(before), len(after), shared, beside, round(likeness, 3)
        )
        if before and after:
            fits = shared / min(len(before), len(after)) >= MEMBERS and likeness >= LIKENESS
        else:
            fits = not before and not after and beside >= PARTNERS and has_word_in_common(one, other)
        if fits:
            yield other, told


def overlap(one: set[str], other: set[str]) -> float:
    """Jaccard 1901: what both hold, as a part of what either holds."""
    either = one | other
    return round(len(one & other) / len(either), 3) if either else 0.0


def has_word_in_common(one: str, other: str) -> bool:
    return bool(set(LONG_WORD.findall(one)) & set(LONG_WORD.findall(other)))
