"""Makes the graph's concepts of joined things: an id, a kind, names by language, codes, and the index of names."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from medrag.text.normalise import fold_name
from medrag.vocabulary import Language
from medrag_graph.join import Group, Join
from medrag_graph.model import ConceptKind, GraphConcept
from medrag_graph.nearness import near_keys
from medrag_graph.things import BRAND, LANGUAGE_ORDER, MEDRAG, Thing, ThingName, tier_of

__all__ = ["Named", "name_concepts"]

#: The systems an id is made of, the best first.
ID_SYSTEMS: Final[tuple[str, ...]] = ("rxnorm", "drugbank", "unii", "doid", "mesh")
#: What a group is, by the first of these that any of its things is.
KINDS: Final[tuple[ConceptKind, ...]] = ("food", "drug", "class", "disease", "finding")
_NOT_SLUG: Final = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Named:
    """Groups as concepts: concept ids by group, the concepts, and folded name -> concept ids, the surest first."""

    ids: Mapping[int, str]
    concepts: tuple[GraphConcept, ...]
    names: Mapping[str, tuple[str, ...]]
    #: Folded name -> all concepts that have it on any tier, where the index keeps fewer.
    hidden: Mapping[str, tuple[str, ...]]


def name_concepts(join: Join) -> Named:
    """Concepts in the order of their ids. Groups of chemicals and of things medrag has no kind for are left out, but
    for the parts of a combination that is kept: a chemical given as a drug is one."""
    given = {part for group in join.groups if kind_of(group) is not None for part in group.parts}
    used: set[str] = set()
    ids: dict[int, str] = {}
    concepts: list[GraphConcept] = []
    tiers: dict[str, dict[str, int]] = defaultdict(dict)
    for number, group in enumerate(join.groups):
        kind = kind_of(group) or ("drug" if number in given else None)
        if kind is None:
            continue
        identifier = pick_id(group, kind, used)
        ids[number] = identifier
        used.add(identifier)
        concepts.append(concept_of(group, identifier, kind))
        for thing in group.things:
            for name in thing.names:
                tier = tier_of(thing, name)
                held = tiers[name.folded]
                held[identifier] = min(tier, held.get(identifier, tier))
        for key in code_keys(group):
            tiers[key][identifier] = 0
    add_near(tiers)
    names, hidden = index(tiers, {concept.id: concept.kind for concept in concepts})
    return Named(ids, tuple(sorted(concepts, key=lambda c: c.id)), names, hidden)


def code_keys(group: Group) -> Iterator[str]:
    """Codes are names too, ``drugbank:db00682``, so that one look-up serves both."""
    for system, held in group.codes.items():
        for code in held:
            yield fold_name(f"{system}:{code.removeprefix('DOID:')}")


def add_near(tiers: dict[str, dict[str, int]]) -> None:
    """The keys that names are found near by; no folded name looks like one."""
    for folded in list(tiers):
        for key in near_keys(folded):
            tiers[key].update(dict.fromkeys(tiers[folded], 0))


def index(
    tiers: Mapping[str, Mapping[str, int]], kinds: Mapping[str, ConceptKind]
) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """A name means the concepts of its surest tier; the others that have it are told apart.

    Below the main names of our tables each kind has a tier of its own: a class called l-Thyroxine by its source does
    not hide the drug.
    """
    names: dict[str, tuple[str, ...]] = {}
    hidden: dict[str, tuple[str, ...]] = {}
    for folded in sorted(tiers):
        held = tiers[folded]
        best: dict[str, int] = {}
        for item, tier in held.items():
            key = kinds[item] if min(held.values()) else ""
            best[key] = min(tier, best.get(key, tier))
        kept = (item for item, tier in held.items() if tier == best[kinds[item] if "" not in best else ""])
        names[folded] = tuple(sorted(kept))
        if len(names[folded]) < len(held):
            hidden[folded] = tuple(sorted(held))
    return names, hidden


def kind_of(group: Group) -> ConceptKind | None:
    kinds = {thing.kind for thing in group.things}
    if group.parts:
        return "drug"
    for kind in KINDS:
        if kind in kinds:
            return kind
    return None


def pick_id(group: Group, kind: ConceptKind, used: set[str]) -> str:
    """The best code no other concept has taken, else a slug of the name."""
    for system in ID_SYSTEMS:
        for code in group.codes.get(system, ()):
            identifier = f"{system}:{code.removeprefix('DOID:')}"
            if identifier not in used:
                return identifier
    slug = _NOT_SLUG.sub("-", preferred_name(group).folded).strip("-") or "unnamed"
    stem = f"medrag:{slug}" if kind == "drug" else f"medrag:{kind}-{slug}"
    number = 1
    while (identifier := stem if number == 1 else f"{stem}-{number}") in used:
        number += 1
    return identifier


def concept_of(group: Group, identifier: str, kind: ConceptKind) -> GraphConcept:
    names: dict[Language, tuple[str, ...]] = {}
    for language in LANGUAGE_ORDER:
        told = in_language(group, language)
        if told:
            names[language] = told
    codes = {system: held[0] for system, held in sorted(group.codes.items()) if held}
    return GraphConcept(identifier, kind, preferred_name(group).text, names, codes)


def preferred_name(group: Group) -> ThingName:
    """The English name most sources prefer, ours before theirs; else the French or Chinese one."""
    order: tuple[Language, ...] = ("en", "fr", "zh")
    for language in order:
        told = ranked(group.things, language)
        if told:
            return told[0]
    raise ValueError("a group without names")


def ranked(things: Sequence[Thing], language: Language) -> list[ThingName]:
    """One name of each folded form: our main name, then preferred ones by the number of sources, then the others."""
    votes: Counter[str] = Counter()
    best: dict[str, tuple[int, int, str, ThingName]] = {}
    for thing in things:
        ours = thing.edition == MEDRAG and not thing.id.startswith(BRAND)
        for name in (name for name in thing.names if name.language == language):
            preferred = name.form == "preferred"
            votes[name.folded] += preferred
            rank = (
                0 if ours and preferred else 1 if preferred else 2,
                shouting(name.text),
            )
            told = (*rank, name.text, name)
            best[name.folded] = min(best.get(name.folded, told), told)
    order = sorted(best, key=lambda key: (best[key][0], -votes[key], len(key), key))
    return [best[key][3] for key in order]


def shouting(text: str) -> int:
    """Capitals throughout are how some lists print; another spelling is preferred."""
    return int(len(text) > 4 and text.upper() == text and text.lower() != text)


def in_language(group: Group, language: Language) -> tuple[str, ...]:
    return tuple(name.text for name in ranked(group.things, language))
