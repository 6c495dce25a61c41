"""Measures how well the passages found answer a question, as the few numbers the abstention rule is learnt on."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from medrag.retrieve.plan import NAMED, Plan
from medrag.retrieve.search import SearchResult
from medrag.shelf import OpenShelf
from medrag.text.tokens import default_tokenizer, token_id

__all__ = ["Evidence", "weigh_evidence"]

#: Hits that are looked at.
LOOK = 5


@dataclass(frozen=True, slots=True)
class Evidence:
    """Every figure is about 0..1 unless said; more is better evidence unless said."""

    #: Share of the question's word weight (idf) that the best single passage holds.
    recall: float
    #: Share of the question's words the shelf has at all.
    known: float
    #: Best share of the drugs, classes and diseases named that one passage names.
    named: float
    #: Best weighted share of everything mentioned.
    coverage: float
    #: 1.0 when the question names a drug, class or disease, 0.0 when none.
    names: float
    #: How many of the five best of the dense ranking the word ranking has among its best twenty, over five.
    agreement: float
    #: Standard deviations the best cosine stands above the mean of those returned, over five.
    peak: float
    #: The best passage's score after fusion and reading; 0..3.
    score: float
    #: 1.0 when an entry between two of the things named is among the best hits.
    stated: float
    #: 1.0 when the question names anything clinical at all, 0.0 when nothing in it is recognised.
    clinical: float
    #: 1.0 for a question in Chinese, whose own words are not in most of the evidence; says nothing by itself.
    foreign: float
    #: Best cosine. Of models such as e5 all cosines lie close together, so it is one figure among others, never a
    #: cut-off, and only of the packaged model, which the rule was learnt with.
    cosine: float

    @staticmethod
    def names_of_figures() -> tuple[str, ...]:
        return tuple(field.name for field in fields(Evidence))


def weigh_evidence(shelf: OpenShelf, result: SearchResult) -> Evidence:
    """Reads the best hits once more with the question's words in mind."""
    plan, best = result.plan, result.hits[:LOOK]
    read = shelf.read(hit.passage.id for hit in best)
    weights = content_weights(shelf, plan)
    judged = [result.relevance[hit.passage.id] for hit in best]
    methods = {found.method for hit in best[:3] for found in hit.found}
    return Evidence(
        recall=max((covered(weights, tokens(read[hit.passage.id].indexed)) for hit in best), default=0.0),
        known=known_share(shelf, plan),
        named=max((item.named for item in judged), default=0.0),
        coverage=max((item.coverage for item in judged), default=0.0),
        names=1.0 if any(thing.kind in NAMED for thing in plan.things) else 0.0,
        agreement=agreement(result),
        peak=peak(result),
        score=best[0].score if best else 0.0,
        stated=1.0 if "assertion" in methods else 0.0,
        clinical=1.0 if plan.things else 0.0,
        foreign=1.0 if plan.language == "zh" else 0.0,
        cosine=result.cosines[0] if result.cosines else 0.0,
    )


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


def agreement(result: SearchResult) -> float:
    """How far the two rankings see the same passages on top; 0.5, which says nothing, when one is missing."""
    dense, words = ranked(result, "dense", LOOK), ranked(result, "bm25", 20)
    return len(dense & words) / LOOK if result.dense else 0.5


def ranked(result: SearchResult, method: str, depth: int) -> set[str]:
    return {
        hit.passage.id
        for hit in result.hits
        if any(found.method == method and found.rank <= depth for found in hit.found)
    }


def peak(result: SearchResult) -> float:
    """Height of the best cosine over the others, in a fifth of standard deviations; 0.5 without vectors."""
    scores: Sequence[float] = result.cosines
    if len(scores) < 3:
        return 0.5
    spread = statistics.pstdev(scores)
    return min(2.0, (scores[0] - statistics.fmean(scores)) / spread / 5) if spread else 0.0
