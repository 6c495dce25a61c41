"""An index is a function of the shelf's content: any order, any history, the same points, words, vectors and name."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from index_points import scratch

from medrag.catalogue import Catalogue
from medrag.errors import IndexUnavailable, ShelfRefused
from medrag.identifiers import content_id, edition_id, sha256_text
from medrag.index.bm25 import weigh_query
from medrag.index.edge import EdgeStore
from medrag.index.encoders.cache import VectorCache
from medrag.index.encoders.hashed import HashEmbedder
from medrag.index.snapshot import BuildCount, Builder, plan_snapshot, publish_snapshot
from medrag.index.spool import open_spool
from medrag.protocols import IndexFilter, IndexReader
from medrag.records import Block, Document, Edition, Passage, Rights, Segment, Snapshot, Work
from medrag.settings import Settings
from medrag.text.tokens import token_id, tokenize

ALL = IndexFilter()
ENCODER = HashEmbedder(16)
WORDS = (
    "aspirin",
    "bleeding",
    "kidney",
    "dose",
    "renal",
    "halve",
    "avoid",
    "monitor",
    "potassium",
    "inr",
    "severe",
)


def work_of(name: str) -> Work:
    rights = Rights("CC0-1.0", None, True, None)
    return Work(name, name, "A house", "guideline", "digest", "INT", "en", None, rights)


def seal(catalogue: Catalogue, name: str, sentences: Sequence[str]) -> None:
    """One edition of one document, a passage a sentence."""
    held = edition_id(name, "1")
    catalogue.put_work(work_of(name))
    catalogue.open_edition(Edition(held, name, "1", "2024", date(2024, 1, 1), date(2024, 2, 1), "0" * 64))
    text = "\n".join(sentences)
    ends = list(itertools.accumulate(len(sentence) + 1 for sentence in sentences))
    spans = [(end - 1 - len(sentence), end - 1) for sentence, end in zip(sentences, ends, strict=True)]
    digest = sha256_text(text)
    document = Document(
        content_id("d_", held, "a", digest), held, "a", "Notes", "en", text, digest, "1" * 64, "",
        (Segment(0, len(text), "lines:1-9"),), tuple(Block("paragraph", *span) for span in spans),
    )  # fmt: skip
    parts = [
        Passage(content_id("p_", held, a, b), document.id, held, n, a, b, text[a:b], "prose", (), None, None)
        for n, (a, b) in enumerate(spans)
    ]
    catalogue.add_batch(held, [(0, document, parts)])
    catalogue.seal_edition(held, sha256_text(digest + name))


class Shelf:
    """A catalogue in memory, indexes on disk, and the way from one to the other."""

    def __init__(self, folder: Path, *, encoder: HashEmbedder | None = ENCODER) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.catalogue = Catalogue("sqlite://")
        self.store = EdgeStore(folder / "index")
        self.encoder = encoder
        self.settings = Settings(home=folder, encoder="none")

    def publish(self, *, anew: bool = False) -> tuple[Snapshot, BuildCount]:
        plan = plan_snapshot(self.catalogue, self.settings, self.encoder)
        builder = Builder(
            self.catalogue, self.store, lambda: VectorCache(self.folder / "vectors.db"), self.encoder,
            self.folder, lambda *_: None,
        )  # fmt: skip
        dimension = self.encoder.dimension if self.encoder else None
        if plan.snapshot in self.store.names() and anew:
            self.store.remove(plan.snapshot)
        if plan.snapshot not in self.store.names():
            builder.build(plan, None if anew else self.catalogue.current(), dimension=dimension)
        return publish_snapshot(self.catalogue, plan), builder.count

    def open(self, snapshot: Snapshot) -> IndexReader:
        return self.store.open(snapshot.index)


def rankings(index: IndexReader) -> list[list[tuple[str, float]]]:
    """Every passage with its score, by words and by vectors, for some questions."""
    told = []
    for question in ("aspirin bleeding", "halve the renal dose", "potassium inr daily"):
        query = weigh_query([token_id(token) for token in tokenize(question)])
        vector = ENCODER.encode_query(question).tolist()
        found = (index.search_sparse(query, ALL, 500), index.search_dense(vector, ALL, 500))
        told += [[(passage, round(score, 5)) for passage, score in hits] for hits in found]
    return told


def same_as_from_scratch(shelf: Shelf) -> None:
    snapshot, _ = shelf.publish()
    index = shelf.open(snapshot)
    grown, idf = (set(index.ids()), index.count_dense(), rankings(index)), index.idf([token_id("aspirin")])
    index.close()
    snapshot_anew, _ = shelf.publish(anew=True)
    index = shelf.open(snapshot_anew)
    fresh = (set(index.ids()), index.count_dense(), rankings(index))
    assert snapshot_anew.id == snapshot.id
    assert grown == fresh
    assert idf == pytest.approx(index.idf([token_id("aspirin")]))
    index.close()


def texts(seed: int, count: int = 12) -> list[str]:
    source = random.Random(seed)
    return [f"{' '.join(source.choices(WORDS, k=8))} number {seed} {n}." for n in range(count)]


@pytest.mark.parametrize("seed", range(4))
def test_any_order_gives_the_same_snapshot_and_the_same_rankings(seed: int) -> None:
    names = ["alpha", "beta", "gamma"]
    held = {name: texts(seed * 10 + n, 6 + 5 * n) for n, name in enumerate(names)}
    told = []
    for steps in (["alpha", "beta", "gamma"], ["gamma", "alpha", "beta"], ["beta+alpha+gamma"]):
        with scratch() as folder:
            shelf = Shelf(folder)
            for step in steps:
                for name in step.split("+"):
                    seal(shelf.catalogue, name, held[name])
                snapshot, _ = shelf.publish()
            index = shelf.open(snapshot)
            told.append((snapshot.id, snapshot.index, snapshot.passages, rankings(index)))
            index.close()
    assert told[0] == told[1] == told[2]


@pytest.mark.parametrize("seed", range(3))
def test_a_grown_index_equals_one_made_from_scratch(seed: int) -> None:
    with scratch() as folder:
        shelf = Shelf(folder)
        seal(shelf.catalogue, "alpha", texts(seed, 30))
        shelf.publish()
        seal(shelf.catalogue, "beta", texts(seed + 50, 9))
        same_as_from_scratch(shelf)


def test_a_shrunk_index_equals_one_made_from_scratch() -> None:
    with scratch() as folder:
        shelf = Shelf(folder)
        seal(shelf.catalogue, "alpha", texts(1, 30))
        alone, _ = shelf.publish()
        seal(shelf.catalogue, "beta", texts(2, 9))
        shelf.publish()
        withdraw(shelf, "beta@1")
        snapshot, _ = shelf.publish()
        assert snapshot.id == alone.id
        seal(shelf.catalogue, "delta", texts(3, 8))
        same_as_from_scratch(shelf)


def withdraw(shelf: Shelf, edition: str) -> None:
    from sqlalchemy import update

    from medrag.catalogue.schema import editions

    with shelf.catalogue.writing() as connection:
        connection.execute(update(editions).where(editions.c.id == edition).values(withdrawn="wrong"))


def test_passages_of_an_edition_withdrawn_go_and_the_rest_is_not_written() -> None:
    with scratch() as folder:
        shelf = Shelf(folder)
        seal(shelf.catalogue, "alpha", texts(1, 40))
        seal(shelf.catalogue, "beta", texts(2, 5))
        shelf.publish()
        withdraw(shelf, "beta@1")
        snapshot, count = shelf.publish()
        assert (count.written, count.deleted, count.encoded.encoded) == (0, 5, 0)
        index = shelf.open(snapshot)
        assert index.count() == index.count_dense() == 40
        index.close()


def test_only_new_words_are_written_and_only_new_texts_encoded() -> None:
    with scratch() as folder:
        shelf = Shelf(folder)
        seal(shelf.catalogue, "alpha", texts(1, 40))
        _, first = shelf.publish()
        assert (first.written, first.encoded.encoded) == (80, 40)
        seal(shelf.catalogue, "beta", [*texts(2, 5), *texts(1, 2)])
        _, second = shelf.publish()
        assert (second.written, second.encoded.encoded, second.encoded.reused) == (14, 5, 2)


def test_vectors_join_an_index_of_words_without_writing_the_words_again() -> None:
    with scratch() as folder:
        shelf = Shelf(folder)
        seal(shelf.catalogue, "alpha", texts(1, 20))
        plan = plan_snapshot(shelf.catalogue, shelf.settings, None)
        builder = Builder(
            shelf.catalogue, shelf.store, lambda: VectorCache(folder / "v.db"), None, folder, lambda *_: None
        )
        builder.build(plan, None, dimension=ENCODER.dimension)
        publish_snapshot(shelf.catalogue, plan)
        snapshot, count = shelf.publish()
        assert snapshot.encoder == ENCODER.fingerprint and count.written == 20
        same_as_from_scratch(shelf)


def test_a_drifting_mean_length_weighs_every_word_anew() -> None:
    with scratch() as folder:
        shelf = Shelf(folder)
        seal(shelf.catalogue, "alpha", texts(1, 10))
        shelf.publish()
        seal(shelf.catalogue, "beta", [" ".join(texts(n, 4)) for n in range(5, 25)])
        _, count = shelf.publish()
        assert count.written == 60 and count.encoded.encoded == 20
        same_as_from_scratch(shelf)


def test_another_encoder_or_weighing_is_another_snapshot(tmp_path: Path) -> None:
    catalogue = Catalogue("sqlite://")
    seal(catalogue, "alpha", texts(1, 3))
    settings = Settings(home=tmp_path, encoder="none")
    plans = [
        plan_snapshot(catalogue, settings, None),
        plan_snapshot(catalogue, settings, ENCODER),
        plan_snapshot(catalogue, settings, HashEmbedder(8)),
        plan_snapshot(catalogue, settings.model_copy(update={"bm25_b": 0.5}), None),
    ]
    catalogue.put_work(Work(**{**dict_of(work_of("alpha")), "authority": "regulator"}))
    plans.append(plan_snapshot(catalogue, settings, None))
    assert len({plan.snapshot for plan in plans}) == len(plans)


def dict_of(work: Work) -> dict[str, object]:
    return {name: getattr(work, name) for name in Work.__slots__}


def test_a_shelf_without_a_passage_is_not_published(tmp_path: Path) -> None:
    with pytest.raises(ShelfRefused, match="nothing to publish"):
        plan_snapshot(Catalogue("sqlite://"), Settings(home=tmp_path), None)


def test_a_failing_build_leaves_nothing_that_could_be_opened() -> None:
    class Torn(HashEmbedder):
        def encode_passages(self, texts):  # type: ignore[no-untyped-def]
            raise IndexUnavailable("torn")

    with scratch() as folder:
        shelf = Shelf(folder, encoder=Torn(16))
        seal(shelf.catalogue, "alpha", texts(1, 5))
        with pytest.raises(IndexUnavailable, match="torn"):
            shelf.publish()
        assert shelf.store.names() == [] and shelf.catalogue.current() is None
        assert list((folder / "index").iterdir()) == []


def test_a_spool_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    with pytest.raises(IndexUnavailable, match="the disk refused"), open_spool(tmp_path / "none"):
        raise AssertionError("a spool was opened where there is no folder")
