"""Folds passages that say the same thing under the best ranked of them."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["fold_duplicates", "shingles"]

#: Words a shingle holds. Broder 1997 used runs of words; five keep a changed dose or drug from being folded away
#: in short passages, together with the rule below that numbers must agree.
SHINGLE = 5
#: Share of shingles two passages must have in common to be one.
SAME = 0.9

WORDS = re.compile(r"[0-9]+(?:[.,][0-9]+)*|[^\W\d_]+|[%<>≤≥]", re.UNICODE)
NUMBERS = re.compile(r"[0-9]+(?:[.,][0-9]+)*")


def shingles(text: str) -> frozenset[tuple[str, ...]]:
    """The runs of five words of a text, case folded; Hanzi runs count as words of their own."""
    words = WORDS.findall(text.casefold())
    if len(words) <= SHINGLE:
        return frozenset([tuple(words)])
    return frozenset(tuple(words[i : i + SHINGLE]) for i in range(len(words) - SHINGLE + 1))


def fold_duplicates(texts: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Maps the id of every near-duplicate to the id, earlier in the ranking, it is folded under.

    ``texts`` are (id, text), best first. Two texts are one when nine tenths of their shingles agree and they
    hold the same numbers: a passage with another dose is never folded.
    """
    kept: list[tuple[str, frozenset[tuple[str, ...]], list[str]]] = []
    folded: dict[str, str] = {}
    for identifier, text in texts:
        cut, numbers = shingles(text), sorted(NUMBERS.findall(text))
        twin = next((k for k, held, same in kept if same == numbers and overlap(cut, held) >= SAME), None)
        if twin is None:
            kept.append((identifier, cut, numbers))
        else:
            folded[identifier] = twin
    return folded


def overlap(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> float:
    """Jaccard resemblance, 0..1."""
    return len(one & other) / len(one | other) if one or other else 1.0
