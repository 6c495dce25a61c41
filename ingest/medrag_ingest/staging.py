"""Stages one card: fetches its sources, reads them, cuts passages, and seals the edition; no reader sees it yet."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from medrag.catalogue import EditionState
from medrag.errors import DocumentRefused, InputRefused, Place, ShelfRefused
from medrag.identifiers import sha256_text
from medrag.records import Edition
from medrag_ingest.apart import read_apart, read_singly
from medrag_ingest.batch import Batch, twice
from medrag_ingest.corrections import Corrections
from medrag_ingest.fetch import Fetched, fetch_source
from medrag_ingest.manifest import Manifest
from medrag_ingest.minting import Concepts, Mint, mint_names
from medrag_ingest.passages import PassageRules
from medrag_ingest.raw import RawFile, Rejected
from medrag_ingest.readers import reads_together
from medrag_ingest.readers.llamaindex_classes import check_reader
from medrag_ingest.reading import DocumentRead, Errand, Parcel, bounds_of, pack, read_parcel, unread
from medrag_ingest.receipt import Receipt, SourceReceipt
from medrag_ingest.sources import Source
from medrag_ingest.workshop import Progress, Workshop

__all__ = ["PIPELINE_VERSION", "stage_card"]

#: Goes into every edition's manifest hash; raise it when readers or passage cutting change what they make.
PIPELINE_VERSION = 2
#: Bytes of sources below which starting workers costs more than it saves.
CREW_BYTES = 500_000


def stage_card(card: Manifest, workshop: Workshop, receipt: Receipt, progress: Progress) -> EditionState:
    """Leaves a sealed edition behind, or nothing. Raises InputRefused and Unavailable with their reasons.

    The same card over the same bytes is recognised and not read again. A staging that was cut off goes on where it
    stopped, member by member.
    """
    settings = workshop.settings
    check_reader(
        card.reader.name, card.reader.options, allowed=settings.reader_classes, offline=settings.offline
    )
    with receipt.timed("fetch"):
        fetched = fetch_all(card, workshop, receipt, progress)
    recipe = recipe_of(card, fetched)
    corrections = Corrections.of(card, workshop.catalogue.editions(card.id))
    made = corrections.made_by(recipe)
    if made is not None:
        workshop.catalogue.put_golden(card.id, [item.model_dump_json() for item in card.golden])
        corrections.drop_unfinished(workshop.catalogue.drop_edition)
        receipt.outcome, receipt.edition = "unchanged", made.edition.id
        fill_counts(receipt, made)
        return made
    with receipt.timed("stage"):
        return Stager(card, workshop, receipt, progress, corrections.following(recipe)).run(fetched)


def fetch_all(
    card: Manifest, workshop: Workshop, receipt: Receipt, progress: Progress
) -> list[tuple[Source, Fetched]]:
    found = []
    for source in card.sources:
        told = partial(progress, f"fetch {source.name}")
        fetched = fetch_source(source, card, workshop.settings, workshop.raw, told)
        found.append((source, fetched))
        receipt.sources.append(SourceReceipt(source.name, fetched.sha256, fetched.origin, fetched.bytes))
    return found


def recipe_of(card: Manifest, fetched: Sequence[tuple[Source, Fetched]]) -> str:
    """sha256 of everything an edition is made from: the card, the bytes, the version of this code."""
    return sha256_text("\n".join([str(PIPELINE_VERSION), card.sha256, *(item.sha256 for _, item in fetched)]))


def fill_counts(receipt: Receipt, state: EditionState) -> None:
    receipt.documents, receipt.passages = state.documents, state.passages
    receipt.assertions, receipt.names = state.assertions, state.names
    receipt.content_sha256 = state.edition.content_sha256


class Stager:
    """One staging run."""

    def __init__(
        self, card: Manifest, workshop: Workshop, receipt: Receipt, progress: Progress, edition: Edition
    ) -> None:
        self.card = card
        self.catalogue = workshop.catalogue
        self.receipt = receipt
        self.progress = progress
        self.edition = edition
        self.together = reads_together(card.reader.name)
        rules = PassageRules(card.passages.max_tokens)
        self.mint = Mint(edition.id, card.language, rules, cut=card.kind != "terminology")
        self.crew = workshop.crew
        self.keys: set[str] = set()
        self.concepts = Concepts()
        self.batch = Batch()

    def run(self, fetched: Sequence[tuple[Source, Fetched]]) -> EditionState:
        places = tuple((source, item.path, item.sha256) for source, item in fetched)
        try:
            done = self.resume()
            errand = Errand(places, self.card.reader, self.card.transform, self.mint, frozenset(done))
            if self.together or self.card.transform is not None or self.is_small(fetched):
                self.read_errand(errand)
            else:
                self.read_in_parcels(errand)
            self.write()
            return self.seal()
        except InputRefused:
            self.catalogue.drop_edition(self.edition.id)
            raise

    def is_small(self, fetched: Sequence[tuple[Source, Fetched]]) -> bool:
        return self.crew.size < 2 or sum(item.bytes for _, item in fetched) < CREW_BYTES

    def read_in_parcels(self, errand: Errand) -> None:
        """Lets the crew read; members too large to send are read where they lie, in their place in the order."""
        packed = pack(unread(errand), self.card.reader.name, self.card.reader.options, self.mint)
        while True:
            large: list[RawFile] = []
            parcels = until_large(packed, large)
            for members in self.crew.map(read_parcel, parcels, partial(read_singly, self.crew)):
                for member in members:
                    self.admit(member.batch, member.place, member.refused)
            if not large:
                return
            self.read_errand(replace(errand, only=(large[0].sha256, large[0].member)))

    def read_errand(self, errand: Errand) -> None:
        """Has what the crew is too large for, or what belongs together, read in a worker of its own."""
        for member in read_apart(self.crew, errand, bounds_of(self.card.reader.name)):
            self.read(None if self.together else member.raw, member.documents())

    def resume(self) -> set[tuple[str, str]]:
        """The members an interrupted run of the same recipe read to their end; otherwise a clean start."""
        held = self.catalogue.find_edition(self.edition.id)
        same = held is not None and held.edition.manifest_sha256 == self.edition.manifest_sha256
        if same and not self.together:
            self.catalogue.drop_half_read(self.edition.id)
            done = self.catalogue.staged_members(self.edition.id)
            self.keys = {key for _, key, *_ in self.catalogue.document_keys(self.edition.id)}
            self.concepts = Concepts(self.catalogue.concepts_of(self.edition.id))
            told = self.receipt
            told.resumed_members = len(done)
            told.characters, told.lost_characters = self.catalogue.measure_edition(self.edition.id)
            return done
        work = self.card.work()
        if all(known.id != work.id for known in self.catalogue.works()):
            self.catalogue.put_work(work)
        self.catalogue.open_edition(self.edition)
        return set()

    def read(self, raw: RawFile | None, documents: Iterator[DocumentRead]) -> None:
        """Takes the documents of one member, writing while it reads when they are many."""
        opened, refused = Batch(), None
        try:
            for origin, parsed, minted in documents:
                opened.add(minted, parsed, origin)
                self.tell(opened)
                if opened.is_full:
                    self.spill(opened, origin)
        except DocumentRefused as error:
            if raw is None:
                raise
            refused = error
        self.admit(opened, raw.place if raw is not None else self.card.card, refused)

    def admit(self, opened: Batch, file: str, refused: DocumentRefused | None) -> None:
        """Takes a member's documents, all or none; one that cannot be read is, by the card's policy, counted."""
        taken = [key for key in opened.keys if key in self.keys]
        refused = refused or (twice(taken[0], file) if taken else None)
        if refused is not None:
            if self.card.on_error == "refuse":
                raise refused
            if opened.spilled:
                self.catalogue.drop_half_read(self.edition.id)
            self.reject(refused, file)
            return
        opened.number(len(self.keys))
        self.keys.update(opened.keys)
        self.batch.join(opened)
        opened.count_into(self.receipt)
        self.tell(Batch())
        if opened.spilled or self.batch.is_full:
            self.write()

    def tell(self, opened: Batch) -> None:
        done = len(self.keys) + len(opened.keys)
        self.progress(self.card.id, done, max(done, self.card.expect.documents) or None)

    def reject(self, error: DocumentRefused, file: str) -> None:
        """Counts a member that could not be read. Raises ShelfRefused beyond what the card allows."""
        rejected = self.receipt.rejected
        rejected.append(Rejected.of(error, file))
        if len(rejected) > self.card.max_rejected:
            raise ShelfRefused(
                f"{len(rejected)} items were rejected, the card allows {self.card.max_rejected}",
                place=error.place,
                remedy=f"The last: {error.problem}",
            ) from error

    def spill(self, opened: Batch, raw: RawFile) -> None:
        """Writes the documents of a member too large to hold; its names and claims wait for its end, which marks all
        of it as whole. Raises DocumentRefused when a key is taken."""
        if taken := [key for key in opened.keys if key in self.keys]:
            raise twice(taken[0], raw.place)
        self.write()
        opened.number(len(self.keys))
        self.catalogue.add_rows(self.edition.id, opened.spill())

    def write(self) -> None:
        """Writes what whole members gave."""
        held, edition = self.batch, self.edition.id
        things, called = self.concepts.take(held.names), mint_names(held.names, edition)
        self.catalogue.add_rows(edition, held.rows, things, called, whole=len(self.keys))
        self.batch = Batch()

    def seal(self) -> EditionState:
        """Checks the card's promise, then marks the edition complete."""
        self.check_promise()
        digest = hashlib.sha256()
        for identifier, key, title, sha256 in self.catalogue.document_keys(self.edition.id):
            digest.update(f"{identifier}\0{key}\0{title}\0{sha256}\n".encode())
        digest.update(self.edition.manifest_sha256.encode())
        self.catalogue.put_work(self.card.work())
        self.catalogue.put_golden(self.card.id, [item.model_dump_json() for item in self.card.golden])
        state = self.catalogue.seal_edition(self.edition.id, digest.hexdigest())
        self.receipt.outcome = "staged"
        self.receipt.edition = self.edition.id
        fill_counts(self.receipt, state)
        return state

    def check_promise(self) -> None:
        """Raises ShelfRefused when less arrived than the card expects."""
        counts = self.catalogue.count_edition(self.edition.id)
        for name in ("documents", "passages", "assertions", "names"):
            wanted, came = getattr(self.card.expect, name), counts[name]
            if came < wanted:
                raise ShelfRefused(
                    f"{came} {name} arrived, the card expects at least {wanted}",
                    place=Place(file=self.card.card, field=f"expect.{name}"),
                    remedy="Look at what the receipt rejected, or correct the card",
                )


def until_large(packed: Iterator[Parcel | RawFile], large: list[RawFile]) -> Iterator[Parcel]:
    """Parcels up to the next file too large for one, which is put in ``large``."""
    for item in packed:
        if isinstance(item, RawFile):
            large.append(item)
            return
        yield item
