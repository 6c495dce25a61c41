"""Compares two editions of an interaction source entry by entry, as a pharmacist would tell the difference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from itertools import product
from typing import Final

from medrag.catalogue import Catalogue
from medrag_graph.changes.entries import EditionText, Pair, letters, read_text
from medrag_graph.changes.records import (
    KINDS,
    ByClass,
    Change,
    ChangeKind,
    Comparison,
    Entry,
    MemberChange,
    rank,
)
from medrag_graph.changes.renames import find_renamed

__all__ = ["compare_editions", "compare_texts"]

#: Up to here the kinds are of levels; they are told together, the gravest level first.
LEVELS: Final = KINDS.index("removed")


def compare_editions(catalogue: Catalogue, old: str, new: str) -> Comparison:
    """What ``new`` says otherwise than ``old``; both are ids of editions that are held. Raises CatalogueUnavailable."""
    return compare_texts(read_text(catalogue, old), read_text(catalogue, new))


def compare_texts(old: EditionText, new: EditionText) -> Comparison:
    """As :func:`compare_editions`. Names of the old edition are first read as the new one writes them."""
    renamed = find_renamed(old, new)
    before = under_new_names(old, {name: told[0] for name, told in renamed.items()})
    changes = [change for change in entry_changes(before, new) if change is not None]
    pairs = len(before.graded.keys() & new.graded.keys())
    changed = sum(change.before is not None and change.after is not None for change in changes)
    return Comparison(
        old.edition,
        new.edition,
        tuple(sorted(changes, key=order)),
        tuple(sorted(member_changes(before, new), key=lambda item: (rank(item.gravest), item.group))),
        tuple(told[1] for _, told in sorted(renamed.items())),
        pairs - changed,
    )


def order(change: Change) -> tuple[int, int, int, str, str]:
    """Levels before words, the gravest first, then by kind and names."""
    at = KINDS.index(change.kind)
    return max(at, LEVELS), rank(change.gravest), at, change.a, change.b


def under_new_names(text: EditionText, renamed: Mapping[str, str]) -> EditionText:
    """The edition keyed by the new names. Its own words stay as they are."""

    def now(name: str) -> str:
        return renamed.get(name, name)

    made = EditionText(text.edition)
    for name, written in text.names.items():
        made.names.setdefault(now(name), written)
    for (one, other), graded in text.graded.items():
        a, b = sorted((now(one), now(other)))
        made.graded.setdefault((a, b), []).extend(graded)
    for group, members in text.members.items():
        made.members.setdefault(now(group), set()).update(now(member) for member in members)
    return made


def entry_changes(old: EditionText, new: EditionText) -> Iterator[Change | None]:
    classes = old.classes, new.classes
    for pair in sorted(old.graded.keys() | new.graded.keys()):
        if pair not in new.graded:
            entry = old.entry(pair)
            told = tuple(stated_by_class(pair, new, classes[1]))
            gone = Change("removed", entry.a, entry.b, entry, None, told)
            yield replace(gone, kind="moved") if same_level(entry, told) else gone
        elif pair not in old.graded:
            entry = new.entry(pair)
            told = tuple(stated_by_class(pair, old, classes[0]))
            come = Change("added", entry.a, entry.b, None, entry, told)
            yield replace(come, kind="moved") if same_level(entry, told) else come
        else:
            yield changed(old.entry(pair), new.entry(pair))


def same_level(entry: Entry, told: Sequence[ByClass]) -> bool:
    """Whether the other edition states the entry's gravest level through classes, so that little is new."""
    return bool(told) and told[0].severity == entry.severity


def changed(before: Entry, after: Entry) -> Change | None:
    """None when both say the same."""
    kind = kind_of(before, after)
    return None if kind is None else Change(kind, after.a, after.b, before, after)


def kind_of(before: Entry, after: Entry) -> ChangeKind | None:
    """The gravest word on how two entries of the same pair differ."""
    if before.severity != after.severity:
        return "raised" if rank(after.severity) < rank(before.severity) else "lowered"
    levels = [{item.severity for item in entry.graded} for entry in (before, after)]
    if levels[0] != levels[1]:
        return "regraded"
    advice = [
        {(item.severity, letters(item.condition), letters(item.management)) for item in entry.graded}
        for entry in (before, after)
    ]
    if advice[0] != advice[1]:
        return "management"
    why = [{letters(item.mechanism) for item in entry.graded} for entry in (before, after)]
    return "mechanism" if why[0] != why[1] else None


def stated_by_class(pair: Pair, text: EditionText, classes: Mapping[str, Set[str]]) -> list[ByClass]:
    """What an edition without an entry of a pair states of it through classes, gravest first."""
    sides = [(name, *sorted(classes.get(name, ()))) for name in pair]
    found: dict[Pair, ByClass] = {}
    for one, other in product(*sides):
        key = (one, other) if one <= other else (other, one)
        if key != pair and key in text.graded and key not in found:
            entry = text.entry(key)
            found[key] = ByClass(entry.a, entry.b, entry.severity)
    return sorted(found.values(), key=lambda item: (rank(item.severity), item.a, item.b))


def member_changes(old: EditionText, new: EditionText) -> Iterator[MemberChange]:
    """Classes of both editions that do not have the same members."""
    partners = new.partners
    for group in sorted(old.members.keys() & new.members.keys()):
        came, went = new.members[group] - old.members[group], old.members[group] - new.members[group]
        if came or went:
            pairs = [tuple(sorted((group, other))) for other in partners.get(group, ())]
            levels = [new.entry((a, b)).severity for a, b in pairs]
            yield MemberChange(
                new.names[group],
                tuple(sorted(new.names[name] for name in came)),
                tuple(sorted(old.names[name] for name in went)),
                len(pairs),
                min(levels, key=rank, default=None),
            )
