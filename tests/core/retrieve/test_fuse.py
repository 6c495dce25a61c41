"""Fusion keeps what the rankings agree on, and the same scores always give the same order."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from medrag.retrieve.fuse import RRF_K, found_by, fuse_ranks, fuse_scores, rank

EVEN = {"bm25": 0.5, "dense": 0.5}
SCORES = st.floats(-5, 50, allow_nan=False).map(lambda value: round(value, 3))
RANKINGS = st.dictionaries(st.sampled_from("abcdefgh"), SCORES, max_size=8).map(
    lambda held: sorted(held.items(), key=lambda item: (-item[1], item[0]))
)


def test_reciprocal_ranks_by_hand() -> None:
    fused = fuse_ranks({"bm25": [("a", 9.0), ("b", 3.0)], "dense": [("b", 0.9)]}, {"bm25": 1.0, "dense": 1.0})
    assert fused == {"a": 1 / (RRF_K + 1), "b": 1 / (RRF_K + 2) + 1 / (RRF_K + 1)}


def test_scores_by_hand() -> None:
    fused = fuse_scores({"bm25": [("a", 9.0), ("b", 6.0), ("c", 3.0)], "dense": [("c", 0.8)]}, EVEN)
    assert fused == {"a": 0.5, "b": 0.25, "c": 0.0 + 0.5}


@given(RANKINGS, RANKINGS)
def test_first_in_both_is_first(words: list[tuple[str, float]], dense: list[tuple[str, float]]) -> None:
    top = ("z", 51.0)
    for fuse in (fuse_ranks, fuse_scores):
        fused = fuse({"bm25": [top, *words], "dense": [top, *dense]}, EVEN)
        assert rank(fused)[0][0] == "z"
        assert set(fused) == {"z"} | dict(words).keys() | dict(dense).keys()


@given(RANKINGS, RANKINGS)
def test_the_order_of_equals_is_by_id(words: list[tuple[str, float]], dense: list[tuple[str, float]]) -> None:
    ordered = rank(fuse_scores({"bm25": words, "dense": dense}, EVEN))
    for (first, high), (second, low) in pairwise(ordered):
        assert high > low or (high == low and first < second)


def test_every_ranking_tells_where_it_had_an_item() -> None:
    told = found_by({"bm25": [("a", 2.0), ("b", 1.0)], "dense": [("b", 0.5)]})
    assert [(f.method, f.rank, f.score) for f in told["b"]] == [("bm25", 2, 1.0), ("dense", 1, 0.5)]
