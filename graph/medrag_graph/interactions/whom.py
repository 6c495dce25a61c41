"""Reads which drugs a level's condition names ("avec la doxazosine", "avec les autres"), and keeps it to those.

An entry between classes may give several levels, each for some of the members. A level that names its drugs says nothing
of the others: lorazepam with zolpidem is not contraindicated because sodium oxybate with opioids is. Only what names
single drugs, all of them known, narrows a level; any other condition is left to the reader with its words.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from medrag.text.normalise import fold_name
from medrag_graph.interactions.units import Unit
from medrag_graph.model import Claim, GraphConcept
from medrag_graph.stores import GraphHome

if TYPE_CHECKING:
    from medrag_graph.interactions.pairs import Hit

__all__ = ["Whom", "may_concern", "names_only", "read_whom", "those_meant"]

#: The texts the rules were written by, all 62 entries of several levels in ANSM 2020-10 read by eye.
SCALES: Final = frozenset({"ansm"})

_HEAD: Final = re.compile(
    r"^[\s:-]*(?:La contre-indication s['’]applique\s*:?|avec\s*:(?=\s*\n?\s*-))?\s*", re.I
)
_BULLET: Final = re.compile(r"(?:^|\n)\s*-\s*")
#: A line that goes on in lower case goes on with the sentence.
_WRAPPED: Final = re.compile(r"\s*\n\s*(?=[a-zà-ÿœ])")
_OTHERS: Final = re.compile(r"^avec les autres\b", re.I)
_LEAD: Final = re.compile(r"^(?:avec|pour)\s+|^(?=(?:le |la |l['’])?[a-zà-ÿœ]{5,}\s*,)", re.I)
_BETWEEN: Final = re.compile(r"^entre\s+(?P<one>.+?)\s+et\s+(?P<rest>[^.\n]+)", re.I)
_DOSES: Final = re.compile(r"^pour des doses (?:de |d['’])(?P<one>[a-zà-ÿœ-]+)\b", re.I)
#: One drug by one word, or one word "de sodium": an article in the plural is a class, a second word a form or a route.
_ITEM: Final = re.compile(
    r"^(?:le |la |l['’])?(?P<name>[a-zà-ÿœ][a-zà-ÿœ-]{3,}(?: de (?:sodium|lithium))?)$", re.I
)
_NEXT: Final = re.compile(r"\s*,\s*(?:et\s+)?|\s+et\s+|\s+ou\s+")
#: Where a list of names ends: its sentence, its line, or the words that say when.
_END: Final = re.compile(r"\s*(?:[.:(\n]|,\s*(?=en cas\b|respecter\b))")


@dataclass(frozen=True, slots=True)
class Whom:
    """Whom a condition names. ``others``: whoever no other level of the entry names."""

    #: Alternatives; of each, every group must have one of the two drugs. Names are folded.
    ways: tuple[tuple[frozenset[str], ...], ...] = ()
    others: bool = False

    @property
    def names(self) -> frozenset[str]:
        return frozenset(name for way in self.ways for group in way for name in group)


@lru_cache(maxsize=1024)
def read_whom(condition: str) -> Whom | None:
    """The drugs a condition is about, or None when it names none by itself, or anything beside single drugs."""
    body = _WRAPPED.sub(" ", _HEAD.sub("", condition, count=1))
    parts = [part.strip() for part in _BULLET.split(f"\n- {body.lstrip('- ')}") if part.strip()]
    if len(parts) == 1 and _OTHERS.match(parts[0]):
        return Whom(others=True)
    ways = [way_of(part) for part in parts]
    found = tuple(way for way in ways if way)
    return Whom(found) if found and len(found) == len(ways) else None


def names_only(condition: str) -> bool:
    """Whether a condition says whom it is about and nothing of dose, time or patient: of those it names it always holds."""
    whom = read_whom(condition)
    return whom is not None and not re.search(r"\b(?:en cas|doses?|respecter)\b", condition)


def way_of(part: str) -> tuple[frozenset[str], ...] | None:
    """What one line of a condition asks of the pair."""
    if doses := _DOSES.match(part):
        return (frozenset((fold_name(doses["one"]),)),)
    if between := _BETWEEN.match(part):
        ends = (listed(between["one"]), listed(between["rest"]))
        return tuple(end for end in ends if end) or None
    lead = _LEAD.match(part)
    names = listed(part[lead.end() :]) if lead else None
    return (names,) if names else None


def listed(words: str) -> frozenset[str] | None:
    """The folded names of a list, up to where it ends; None when one of them is not one drug by one word."""
    end = _END.search(words)
    told = words[: end.start() if end else len(words)].strip()
    items = [_ITEM.match(item.strip()) for item in _NEXT.split(told)]
    names = frozenset(fold_name(item["name"]) for item in items if item)
    return names if names and all(items) else None


def those_meant(hits: Sequence[Hit], units: Iterable[Unit], store: GraphHome) -> tuple[Hit, ...]:
    """The hits without those whose level names other drugs of the class than the pair's. Raises Unavailable."""
    read = [whom_of(hit.claim) for hit in hits]
    told = [(hit, whom) for hit, whom in zip(hits, read, strict=True) if whom is not None]
    if not told:
        return tuple(hits)
    held = store.named(sorted({name for _, whom in told for name in whom.names}))
    by_id = {unit.id: unit for unit in units}
    named = {entry_of(hit) for hit, whom in told if not whom.others and meets(hit, whom, by_id, held)}
    return tuple(
        hit
        for hit, whom in zip(hits, read, strict=True)
        if whom is None or means(hit, whom, named, by_id, held)
    )


def may_concern(claim: Claim, unit: Unit, other: GraphConcept, store: GraphHome) -> bool:
    """Whether a claim of one drug and anything else is not one that names other drugs of its class alone."""
    whom = whom_of(claim)
    if whom is None or whom.others or other.kind == "class":
        return True
    held = store.named(sorted(whom.names))
    wanted = {concept for told in held.values() for concept in told}
    return not whom.names <= held.keys() or other.id in wanted or not wanted.isdisjoint(unit.reach)


def whom_of(claim: Claim) -> Whom | None:
    return read_whom(claim.condition) if claim.condition and claim.native_scale in SCALES else None


def entry_of(hit: Hit) -> tuple[object, ...]:
    """What the levels of one entry share, for one pair of drugs."""
    return (hit.pair, hit.claim.edition, frozenset((hit.claim.subject, hit.claim.object)))


def means(
    hit: Hit,
    whom: Whom,
    named: Collection[tuple[object, ...]],
    units: Mapping[str, Unit],
    held: Mapping[str, tuple[str, ...]],
) -> bool:
    if whom.others:
        return entry_of(hit) not in named
    return meets(hit, whom, units, held) is not False


def meets(
    hit: Hit, whom: Whom, units: Mapping[str, Unit], held: Mapping[str, tuple[str, ...]]
) -> bool | None:
    """Whether the pair has what a way asks for; None when nothing can be said, because a name is not known, or because a
    class was asked about, which may be any of its members."""
    if not whom.names <= held.keys():
        return None
    ends = (units[hit.a], units[hit.b])
    if any(all(has_one(ends, group, held) for group in way) for way in whom.ways):
        return True
    return None if any(unit.concept.kind == "class" for unit in ends) else False


def has_one(ends: Iterable[Unit], names: Collection[str], held: Mapping[str, tuple[str, ...]]) -> bool:
    wanted = {concept for name in names for concept in held[name]}
    return any(not wanted.isdisjoint(unit.reach) for unit in ends)
