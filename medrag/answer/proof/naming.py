"""Which names of the lexicon a proof compares as names, and which it reads as routes."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Final

from medrag.answer.proof.marks import Named
from medrag.concepts import Linker, Mention, Thing, lexicon_things
from medrag.errors import IntegrityError, Place

__all__ = ["IMPLIED", "ROUTES", "WITHIN", "hard_names", "proof_linker", "soft_names"]

#: Kinds of names that carry a fact by themselves; the rest is read as routes or senses.
HARD: Final = frozenset(
    ["drug", "class", "disease", "population", "lab", "finding", "procedure", "anatomy", "other"]
)
#: Rows of the term table that the senses or the amounts read instead.
LEFT: Final = frozenset(
    f"term:{name}"
    for name in (
        "exacerbation|milligram|microgram|milliliter|international units|millimoles per liter|millimeters of mercury"
        "|per kilogram of body weight|patient|threshold|reference range|risk factor|treatment|symptoms|prescription"
        "|clinician|adults only|bleeding risk|pain control|control|high risk|low risk|intermediate risk|very high risk"
        "|drug therapy|pharmacotherapy|drug plasma concentration|enzyme inhibitor|enzyme inducer|pathogen|men|women|medical history"  # noqa: E501
        "|body weight|suicidal ideation|fall risk|etiology|diet|alcohol consumption|food effect"
        "|prophylaxis|preventive treatment|milk"
    ).split("|")
)
#: Foods that act as drugs do; the term table has them among actions.
FOODS: Final = frozenset(["term:grapefruit juice", "term:St. John's wort", "term:milk"])
#: Two rows of the table that say one thing in a statement.
ONE: Final = {
    "term:pregnant women": "term:pregnancy",
    "term:breastfeeding women": "term:lactation",
    "term:dialysis patients": "term:dialysis",
    "term:anticoagulant therapy": "class:anticoagulants",
    "term:insulin therapy": "class:insulins",
}
#: What a name says besides itself: the third trimester is one of a pregnancy.
IMPLIED: Final = {
    "term:first trimester": "term:pregnancy",
    "term:second trimester": "term:pregnancy",
    "term:third trimester": "term:pregnancy",
    "disease:cirrhosis": "term:liver",
    "disease:atrioventricular block": "term:heart",
    "disease:arrhythmia": "term:heart",
}
#: A route that is a manner of another.
WITHIN: Final = {
    "term:intravenous infusion": "term:intravenous",
    "term:intravenous bolus": "term:intravenous",
    "term:oral solution": "term:oral",
}
ROUTES: Final = frozenset(
    f"term:{name}"
    for name in (
        "oral|intravenous|intravenous infusion|intravenous bolus|subcutaneous injection|intramuscular injection|inhalation"
        "|topical|rectal|vaginal|sublingual|intrathecal|intranasal|ophthalmic|otic|transdermal patch|nebulization"
        "|intra-articular injection|intravitreal injection|nasogastric tube"
    ).split("|")
)


@cache
def proof_linker() -> Linker:
    """Over the names a proof compares as names: what senses and amounts read would hide names inside it."""
    more = further_names()
    return Linker(
        renamed(thing, (*more.get(thing.id, ()), *spelled(thing)))
        for thing in lexicon_things()
        if thing.id in ROUTES or thing.id in FOODS or (thing.kind in HARD and thing.id not in LEFT)
    )


def renamed(thing: Thing, more: tuple[str, ...]) -> Thing:
    """The thing with further names."""
    if not more:
        return thing
    return replace(thing, names={**thing.names, "en": (*thing.names.get("en", ()), *more)})


def spelled(thing: Thing) -> tuple[str, ...]:
    """Its names with Greek letters spelled out, and those of a class in the singular."""
    single = (
        name[:-1] for name in thing.names.get("en", ()) if thing.kind == "class" and PLURAL.search(name)
    )
    greek = (spell_greek(name) for name in thing.all_names() if GREEK.search(name))
    return (*greek, *(name for name in single if name not in thing.names["en"]))


#: An English plural of a word of some length.
PLURAL: Final = re.compile(r"[a-z]{4,}[^sui]s$")


def spell_greek(text: str) -> str:
    """Greek letters by their names: no name of the lexicon is found from a letter that is neither Latin nor Han."""
    return GREEK.sub(lambda m: GREEK_NAMES[m[0]], text)


GREEK_NAMES: Final = {"α": "alpha", "β": "beta", "γ": "gamma", "Α": "alpha", "Β": "beta"}
GREEK = re.compile("[" + "".join(GREEK_NAMES) + "]")


def further_names() -> dict[str, tuple[str, ...]]:
    """The names of ``names.csv``, by id. Raises `IntegrityError` where a row names nothing of the lexicon."""
    held = files("medrag.answer.proof").joinpath("names.csv").read_text(encoding="utf-8")
    kinds = {thing.id: thing.kind for thing in lexicon_things()}
    told: dict[str, tuple[str, ...]] = {}
    for line, row in enumerate(csv.DictReader(held.splitlines()), start=2):
        damaged = (
            None in row.values()
            or None in row
            or not row["source"]
            or row["reviewed"] not in ("true", "false")
        )
        if damaged or kinds.get(row["id"]) != row["kind"] or not row["names"] or row["id"] in told:
            raise IntegrityError("a damaged row of the names", place=Place("names.csv", line, "id"))
        told[row["id"]] = tuple(row["names"].split("|"))
    return told


def grouped(mentions: list[Mention]) -> Iterator[tuple[tuple[int, int], list[Mention]]]:
    spans: dict[tuple[int, int], list[Mention]] = {}
    for mention in mentions:
        spans.setdefault((mention.start, mention.end), []).append(mention)
    yield from spans.items()


def hard_names(mentions: list[Mention]) -> Iterator[Named]:
    for (start, end), found in grouped(mentions):
        kept = [m.thing for m in found if m.thing.kind in HARD or m.thing.id in FOODS]
        if kept:
            ids = frozenset(ONE.get(thing.id, thing.id) for thing in kept)
            kind = "drug" if kept[0].id in FOODS else kept[0].kind
            yield Named(ids, kind, start, end, found[0].text)


def soft_names(mentions: list[Mention], masked: list[str]) -> Iterator[Named]:
    for (start, end), found in grouped(mentions):
        ids = frozenset(m.thing.id for m in found) & ROUTES
        if ids and "\0" not in masked[start:end]:
            yield Named(ids, "route", start, end, found[0].text)
