"""Judges by reading whether a passage speaks of what a question names and wants."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from medrag.concepts import Thing, names_in
from medrag.records import Passage
from medrag.retrieve.plan import Plan, expansion_table
from medrag.shelf import ReadPassage
from medrag.text.normalise import fold_name

__all__ = ["Relevance", "covers", "judge"]

#: Lift, in units of a fused score (0..1), of a passage that names everything the question names.
COVERAGE_LIFT = 0.8
#: Lift of a passage in a label section that answers the question's intent, or in the intent's words.
INTENT_LIFT = 0.1
#: Fall of a passage that says nothing of its own.
HOLLOW_FALL = 0.5
#: A drug, class or disease in the question matters more to the match than a general clinical term.
NAMED_WEIGHT = {"drug": 1.0, "class": 1.0, "disease": 1.0}
TERM_WEIGHT = 0.4
#: A passage on the drug's class speaks of the drug a little less surely than one that names it.
BY_CLASS = 0.9


@dataclass(frozen=True, slots=True)
class Relevance:
    """What reading a passage against a plan found; shares are 0..1."""

    #: Weighted share of the mentioned things the passage (with its headings) names; 1.0 when none is mentioned.
    coverage: float
    #: Share of the mentioned drugs, classes and diseases; 1.0 when none is mentioned.
    named: float
    #: Share of the intents whose words or section the passage has; 0.0 when the question shows no intent.
    intent: float
    #: True for a passage that hardly says more than its headings: a cross-reference, a title.
    hollow: bool

    @property
    def lift(self) -> float:
        return COVERAGE_LIFT * self.coverage + INTENT_LIFT * self.intent - HOLLOW_FALL * self.hollow


def judge(plan: Plan, read: ReadPassage) -> Relevance:
    """Reads one passage."""
    passage, folded = read.passage, read.folded
    weights = {thing: NAMED_WEIGHT.get(thing.kind, TERM_WEIGHT) for thing in plan.things}
    held = {thing: cover(thing, folded) for thing in weights}
    named = {thing for thing in weights if thing.kind in NAMED_WEIGHT}
    return Relevance(
        share(sum(weights[thing] * held[thing] for thing in held), sum(weights.values())),
        share(sum(held[thing] for thing in named), len(named)),
        intent_share(plan, passage, folded),
        read.hollow,
    )


def share(part: float, whole: float) -> float:
    return part / whole if whole else 1.0


def covers(thing: Thing, folded: str) -> bool:
    """Whether a folded text has any name of a thing, or of a class it belongs to."""
    return cover(thing, folded) > 0


def cover(thing: Thing, folded: str) -> float:
    """1.0 for a text that names the thing, less for one that names only a class of it, 0.0 for neither."""
    if names_in(tuple(thing.all_names()), folded):
        return 1.0
    if thing.classes and names_in(thing.classes, folded):
        return BY_CLASS
    return 0.0


def intent_share(plan: Plan, passage: Passage, folded: str) -> float:
    if not plan.intents:
        return 0.0
    if passage.code is not None and passage.code in plan.codes:
        return 1.0
    met = sum(any(word in folded for word in intent_words(intent)) for intent in plan.intents)
    return met / len(plan.intents)


@cache
def intent_words(intent: str) -> tuple[str, ...]:
    return tuple(fold_name(word) for word in expansion_table().get(intent, ()))
