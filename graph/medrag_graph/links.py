"""Makes the links of belonging: stated memberships, salts and esters to their base, parts to their combination."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from medrag.records import Assertion, Stated
from medrag.text.normalise import fold_name
from medrag_graph.concepts import Named
from medrag_graph.ends import Ends, single
from medrag_graph.enzymes import enzyme_classes
from medrag_graph.join import Group, Join
from medrag_graph.kinship import preparation_links
from medrag_graph.model import Evidence, Link, LinkKind
from medrag_graph.salts import split_salt
from medrag_graph.stems import english_forms
from medrag_graph.things import MEDRAG

__all__ = [
    "LINKS",
    "enzyme_links",
    "evidence_of",
    "merge_links",
    "part_links",
    "salt_links",
    "stated_links",
    "table_links",
]

#: How the ids of our table of drugs begin.
TABLE: Final = f"{MEDRAG}:drug/"
#: Predicates of assertions that are links in the graph.
LINKS: Final[Mapping[str, LinkKind]] = {"member_of": "member_of", "is_a": "is_a"}


def evidence_of(item: Assertion) -> tuple[Evidence, ...]:
    """The spans an assertion stands on, in its order."""
    return tuple(Evidence(e.document, e.span, e.role) for e in item.evidence if isinstance(e, Stated))


def stated_links(stated: Iterable[Assertion], ends: Ends) -> Iterator[Link]:
    """Links as sources state them; one to itself says nothing and is left out."""
    for item in stated:
        pair = ends.both(item)
        if pair is not None and pair[0] != pair[1]:
            yield Link(LINKS[item.predicate], *pair, item.edition, evidence_of(item))


def part_links(join: Join, named: Named) -> Iterator[Link]:
    """Each part to its combination, said by the first source whose name of it divides."""
    for number, group in enumerate(join.groups):
        for part in group.parts if number in named.ids else ():
            yield Link("part_of", named.ids[part], named.ids[number], group.things[0].edition)


def table_links(join: Join, named: Named) -> Iterator[Link]:
    """Our table of drugs says that a name is another name of one drug; a concept that goes by it, kept apart for its
    codes (colistimethate beside colistin), is a form of that drug: what is said of it is found under both names."""
    kinds = {concept.id: concept.kind for concept in named.concepts}
    ours = {
        name.folded: named.ids[join.group_of[thing.key]]
        for group in join.groups
        for thing in group.things
        if thing.id.startswith(TABLE)
        for name in thing.names
    }
    for number, group in enumerate(join.groups):
        source = named.ids.get(number)
        if source is None or group.parts or kinds[source] != "drug" or source in ours.values():
            continue
        keys = sorted({name.folded for thing in group.things for name in thing.preferred()})
        targets = {ours[key] for key in keys if key in ours} - {source}
        if len(targets) == 1 and kinds[min(targets)] == "drug":
            yield Link("form_of", source, min(targets), MEDRAG)


def enzyme_links(named: Named) -> Iterator[Link]:
    """Each drug of our facts to the classes of inhibitors and inducers it is in; one the graph lacks is in none."""
    kinds = {concept.id: concept.kind for concept in named.concepts}
    for name, drugs in enzyme_classes().items():
        target = single(named.names.get(fold_name(name), ()), kinds, ("class",))
        for drug in drugs:
            source = single(named.names.get(fold_name(drug), ()), kinds, ("drug", "food"))
            if source is not None and target is not None:
                yield Link("member_of", source, target, MEDRAG)


def salt_links(join: Join, named: Named) -> Iterator[Link]:
    """A drug whose name is another's with a salt word is a form of that other; what our table says goes first."""
    kinds = {concept.id: concept.kind for concept in named.concepts}
    told = {link.source: link for link in table_links(join, named)}
    yield from told.values()
    for number, group in enumerate(join.groups):
        identifier = named.ids.get(number)
        if identifier is None or group.family != "drug" or group.parts or kinds[identifier] != "drug":
            continue
        found = base_of(group, identifier, named, kinds) if identifier not in told else None
        if found is not None and told.get(found[0], Link("form_of", "", "", "")).target != identifier:
            told[identifier] = Link("form_of", identifier, *found)
            yield told[identifier]
    for link in preparation_links(join, named):
        base = told.get(link.target)
        target = base.target if base else link.target
        if link.source not in told and target != link.source:
            yield Link("form_of", link.source, target, link.edition)


def base_of(group: Group, identifier: str, named: Named, kinds: Mapping[str, str]) -> tuple[str, str] | None:
    """(concept, edition) of the base that the group's preferred names lead to; None unless all lead to one."""
    found: dict[str, str] = {}
    for thing in group.things:
        for name in thing.preferred():
            divided = split_salt(name.folded)
            for form in base_forms(divided[0]) if divided else ():
                held = [item for item in named.names.get(form, ()) if kinds[item] == "drug"]
                if held:
                    if len(held) == 1 and held[0] != identifier:
                        found.setdefault(held[0], thing.edition)
                    break
    return next(iter(found.items())) if len(found) == 1 else None


def base_forms(folded: str) -> Sequence[str]:
    return (folded, *(form for _, form in english_forms(folded)))


def merge_links(links: Iterable[Link]) -> tuple[Link, ...]:
    """One link for each kind, source, target and edition, with all its evidence, in order."""
    held: dict[tuple[str, str, str, str], dict[Evidence, None]] = {}
    kinds: dict[tuple[str, str, str, str], LinkKind] = {}
    for link in links:
        key = (link.kind, link.source, link.target, link.edition)
        kinds[key] = link.kind
        held.setdefault(key, {}).update(dict.fromkeys(link.evidence))
    return tuple(Link(kinds[key], *key[1:], tuple(sorted(held[key], key=order))) for key in sorted(held))


def order(item: Evidence) -> tuple[str, int, int, str]:
    return item.document, item.span.start, item.span.end, item.role
