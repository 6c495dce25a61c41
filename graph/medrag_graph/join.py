"""Joins what the sources name into one concept each: by code first, then by name, then by a named spelling rule."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from medrag.text.normalise import fold_name
from medrag_graph.combinations import split_parts
from medrag_graph.foods import FOODS
from medrag_graph.products import prepared_names
from medrag_graph.salts import split_salt
from medrag_graph.stems import english_forms
from medrag_graph.things import Thing, tier_of

__all__ = ["Conflict", "Group", "Join", "JoinStep", "join_things"]

#: Two things of different codes in one of these systems are two things, whatever they are called.
EXCLUSIVE: Final[tuple[str, ...]] = ("drugbank", "unii", "doid", "mesh", "ndfrt_class", "chebi")
#: RxNorm has codes for a substance, for its salts and for retired entries, and sources choose differently among them:
#: two codes under one name are joined and told of.
TOLERATED: Final[tuple[str, ...]] = ("rxnorm",)
#: Systems whose codes join, in the order they are tried. An ICD-10 or ATC code covers several diseases or drugs.
JOINING: Final[tuple[str, ...]] = (
    "rxnorm",
    "drugbank",
    "unii",
    "medlineplus",
    "doid",
    "mesh",
    "ndfrt",
    "chebi",
)
#: A thing of a kind on the left may be the same as one on the right.
FAMILY: Final[Mapping[str, str]] = {
    "drug": "drug",
    "chemical": "drug",
    "class": "class",
    "disease": "disease",
    "finding": "finding",
    "food": "food",
    "other": "food",
}

How = Literal["code", "name", "synonym", "stem", "parts"]


@dataclass(frozen=True, slots=True, order=True)
class JoinStep:
    """Why two things are one: the code, the name or the rule that says so."""

    how: How
    detail: str
    one: tuple[str, str]
    other: tuple[str, str]


@dataclass(frozen=True, slots=True, order=True)
class Conflict:
    """What does not fit and was therefore not joined, or was joined against another statement."""

    #: code_against_name: one code, two names that differ, not joined; name_against_code: one name, two codes, not
    #: joined; name_with_two_codes: the same where the system allows it, joined; name_of_several: a name of several.
    kind: Literal["code_against_name", "name_against_code", "name_with_two_codes", "name_of_several"]
    detail: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Things that are one concept, in the order of their keys."""

    family: str
    things: tuple[Thing, ...]
    #: Code system -> codes that stand, the ones most things have first.
    codes: Mapping[str, tuple[str, ...]]
    #: Positions of the groups a combination is made of; () for everything else.
    parts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Join:
    """The groups, which group each thing is in, and how it came to be."""

    groups: tuple[Group, ...]
    group_of: Mapping[tuple[str, str], int]
    steps: tuple[JoinStep, ...]
    conflicts: tuple[Conflict, ...]


def join_things(things: Sequence[Thing]) -> Join:
    """The same for any order of ``things``."""
    joiner = Joiner(sorted(things, key=lambda thing: thing.key))
    joiner.by_code()
    joiner.by_preferred_name()
    joiner.by_synonym()
    joiner.by_turned_name()
    joiner.by_stem()
    joiner.by_food()
    joiner.by_parts()
    return joiner.finish()


