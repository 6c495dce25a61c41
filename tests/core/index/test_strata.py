"""Editions of a work share what they hold alike: the same passages are found whatever was published in which order."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from index_points import scratch
from test_snapshot import ENCODER, Shelf, texts, withdraw, work_of

from medrag.catalogue import Catalogue
from medrag.identifiers import content_id, edition_id, id_of_passage, sha256_text
from medrag.index.bm25 import weigh_query
from medrag.protocols import IndexFilter, IndexReader
from medrag.records import Block, Document, Edition, Passage, Segment
from medrag.text.tokens import token_id, tokenize

QUESTION = "halve the renal dose of aspirin"


def seal(catalogue: Catalogue, work: str, label: str, notes: Mapping[str, list[str]]) -> None:
    """One edition: a document a note, a passage a sentence, with the ids that follow from their places."""
    held = edition_id(work, label)
    catalogue.put_work(work_of(work))
    catalogue.open_edition(Edition(held, work, label, "2024", date(2024, 1, 1), date(2024, 2, 1), "0" * 64))
    batch = [(n, *note_of(held, key, sentences)) for n, (key, sentences) in enumerate(notes.items())]
    catalogue.add_batch(held, batch)
    catalogue.seal_edition(held, sha256_text("".join(document.id for _, document, _ in batch)))


def note_of(edition: str, key: str, sentences: list[str]) -> tuple[Document, list[Passage]]:
    text, ends = "\n".join(sentences), accumulate(len(sentence) + 1 for sentence in sentences)
    spans = [(end - 1 - len(sentence), end - 1) for sentence, end in zip(sentences, ends, strict=True)]
    digest = sha256_text(text)
    document = Document(
        content_id("d_", edition, key, digest), edition, key, "Notes", "en", text, digest, "1" * 64, "",
        (Segment(0, len(text), "lines:1-9"),), tuple(Block("paragraph", *span) for span in spans),
    )  # fmt: skip
    told = [(a, b, id_of_passage(edition, key, a, b, sha256_text(text[a:b]))) for a, b in spans]
    parts = [
        Passage(name, document.id, edition, n, a, b, text[a:b], "prose", (), None, None)
        for n, (a, b, name) in enumerate(told)
    ]
    return document, parts


@contextmanager
def opened(shelf: Shelf, *, anew: bool = False) -> Iterator[IndexReader]:
    index = shelf.open(shelf.publish(anew=anew)[0])
    try:
        yield index
    finally:
        index.close()


def seen(index: IndexReader, editions: list[str]) -> dict[str, object]:
    """All that can be asked of an index, edition by edition and of them together."""
    query = weigh_query([token_id(token) for token in tokenize(QUESTION)])
    vector = ENCODER.encode_query(QUESTION).tolist()
    told: dict[str, object] = {"ids": sorted(index.ids()), "counts": (index.count(), index.count_dense())}
    for kept in ([], editions, *([edition] for edition in editions)):
        keep = IndexFilter({"edition": tuple(kept)} if kept else {})
        found = (index.search_sparse(query, keep, 500), index.search_dense(vector, keep, 500))
        told[" ".join(kept)] = [in_order(hits) for hits in found]
    return told


def in_order(hits: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """Scores to four digits, ties by id: the engine adds in single precision, and in another order in another index of the
    same points, so that scores which are equal may differ in their seventh digit."""
    rounded = [(passage, round(score, 4)) for passage, score in hits]
    return sorted(rounded, key=lambda hit: (-hit[1], hit[0]))


def notes(seed: int, count: int = 40) -> dict[str, list[str]]:
    return {f"n{n}": texts(seed * 100 + n, 3) for n in range(count)}


def test_an_edition_that_changes_one_note_of_forty_costs_that_note() -> None:
    with scratch() as folder:
        shelf, first = Shelf(folder), notes(1)
        seal(shelf.catalogue, "work", "1", first)
        _, full = shelf.publish()
        assert (full.written, full.encoded.encoded) == (240, 120)
        seal(shelf.catalogue, "work", "2", first | {"n7": texts(999, 3)})
        snapshot, count = shelf.publish()
        assert (count.written, count.moved, count.deleted) == (6, 3, 0)
        assert (count.encoded.encoded, count.encoded.reused) == (3, 0)
        assert snapshot.passages == 240
        index = shelf.open(snapshot)
        grown = seen(index, ["work@1", "work@2"])
        index.close()
        with opened(shelf, anew=True) as fresh:
            assert seen(fresh, ["work@1", "work@2"]) == grown
        withdraw(shelf, "work@1")
        snapshot, count = shelf.publish()
        assert (count.written, count.moved, count.deleted, count.encoded.encoded) == (0, 3, 3, 0)
        index = shelf.open(snapshot)
        assert index.count() == index.count_dense() == 120
        assert all(passage in grown["ids"] for passage in index.ids())  # type: ignore[operator]
        index.close()


def test_a_passage_is_found_in_the_editions_asked_for_alone() -> None:
    with scratch() as folder:
        shelf, first = Shelf(folder), notes(2, 4)
        seal(shelf.catalogue, "work", "1", first)
        seal(shelf.catalogue, "work", "2", first | {"n0": ["Never give aspirin in renal failure."]})
        with opened(shelf) as index:
            query = weigh_query([token_id(token) for token in tokenize("aspirin renal failure")])
            for edition in ("work@1", "work@2"):
                held = shelf.catalogue.passage_ids(edition)
                found = index.search_sparse(query, IndexFilter({"edition": (edition,)}), 50)
                assert found and {passage for passage, _ in found} <= set(held)
            assert index.search_sparse(query, IndexFilter({"edition": ("work@3",)}), 50) == []
            assert index.search_sparse(query, IndexFilter({"edition": ()}), 50) == []
            assert len(index.search_sparse(query, IndexFilter(), 3)) == 3


def test_the_same_text_with_another_title_or_language_is_another_point() -> None:
    from dataclasses import replace

    from medrag.catalogue import DocumentWords
    from medrag.index.strata import passage_in, seat_of

    document, (passage,) = note_of("work@1", "a", ["Halve the dose."])
    words = DocumentWords(document.id, "a", "Notes", "en", None, document.text)
    point, place = seat_of("work", words, passage)
    assert passage_in("work@1", point, place) == passage.id
    later, (moved,) = note_of("work@2", "a", ["Halve the dose."])
    assert seat_of("work", replace(words, id=later.id), moved) == (point, place)
    assert passage_in("work@2", point, place) == moved.id != passage.id
    others = [
        seat_of("other", words, passage),
        seat_of("work", replace(words, title="Old notes"), passage),
        seat_of("work", replace(words, language="fr"), passage),
        seat_of("work", replace(words, jurisdiction="US"), passage),
        seat_of("work", words, replace(passage, code="34068-7")),
        seat_of("work", replace(words, key="b"), replace(passage, id="p_" + "0" * 24)),
    ]
    assert len({point, *(other for other, _ in others)}) == 1 + len(others)
    assert others[-1] == ("p_" + "0" * 24, "") and passage_in("work@1", *others[-1]) == "p_" + "0" * 24


EDITIONS = st.lists(st.lists(st.integers(0, 3), min_size=3, max_size=3), min_size=1, max_size=4)


@settings(max_examples=6, deadline=None)
@given(EDITIONS, st.randoms(use_true_random=False))
def test_any_history_of_a_work_gives_the_index_it_would_have_from_scratch(
    editions: list[list[int]], chance: random.Random
) -> None:
    held = {
        str(n): {f"n{at}": texts(at * 10 + variant, 4) for at, variant in enumerate(chosen)}
        for n, chosen in enumerate(editions)
    }
    with scratch() as folder:
        shelf = Shelf(folder)
        seal(shelf.catalogue, "other", "1", notes(3, 12))
        order = list(held)
        chance.shuffle(order)
        for label in order:
            seal(shelf.catalogue, "work", label, held[label])
            shelf.publish()
        for label in order[: chance.randrange(len(order) + 1)]:
            shelf.catalogue.drop_edition(edition_id("work", label)) if chance.random() < 0.3 else withdraw(
                shelf, edition_id("work", label)
            )
            order.remove(label)
            shelf.publish()
        names = ["other@1", *(edition_id("work", label) for label in sorted(order))]
        with opened(shelf) as index:
            grown = seen(index, names)
        assert grown["ids"] == sorted(p for name in names for p in shelf.catalogue.passage_ids(name))
        with opened(shelf, anew=True) as index:
            assert seen(index, names) == grown


@pytest.mark.parametrize("seed", range(2))
def test_an_index_the_catalogue_no_longer_accounts_for_is_written_anew(seed: int) -> None:
    with scratch() as folder:
        shelf, first = Shelf(folder), notes(seed, 5)
        seal(shelf.catalogue, "work", "1", first)
        seal(shelf.catalogue, "work", "2", first | {"n0": texts(77, 3)})
        shelf.publish()
        shelf.catalogue.drop_edition("work@1")
        _, count = shelf.publish()
        assert (count.written, count.moved, count.deleted) == (30, 0, 0)
