"""The records of a comparison of two editions of an interaction source."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final, Literal, get_args

from medrag.vocabulary import SEVERITY_ORDER, Severity

__all__ = [
    "KINDS",
    "Change",
    "ChangeKind",
    "Comparison",
    "Entry",
    "Graded",
    "MemberChange",
    "Quoted",
    "Renaming",
    "rank",
]

#: raised, lowered: the gravest level changed. regraded: it did not, but other levels came or went. management,
#: mechanism: the levels are the same and those words are not. moved: an entry came or went, and through classes the
#: other edition states the same gravest level.
ChangeKind = Literal["raised", "added", "regraded", "lowered", "removed", "moved", "management", "mechanism"]
KINDS: Final[tuple[ChangeKind, ...]] = get_args(ChangeKind)


def rank(severity: Severity | None) -> int:
    """0 is the gravest; none is behind all."""
    return len(SEVERITY_ORDER) if severity is None else SEVERITY_ORDER.index(severity)


@dataclass(frozen=True, slots=True)
class Quoted:
    """Words of an edition: ``document.text[start:end] == exact``."""

    role: str
    exact: str
    document: str
    start: int
    end: int
    #: None where the words stand outside the passages, as lists of members do.
    passage: str | None


@dataclass(frozen=True, slots=True)
class Graded:
    """One level an entry states, in the source's words."""

    severity: Severity
    native_scale: str
    native_level: str
    condition: str
    management: str
    mechanism: str
    quotes: tuple[Quoted, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """What an edition states of two parties; entries printed both ways round are one. The gravest level comes first."""

    a: str
    b: str
    graded: tuple[Graded, ...]

    @property
    def severity(self) -> Severity:
        """The gravest level stated."""
        return self.graded[0].severity


@dataclass(frozen=True, slots=True)
class ByClass:
    """An entry of classes that speaks of two parties too."""

    a: str
    b: str
    severity: Severity


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two editions. ``before`` or ``after`` is None where the edition has no such entry."""

    kind: ChangeKind
    a: str
    b: str
    before: Entry | None
    after: Entry | None
    #: Where one edition has no entry of its own: what it states of the two through their classes, gravest first.
    by_class: tuple[ByClass, ...] = ()

    @property
    def gravest(self) -> Severity:
        """The gravest level on either side."""
        sides = [entry.severity for entry in (self.before, self.after) if entry is not None]
        return min(sides, key=rank)


@dataclass(frozen=True, slots=True)
class MemberChange:
    """What came into a class and what left it, and what that means: the new edition's entries of the class."""

    group: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    entries: int
    gravest: Severity | None


@dataclass(frozen=True, slots=True)
class Renaming:
    """A name that went and the one that took its place, with what shows it."""

    old: str
    new: str
    #: Members under the old name, under the new one, and under both.
    members_before: int
    members_after: int
    members_shared: int
    #: Parties named in entries with it: share of those under either name that stand under both, 0 to 1.
    partners_shared: float
    #: How alike the names are, 0 to 1 (Ratcliff and Obershelp 1988).
    likeness: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """All differences, gravest first."""

    old: str
    new: str
    changes: tuple[Change, ...]
    members: tuple[MemberChange, ...]
    renamed: tuple[Renaming, ...]
    #: Entries that say the same in both.
    same: int

    @property
    def counts(self) -> dict[str, int]:
        told: dict[str, int] = {kind: sum(item.kind == kind for item in self.changes) for kind in KINDS}
        return {**told, "members": len(self.members), "renamed": len(self.renamed), "same": self.same}

    def as_json(self) -> dict[str, Any]:
        return {
            "old": self.old,
            "new": self.new,
            "counts": self.counts,
            "changes": [{**asdict(item), "gravest": item.gravest} for item in self.changes],
            "members": [asdict(item) for item in self.members],
            "renamed": [asdict(item) for item in self.renamed],
        }