@dataclass(slots=True)
class Joiner:
    """Things, and which are one, while it is worked out. Sets of things carry the codes of their members."""

    things: list[Thing]
    parent: list[int] = field(init=False)
    codes: list[dict[str, set[str]]] = field(init=False)
    steps: list[JoinStep] = field(default_factory=list)
    conflicts: set[Conflict] = field(default_factory=set)
    parts: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.parent = list(range(len(self.things)))
        self.codes = [known_codes(thing) for thing in self.things]

    # --- sets --------------------------------------------------------------------------------------

    def root(self, at: int) -> int:
        while self.parent[at] != at:
            self.parent[at] = self.parent[self.parent[at]]
            at = self.parent[at]
        return at

    def unite(self, one: int, other: int, how: How, detail: str) -> bool:
        """Makes two sets one unless their codes forbid it; whether they are one now."""
        a, b = sorted((self.root(one), self.root(other)))
        if a == b:
            return True
        clash = self.clash(a, b)
        if clash:
            members = tuple(sorted(self.label(at) for at in (one, other)))
            self.conflicts.add(Conflict("name_against_code", f"{detail}: {clash}", members))
            return False
        self.tell_tolerated(one, other, a, b, detail)
        self.parent[b] = a
        for system, held in self.codes[b].items():
            self.codes[a].setdefault(system, set()).update(held)
        pair = sorted((self.things[one].key, self.things[other].key))
        self.steps.append(JoinStep(how, detail, pair[0], pair[1]))
        return True

    def clash(self, a: int, b: int) -> str:
        """The first system in which the sets have codes and none in common."""
        for system in EXCLUSIVE:
            one, other = self.codes[a].get(system), self.codes[b].get(system)
            if one and other and not one & other:
                return f"{system} {' '.join(sorted(one))} and {' '.join(sorted(other))}"
        return ""

    def tell_tolerated(self, one: int, other: int, a: int, b: int, detail: str) -> None:
        for system in TOLERATED:
            held, more = self.codes[a].get(system), self.codes[b].get(system)
            if held and more and not held & more:
                told = f"{detail}: joined, {system} {' '.join(sorted(held))} and {' '.join(sorted(more))}"
                members = tuple(sorted(self.label(at) for at in (one, other)))
                self.conflicts.add(Conflict("name_with_two_codes", told, members))

    def label(self, at: int) -> str:
        thing = self.things[at]
        return f"{thing.edition} {thing.id} {thing.name}"

    def family(self, at: int) -> str:
        return FAMILY[self.things[at].kind]

    # --- by code -----------------------------------------------------------------------------------

    def by_code(self) -> None:
        """Things with one code are one, unless a thing's own name belongs to another code of the same system."""
        named = self.preferred_index()
        for system in JOINING:
            held: dict[str, list[int]] = defaultdict(list)
            for at, thing in enumerate(self.things):
                if system in thing.codes:
                    held[thing.codes[system]].append(at)
            for code in sorted(held):
                self.join_code(system, code, held[code], named)

    def join_code(
        self, system: str, code: str, members: list[int], named: Mapping[tuple[str, str], list[int]]
    ) -> None:
        kept: list[int] = []
        for at in members:
            rival = self.rival(system, code, at, members, named)
            if rival is None:
                kept.append(at)
                continue
            self.codes[self.root(at)].pop(system, None)
            told = tuple(sorted(self.label(item) for item in {at, *members}))
            detail = f"{system} {code}: the name {self.things[at].name!r} belongs to {self.label(rival)}"
            self.conflicts.add(Conflict("code_against_name", detail, told))
        by_family: dict[str, int] = {}
        for at in kept:
            first = by_family.setdefault(self.family(at), at)
            self.unite(first, at, "code", f"{system} {code}")

    def rival(
        self,
        system: str,
        code: str,
        at: int,
        members: Sequence[int],
        named: Mapping[tuple[str, str], list[int]],
    ) -> int | None:
        """A thing of this thing's name that has another code of the system, when no other member has the name."""
        family = self.family(at)
        keys = {name.folded for name in self.things[at].preferred()}
        others = [item for item in members if item != at]
        if not others or any(keys & self.all_keys(item) for item in others):
            return None
        for key in sorted(keys):
            for item in named.get((family, key), ()):
                told = self.things[item].codes.get(system)
                if item != at and told is not None and told != code:
                    return item
        return None

    def all_keys(self, at: int) -> set[str]:
        return {name.folded for name in self.things[at].names}

    # --- by name -----------------------------------------------------------------------------------

    def preferred_index(self) -> dict[tuple[str, str], list[int]]:
        """(family, key) -> the things that prefer a name of it."""
        held: dict[tuple[str, str], list[int]] = defaultdict(list)
        for at, thing in enumerate(self.things):
            for key in sorted({name_key(name.folded, FAMILY[thing.kind]) for name in thing.preferred()}):
                held[self.family(at), key].append(at)
        return held

    def by_preferred_name(self) -> None:
        named = self.preferred_index()
        for family, key in sorted(named):
            first, *others = named[family, key]
            for at in others:
                self.unite(first, at, "name", key)

    def synonym_index(self) -> dict[tuple[str, str], set[int]]:
        """(family, key) -> the sets (by root) that have the name in whatever form, abbreviations left out."""
        held: dict[tuple[str, str], set[int]] = defaultdict(set)
        for at, thing in enumerate(self.things):
            family, root = self.family(at), self.root(at)
            for name in thing.names:
                if name.form in ("preferred", "synonym"):
                    held[family, name_key(name.folded, family)].add(root)
        return held

    def surest_index(self) -> dict[str, dict[int, int]]:
        """Name -> the sets (by root) of drugs that have it, and how surely; abbreviations left out."""
        held: dict[str, dict[int, int]] = defaultdict(dict)
        for at, thing in enumerate(self.things):
            if self.family(at) != "drug":
                continue
            root = self.root(at)
            for name in thing.names:
                if name.form in ("preferred", "synonym"):
                    tier = tier_of(thing, name)
                    held[name.folded][root] = min(tier, held[name.folded].get(root, tier))
        return held

    def by_turned_name(self) -> None:
        """English lists put the main word first: "ESTROGENS,CONJUGATED" is conjugated estrogens where nobody else is."""
        named = self.synonym_index()
        for at, thing in enumerate(self.things):
            if self.family(at) != "drug" or has_language(thing, "fr"):
                continue
            for key in sorted({turned(name.folded) for name in thing.preferred()} - {""}):
                others = {self.root(item) for item in named.get(("drug", key), ())} - {self.root(at)}
                if len(others) == 1:
                    self.unite(min(others), at, "synonym", f"turned: {key}")

    def by_synonym(self) -> None:
        """A thing whose preferred name is another's synonym, and nobody else's, is that other; a salt is not its base."""
        named = self.synonym_index()
        preferred = self.preferred_index()
        for at, thing in enumerate(self.things):
            if self.family(at) == "food":
                continue
            for key in sorted({name_key(n.folded, self.family(at)) for n in thing.preferred()}):
                salt = split_salt(key) if self.family(at) == "drug" else None
                if salt and (self.family(at), salt[0]) in preferred:
                    continue
                others = {self.root(item) for item in named[self.family(at), key]} - {self.root(at)}
                if len(others) == 1:
                    self.unite(min(others), at, "synonym", key)
                elif others:
                    told = tuple(sorted(self.label(item) for item in {*others, at}))
                    self.conflicts.add(Conflict("name_of_several", key, told))

    def by_stem(self) -> None:
        """French drug names that no source has in English, by the spelling rules; the first form that is known counts."""
        named = self.synonym_index()
        english = {self.root(at) for at, thing in enumerate(self.things) if has_language(thing, "en")}
        for at, thing in enumerate(self.things):
            if self.family(at) != "drug" or self.root(at) in english or has_language(thing, "en"):
                continue
            for key in sorted({name.folded for name in thing.preferred() if name.language == "fr"}):
                if self.join_stem(at, key, named):
                    break

    def join_stem(self, at: int, key: str, named: Mapping[tuple[str, str], set[int]]) -> bool:
        for rule, form in english_forms(key):
            found = {self.root(item) for item in named.get(("drug", form), ())} - {self.root(at)}
            if len(found) == 1:
                return self.unite(min(found), at, "stem", f"{rule}: {key} -> {form}")
            if found:
                told = tuple(sorted(self.label(item) for item in {*found, at}))
                self.conflicts.add(Conflict("name_of_several", f"{rule}: {key} -> {form}", told))
                return False
        return False

    def by_food(self) -> None:
        """What lists of drugs hold of a food is that food, by the table of foods."""
        named = self.preferred_index()
        for food in FOODS:
            key = fold_name(food.names["en"][0])
            for at in named.get(("drug", food.substance), ()):
                self.unite(named["food", key][0], at, "name", f"food: {food.substance}")

    # --- combinations ------------------------------------------------------------------------------

    def by_parts(self) -> None:
        """Combinations with the same parts are one, in whatever order a name has them."""
        finder = PartFinder(self)
        made: dict[tuple[int, ...], int] = {}
        for at, thing in enumerate(self.things):
            parts = finder.parts(thing) if thing.kind in ("drug", "class") else ()
            if parts and self.root(at) not in parts:
                first = made.setdefault(parts, at)
                if first != at:
                    self.unite(first, at, "parts", " + ".join(self.things[part].name for part in parts))
        self.parts = {self.root(at): parts for parts, at in made.items()}

    # --- the result --------------------------------------------------------------------------------

    def finish(self) -> Join:
        members: dict[int, list[int]] = defaultdict(list)
        for at in range(len(self.things)):
            members[self.root(at)].append(at)
        roots = sorted(members)
        place = {root: number for number, root in enumerate(roots)}
        parts = {
            self.root(root): tuple(sorted({place[self.root(part)] for part in held}))
            for root, held in self.parts.items()
        }
        groups = tuple(self.group(root, members[root], parts.get(root, ())) for root in roots)
        group_of = {self.things[at].key: place[root] for root in roots for at in members[root]}
        return Join(groups, group_of, tuple(sorted(self.steps)), tuple(sorted(self.conflicts)))

    def group(self, root: int, members: Iterable[int], parts: tuple[int, ...]) -> Group:
        things = tuple(self.things[at] for at in members)
        family = "drug" if parts else sorted(FAMILY[thing.kind] for thing in things)[-1]
        codes: dict[str, tuple[str, ...]] = {}
        for system, held in sorted(self.codes[root].items()):
            votes = {code: sum(thing.codes.get(system) == code for thing in things) for code in held}
            codes[system] = tuple(sorted(held, key=lambda code: (-votes[code], len(code), code)))
        return Group(family, things, codes, parts)


