"""Builds the index of a set of editions and publishes the two as one snapshot; until then readers see the old one."""

from __future__ import annotations

import json
from array import array
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain, islice
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection

from medrag.catalogue import Catalogue, DocumentWords, EditionState
from medrag.crew import Crew
from medrag.errors import IndexUnavailable, ShelfRefused
from medrag.identifiers import content_id
from medrag.index.bm25 import snap_length, weigh_document
from medrag.index.difference import Difference, find_difference, read_seats
from medrag.index.encoders.cache import EncodeCount, VectorCache, encode_cached
from medrag.index.spool import SpooledPassage, WordSpool, open_spool, token_lists, tokenise_all
from medrag.index.strata import Strata
from medrag.protocols import Encoder, IndexBuilder, IndexPoint, IndexStore
from medrag.records import Passage, Snapshot, Work
from medrag.settings import Settings
from medrag.text.indexed import index_text
from medrag.text.tokens import default_tokenizer

__all__ = ["BuildCount", "Builder", "Plan", "plan_snapshot", "publish_snapshot"]

#: Goes into every index name; raise it when what an index holds changes shape.
INDEX_VERSION = 3

#: Texts handed to the encoder's cache together: it sorts them by length, so that batches waste no padding, and
#: memory stays flat however large the shelf.
ENCODE_TOGETHER = 4096
#: Items between two words of progress.
TELL_EVERY = 256
#: Passages of an edition below which starting workers costs more than it saves, and documents sent to one together.
CREW_PASSAGES, TOKENISE_TOGETHER = 3_000, 50

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
    #: Works of the editions, by id: what of them stands in every point's payload.
    works: Mapping[str, Work]

    @property
    def marks(self) -> dict[str, tuple[str, str, str]]:
        """What a change of a work's card changes in points already written."""
        return {work.id: (work.kind, work.jurisdiction, work.authority) for work in self.works.values()}

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
            "works": sorted(self.marks.items()),
        }

    @property
    def snapshot(self) -> str:
        return content_id("s_", json.dumps(self.identity, sort_keys=True))


@dataclass(slots=True)
class BuildCount:
    """What building cost: the index's writes and the encoder's work."""

    #: Points and vectors written whole.
    written: int = 0
    #: Points that only changed the editions they stand for.
    moved: int = 0
    deleted: int = 0
    kept: int = 0
    encoded: EncodeCount = field(default_factory=EncodeCount)


def plan_snapshot(
    catalogue: Catalogue,
    settings: Settings,
    encoder: Encoder | None,
    wanted: Callable[[str], bool] = lambda edition: True,
) -> Plan:
    """A plan over every sealed, ``wanted`` edition that is not withdrawn. Raises ShelfRefused when there is none."""
    complete = [s for s in catalogue.editions() if s.state == "sealed" and s.edition.withdrawn is None]
    held = [state for state in complete if wanted(state.edition.id)]
    if not any(state.passages for state in held):
        raise ShelfRefused("there is nothing to publish: no complete edition holds a passage")
    fingerprint = encoder.fingerprint if encoder is not None else ""
    held.sort(key=lambda state: state.edition.id)
    named = {state.edition.work for state in held}
    works = {work.id: work for work in catalogue.works() if work.id in named}
    tokenizer = default_tokenizer().fingerprint
    return Plan(tuple(held), tokenizer, settings.bm25_k1, settings.bm25_b, fingerprint, works)


