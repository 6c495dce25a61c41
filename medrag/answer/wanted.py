"""Reads from a question what a passage must hold to answer it: things, aspects, words; and what nobody here knows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from medrag.answer.sought import RUNS, Sought, blank, latin_words, like_a_drug, read_chinese, weigh_latin
from medrag.concepts import Thing
from medrag.lexicon.aspects import Aspect, asked_aspects
from medrag.privacy.remove import find_identifiers
from medrag.retrieve.plan import Plan
from medrag.shelf import OpenShelf
from medrag.text.normalise import fold_name

__all__ = ["Wanted", "read_wanted"]

#: Terms of these kinds are what a question turns on; others (oral, duration, once daily) stand in most of them.
TELLING = frozenset(["finding", "lab", "procedure", "anatomy", "population"])


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a passage is held against."""

    drugs: tuple[Thing, ...]
    classes: tuple[Thing, ...]
    diseases: tuple[Thing, ...]
    #: Findings, labs, procedures, parts and populations named.
    findings: tuple[Thing, ...]
    #: Every other clinical term.
    terms: tuple[Thing, ...]
    sides: tuple[Aspect, ...]
    forms: tuple[Aspect, ...]
    #: The words that say what is asked: neither part of a name nor said in any question.
    words: tuple[Sought, ...]
    #: How many of the Latin ones no passage of the shelf has, though they are none of everyday language.
    absent: int
    #: Runs of Han characters that are no name, no cue, no plain word and nothing the tables know.
    strange: tuple[str, ...]
    #: How many Han characters the question has.
    han: int
    #: How many of the strange runs look like the name of a medicine.
    unknown_drugs: int


def read_wanted(shelf: OpenShelf, plan: Plan) -> Wanted:
    """Takes a question apart."""
    aspects = asked_aspects(plan.question, plan.language)
    things = [thing for thing in plan.things if thing.id not in said_by_aspects(plan, aspects)]
    folded, rest = fold_name(plan.question), unnamed(plan)
    latin, absent = weigh_latin(latin_words(rest), shelf)
    chinese, strange = read_chinese(folded, rest)
    return Wanted(
        of_kind(things, "drug"),
        of_kind(things, "class"),
        of_kind(things, "disease"),
        tuple(thing for thing in things if thing.kind in TELLING),
        tuple(thing for thing in things if thing.kind not in TELLING | {"drug", "class", "disease"}),
        tuple(aspect for aspect in aspects if aspect.kind == "side"),
        tuple(aspect for aspect in aspects if aspect.kind == "form"),
        (*latin, *chinese),
        absent,
        strange,
        sum(map(len, RUNS.findall(folded))),
        sum(like_a_drug(run, folded) for run in strange),
    )


def said_by_aspects(plan: Plan, aspects: Sequence[Aspect]) -> frozenset[str]:
    """Diseases, tests and people whose very name asks for an aspect: where "chronic kidney disease" or "GFR 25" is
    asked, a passage that speaks of creatinine clearance answers, so it is held as the aspect and not as a name."""
    asks = [aspect.asks[plan.language] for aspect in aspects]
    return frozenset(
        mention.thing.id
        for mention in plan.mentions
        if mention.thing.kind in TELLING | {"disease"} and any(cue.search(mention.text) for cue in asks)
    )


def of_kind(things: Sequence[Thing], kind: str) -> tuple[Thing, ...]:
    return tuple(thing for thing in things if thing.kind == kind)


def unnamed(plan: Plan) -> str:
    """The folded question with every mention, and whatever names a person, blanked, character for character."""
    folded = text = fold_name(plan.question)
    for mention in plan.mentions:
        text = blank(text, mention.start, mention.end)
    for found in find_identifiers(plan.question):
        written = fold_name(plan.question[found.start : found.end])
        for match in re.finditer(re.escape(written), folded):
            text = blank(text, match.start(), match.end())
    return text
