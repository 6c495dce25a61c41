"""What an IndexStore promises, held by the embedded engine and by the server's client alike."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from index_points import DIMENSION, make_points, passage, scratch

from medrag.errors import IndexUnavailable, NotFound, UsageError
from medrag.index.edge import EdgeStore
from medrag.index.server import ServerStore
from medrag.protocols import IndexFilter, IndexPoint, IndexReader, IndexStore, SparseVector

pytestmark = pytest.mark.filterwarnings("ignore:Local mode performs exact")

ALL = IndexFilter()
WORDS = list(range(40))


def make_index(
    store: IndexStore, name: str, points: list[IndexPoint], dimension: int | None = DIMENSION
) -> IndexReader:
    builder = store.build(name, dimension=dimension)
    assert builder.upsert(points) == len(points)
    builder.finish({"snapshot": name})
    return store.open(name)


def query_of(*words: int) -> SparseVector:
    return SparseVector(words, (1.0,) * len(words))


def told(reader: IndexReader) -> dict[str, object]:
    """Everything a caller can learn of an index: its passages, their IDF, and many rankings."""
    chance = random.Random(5)
    sparse = [query_of(*sorted(chance.sample(WORDS, 3))) for _ in range(6)]
    dense = [[chance.gauss(0, 1) for _ in range(DIMENSION)] for _ in range(6)]
    keep = IndexFilter({"edition": ("ansm@1", "ansm@2"), "language": ("zh",)})
    found: dict[str, object] = {"ids": sorted(reader.ids()), "idf": rounded(reader.idf(WORDS))}
    for kept in (ALL, keep):
        for n, vector in enumerate(sparse):
            found[f"sparse {n} {kept}"] = ranked(reader.search_sparse(vector, kept, 10))
        for n, direction in enumerate(dense if reader.count_dense() else []):
            found[f"dense {n} {kept}"] = ranked(reader.search_dense(direction, kept, 10))
    return found


def rounded(values: Mapping[int, float]) -> dict[int, float]:
    return {key: round(value, 4) for key, value in values.items()}


def ranked(hits: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """Equal to float32's trust; the order is compared as it is."""
    return [(name, round(score, 4)) for name, score in hits]


def brute_sparse(
    points: list[IndexPoint], words: tuple[int, ...], keep: IndexFilter
) -> list[tuple[str, float]]:
    """The same by hand: sum of idf times weight, over the points the filter keeps."""
    counts = {word: sum(word in point.sparse.indices for point in points) for word in words}
    idf = {word: math.log(1 + (len(points) - n + 0.5) / (n + 0.5)) for word, n in counts.items()}
    hits = []
    for point in points:
        weights = dict(zip(point.sparse.indices, point.sparse.values, strict=True))
        score = sum(idf[word] * weights[word] for word in words if word in weights)
        if score and all(point.payload.get(key) in values for key, values in keep.allowed.items()):
            hits.append((point.passage, score))
    return sorted(hits, key=lambda hit: (-hit[1], hit[0]))


def test_sparse_search_is_idf_times_weight_within_the_filter(store: IndexStore) -> None:
    points = make_points(range(120))
    reader = make_index(store, "one", points)
    for keep in (
        ALL,
        IndexFilter({"edition": ("ansm@0", "ansm@2")}),
        IndexFilter({"edition": ("ansm@1",), "language": ("en",)}),
    ):
        found = reader.search_sparse(query_of(3, 17, 21), keep, 200)
        assert ranked(found) == ranked(brute_sparse(points, (3, 17, 21), keep))


def test_dense_search_is_cosine(store: IndexStore) -> None:
    points = make_points(range(60))
    reader = make_index(store, "one", points)
    for point in points[:5]:
        assert point.dense is not None
        best = reader.search_dense([3 * value for value in point.dense], ALL, 1)
        assert best == [(point.passage, pytest.approx(1, abs=1e-5))]


def test_counts_ids_meta_and_names(store: IndexStore) -> None:
    points = [*make_points(range(30)), *make_points(range(30, 40), dense=False)]
    reader = make_index(store, "one", points)
    assert (reader.count(), reader.count_dense()) == (40, 30)
    assert sorted(reader.ids()) == [passage(number) for number in range(40)]
    assert store.meta("one") == {"snapshot": "one"}
    assert store.names() == ["one"]