class Builder:
    """Brings an index from what the last snapshot held to what a plan wants."""

    def __init__(
        self,
        catalogue: Catalogue,
        store: IndexStore,
        open_cache: Callable[[], VectorCache],
        encoder: Encoder | None,
        spool: Path,
        progress: Progress,
        crew: Crew | None = None,
    ) -> None:
        self.crew = crew or Crew(0)
        self.catalogue = catalogue
        self.store = store
        self.open_cache = open_cache
        self.encoder = encoder
        self.spool = spool
        self.progress = progress
        self.count = BuildCount()

    def build(self, plan: Plan, base: Snapshot | None, *, dimension: int | None) -> None:
        """Writes the index ``plan.snapshot``. With a fitting ``base`` only the difference is written.

        Raises IndexUnavailable, EncoderUnavailable, CatalogueUnavailable; nothing a reader could open is left then.
        """
        old = self.usable(plan, base, dimension)
        held = json.loads(old["editions"]) if old else {}
        strata = Strata.from_json(old["strata"]) if old else Strata({})
        change = find_difference(self.catalogue, strata, held, [state.edition.id for state in plan.editions])
        builder = self.begin(plan, base.index, change, dimension) if old and base and change else None
        if old and (builder is None or change is None):
            self.build(plan, None, dimension=dimension)
            return
        assert change is not None  # noqa: S101  for the type checker: what holds nothing accounts for nothing
        builder = builder or self.store.build(plan.snapshot, dimension=dimension)
        try:
            with open_spool(self.spool) as words:
                tokens = int(old["tokens"]) if old else 0
                tokens += self.spool_words(plan, change, words) - self.clear(builder, change)
                average = snap_length(mean_length(change.strata, tokens))
                if old is None or float(old["average"]) == average:
                    every = old is None or old["encoder"] != plan.encoder
                    self.fill(builder, plan, words, average, change, every=every)
                    builder.finish(describe(plan, average, change.strata, tokens, dimension))
                    return
            builder.abandon()
        except BaseException:
            builder.abandon()
            raise
        self.count = BuildCount()
        self.build(plan, None, dimension=dimension)

    def begin(self, plan: Plan, base: str, change: Difference, dimension: int | None) -> IndexBuilder | None:
        """A copy of the base index; None when it cannot be had, because the base is damaged or holds other points
        than its account says."""
        try:
            builder = self.store.build(plan.snapshot, dimension=dimension, base=base)
        except IndexUnavailable:
            return None
        try:
            touched = [*change.gone, *chain.from_iterable(change.moved.values())]
            if len(builder.payloads(touched)) == len(touched):
                return builder
        except BaseException:
            builder.abandon()
            raise
        builder.abandon()
        return None

    def clear(self, builder: IndexBuilder, change: Difference) -> int:
        """Deletes what goes and moves what goes on elsewhere; how many words went."""
        gone = sum(int(payload["tokens"]) for payload in builder.payloads(change.gone).values())
        self.count.deleted += builder.delete(change.gone)
        for stratum, points in sorted(change.moved.items()):
            self.count.moved += builder.move(points, stratum)
        return gone

    def usable(self, plan: Plan, base: Snapshot | None, dimension: int | None) -> dict[str, str] | None:
        """The base index's own account when its points can be kept as they are; None to write all anew."""
        if base is None:
            return None
        try:
            meta = self.store.meta(base.index)
        except IndexUnavailable:
            return None
        same = describe(plan, 0.0, Strata({}), 0, dimension)
        fits = all(meta.get(key) == same[key] for key in ("version", "tokenizer", "k1", "b", "dimension"))
        if not fits or meta.get("encoder") not in ("", plan.encoder) or not json.loads(meta["strata"]):
            return None
        return meta if agree(meta, same, "editions") and agree(meta, same, "works") else None

    def spool_words(self, plan: Plan, change: Difference, words: WordSpool) -> int:
        """Tokenises the passages of new points once, onto disk; how many words they have."""
        count, done = 0, 0
        for seats, ids in self.words_of(plan, change):
            words.add(seats, ids)
            count += sum(map(len, ids))
            done += len(ids)
            self.progress("words", done, len(change.new))
        return count

    def words_of(
        self, plan: Plan, change: Difference
    ) -> Iterator[tuple[Sequence[SpooledPassage], Sequence[array[int]]]]:
        """What is new of every document, with its words."""
        if self.crew.size < 2 or len(change.new) < CREW_PASSAGES:
            for document, passages, seats in self.unseen(plan, change):
                yield seats, token_lists((document, passages))
            return
        sent: deque[tuple[DocumentWords, list[Passage], list[SpooledPassage]]] = deque()
        batches = remembered(batched(self.unseen(plan, change), TOKENISE_TOGETHER), sent)
        read = ([(document, passages) for document, passages, _ in batch] for batch in batches)
        for lists in self.crew.map(tokenise_all, read):
            for ids in lists:
                yield sent.popleft()[2], ids

    def unseen(
        self, plan: Plan, change: Difference
    ) -> Iterator[tuple[DocumentWords, list[Passage], list[SpooledPassage]]]:
        """Documents with those of their passages that are new points, each point once."""
        left = set(change.new)
        for document, work, seats in self.seats(plan, left):
            told = [
                SpooledPassage(
                    work, document.jurisdiction, document.language, point, change.new[point], place, p.code
                )
                for p, point, place in seats
            ]
            yield document, [passage for passage, *_ in seats], told

    def seats(
        self, plan: Plan, left: set[str] | None = None
    ) -> Iterator[tuple[DocumentWords, str, list[tuple[Passage, str, str]]]]:
        """(document, work, its passages with their points), each point once: of those ``left``, or all."""
        seen: set[str] = set()
        for state in plan.editions:
            if left is not None and not left:
                return
            work = state.edition.work
            for document, seats in read_seats(self.catalogue, work, state.edition.id):
                wanted = [s for s in seats if (s[1] not in seen if left is None else s[1] in left)]
                points = [point for _, point, _ in wanted]
                if left is None:
                    seen.update(points)
                else:
                    left.difference_update(points)
                if wanted:
                    yield document, work, wanted

    def fill(
        self,
        builder: IndexBuilder,
        plan: Plan,
        words: WordSpool,
        average: float,
        change: Difference,
        *,
        every: bool,
    ) -> None:
        """Adds the points whose words were spooled, and gives them, or ``every`` point, their vectors."""
        points = (
            IndexPoint(
                held.point,
                weigh_document(held.tokens, average, plan.k1, plan.b),
                None,
                payload(plan.works[held.work], held),
            )
            for held in words.read()
        )
        self.count.written += builder.upsert(self.told("index", points, len(change.new)))
        if self.encoder is not None:
            left = None if every else set(change.new)
            total = change.strata.points if every else len(change.new)
            self.count.written += builder.set_dense(self.vectors(self.encoder, plan, left, total))

    def vectors(
        self, encoder: Encoder, plan: Plan, left: set[str] | None, total: int
    ) -> Iterator[tuple[str, Sequence[float]]]:
        """(point, vector) for the points ``left``, or all; known texts come from the cache."""
        done, cache = 0, self.open_cache()
        texts = (
            (point, index_text(document.title, passage, document.text))
            for document, _, seats in self.seats(plan, left)
            for passage, point, _ in seats
        )
        for batch in batched(texts, ENCODE_TOGETHER):
            encoded = encode_cached(encoder, cache, [text for _, text in batch], self.count.encoded)
            for position, vector in encoded:
                yield batch[position][0], vector.tolist()
                done += 1
                if done % TELL_EVERY == 0 or done == total:
                    self.progress("vectors", done, total)

    def told(self, stage: str, items: Iterable[Item], total: int) -> Iterator[Item]:
        """Passes items on, telling progress."""
        for done, item in enumerate(items, start=1):
            if done % TELL_EVERY == 0 or done == total:
                self.progress(stage, done, total)
            yield item


