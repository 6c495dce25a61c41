"""BM25 through the real engine equals rank-bm25, once that library is given the engine's IDF."""

from __future__ import annotations

import itertools
import math
import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from index_points import passage, scratch
from rank_bm25 import BM25Okapi

from medrag.errors import UsageError
from medrag.index.bm25 import snap_length, weigh_document, weigh_query
from medrag.index.edge import EdgeStore
from medrag.protocols import IndexFilter, IndexPoint, SparseVector

K1, B = 1.5, 0.75

#: Small and huge ids: the engine must keep all 32 bits.
TOKENS = st.sampled_from([*range(12), 2**31, 2**32 - 1])


def compare(corpus: list[list[int]], queries: list[list[int]]) -> None:
    """Scores and order of every document under every query, engine against oracle."""
    oracle = BM25Okapi(corpus, k1=K1, b=B)
    with scratch() as folder:
        store = EdgeStore(folder)
        builder = store.build("one", dimension=None)
        weighed = [weigh_document(tokens, oracle.avgdl, K1, B) for tokens in corpus]
        builder.upsert(IndexPoint(passage(n), vector, None, {}) for n, vector in enumerate(weighed))
        builder.finish({})
        reader = store.open("one")
        oracle.idf = reader.idf(sorted({token for tokens in corpus for token in tokens}))
        check_idf(oracle.idf, corpus)
        for query in queries:
            found = reader.search_sparse(weigh_query(query), IndexFilter(), len(corpus))
            check_query(found, oracle, query)
        reader.close()


def check_idf(told: dict[int, float], corpus: list[list[int]]) -> None:
    """The engine's IDF is the Lucene one over all documents that hold a word."""
    held = Counter(token for tokens in corpus for token in set(tokens))
    assert told.keys() == held.keys()
    for token, n in held.items():
        assert told[token] == pytest.approx(math.log(1 + (len(corpus) - n + 0.5) / (n + 0.5)), rel=2e-6)


def check_query(found: list[tuple[str, float]], oracle: BM25Okapi, query: list[int]) -> None:
    """Every document that shares a word with the query, with the oracle's score, in the oracle's order."""
    expected = {passage(n): float(score) for n, score in enumerate(oracle.get_scores(query)) if score > 0}
    assert {name for name, _ in found} == expected.keys()
    for name, score in found:
        assert score == pytest.approx(expected[name], rel=1e-5)
    scores = [expected[name] for name, _ in found]
    assert all(later <= earlier * (1 + 1e-5) for earlier, later in itertools.pairwise(scores))


@settings(max_examples=10, deadline=None)
@given(
    st.lists(st.lists(TOKENS, min_size=1, max_size=25), min_size=2, max_size=12),
    st.lists(st.lists(TOKENS, min_size=1, max_size=6), min_size=1, max_size=8),
)
def test_engine_scores_as_rank_bm25(corpus: list[list[int]], queries: list[list[int]]) -> None:
    compare(corpus, queries)


def test_engine_scores_as_rank_bm25_on_300_documents() -> None:
    chance = random.Random(7)
    vocabulary = [chance.randrange(2**32) for _ in range(400)]
    weights = [1 / (rank + 1) for rank in range(400)]
    corpus = [chance.choices(vocabulary, weights, k=chance.randint(5, 120)) for _ in range(300)]
    queries = [chance.choices(vocabulary, weights, k=chance.randint(1, 8)) for _ in range(20)]
    compare(corpus, [*queries, [vocabulary[0]] * 5, [vocabulary[3], vocabulary[3], vocabulary[90]]])


def test_colliding_tokens_add_their_counts() -> None:
    one_word = weigh_document([7, 7, 7], 3.0, K1, B)
    assert one_word == SparseVector((7,), (pytest.approx(3 * 2.5 / 4.5),))


def test_query_weight_is_the_count() -> None:
    assert weigh_query([9, 2, 9]) == SparseVector((2, 9), (1.0, 2.0))
    assert weigh_query([]) == SparseVector((), ())


def test_document_without_words_has_no_weights() -> None:
    assert weigh_document([], 5.0, K1, B) == SparseVector((), ())


@pytest.mark.parametrize("average", [0.0, -1.0, math.nan, math.inf])
def test_average_must_be_positive(average: float) -> None:
    with pytest.raises(UsageError, match="average"):
        weigh_document([1], average, K1, B)


@given(st.floats(min_value=1, max_value=1e6))
def test_snapped_length_is_near_and_settled(mean: float) -> None:
    snapped = snap_length(mean)
    assert abs(snapped / mean - 1) <= 2 ** (1 / 16) - 1 + 1e-9
    assert snap_length(snapped) == snapped


def test_snapped_length_changes_rarely() -> None:
    assert len({snap_length(100 + step / 100) for step in range(300)}) == 1
    assert [snap_length(mean) for mean in (0, 0.4, 1, 2, 128)] == [1, 1, 1, 2, 128]


@pytest.mark.parametrize("mean", [-1.0, math.nan, math.inf])
def test_mean_length_must_be_a_length(mean: float) -> None:
    with pytest.raises(UsageError, match="mean"):
        snap_length(mean)