def test_ties_are_broken_by_passage_even_across_the_cut(store: IndexStore) -> None:
    same = SparseVector((1, 2), (1.0, 2.0))
    points = [IndexPoint(passage(n), same, [1.0] * DIMENSION, {}) for n in reversed(range(64))]
    reader = make_index(store, "one", points)
    for limit in (0, 1, 7, 50):
        first = [passage(n) for n in range(64)][:limit]
        assert [name for name, _ in reader.search_sparse(query_of(1), ALL, limit)] == first
        assert [name for name, _ in reader.search_dense([0.5] * DIMENSION, ALL, limit)] == first


def test_removing_leaves_what_never_adding_would(store: IndexStore) -> None:
    alone = told(make_index(store, "a", make_points(range(80))))
    builder = store.build("ab", dimension=DIMENSION, base="a")
    builder.upsert(make_points(range(80, 130)))
    builder.finish({})
    assert told(store.open("ab")) == told(make_index(store, "ab-afresh", make_points(range(130))))
    builder = store.build("ab-b", dimension=DIMENSION, base="ab")
    assert builder.delete([passage(number) for number in range(75 + 5, 140)]) == 50
    builder.finish({})
    assert told(store.open("ab-b")) == alone
    assert told(store.open("a")) == alone


def test_replaced_passages_leave_nothing_of_what_they_were(store: IndexStore) -> None:
    make_index(store, "base", make_points(range(40)))
    builder = store.build("next", dimension=DIMENSION, base="base")
    changed = make_points(range(100, 140))
    moved = [
        IndexPoint(passage(n), point.sparse, point.dense, point.payload) for n, point in enumerate(changed)
    ]
    builder.upsert(moved[:20])
    assert builder.set_sparse((point.passage, point.sparse) for point in moved[20:]) == 20
    assert builder.set_dense((point.passage, point.dense or []) for point in moved[20:]) == 20
    builder.upsert(
        [IndexPoint(point.passage, point.sparse, point.dense, point.payload) for point in moved[20:30]]
    )
    builder.delete(point.passage for point in moved[30:])
    builder.finish({})
    assert told(store.open("next")) == told(make_index(store, "afresh", moved[:30]))


def test_dense_vectors_may_follow(store: IndexStore) -> None:
    make_index(store, "words", make_points(range(20), dense=False), dimension=None)
    builder = store.build("both", dimension=DIMENSION, base="words")
    assert builder.set_dense((point.passage, point.dense or []) for point in make_points(range(20))) == 20
    builder.finish({})
    assert told(store.open("both")) == told(make_index(store, "afresh", make_points(range(20))))


def test_vectors_of_another_dimension_are_not_carried_over(store: IndexStore) -> None:
    make_index(store, "base", make_points(range(10)))
    for dimension in (None, 3):
        store.build(f"next{dimension}", dimension=dimension, base="base").finish({})
        reader = store.open(f"next{dimension}")
        assert (reader.count(), reader.count_dense()) == (10, 0)
    with pytest.raises(IndexUnavailable, match="no dense vectors"):
        store.open("nextNone").search_dense([1.0] * DIMENSION, ALL, 1)


def test_idf_is_of_held_words_only(store: IndexStore) -> None:
    reader = make_index(
        store, "one", [IndexPoint(passage(1), query_of(5, 4294967295), None, {})], dimension=None
    )
    expected = pytest.approx(math.log(1 + 0.5 / 1.5))
    assert reader.idf([5, 6, 4294967295]) == {5: expected, 4294967295: expected}


def test_what_finds_nothing(store: IndexStore) -> None:
    reader = make_index(store, "one", make_points(range(5)))
    assert reader.search_sparse(query_of(), ALL, 5) == []
    assert reader.search_sparse(query_of(900), ALL, 5) == []
    assert reader.search_sparse(query_of(*WORDS), IndexFilter({"edition": ()}), 5) == []
    assert reader.search_dense([1.0] * DIMENSION, IndexFilter({"work": ("none",)}), 5) == []


def test_an_empty_index_is_an_index(store: IndexStore) -> None:
    reader = make_index(store, "empty", [])
    assert (reader.count(), list(reader.ids()), reader.idf([1])) == (0, [], {})
    assert reader.search_sparse(query_of(1), ALL, 5) == []
    assert reader.search_dense([1.0] * DIMENSION, ALL, 5) == []


def test_only_finished_indexes_open(store: IndexStore) -> None:
    builder = store.build("half", dimension=None)
    builder.upsert(make_points(range(3), dense=False))
    assert store.names() == []
    for name in ("half", "never"):
        for ask in (store.open, store.meta, store.remove if name == "never" else store.open):
            with pytest.raises(IndexUnavailable, match="medrag doctor"):
                ask(name)
    with pytest.raises(IndexUnavailable):
        store.build("next", dimension=None, base="half")


