"""Runs a retrieval set through the real tokenizer, engine, encoder and fusion, and scores every ranking."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from medrag.identifiers import content_id
from medrag.index.bm25 import snap_length, weigh_document, weigh_query
from medrag.index.edge import EdgeStore
from medrag.index.encoders.cache import EncodeCount, VectorCache, encode_cached
from medrag.protocols import Encoder, IndexFilter, IndexPoint, IndexReader
from medrag.retrieve.fuse import fuse_ranks, fuse_scores, rank
from medrag.retrieve.plan import plan_question
from medrag.settings import Settings
from medrag.text.tokens import default_tokenizer, token_id
from medrag_api.evaluate.beir import RetrievalSet

__all__ = ["MEASURES", "Scores", "measure_set"]

MEASURES = ("nDCG@10", "R@10", "R@100")
#: As deep as the deepest measure.
DEPTH = 100

Ranking = Sequence[tuple[str, float]]
Run = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Scores:
    """Ranking name to measure to score, 0..1, with what the run took."""

    name: str
    documents: int
    queries: int
    scores: Mapping[str, Mapping[str, float]]
    seconds: Mapping[str, float] = field(default_factory=dict)
    encoded: int = 0


def measure_set(
    held: RetrievalSet, settings: Settings, encoder: Encoder | None, progress: Callable[[str, int, int], None]
) -> Scores:
    """Indexes the set beside the shelf, in a folder that is removed again; vectors are kept in the shelf's cache."""
    count, seconds = EncodeCount(), {}
    settings.home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.home, prefix="eval-") as folder:
        began = time.monotonic()
        reader = build(held, settings, encoder, Path(folder), count, progress)
        seconds["index"] = time.monotonic() - began
        try:
            began = time.monotonic()
            runs = search_all(held, reader, encoder, settings, progress)
            seconds["search"] = time.monotonic() - began
        finally:
            reader.close()
    scores = {name: score(run, held.judgements) for name, run in runs.items()}
    return Scores(held.name, len(held.documents), len(held.queries), scores, seconds, count.encoded)


def build(
    held: RetrievalSet,
    settings: Settings,
    encoder: Encoder | None,
    folder: Path,
    count: EncodeCount,
    progress: Callable[[str, int, int], None],
) -> IndexReader:
    store = EdgeStore(folder)
    builder = store.build("set", dimension=encoder.dimension if encoder else None)
    builder.upsert(points(held, settings))
    if encoder is not None:
        cache = VectorCache(settings.home / "vectors.db")
        builder.set_dense(vectors(held, encoder, cache, count, progress))
    builder.finish({})
    return store.open("set")


def points(held: RetrievalSet, settings: Settings) -> Iterator[IndexPoint]:
    tokenizer = default_tokenizer()
    cut = [[token_id(token) for token in tokenizer.tokenize(text)] for _, text in held.documents]
    average = snap_length(sum(map(len, cut)) / len(cut))
    for (key, _), ids in zip(held.documents, cut, strict=True):
        sparse = weigh_document(ids, average, settings.bm25_k1, settings.bm25_b)
        yield IndexPoint(passage(key), sparse, None, {})


def passage(key: str) -> str:
    """The id a document has in the index."""
    return content_id("p_", key)


def vectors(
    held: RetrievalSet,
    encoder: Encoder,
    cache: VectorCache,
    count: EncodeCount,
    progress: Callable[[str, int, int], None],
) -> Iterator[tuple[str, Sequence[float]]]:
    texts = [text for _, text in held.documents]
    told = encode_cached(encoder, cache, texts, count, lambda done, total: progress("vectors", done, total))
    for position, vector in told:
        yield passage(held.documents[position][0]), vector.tolist()


def search_all(
    held: RetrievalSet,
    reader: IndexReader,
    encoder: Encoder | None,
    settings: Settings,
    progress: Callable[[str, int, int], None],
) -> dict[str, Run]:
    """Every way of ranking, side by side: words, vectors, and their fusions."""
    keys = {passage(key): key for key, _ in held.documents}
    runs: dict[str, Run] = {}
    for number, (query, text) in enumerate(held.queries, start=1):
        for name, ranking in rank_query(text, reader, encoder, settings).items():
            runs.setdefault(name, {})[query] = {keys[item]: score for item, score in ranking}
        if number % 50 == 0 or number == len(held.queries):
            progress("queries", number, len(held.queries))
    return runs


def rank_query(
    text: str, reader: IndexReader, encoder: Encoder | None, settings: Settings
) -> dict[str, Ranking]:
    keep = IndexFilter()
    tokens = [token_id(token) for token in default_tokenizer().tokenize(text)]
    plan = plan_question(text)
    words = reader.search_sparse(weigh_query(tokens), keep, DEPTH)
    planned = reader.search_sparse(plan.words, keep, DEPTH)
    told: dict[str, Ranking] = {"bm25": words, "bm25 planned": planned}
    if encoder is not None:
        dense = reader.search_dense(encoder.encode_query(text).tolist(), keep, DEPTH)
        told["dense"] = dense
        told |= fusions(words, dense, settings)
        told["hybrid planned"] = hybrid(planned, dense, settings)
    return told


def fusions(words: Ranking, dense: Ranking, settings: Settings) -> dict[str, Ranking]:
    """The fusions a reader would try, and the one in force as ``hybrid``."""
    both = {"bm25": words, "dense": dense}
    told: dict[str, Ranking] = {"hybrid": hybrid(words, dense, settings)}
    for weight in (0.3, 0.4, 0.5, 0.6, 0.7):
        told[f"minmax {weight}"] = rank(fuse_scores(both, {"bm25": 1 - weight, "dense": weight}))[:DEPTH]
    told["rrf"] = rank(fuse_ranks(both, {"bm25": 1.0, "dense": 1.0}))[:DEPTH]
    return told


def hybrid(words: Ranking, dense: Ranking, settings: Settings) -> Ranking:
    weights = {"bm25": 1 - settings.fusion_weight, "dense": settings.fusion_weight}
    fuse = fuse_ranks if settings.fusion == "rrf" else fuse_scores
    return rank(fuse({"bm25": words, "dense": dense}, weights))[:DEPTH]


def score(run: Run, judgements: Mapping[str, Mapping[str, int]]) -> dict[str, float]:
    """The mean of each measure over the queries, by ir-measures."""
    import ir_measures

    wanted = [ir_measures.parse_measure(name) for name in MEASURES]
    told: dict[object, float] = ir_measures.calc_aggregate(wanted, judgements, run)
    return {str(measure): round(told[measure], 4) for measure in wanted}


def names_of(scores: Iterable[Scores]) -> list[str]:
    return [item.name for item in scores]
