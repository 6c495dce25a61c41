"""Measures how well the passages found answer a question, as the few numbers the abstention rule is learnt on."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from medrag.answer.held import Held, hold_lines, hold_passage
from medrag.answer.wanted import Wanted, read_wanted
from medrag.retrieve.plan import Plan
from medrag.retrieve.search import SearchResult
from medrag.shelf import OpenShelf
from medrag.text.tokens import default_tokenizer, token_id

__all__ = ["Evidence", "weigh_evidence"]

#: Hits that are looked at.
LOOK = 5


@dataclass(frozen=True, slots=True)
class Evidence:
    """Every figure is about 0..1 unless said; more is better evidence unless said.

    Of what is wanted (see `medrag.answer.wanted`) a group of which nothing is wanted is held whole: 1.0.
    """

    #: Share of the question's word weight (idf) that the best single passage holds.
    recall: float
    #: Share of the question's words the shelf has at all.
    known: float
    #: 1.0 when the question names anything clinical at all, 0.0 when nothing in it is recognised.
    clinical: float
    #: Best weighted share of everything mentioned.
    coverage: float
    #: The best passage's score after fusion and reading; 0..3.
    score: float
    #: 1.0 when an entry between two of the things named is among the best hits.
    stated: float
    #: 1.0 for a question in Chinese, whose own words are not in most of the evidence; says nothing by itself.
    foreign: float
    #: Best cosine. Of models such as e5 all cosines lie close together, so it is one figure among others, never a
    #: cut-off, and only of the packaged model, which the rule was learnt with.
    cosine: float
    #: The mean of the five best cosines, and ten times the fall from the best to the twentieth.
    near: float
    fall: float
    #: Share of the other best hits that come from where the best one does: one guideline that answers fills the list,
    #: a topic nobody treats draws a bit from everywhere.
    focus: float
    #: How many things the question names, over four.
    asks_things: float
    #: How much is wanted: sides over two, findings over three, words that say what is asked over four.
    asks_sides: float
    asks_findings: float
    asks_words: float
    #: Of those words, the ones no passage of the shelf has, over two. Less is better, as for the next three.
    absent: float
    #: Han text that nothing explains: its share of the question's, and its characters over eight.
    strange: float
    strange_size: float
    #: Unexplained runs that look like the name of a medicine, over two.
    unknown_drugs: float
    #: Best share of each group wanted that one passage holds.
    drugs: float
    classes: float
    diseases: float
    sides: float
    words: float
    #: The same of everything wanted, by weight.
    joint: float
    #: The same of one line under its headings.
    line_findings: float
    line_words: float
    #: Best product, in one passage, of the share named with that of the findings, and with that of the words.
    named_findings: float
    named_words: float
    #: Best product, in one line, of the share named with that of the sides, and with that of the words.
    line_named_sides: float
    line_named_words: float

    @staticmethod
    def names_of_figures() -> tuple[str, ...]:
        return tuple(field.name for field in fields(Evidence))


def weigh_evidence(shelf: OpenShelf, result: SearchResult) -> Evidence:
    """Reads the best hits once more with what the question wants in mind."""
    plan, top = result.plan, result.hits[:LOOK]
    read = shelf.read(hit.passage.id for hit in top)
    weights = content_weights(shelf, plan)
    wanted = read_wanted(shelf, plan)
    passages = [hold_passage(wanted, read[hit.passage.id]) for hit in top]
    lines = [held for hit in top for held in hold_lines(wanted, read[hit.passage.id])]
    methods = {found.method for hit in top[:3] for found in hit.found}
    return Evidence(
        recall=max((covered(weights, tokens(read[hit.passage.id].indexed)) for hit in top), default=0.0),
        known=known_share(shelf, plan),
        clinical=1.0 if plan.things else 0.0,
        coverage=max((result.relevance[hit.passage.id].coverage for hit in top), default=0.0),
        score=top[0].score if top else 0.0,
        stated=1.0 if "assertion" in methods else 0.0,
        foreign=1.0 if plan.language == "zh" else 0.0,
        focus=focus_of([read[hit.passage.id].folder for hit in top]),
        asks_things=min(len(plan.things), 4) / 4,
        **cosine_figures(result.cosines),
        **wanted_figures(wanted),
        **passage_figures(passages),
        **line_figures(lines),
    )


def cosine_figures(cosines: Sequence[float]) -> dict[str, float]:
    """``cosines`` are best first; all 0.0 without vectors."""
    if not cosines:
        return dict.fromkeys(("cosine", "near", "fall"), 0.0)
    twentieth = cosines[:20][-1]
    return {
        "cosine": cosines[0],
        "near": statistics.fmean(cosines[:LOOK]),
        "fall": (cosines[0] - twentieth) * 10,
    }


def focus_of(folders: Sequence[tuple[str, str]]) -> float:
    """The share of the hits after the best that lie in its folder; 0.0 of fewer than two hits."""
    return sum(folder == folders[0] for folder in folders[1:]) / (LOOK - 1) if folders else 0.0


def wanted_figures(wanted: Wanted) -> dict[str, float]:
    """How much is asked for, and what of it nobody knows."""
    unexplained = sum(map(len, wanted.strange))
    return {
        "asks_sides": min(len(wanted.sides), 2) / 2,
        "asks_findings": min(len(wanted.findings), 3) / 3,
        "asks_words": min(sum(wanted.words.values()), 4.0) / 4,
        "absent": min(wanted.absent, 2) / 2,
        "strange": unexplained / wanted.han if wanted.han else 0.0,
        "strange_size": min(unexplained, 8) / 8,
        "unknown_drugs": min(wanted.unknown_drugs, 2) / 2,
    }


def passage_figures(held: Sequence[Held]) -> dict[str, float]:
    return {
        "drugs": max((one.drugs for one in held), default=0.0),
        "classes": max((one.classes for one in held), default=0.0),
        "diseases": max((one.diseases for one in held), default=0.0),
        "sides": max((one.sides for one in held), default=0.0),
        "words": max((one.words for one in held), default=0.0),
        "joint": max((one.joint for one in held), default=0.0),
        "named_findings": max((one.named * one.findings for one in held), default=0.0),
        "named_words": max((one.named * one.words for one in held), default=0.0),
    }


def line_figures(held: Sequence[Held]) -> dict[str, float]:
    return {
        "line_findings": max((one.findings for one in held), default=0.0),
        "line_words": max((one.words for one in held), default=0.0),
        "line_named_sides": max((one.named * one.sides for one in held), default=0.0),
        "line_named_words": max((one.named * one.words for one in held), default=0.0),
    }


def content_weights(shelf: OpenShelf, plan: Plan) -> dict[int, float]:
    """Token to idf times query weight for the words that carry the question: the asker's own that some language of
    the shelf could hold, and the translated names. Words the shelf does not have weigh as its rarest do."""
    ids = [
        token for token, weight in zip(plan.words.indices, plan.words.values, strict=True) if weight >= 1.0
    ]
    idf = shelf.index.idf(ids)
    rarest = max(idf.values(), default=1.0)
    own_chinese = {token_id(token) for token in plan.tokens if not token.isascii()}
    return {token: idf.get(token, rarest) for token in ids if token not in own_chinese}


def tokens(text: str) -> set[int]:
    return {token_id(token) for token in default_tokenizer().tokenize(text)}


def covered(weights: Mapping[int, float], words: set[int]) -> float:
    total = sum(weights.values())
    return sum(weight for token, weight in weights.items() if token in words) / total if total else 0.0


def known_share(shelf: OpenShelf, plan: Plan) -> float:
    """For Latin words: the share the index has. For Han: the share of characters inside something recognised."""
    latin = {token_id(token) for token in plan.tokens if token.isascii()}
    known = len(shelf.index.idf(sorted(latin))) / len(latin) if latin else 1.0
    if plan.language != "zh":
        return known
    han = sum(not char.isascii() and char.isalpha() for char in plan.question)
    inside = sum(
        sum(not char.isascii() and char.isalpha() for char in mention.text)
        for mention in {(m.start, m.end): m for m in plan.mentions}.values()
    )
    return known * min(1.0, inside / han) if han else known
