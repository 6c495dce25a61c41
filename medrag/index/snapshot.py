"""Builds the index of a set of editions and publishes the two as one snapshot; until then readers see the old one."""

from __future__ import annotations

import json
import tempfile
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import IO, TypeVar

from medrag.catalogue import Catalogue, EditionState
from medrag.errors import IndexUnavailable, ShelfRefused
from medrag.identifiers import content_id
from medrag.index.bm25 import snap_length, weigh_document
from medrag.index.encoders.cache import EncodeCount, VectorCache, encode_cached
from medrag.protocols import Encoder, IndexBuilder, IndexPoint, IndexStore
from medrag.records import Document, Passage, Snapshot, Work
from medrag.settings import Settings
from medrag.text.indexed import index_text
from medrag.text.tokens import default_tokenizer, token_id

__all__ = ["BuildCount", "Builder", "Plan", "plan_snapshot", "publish_snapshot"]

#: Goes into every index name; raise it when what an index holds changes shape.
INDEX_VERSION = 1

#: Texts handed to the encoder's cache together: it sorts them by length, so that batches waste no padding, and
#: memory stays flat however large the shelf.
ENCODE_TOGETHER = 4096
#: Items between two words of progress.
TELL_EVERY = 256

Progress = Callable[[str, int, int | None], None]
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Plan:
    """What an index must hold: which editions, cut into words how, weighed how, with whose vectors."""

    editions: tuple[EditionState, ...]
    tokenizer: str
    k1: float
    b: float
    encoder: str

    @property
    def identity(self) -> dict[str, object]:
        """Everything the index is a function of."""
        return {
            "version": INDEX_VERSION,
            "editions": [(s.edition.id, s.edition.content_sha256) for s in self.editions],
            "tokenizer": self.tokenizer,
            "k1": self.k1,
            "b": self.b,
            "encoder": self.encoder,
        }

    @property
    def snapshot(self) -> str:
        return content_id("s_", json.dumps(self.identity, sort_keys=True))


@dataclass(slots=True)
class BuildCount:
    """What building cost: the index's writes and the encoder's work."""

    written: int = 0
    deleted: int = 0
    kept: int = 0
    encoded: EncodeCount = field(default_factory=EncodeCount)


def plan_snapshot(catalogue: Catalogue, settings: Settings, encoder: Encoder | None) -> Plan:
    """A plan over every sealed edition that is not withdrawn. Raises ShelfRefused when there is none."""
    held = [s for s in catalogue.editions() if s.state == "sealed" and s.edition.withdrawn is None]
    if not any(state.passages for state in held):
        raise ShelfRefused("there is nothing to publish: no complete edition holds a passage")
    fingerprint = encoder.fingerprint if encoder is not None else ""
    held.sort(key=lambda state: state.edition.id)
    return Plan(tuple(held), default_tokenizer().fingerprint, settings.bm25_k1, settings.bm25_b, fingerprint)


