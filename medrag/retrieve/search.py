"""Hybrid search of one open shelf: plan, two rankings, one fused, near-duplicates folded, each hit telling how it was found."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from medrag.packs import pack_cues
from medrag.records import Edition, Found, Hit
from medrag.retrieve.duplicates import fold_duplicates
from medrag.retrieve.fuse import found_by, fuse_ranks, fuse_scores, rank
from medrag.retrieve.pairs import find_stated
from medrag.retrieve.plan import Plan, plan_question
from medrag.retrieve.relevance import Relevance, judge
from medrag.settings import Settings
from medrag.shelf import OpenShelf, SearchFilters

__all__ = ["SearchResult", "search"]

#: Fused hits whose text is read for coverage of the question; the rest keep the fused order below them.
READ = 60
#: Lift of a passage that states an interaction between two things the question names: above any resemblance.
STATED_LIFT = 1.0

Ranking = Sequence[tuple[str, float]]


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Hits, best first, and what was searched to find them."""

    plan: Plan
    hits: tuple[Hit, ...]
    relevance: Mapping[str, Relevance]
    searched: tuple[Edition, ...]
    #: False when the shelf has no vectors of the chosen encoder, so that words alone were searched.
    dense: bool
    timings_ms: Mapping[str, float]
    #: Cosines of the dense ranking, best first; empty without vectors.
    cosines: tuple[float, ...] = ()


def search(
    shelf: OpenShelf,
    question: str,
    settings: Settings,
    *,
    filters: SearchFilters | None = None,
    as_of: date | None = None,
    limit: int | None = None,
) -> SearchResult:
    """Answers a question with passages of the editions in force. Raises Unavailable when the index cannot be read."""
    clock = Clock()
    standing = shelf.standing(as_of)
    plan = plan_question(question, standing=standing, more=pack_cues(settings))
    searched, keep = shelf.narrow(filters or SearchFilters(), as_of)
    clock.lap("plan")
    rankings: dict[str, Ranking] = {}
    if searched:
        rankings["bm25"] = shelf.index.search_sparse(plan.words, keep, settings.candidates)
        clock.lap("words")
        if shelf.encoder is not None:
            vector = shelf.encoder.encode_query(plan.dense_text)
            clock.lap("encode")
            rankings["dense"] = shelf.index.search_dense(vector.tolist(), keep, settings.candidates)
            clock.lap("vectors")
    fused = fuse(rankings, settings)
    stated = find_stated(standing, plan.things, (edition.id for edition in searched))
    for passage, weight in stated:
        fused[passage] = fused.get(passage, 0.0) + STATED_LIFT * weight
    if stated:
        rankings["assertion"] = stated
    hits, relevance = read_hits(shelf, plan, rank(fused), found_by(rankings), limit or settings.top_k)
    clock.lap("read")
    cosines = tuple(score for _, score in rankings.get("dense", ()))
    return SearchResult(plan, hits, relevance, searched, shelf.encoder is not None, clock.laps, cosines)


def fuse(rankings: Mapping[str, Ranking], settings: Settings) -> dict[str, float]:
    """The rankings as one, by the method in the settings; a lone ranking keeps its order."""
    weights = {"bm25": 1.0 - settings.fusion_weight, "dense": settings.fusion_weight}
    if len(rankings) == 1:
        weights = dict.fromkeys(rankings, 1.0)
    return (fuse_ranks if settings.fusion == "rrf" else fuse_scores)(rankings, weights)


def read_hits(
    shelf: OpenShelf,
    plan: Plan,
    fused: Sequence[tuple[str, float]],
    found: Mapping[str, tuple[Found, ...]],
    limit: int,
) -> tuple[tuple[Hit, ...], dict[str, Relevance]]:
    """Reads the best passages, lifts those that speak of what was asked, folds what is said twice."""
    head = dict(fused[: max(READ, limit)])
    read = shelf.read(head)
    relevance = {item: judge(plan, told) for item, told in read.items()}
    scored = {item: head[item] + relevance[item].lift for item in read}
    ordered = [item for item, _ in rank(scored)]
    twins = fold_duplicates([(item, read[item].passage.text) for item in ordered[: limit * 2]])
    hits = [
        Hit(read[item].passage, scored[item], found.get(item, ())) for item in ordered if item not in twins
    ][:limit]
    return tuple(replace(hit, folded=folded_under(hit.passage.id, twins)) for hit in hits), relevance


def folded_under(identifier: str, twins: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(twin for twin, under in twins.items() if under == identifier)


class Clock:
    """Milliseconds between laps."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.laps[name] = round((now - self._last) * 1000, 3)
        self._last = now
