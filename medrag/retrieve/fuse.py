"""Joins two rankings into one: reciprocal ranks, or min-max normalised scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from medrag.records import Found

__all__ = ["RRF_K", "found_by", "fuse_ranks", "fuse_scores", "rank"]

#: Cormack, Clarke & Buettcher 2009, section 2; ranks are 1-based.
RRF_K = 60

Ranking = Sequence[tuple[str, float]]


def fuse_ranks(rankings: Mapping[str, Ranking], weights: Mapping[str, float]) -> dict[str, float]:
    """Reciprocal rank fusion: the weighted sum of 1 / (60 + rank) over the rankings that hold an item."""
    fused: dict[str, float] = {}
    for method, ranking in rankings.items():
        for position, (item, _) in enumerate(ranking, start=1):
            fused[item] = fused.get(item, 0.0) + weights[method] / (RRF_K + position)
    return fused


def fuse_scores(rankings: Mapping[str, Ranking], weights: Mapping[str, float]) -> dict[str, float]:
    """Weighted sum of scores, each ranking first stretched to 0..1 over the items it returned.

    An item a ranking did not return counts 0 there, as the worst item it returned does. A ranking whose
    scores are all equal says nothing of order and counts 1 for each of its items.
    """
    fused: dict[str, float] = {}
    for method, ranking in rankings.items():
        if not ranking:
            continue
        scores = [score for _, score in ranking]
        low, spread = min(scores), max(scores) - min(scores)
        for item, score in ranking:
            share = (score - low) / spread if spread > 0 else 1.0
            fused[item] = fused.get(item, 0.0) + weights[method] * share
    return fused


def rank(fused: Mapping[str, float]) -> list[tuple[str, float]]:
    """Best first; equal scores by id, so that the same scores always give the same order."""
    return sorted(fused.items(), key=lambda item: (-item[1], item[0]))


def found_by(rankings: Mapping[str, Ranking]) -> dict[str, tuple[Found, ...]]:
    """For every item, where each ranking had it."""
    seen: dict[str, list[Found]] = {}
    for method, ranking in rankings.items():
        for position, (item, score) in enumerate(ranking, start=1):
            seen.setdefault(item, []).append(Found(method, position, score))
    return {item: tuple(found) for item, found in seen.items()}