def agree(old: Mapping[str, str], new: Mapping[str, str], key: str) -> bool:
    """Whether two indexes say the same of the editions, or works, that both hold."""
    before, after = json.loads(old.get(key, "null")), json.loads(new[key])
    return before is not None and all(after.get(name, told) == told for name, told in before.items())


def remembered(batches: Iterable[list[Item]], into: deque[Item]) -> Iterator[list[Item]]:
    """Passes batches on, keeping their items until somebody takes them."""
    for batch in batches:
        into.extend(batch)
        yield batch


def batched(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Lists of ``size`` items, the last perhaps shorter."""
    held = iter(items)
    while batch := list(islice(held, size)):
        yield batch


def payload(work: Work, held: SpooledPassage) -> dict[str, str]:
    """The keys a search may filter by, and what is kept beside them."""
    return {
        "work": work.id,
        "edition": held.stratum,
        "kind": work.kind,
        "jurisdiction": held.jurisdiction or work.jurisdiction,
        "language": held.language,
        "authority": work.authority,
        "code": held.code or "",
        "place": held.place,
        "tokens": str(len(held.tokens)),
    }


def mean_length(strata: Strata, tokens: int) -> float:
    """Words of a point."""
    return tokens / strata.points if strata.points else 1.0


def describe(
    plan: Plan, average: float, strata: Strata, tokens: int, dimension: int | None
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
        "strata": strata.as_json(),
        "tokens": str(tokens),
        "editions": json.dumps(
            {s.edition.id: s.edition.content_sha256 for s in plan.editions}, sort_keys=True
        ),
        "works": json.dumps(plan.marks, sort_keys=True),
    }


def publish_snapshot(
    catalogue: Catalogue,
    plan: Plan,
    *,
    action: str = "publish",
    reason: str = "",
    also: Callable[[Connection], None] | None = None,
) -> Snapshot:
    """Moves the pointer to a plan whose index is finished; see :meth:`medrag.catalogue.Catalogue.publish`."""
    snapshot = Snapshot(
        plan.snapshot,
        datetime.now(UTC),
        tuple(state.edition.id for state in plan.editions),
        plan.snapshot,
        plan.encoder,
        sum(state.passages for state in plan.editions),
    )
    catalogue.publish(snapshot, action=action, reason=reason, also=also)
    return snapshot
