"""Builds the index of a set of editions and publishes the two as one snapshot; until then readers see the old one."""

from __future__ import annotations

import json
from array import array
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection

from medrag.catalogue import Catalogue, DocumentWords, EditionState
from medrag.crew import Crew
from medrag.errors import IndexUnavailable, ShelfRefused
from medrag.identifiers import content_id
from medrag.index.bm25 import snap_length, weigh_document
from medrag.index.encoders.cache import EncodeCount, VectorCache, encode_cached
from medrag.index.spool import SpooledPassage, WordSpool, open_spool, token_lists, tokenise_all
from medrag.protocols import Encoder, IndexBuilder, IndexPoint, IndexStore
from medrag.records import Passage, Snapshot, Work
from medrag.settings import Settings
from medrag.text.indexed import index_text
from medrag.text.tokens import default_tokenizer

__all__ = ["BuildCount", "Builder", "Plan", "plan_snapshot", "publish_snapshot"]

#: Goes into every index name; raise it when what an index holds changes shape.
INDEX_VERSION = 2

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

    written: int = 0
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
        name = base.index if base is not None and old is not None else None
        lengths: dict[str, list[int]] = json.loads(old["lengths"]) if old else {}
        wanted = {state.edition.id for state in plan.editions}
        new = [state for state in plan.editions if state.edition.id not in lengths]
        gone = {edition: lengths[edition][0] for edition in sorted(set(lengths) - wanted)}
        kept = {edition: told for edition, told in lengths.items() if edition in wanted}
        with open_spool(self.spool) as words:
            lengths = kept | self.spool_words(new, words)
            average = snap_length(mean_length(lengths))
            fits = old is not None and float(old["average"]) == average
            builder = self.begin(plan, name, gone, dimension) if fits else None
            if builder is None and old is not None:
                self.build(plan, None, dimension=dimension)
                return
            builder = builder or self.store.build(plan.snapshot, dimension=dimension)
            try:
                bare = new if old and old["encoder"] == plan.encoder else plan.editions
                self.fill(builder, plan, words, average, sum(state.passages for state in new), bare)
                builder.finish(describe(plan, average, lengths, dimension))
            except BaseException:
                builder.abandon()
                raise

    def begin(
        self, plan: Plan, base: str | None, gone: Mapping[str, int], dimension: int | None
    ) -> IndexBuilder | None:
        """A copy of the base index without the editions that are gone; None when it cannot be had, because the base
        is damaged or the catalogue no longer knows all that is to go."""
        try:
            builder = self.store.build(plan.snapshot, dimension=dimension, base=base)
        except IndexUnavailable:
            return None
        try:
            deleted = {e: builder.delete(sorted(self.catalogue.passage_ids(e))) for e in gone}
        except BaseException:
            builder.abandon()
            raise
        if deleted != gone:
            builder.abandon()
            return None
        self.count.deleted += sum(deleted.values())
        return builder

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
        if not fits or meta.get("encoder") not in ("", plan.encoder) or not json.loads(meta["lengths"]):
            return None
        return meta if agree(meta, same, "editions") and agree(meta, same, "works") else None

    def spool_words(self, states: Sequence[EditionState], words: WordSpool) -> dict[str, list[int]]:
        """Tokenises the editions' passages once, onto disk; gives (passages, tokens) by edition."""
        lengths: dict[str, list[int]] = {}
        total, done = sum(state.passages for state in states), 0
        for state in states:
            told = lengths.setdefault(state.edition.id, [0, 0])
            for document, passages, ids in self.words_of(state):
                words.add(document, passages, ids)
                told[0] += len(ids)
                told[1] += sum(map(len, ids))
                done += len(ids)
                self.progress("words", done, total)
        return lengths

    def words_of(
        self, state: EditionState
    ) -> Iterator[tuple[DocumentWords, Sequence[Passage], Sequence[array[int]]]]:
        """Every document of an edition with its passages and their words."""
        read = self.catalogue.read_words(state.edition.id)
        if self.crew.size < 2 or state.passages < CREW_PASSAGES:
            for document, passages in read:
                yield document, passages, token_lists((document, passages))
            return
        sent: deque[tuple[DocumentWords, Sequence[Passage]]] = deque()
        for lists in self.crew.map(tokenise_all, remembered(batched(read, TOKENISE_TOGETHER), sent)):
            for ids in lists:
                yield *sent.popleft(), ids

    def fill(
        self,
        builder: IndexBuilder,
        plan: Plan,
        words: WordSpool,
        average: float,
        total: int,
        bare: Sequence[EditionState],
    ) -> None:
        """Adds the passages whose words were spooled, and gives the ``bare`` editions' passages their vectors."""
        work_of = {state.edition.id: plan.works[state.edition.work] for state in plan.editions}
        points = (
            IndexPoint(
                held.passage,
                weigh_document(held.tokens, average, plan.k1, plan.b),
                None,
                payload(work_of[held.edition], held),
            )
            for held in words.read()
        )
        self.count.written += builder.upsert(self.told("index", points, total))
        if self.encoder is not None:
            self.count.written += builder.set_dense(self.vectors(self.encoder, bare))

    def vectors(
        self, encoder: Encoder, states: Sequence[EditionState]
    ) -> Iterator[tuple[str, Sequence[float]]]:
        """(passage, vector) for every passage of the editions; known texts come from the cache."""
        done, total, cache = 0, sum(state.passages for state in states), self.open_cache()
        for batch in batched(self.texts(states), ENCODE_TOGETHER):
            encoded = encode_cached(encoder, cache, [text for _, text in batch], self.count.encoded)
            for position, vector in encoded:
                yield batch[position][0], vector.tolist()
                done += 1
                if done % TELL_EVERY == 0 or done == total:
                    self.progress("vectors", done, total)

    def texts(self, states: Sequence[EditionState]) -> Iterator[tuple[str, str]]:
        """(passage id, words to encode) of every passage of the editions."""
        for state in states:
            for document, passages in self.catalogue.read_words(state.edition.id):
                for passage in passages:
                    yield passage.id, index_text(document.title, passage, document.text)

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
    """The keys a search may filter by."""
    return {
        "work": work.id,
        "edition": held.edition,
        "kind": work.kind,
        "jurisdiction": held.jurisdiction or work.jurisdiction,
        "language": held.language,
        "authority": work.authority,
        "code": held.code or "",
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