@dataclass(slots=True)
class PartFinder:
    """Finds the sets that the parts of a combination's name mean."""

    joiner: Joiner
    named: dict[str, dict[int, int]] = field(init=False)

    def __post_init__(self) -> None:
        self.named = self.joiner.surest_index()

    def parts(self, thing: Thing) -> tuple[int, ...]:
        """The sets of all parts in order, two at least; () when a part is not known or means several."""
        for name in thing.preferred():
            told = split_parts(name.text)
            found = [self.one(part) for part in told] if 1 < len(told) <= 12 else []
            kept = tuple(sorted({at for at in found if at is not None}))
            if len(kept) > 1 and None not in found:
                return kept
        return ()

    def one(self, part: str) -> int | None:
        """The set that a part means: of those that have the name, the one that has it most surely."""
        for key in self.keys(fold_name(part)):
            held: dict[int, int] = {}
            for at, tier in self.named.get(key, {}).items():
                root = self.joiner.root(at)
                held[root] = min(tier, held.get(root, tier))
            if held:
                surest = [root for root, tier in held.items() if tier == min(held.values())]
                return surest[0] if len(surest) == 1 else None
        return None

    def keys(self, folded: str) -> Iterator[str]:
        yield folded
        yield from (form for _, form in english_forms(folded))
        salt = split_salt(folded)
        if salt:
            yield salt[0]
        yield from prepared_names(folded)


def known_codes(thing: Thing) -> dict[str, set[str]]:
    """Code system -> codes of a thing; ``rxnorm_other`` holds further codes of ``rxnorm``, with spaces between."""
    held: dict[str, set[str]] = {}
    for system, told in thing.codes.items():
        held.setdefault(system.removesuffix("_other"), set()).update(told.split())
    return held


def name_key(folded: str, family: str) -> str:
    """What names are compared by: as folded; of classes, without the plural's s."""
    if family != "class":
        return folded
    return " ".join(word[:-1] if len(word) > 3 and word.endswith("s") else word for word in folded.split())


def turned(folded: str) -> str:
    """``estrogens,conjugated`` -> ``conjugated estrogens``; "" for a name without one comma between letters."""
    main, comma, first = folded.partition(",")
    if not comma or not re.fullmatch(r"[a-z ]{3,},\s?[a-z ]{3,}", folded) or split_salt(folded):
        return ""
    return f"{first.strip()} {main.strip()}"


def has_language(thing: Thing, language: str) -> bool:
    return any(name.language == language for name in thing.names)
