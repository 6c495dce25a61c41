"""Stages one card: fetches its sources, reads them, cuts passages, and seals the edition; no reader sees it yet."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from itertools import count

from medrag.catalogue import Catalogue, EditionState
from medrag.errors import DocumentRefused, Place, ShelfRefused
from medrag.identifiers import content_id, edition_id, sha256_text
from medrag.records import Assertion, Concept, Document, Edition, Name, Passage, Stated
from medrag.text.normalise import fold_name
from medrag_ingest.archive import archive_kind, open_archive
from medrag_ingest.fetch import Fetched, fetch_source
from medrag_ingest.manifest import Manifest
from medrag_ingest.parsed import ParsedDocument, RawAssertion, RawName
from medrag_ingest.passages import PassageRules, split_passages
from medrag_ingest.raw import RawFile, Rejected
from medrag_ingest.readers import READERS, reads_together
from medrag_ingest.receipt import Receipt, SourceReceipt
from medrag_ingest.sources import Source
from medrag_ingest.transforms import TRANSFORMS, Transform, TransformContext
from medrag_ingest.workshop import Progress, Workshop

__all__ = ["PIPELINE_VERSION", "stage_card"]

#: Goes into every edition's manifest hash; raise it when readers or passage cutting change what they make.
PIPELINE_VERSION = 1
#: Characters of text held before a batch is written.
BATCH_CHARACTERS = 2_000_000


def stage_card(card: Manifest, workshop: Workshop, receipt: Receipt, progress: Progress) -> EditionState:
    """Leaves a sealed edition behind, or nothing. Raises InputRefused and Unavailable with their reasons.

    The same card over the same bytes is recognised and not read again. A staging that was cut off goes on where it
    stopped, member by member.
    """
    with receipt.timed("fetch"):
        fetched = fetch_all(card, workshop, receipt, progress)
    recipe = recipe_of(card, fetched)
    sealed = find_sealed(card, workshop.catalogue, recipe)
    if sealed is not None:
        receipt.outcome, receipt.edition = "unchanged", sealed.edition.id
        fill_counts(receipt, sealed)
        return sealed
    with receipt.timed("stage"):
        return Stager(card, workshop, receipt, progress, recipe).run(fetched)


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


def find_sealed(card: Manifest, catalogue: Catalogue, recipe: str) -> EditionState | None:
    """The edition already made by this recipe."""
    for state in catalogue.editions(card.id):
        if state.state == "sealed" and state.edition.manifest_sha256 == recipe:
            return state
    return None


def fill_counts(receipt: Receipt, state: EditionState) -> None:
    receipt.documents, receipt.passages = state.documents, state.passages
    receipt.assertions, receipt.names = state.assertions, state.names
    receipt.content_sha256 = state.edition.content_sha256


class Stager:
    """One staging run."""

    def __init__(
        self, card: Manifest, workshop: Workshop, receipt: Receipt, progress: Progress, recipe: str
    ) -> None:
        self.card = card
        self.catalogue = workshop.catalogue
        self.receipt = receipt
        self.progress = progress
        self.recipe = recipe
        self.rules = PassageRules(card.passages.max_tokens)
        self.edition = self.free_edition()
        self.keys: set[str] = set()
        self.batch = Batch()

    def free_edition(self) -> Edition:
        """The card's edition; when a sealed one already stands under that label, the next correction of it."""
        made = self.card.edition_record(datetime.now(UTC).date())
        for number in count(1):
            label = self.card.edition if number == 1 else f"{self.card.edition}.r{number}"
            identifier = edition_id(self.card.id, label)
            held = self.catalogue.find_edition(identifier)
            if held is None or held.state == "staging":
                return replace(made, id=identifier, label=label, manifest_sha256=self.recipe)
        raise AssertionError("count() does not end")

    def run(self, fetched: Sequence[tuple[Source, Fetched]]) -> EditionState:
        done = self.resume()
        ordinal = len(self.keys)
        try:
            for member, parsed in self.read(fetched, done):
                self.take(parsed, member, ordinal)
                ordinal += 1
            self.write()
            return self.seal()
        except (DocumentRefused, ShelfRefused):
            self.catalogue.drop_edition(self.edition.id)
            raise

    def resume(self) -> set[tuple[str, str]]:
        """The members an interrupted run of the same recipe has written; otherwise a clean start."""
        held = self.catalogue.find_edition(self.edition.id)
        if held is not None and held.edition.manifest_sha256 == self.recipe:
            done = self.catalogue.staged_members(self.edition.id)
            self.keys = {key for _, key, *_ in self.catalogue.document_keys(self.edition.id)}
            self.receipt.resumed_members = len(done)
            return done
        self.catalogue.put_work(self.card.work())
        self.catalogue.open_edition(self.edition)
        return set()

    def read(
        self, fetched: Sequence[tuple[Source, Fetched]], done: set[tuple[str, str]]
    ) -> Iterator[tuple[RawFile, ParsedDocument]]:
        """Every document of every source, transformed; a batch is written between members, never inside one."""
        if reads_together(self.card.reader.name):
            yield from self.read_together(fetched)
            return
        transform = self.transform_of(fetched)
        for source, item in fetched:
            for raw in members_of(source, item):
                if (raw.sha256, raw.member) in done or not self.card.reader.reads(raw.member or raw.name):
                    continue
                yield from self.read_one(raw, transform)
                self.write_when_full()

    def read_together(
        self, fetched: Sequence[tuple[Source, Fetched]]
    ) -> Iterator[tuple[RawFile, ParsedDocument]]:
        """The documents of a reader that wants all files at once."""
        files = [raw for source, item in fetched for raw in members_of(source, item)]
        files = [raw for raw in files if self.card.reader.reads(raw.member or raw.name)]
        read = READERS[self.card.reader.name].load_together()
        for parsed in self.transformed(read(files, self.card.reader.options), self.transform(files)):
            yield next((raw for raw in files if raw.member == parsed.raw_member), files[0]), parsed

    def read_one(self, raw: RawFile, transform: Transform | None) -> Iterator[tuple[RawFile, ParsedDocument]]:
        """The documents of one member; a member that cannot be read is refused or, by the card's policy, counted."""
        reader = READERS[self.card.reader.name]
        try:
            for parsed in self.transformed(reader(raw, self.card.reader.options), transform):
                yield raw, parsed
        except DocumentRefused as error:
            if self.card.on_error == "refuse":
                raise
            self.receipt.rejected.append(Rejected.of(error, raw.name))
            if len(self.receipt.rejected) > self.card.max_rejected:
                raise ShelfRefused(
                    f"{len(self.receipt.rejected)} items were rejected, the card allows {self.card.max_rejected}",
                    place=error.place,
                    remedy=f"The last: {error.problem}",
                ) from error

    def transform_of(self, fetched: Sequence[tuple[Source, Fetched]]) -> Transform | None:
        if self.card.transform is None:
            return None
        return self.transform([raw for source, item in fetched for raw in members_of(source, item)])

    def transform(self, files: Sequence[RawFile]) -> Transform | None:
        if self.card.transform is None:
            return None
        siblings = {raw.member or raw.name: raw for raw in files}
        made = TRANSFORMS[self.card.transform.name]
        return made(TransformContext(siblings, self.card.transform.options))

    def transformed(
        self, documents: Iterator[ParsedDocument], transform: Transform | None
    ) -> Iterator[ParsedDocument]:
        for parsed in documents:
            kept = parsed if transform is None else transform(parsed)
            if kept is not None:
                yield kept

    def take(self, parsed: ParsedDocument, raw: RawFile, ordinal: int) -> None:
        """Makes records of one document and counts it."""
        if parsed.key in self.keys:
            raise DocumentRefused(
                f"two documents have the key {parsed.key!r}", place=Place(file=raw.name, field="key")
            )
        self.keys.add(parsed.key)
        document = self.document(parsed, raw)
        passages = (
            []
            if self.card.kind == "terminology" or not parsed.searchable
            else split_passages(parsed, self.edition.id, document.id, self.rules)
        )
        claims = [self.assertion(claim, document) for claim in parsed.assertions]
        self.batch.add(ordinal, document, passages, claims, parsed.names)
        told = self.receipt
        told.documents, told.passages = told.documents + 1, told.passages + len(passages)
        told.assertions, told.names = told.assertions + len(claims), told.names + len(parsed.names)
        told.characters += len(parsed.text)
        told.lost_characters += parsed.lost_characters
        told.notes.update(Counter(parsed.notes))
        self.progress(self.card.id, told.documents, self.card.expect.documents or None)

    def document(self, parsed: ParsedDocument, raw: RawFile) -> Document:
        digest = sha256_text(parsed.text)
        return Document(
            content_id("d_", self.edition.id, parsed.key, digest),
            self.edition.id,
            parsed.key,
            parsed.title,
            parsed.language or self.card.language,
            parsed.text,
            digest,
            raw.sha256,
            parsed.raw_member or raw.member,
            parsed.segments,
            parsed.blocks,
            parsed.publisher,
            parsed.published,
            parsed.jurisdiction,
            parsed.url,
            parsed.lost_characters,
        )

    def assertion(self, raw: RawAssertion, document: Document) -> Assertion:
        spans = [f"{role}:{span.start}-{span.end}" for role, span in raw.evidence]
        identifier = content_id(
            "a_", document.id, raw.predicate, raw.subject, raw.object, raw.native_level, raw.condition, *spans
        )
        return Assertion(
            identifier,
            self.edition.id,
            raw.predicate,
            raw.subject,
            raw.object,
            raw.severity,
            raw.native_scale,
            raw.native_level,
            raw.condition,
            raw.qualifiers,
            tuple(Stated(document.id, span, role) for role, span in raw.evidence),
        )

    def write_when_full(self) -> None:
        if self.batch.characters >= BATCH_CHARACTERS:
            self.write()

    def write(self) -> None:
        held = self.batch
        concepts, names = split_names(held.names, self.edition.id)
        self.catalogue.add_batch(self.edition.id, held.documents, held.assertions, concepts, names)
        self.batch = Batch()

    def seal(self) -> EditionState:
        """Checks the card's promise, then marks the edition complete."""
        self.check_promise()
        digest = hashlib.sha256()
        for identifier, key, title, sha256 in self.catalogue.document_keys(self.edition.id):
            digest.update(f"{identifier}\0{key}\0{title}\0{sha256}\n".encode())
        digest.update(self.recipe.encode())
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


