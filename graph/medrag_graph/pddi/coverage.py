"""Counts how much of a thesaurus the rules read: by entry, by distinct mechanism text, by distinct management text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from medrag.vocabulary import Severity
from medrag_graph.pddi.rules import read_management, read_mechanism

__all__ = ["Coverage", "Entry", "measure_coverage"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry's texts: its mechanism ("" without one) and each level's severity with its text."""

    main: str
    plus: str
    mechanism: str
    managements: tuple[tuple[Severity, str], ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """An entry is coded when its mechanism and every one of its level texts, where there are any, gave a fact.

    A distinct text is coded when it gave a fact wherever it stands; white space is ignored in telling texts apart.
    """

    entries: int
    coded: int
    mechanisms: int
    mechanisms_coded: int
    managements: int
    managements_coded: int

    @property
    def share(self) -> float:
        """Coded entries over all entries, 0 to 1; 0 where there are none."""
        return self.coded / self.entries if self.entries else 0.0


def measure_coverage(entries: Iterable[Entry]) -> Coverage:
    """Reads every entry and counts."""
    mechanisms: dict[str, bool] = {}
    managements: dict[str, bool] = {}
    total = coded = 0
    for entry in entries:
        total += 1
        read = [
            _note(mechanisms, entry.mechanism, bool(read_mechanism(entry.mechanism, entry.main, entry.plus)))
        ]
        read += [
            _note(managements, text, bool(read_management(text, level, entry.main, entry.plus)))
            for level, text in entry.managements
        ]
        coded += all(read)
    return Coverage(
        total, coded, len(mechanisms), sum(mechanisms.values()), len(managements), sum(managements.values())
    )


def _note(texts: dict[str, bool], text: str, found: bool) -> bool:
    """Remembers whether a text was read; an empty text asks for nothing."""
    key = " ".join(text.split())
    if key:
        texts[key] = texts.get(key, True) and found
    return found or not key
