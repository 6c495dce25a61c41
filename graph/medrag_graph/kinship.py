"""Links by what names themselves say: a mineral's salts to the mineral, insulins to insulin, preparations to their drug."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from medrag_graph.concepts import Named
from medrag_graph.join import Group, Join
from medrag_graph.minerals import mineral_of, salts_of
from medrag_graph.model import Link
from medrag_graph.products import prepared_names
from medrag_graph.things import MEDRAG

__all__ = ["kin_links", "preparation_links"]

#: Drugs that sources name both as one and by their kinds, and how a name says that it is such a kind.
GENERA: Final[dict[str, re.Pattern[str]]] = {
    "insulin": re.compile(r"insulin,? (?!like\b|receptor\b)(?!.*\bvaccine)[a-z].*|(?:[a-z]+ )+insulin"),
    "interferon": re.compile(r"(?:peg)?interferon,? (?:alfa|alpha|beta|gamma)\b.*"),
}


def kin_links(join: Join, named: Named) -> tuple[Link, ...]:
    """What is said of a mineral holds for its salts, of all salts of a mineral for each, of insulin for every insulin.

    It does not hold the other way, so these are memberships and no forms.
    """
    kinds = {concept.id: concept.kind for concept in named.concepts}
    links: set[Link] = set()
    given: dict[str, set[str]] = defaultdict(set)
    for identifier, keys in drug_names(join, named, kinds):
        genus = {name for name, pattern in GENERA.items() for key in keys if pattern.fullmatch(key)}
        minerals = {told for key in keys if (told := mineral_of(key))}
        if len(minerals) == 1:
            given[min(minerals)].add(identifier)
        for above in genus | (minerals if len(minerals) == 1 else set()):
            target = the_drug(above, named, kinds)
            if target is not None and target != identifier:
                links.add(Link("member_of", identifier, target, MEDRAG))
    links.update(class_links(join, named, kinds, given))
    return tuple(sorted(links, key=lambda link: (link.source, link.target)))


def class_links(
    join: Join, named: Named, kinds: Mapping[str, str], given: Mapping[str, set[str]]
) -> Iterator[Link]:
    """Every salt of a mineral, and the mineral, to the classes called its salts."""
    for number, group in enumerate(join.groups):
        target = named.ids.get(number)
        if target is None or kinds[target] != "class":
            continue
        told = {salts_of(name.folded) for thing in group.things for name in thing.preferred()}
        for mineral in sorted(item for item in told if item):
            itself = the_drug(mineral, named, kinds)
            for source in sorted({*given.get(mineral, ()), *([itself] if itself else ())}):
                yield Link("member_of", source, target, MEDRAG)


def drug_names(join: Join, named: Named, kinds: Mapping[str, str]) -> Iterator[tuple[str, set[str]]]:
    """(concept, folded preferred names) of every drug that is no combination."""
    for number, group in enumerate(join.groups):
        identifier = named.ids.get(number)
        if identifier is not None and kinds[identifier] == "drug" and not group.parts:
            yield identifier, {name.folded for thing in group.things for name in thing.preferred()}


def the_drug(key: str, named: Named, kinds: Mapping[str, str]) -> str | None:
    """The only drug of a name."""
    held = [item for item in named.names.get(key, ()) if kinds[item] == "drug"]
    return held[0] if len(held) == 1 else None


def preparation_links(join: Join, named: Named) -> Iterator[Link]:
    """A drug called another's name with a form, route or use ("Nitroglycerin Sublingual", "Doxepin (Insomnia)"), or with
    the suffix FDA gives a biosimilar, is a form of that other: its brands mean the drug."""
    kinds = {concept.id: concept.kind for concept in named.concepts}
    preferred: dict[str, set[str]] = defaultdict(set)
    for drug, keys in drug_names(join, named, kinds):
        for key in keys:
            preferred[key].add(drug)
    for number, group in enumerate(join.groups):
        identifier = named.ids.get(number)
        if identifier is None or group.parts or kinds[identifier] != "drug" or is_ours(group):
            continue
        found = prepared_from(group, identifier, preferred)
        if found is not None:
            yield Link("form_of", identifier, found[0], found[1])


def is_ours(group: Group) -> bool:
    """Whether our table of drugs has a row for it: then it is a drug by itself."""
    return any(thing.id.startswith(f"{MEDRAG}:drug/") for thing in group.things)


def prepared_from(group: Group, identifier: str, preferred: Mapping[str, set[str]]) -> tuple[str, str] | None:
    """(drug, edition) that the preferred names lead to once form words and remarks are taken off; one, or None."""
    found: dict[str, str] = {}
    for thing in group.things:
        for name in thing.preferred():
            for key in prepared_names(name.text):
                held = preferred.get(key, set())
                if len(held) == 1 and identifier not in held:
                    found.setdefault(min(held), thing.edition)
    return next(iter(found.items())) if len(found) == 1 else None