class Batch:
    """Records waiting to be written together."""

    def __init__(self) -> None:
        self.documents: list[tuple[int, Document, Sequence[Passage]]] = []
        self.assertions: list[Assertion] = []
        self.names: list[RawName] = []
        self.characters = 0

    def add(
        self,
        ordinal: int,
        document: Document,
        passages: Sequence[Passage],
        claims: Sequence[Assertion],
        names: Sequence[RawName],
    ) -> None:
        self.documents.append((ordinal, document, passages))
        self.assertions.extend(claims)
        self.names.extend(names)
        self.characters += len(document.text) + 200 * len(names)


def split_names(raw: Sequence[RawName], edition: str) -> tuple[list[Concept], list[Name]]:
    """Concepts, named by their preferred name, and every name with the form it is compared in."""
    first: dict[str, RawName] = {}
    for name in raw:
        held = first.get(name.concept)
        if held is None or (name.form == "preferred" and held.form != "preferred"):
            first[name.concept] = name
    codes: dict[str, dict[str, str]] = {}
    for name in raw:
        codes.setdefault(name.concept, {}).update(name.codes)
    concepts = [Concept(key, name.kind, name.text, codes[key]) for key, name in first.items()]
    names = [Name(n.concept, n.text, fold_name(n.text), n.language, n.form, edition) for n in raw]
    return concepts, names


def members_of(source: Source, fetched: Fetched) -> Iterator[RawFile]:
    """The files of a source: an archive's chosen members, or the file itself."""
    kind = archive_kind(fetched.path)
    if kind in (None, "document"):
        yield replace(RawFile.from_path(fetched.path, fetched.sha256), name=source.name)
        return
    yield from open_archive(
        fetched.path, name=source.name, sha256=fetched.sha256, members=source.patterns, root=source.root
    )