def test_an_unfinished_index_is_begun_anew(store: IndexStore) -> None:
    store.build("one", dimension=None).upsert(make_points(range(3), dense=False))
    reader = make_index(store, "one", make_points(range(5, 7)))
    assert sorted(reader.ids()) == [passage(5), passage(6)]


def test_a_finished_index_is_not_written_again(store: IndexStore) -> None:
    make_index(store, "one", make_points(range(3)))
    with pytest.raises(UsageError, match="finished"):
        store.build("one", dimension=None)
    assert store.open("one").count() == 3


def test_abandon_remove_and_sweep(store: IndexStore) -> None:
    for name in ("a", "b", "c"):
        make_index(store, name, make_points(range(2)))
    store.build("gone", dimension=None).abandon()
    store.build("half", dimension=None)
    store.remove("b")
    assert store.names() == ["a", "c"]
    assert len(store.sweep(["a", "gone"])) == 2
    assert store.names() == ["a"]
    assert store.sweep(["a"]) == []
    assert store.open("a").count() == 2


def test_changes_to_passages_never_written_are_refused(store: IndexStore) -> None:
    builder = store.build("one", dimension=DIMENSION)
    builder.upsert(make_points(range(3)))
    with pytest.raises(NotFound, match=passage(9)):
        builder.set_dense([(passage(9), [1.0] * DIMENSION)])
    with pytest.raises(NotFound, match=passage(9)):
        builder.set_sparse([(passage(1), query_of(1)), (passage(9), query_of(1))])


REFUSED = [
    (IndexPoint("p1", query_of(1), None, {}), "not a passage id"),
    (IndexPoint(passage(1), query_of(2, 1), None, {}), "ascend"),
    (IndexPoint(passage(1), query_of(1, 1), None, {}), "ascend"),
    (IndexPoint(passage(1), query_of(-1), None, {}), "sparse"),
    (IndexPoint(passage(1), query_of(2**32), None, {}), "sparse"),
    (IndexPoint(passage(1), SparseVector((1,), (math.nan,)), None, {}), "finite"),
    (IndexPoint(passage(1), SparseVector((1, 2), (1.0,)), None, {}), "sparse"),
    (IndexPoint(passage(1), query_of(1), [1.0], {}), "8 finite numbers"),
    (IndexPoint(passage(1), query_of(1), [math.inf] * DIMENSION, {}), "8 finite numbers"),
    (IndexPoint(passage(1), query_of(1), None, {"colour": "red"}), "colour"),
]


def test_points_that_cannot_be_held_are_refused(store: IndexStore) -> None:
    builder = store.build("one", dimension=DIMENSION)
    for point, problem in REFUSED:
        with pytest.raises(UsageError, match=problem):
            builder.upsert([point])
    builder.finish({})
    assert store.open("one").count() == 0


def test_dense_needs_a_dimension(store: IndexStore) -> None:
    with pytest.raises(UsageError, match="without a dimension"):
        store.build("one", dimension=None).upsert(make_points([1]))


def test_questions_that_make_no_sense_are_refused(store: IndexStore) -> None:
    reader = make_index(store, "one", make_points(range(3)))
    with pytest.raises(UsageError, match="colour"):
        reader.search_sparse(query_of(1), IndexFilter({"colour": ("red",)}), 5)
    with pytest.raises(UsageError, match="finite numbers"):
        reader.search_dense([1.0, 2.0], ALL, 5)


@pytest.mark.parametrize("name", ["", "../up", "a/b", ".hidden", "a.building", "x" * 200])
def test_names_that_could_lead_elsewhere_are_refused(store: IndexStore, name: str) -> None:
    for ask in (store.open, store.meta, store.remove):
        with pytest.raises(UsageError, match="cannot name an index"):
            ask(name)
    with pytest.raises(UsageError, match="cannot name an index"):
        store.build(name, dimension=None)


@settings(max_examples=4, deadline=None)
@given(st.sets(st.integers(0, 60), min_size=1, max_size=40), st.sets(st.integers(0, 60), max_size=20))
def test_both_engines_tell_the_same(written: set[int], deleted: set[int]) -> None:
    from qdrant_client import QdrantClient

    answers = []
    with scratch() as folder:
        stores: list[IndexStore] = [EdgeStore(folder), ServerStore(client=QdrantClient(location=":memory:"))]
        for store in stores:
            make_index(store, "base", make_points(sorted(written)))
            builder = store.build("next", dimension=DIMENSION, base="base")
            gone = builder.delete(passage(number) for number in sorted(deleted))
            builder.finish({})
            answers.append((gone, told(store.open("next"))))
    assert answers[0] == answers[1]
    assert answers[0][0] == len(written & deleted)
