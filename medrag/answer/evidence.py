"""Measures how well the passages found answer a question, as the few numbers the abstention rule is learnt on."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, fields

from medrag.answer.held import Held, hold_lines, hold_passage
from medrag.answer.wanted import Wanted, read_wanted
from medrag.retrieve.relevance import covers
from medrag.retrieve.search import SearchResult
from medrag.shelf import OpenShelf
from medrag.text.normalise import fold_name

__all__ = ["LESS_IS_BETTER", "ONLY_TELLS", "Evidence", "weigh_evidence"]

#: Hits that are looked at.
LOOK = 5
#: Figures of what is wrong, and figures that say what kind of question it is: those may count either way.
LESS_IS_BETTER = frozenset(["absent", "strange", "unknown_drugs"])
ONLY_TELLS = frozenset(["foreign", "asks_things", "asks_sides", "asks_findings", "asks_words"])


@dataclass(frozen=True, slots=True)
class Evidence:
    """Every figure is about 0..1 unless said; more is better evidence unless `LESS_IS_BETTER` or `ONLY_TELLS` has it.

    Of what is wanted (see `medrag.answer.wanted`) a group of which nothing is wanted is held whole: 1.0.
    """

    #: 1.0 when the question names anything clinical at all, 0.0 when nothing in it is recognised.
    clinical: float
    #: The best passage's score after fusion and reading; 0..3.
    score: float
    #: 1.0 when an entry between two of the things named is among the best hits.
    stated: float
    #: 1.0 for a question in Chinese, whose own words are not in most of the evidence; says nothing by itself.
    foreign: float
    #: Best cosine. Of models such as e5 all cosines lie close together, so it is one figure among others, never a
    #: cut-off, and only of the packaged model, which the rule was learnt with.
    cosine: float
    #: The mean of the five best cosines.
    near: float
    #: Share of the other best hits that come from where the best one does: one guideline that answers fills the list,
    #: a topic nobody treats draws a bit from everywhere.
    focus: float
    #: 1.0 when the headings of the best passage name a drug, class or disease asked for; 0.5 when none is asked for.
    headed: float
    #: ``words`` of a question in which nothing is recognised; else, and where it has no such word, 0.0.
    bare_words: float
    #: How many things the question names, over four.
    asks_things: float
    #: How much is wanted: sides over two, findings over three, words that say what is asked over four.
    asks_sides: float
    asks_findings: float
    asks_words: float
    #: Of those words, the ones no passage of the shelf has and everyday language has not either, over two.
    absent: float
    #: Han text that nothing explains: its share of the question's.
    strange: float
    #: Unexplained runs that look like the name of a medicine, over two.
    unknown_drugs: float
    #: Best share of each group wanted that one passage holds.
    drugs: float
    sides: float
    words: float
    #: The same of everything wanted, by weight.
    joint: float
    #: The same in the best passage.
    first_joint: float
    #: Best product, in one passage, of the shares of all that is named, of the sides and of the words.
    whole: float
    #: The same of one line under its headings.
    line_joint: float
    #: Best product, in one line, of the share named with that of the sides.
    line_named_sides: float

    @staticmethod
    def names_of_figures() -> tuple[str, ...]:
        return tuple(field.name for field in fields(Evidence))


def weigh_evidence(shelf: OpenShelf, result: SearchResult) -> Evidence:
    """Reads the best hits once more with what the question wants in mind."""
    plan, top = result.plan, result.hits[:LOOK]
    read = shelf.read(hit.passage.id for hit in top)
    wanted = read_wanted(shelf, plan)
    passages = [hold_passage(wanted, read[hit.passage.id]) for hit in top]
    lines = [held for hit in top for held in hold_lines(wanted, read[hit.passage.id])]
    told, bare = passage_figures(passages), not plan.things
    methods = {found.method for hit in top[:3] for found in hit.found}
    return Evidence(
        clinical=0.0 if bare else 1.0,
        score=top[0].score if top else 0.0,
        stated=1.0 if "assertion" in methods else 0.0,
        foreign=1.0 if plan.language == "zh" else 0.0,
        focus=focus_of([read[hit.passage.id].folder for hit in top]),
        headed=headed(wanted, top[0].passage.section if top else ()),
        bare_words=told["words"] if bare and wanted.words else 0.0,
        asks_things=min(len(plan.things), 4) / 4,
        **cosine_figures(result.cosines),
        **wanted_figures(wanted),
        **told,
        **line_figures(lines),
    )


def cosine_figures(cosines: Sequence[float]) -> dict[str, float]:
    """``cosines`` are best first; both 0.0 without vectors."""
    if not cosines:
        return {"cosine": 0.0, "near": 0.0}
    return {"cosine": cosines[0], "near": statistics.fmean(cosines[:LOOK])}


def focus_of(folders: Sequence[tuple[str, str]]) -> float:
    """The share of the hits after the best that lie in its folder; 0.0 of fewer than two hits."""
    return sum(folder == folders[0] for folder in folders[1:]) / (LOOK - 1) if folders else 0.0


def headed(wanted: Wanted, section: Sequence[str]) -> float:
    """Whether headings name something that is asked for by name."""
    named = (*wanted.drugs, *wanted.classes, *wanted.diseases)
    heading = fold_name(" ".join(section))
    return float(any(covers(thing, heading) for thing in named)) if named else 0.5


def wanted_figures(wanted: Wanted) -> dict[str, float]:
    """How much is asked for, and what of it nobody knows."""
    unexplained = sum(map(len, wanted.strange))
    return {
        "asks_sides": min(len(wanted.sides), 2) / 2,
        "asks_findings": min(len(wanted.findings), 3) / 3,
        "asks_words": min(sum(word.weight for word in wanted.words), 4.0) / 4,
        "absent": min(wanted.absent, 2) / 2,
        "strange": unexplained / wanted.han if wanted.han else 0.0,
        "unknown_drugs": min(wanted.unknown_drugs, 2) / 2,
    }


def passage_figures(held: Sequence[Held]) -> dict[str, float]:
    return {
        "drugs": max((one.drugs for one in held), default=0.0),
        "sides": max((one.sides for one in held), default=0.0),
        "words": max((one.words for one in held), default=0.0),
        "joint": max((one.joint for one in held), default=0.0),
        "first_joint": held[0].joint if held else 0.0,
        "whole": max((one.named * one.findings * one.sides * one.words for one in held), default=0.0),
    }


def line_figures(held: Sequence[Held]) -> dict[str, float]:
    return {
        "line_joint": max((one.joint for one in held), default=0.0),
        "line_named_sides": max((one.named * one.sides for one in held), default=0.0),
    }