class Builder:
    """Brings an index from what the last snapshot held to what a plan wants."""

    def __init__(
        self,
        catalogue: Catalogue,
        store: IndexStore,
        cache: VectorCache,
        encoder: Encoder | None,
        spool: Path,
        progress: Progress,
    ) -> None:
        self.catalogue = catalogue
        self.store = store
        self.cache = cache
        self.encoder = encoder
        self.spool = spool
        self.progress = progress
        self.count = BuildCount()
        self.works: Mapping[str, Work] = {work.id: work for work in catalogue.works()}

    def build(self, plan: Plan, base: Snapshot | None, *, dimension: int | None) -> None:
        """Writes the index ``plan.snapshot``. With a fitting ``base`` only the difference is written."""
        old = self.usable(plan, base, dimension)
        lengths: dict[str, list[int]] = json.loads(old["lengths"]) if old else {}
        wanted = {state.edition.id for state in plan.editions}
        new = [state for state in plan.editions if state.edition.id not in lengths]
        gone = sorted(set(lengths) - wanted)
        with tempfile.TemporaryFile(dir=self.spool) as words:
            lengths = {edition: told for edition, told in lengths.items() if edition in wanted}
            lengths |= self.spool_words(new, words)
            average = snap_length(mean_length(lengths))
            if old and float(old["average"]) != average:
                return self.build(plan, None, dimension=dimension)
            name = base.index if base is not None and old else None
            builder = self.store.build(plan.snapshot, dimension=dimension, base=name)
            try:
                bare = new if old and old["encoder"] == plan.encoder else plan.editions
                self.fill(builder, plan, new, gone, bare, words, average)
                builder.finish(describe(plan, average, lengths, dimension))
            except BaseException:
                builder.abandon()
                raise
        return None

    def usable(self, plan: Plan, base: Snapshot | None, dimension: int | None) -> dict[str, str] | None:
        """The base index's own account when its points can be kept as they are; None to write all anew."""
        if base is None:
            return None
        try:
            meta = self.store.meta(base.index)
        except IndexUnavailable:
            return None
        same = describe(plan, 0.0, {}, dimension)
        fits = all(meta.get(key) == same[key] for key in ("version", "tokenizer", "k1", "b", "dimension"))
        if not fits or meta.get("encoder") not in ("", plan.encoder):
            return None
        held: dict[str, list[int]] = json.loads(meta["lengths"])
        shas: dict[str, str] = json.loads(meta["editions"])
        now = {state.edition.id: state.edition.content_sha256 for state in plan.editions}
        return None if any(now.get(e, sha) != sha for e, sha in shas.items()) or not held else meta

    def spool_words(self, states: Sequence[EditionState], words: IO[bytes]) -> dict[str, list[int]]:
        """Tokenises the new editions' passages once, onto disk; gives (passages, tokens) by edition."""
        lengths: dict[str, list[int]] = {}
        tokenizer, total = default_tokenizer(), sum(state.passages for state in states)
        done = 0
        for state in states:
            told = lengths.setdefault(state.edition.id, [0, 0])
            for document, passages in self.catalogue.read_edition(state.edition.id):
                for passage in passages:
                    text = index_text(document.title, passage, document.text)
                    ids = array("I", map(token_id, tokenizer.tokenize(text)))
                    words.write(len(ids).to_bytes(4, "little"))
                    words.write(ids.tobytes())
                    told[0] += 1
                    told[1] += len(ids)
                done += len(passages)
                self.progress("words", done, total)
        return lengths

    def fill(
        self,
        builder: IndexBuilder,
        plan: Plan,
        new: Sequence[EditionState],
        gone: Sequence[str],
        bare: Sequence[EditionState],
        words: IO[bytes],
        average: float,
    ) -> None:
        """Deletes what went, adds what came, and gives the ``bare`` editions' passages their vectors."""
        for edition in gone:
            self.count.deleted += builder.delete(sorted(self.catalogue.passage_ids(edition)))
        words.seek(0)
        total = sum(state.passages for state in new)
        points = self.points(new, words, plan, average)
        self.count.written += builder.upsert(self.told("index", points, total))
        if self.encoder is not None:
            self.count.written += builder.set_dense(self.vectors(self.encoder, bare))

    def points(
        self, new: Sequence[EditionState], words: IO[bytes], plan: Plan, average: float
    ) -> Iterator[IndexPoint]:
        for state in new:
            work = self.works[state.edition.work]
            for document, passages in self.catalogue.read_edition(state.edition.id):
                for passage in passages:
                    ids = array("I")
                    ids.frombytes(words.read(4 * int.from_bytes(words.read(4), "little")))
                    sparse = weigh_document(ids, average, plan.k1, plan.b)
                    yield IndexPoint(passage.id, sparse, None, payload(work, document, passage))

    def vectors(
        self, encoder: Encoder, states: Sequence[EditionState]
    ) -> Iterator[tuple[str, Sequence[float]]]:
        """(passage, vector) for every passage of the editions; known texts come from the cache."""
        done, total = 0, sum(state.passages for state in states)
        for batch in batched(self.texts(states), ENCODE_TOGETHER):
            encoded = encode_cached(encoder, self.cache, [text for _, text in batch], self.count.encoded)
            for position, vector in encoded:
                yield batch[position][0], vector.tolist()
                done += 1
                if done % TELL_EVERY == 0 or done == total:
                    self.progress("vectors", done, total)

    def texts(self, states: Sequence[EditionState]) -> Iterator[tuple[str, str]]:
        """(passage id, words to encode) of every passage of the editions."""
        for state in states:
            for document, passages in self.catalogue.read_edition(state.edition.id):
                for passage in passages:
                    yield passage.id, index_text(document.title, passage, document.text)

    def told(self, stage: str, items: Iterable[Item], total: int) -> Iterator[Item]:
        """Passes items on, telling progress."""
        for done, item in enumerate(items, start=1):
            if done % TELL_EVERY == 0 or done == total:
                self.progress(stage, done, total)
            yield item


def batched(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Lists of ``size`` items, the last perhaps shorter."""
    held = iter(items)
    while batch := list(islice(held, size)):
        yield batch


def payload(work: Work, document: Document, passage: Passage) -> dict[str, str]:
    """The keys a search may filter by."""
    return {
        "work": work.id,
        "edition": passage.edition,
        "kind": work.kind,
        "jurisdiction": document.jurisdiction or work.jurisdiction,
        "language": document.language,
        "authority": work.authority,
        "code": passage.code or "",
    }


def mean_length(lengths: Mapping[str, Sequence[int]]) -> float:
    passages = sum(told[0] for told in lengths.values())
    return sum(told[1] for told in lengths.values()) / passages if passages else 1.0


def describe(
    plan: Plan, average: float, lengths: Mapping[str, Sequence[int]], dimension: int | None
) -> dict[str, str]:
    """What the finished index says of itself."""
    return {
        "version": str(INDEX_VERSION),
        "tokenizer": plan.tokenizer,
        "k1": repr(plan.k1),
        "b": repr(plan.b),
        "encoder": plan.encoder,
        "dimension": str(dimension or 0),
        "average": repr(average),
        "lengths": json.dumps(lengths, sort_keys=True),
        "editions": json.dumps(
            {s.edition.id: s.edition.content_sha256 for s in plan.editions}, sort_keys=True
        ),
    }


def publish_snapshot(catalogue: Catalogue, plan: Plan) -> Snapshot:
    """Moves the pointer to a plan whose index is finished."""
    snapshot = Snapshot(
        plan.snapshot,
        datetime.now(UTC),
        tuple(state.edition.id for state in plan.editions),
        plan.snapshot,
        plan.encoder,
        sum(state.passages for state in plan.editions),
    )
    catalogue.publish(snapshot)
    return snapshot
