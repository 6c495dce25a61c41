"""Reads members into rows in worker processes: many small ones travel in parcels, others are read where they lie."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from medrag.crew import Bounds
from medrag.errors import DocumentRefused, SourceRefused
from medrag_ingest.batch import Batch
from medrag_ingest.manifest import ReaderStep, Step
from medrag_ingest.minting import Mint, Minted, count_damage
from medrag_ingest.parsed import ParsedDocument
from medrag_ingest.raw import RawFile
from medrag_ingest.readers import READER_OF_SUFFIX, READERS, reads_together
from medrag_ingest.sources import Source
from medrag_ingest.transforms import TRANSFORMS, Transform, TransformContext
from medrag_ingest.unpack import raw_files

__all__ = [
    "DocumentRead",
    "Errand",
    "MemberEnd",
    "MemberRead",
    "MemberStart",
    "Parcel",
    "bounds_of",
    "members_of",
    "pack",
    "read_errand",
    "read_parcel",
    "unread",
]

#: What reading one document may take, whoever wrote it. A reader that starts a process of its own waits by the clock.
DOCUMENT: Final = Bounds(memory=512, cpu=30, wall=3900.0)
#: The same for the readers of one known source, whose files are large and come by their hash.
SOURCE: Final = Bounds(memory=4096, cpu=600, wall=3900.0)

#: Bytes and members of one parcel: enough that sending it costs little beside reading it.
PARCEL_BYTES, PARCEL_MEMBERS = 256 << 10, 100
#: A larger member is read where it lies, a part at a time.
LARGEST_SENT = 8 << 20


@dataclass(frozen=True, slots=True)
class Parcel:
    """Members to read, with their bytes."""

    reader: str
    options: Mapping[str, object]
    mint: Mint
    #: (name, sha256, member, bytes) of each.
    members: tuple[tuple[str, str, str, bytes], ...]


@dataclass(frozen=True, slots=True)
class Errand:
    """Sources to read where they lie."""

    #: Each with where its bytes are and their sha256.
    sources: tuple[tuple[Source, Path, str], ...]
    reader: ReaderStep
    transform: Step | None
    mint: Mint
    #: (sha256, member) already read, or given up.
    done: frozenset[tuple[str, str]]
    #: The one member meant; None: all of them.
    only: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class MemberRead:
    """What came of one member: its documents, or why it was refused."""

    place: str
    batch: Batch
    refused: DocumentRefused | None = None


def pack(
    files: Iterable[RawFile], reader: str, options: Mapping[str, object], mint: Mint
) -> Iterator[Parcel | RawFile]:
    """Parcels of the files in order; a file too large to send comes as it is."""
    held: list[tuple[str, str, str, bytes]] = []
    size = 0
    for raw in files:
        large = raw.size is None or raw.size > LARGEST_SENT
        if held and (large or size >= PARCEL_BYTES or len(held) >= PARCEL_MEMBERS):
            yield Parcel(reader, options, mint, tuple(held))
            held, size = [], 0
        if large:
            yield raw
            continue
        with raw.open() as stream:
            data = stream.read()
        held.append((raw.name, raw.sha256, raw.member, data))
        size += len(data)
    if held:
        yield Parcel(reader, options, mint, tuple(held))


def read_parcel(parcel: Parcel) -> list[MemberRead]:
    """Reads every member of a parcel. Raises ManifestRefused when the options are not the reader's."""
    read = READERS[parcel.reader]
    told = []
    for name, sha256, member, data in parcel.members:
        raw = RawFile(name, sha256, member, partial(io.BytesIO, data), len(data))
        batch = Batch()
        try:
            for parsed in read(raw, parcel.options):
                whole = count_damage(parsed)
                batch.add(parcel.mint.mint(whole, raw, raw.member), whole, raw)
        except DocumentRefused as error:
            told.append(MemberRead(raw.place, Batch(), error))
            continue
        told.append(MemberRead(raw.place, batch))
    return told


def bounds_of(reader: str) -> Bounds:
    """What a reader may use: one that takes anybody's document is kept to what one document needs."""
    return DOCUMENT if reader in READER_OF_SUFFIX.values() else SOURCE


@dataclass(frozen=True, slots=True)
class MemberStart:
    """A member is about to be read; for readers of all files at once, the first of them."""

    raw: RawFile


@dataclass(frozen=True, slots=True)
class MemberEnd:
    """It was read to its end, or refused."""

    refused: DocumentRefused | None = None


#: A document of the member that was started, with the file it is from.
DocumentRead = tuple[RawFile, ParsedDocument, Minted]


def read_errand(errand: Errand) -> Iterator[MemberStart | DocumentRead | MemberEnd]:
    """Reads member after member. Raises SourceRefused, ManifestRefused when the options are not the reader's, and
    DocumentRefused when the transform cannot be made."""
    name, options = errand.reader.name, errand.reader.options
    change = transform_of(errand)
    if reads_together(name):
        files = list(unread(errand))
        lead = files[0] if files else RawFile("", "", "", io.BytesIO)
        documents = READERS[name].load_together()(files, options)
        yield from documents_of(errand, lead, changed(documents, change), files)
        return
    for raw in unread(errand):
        yield from documents_of(errand, raw, changed(READERS[name](raw, options), change), ())


def documents_of(
    errand: Errand, lead: RawFile, documents: Iterator[ParsedDocument], together: Sequence[RawFile]
) -> Iterator[MemberStart | DocumentRead | MemberEnd]:
    """The documents of a member, or of all files that are read together."""
    yield MemberStart(nameplate(lead))
    by_member = {raw.member: raw for raw in reversed(together)}
    try:
        for parsed in documents:
            origin = by_member.get(parsed.raw_member, lead)
            member = parsed.raw_member if together else lead.member
            whole = count_damage(parsed)
            yield nameplate(origin), whole, errand.mint.mint(whole, origin, member)
    except DocumentRefused as error:
        yield MemberEnd(error)
    else:
        yield MemberEnd()


def unread(errand: Errand) -> Iterator[RawFile]:
    """The members the reader is to read, but for those already whole."""
    for raw in members_of(errand.sources):
        key = (raw.sha256, raw.member)
        if errand.reader.reads(raw.path) and errand.only in (None, key) and key not in errand.done:
            yield raw


def members_of(sources: Iterable[tuple[Source, Path, str]]) -> Iterator[RawFile]:
    """The files of the sources: an archive's chosen members, or the file itself. Raises SourceRefused."""
    for source, path, sha256 in sources:
        try:
            yield from raw_files(path, source, name=source.name, sha256=sha256)
        except SourceRefused as error:
            if error.place.file != path.name:
                raise
            # In the raw store a file is called by its hash, which says nothing to a person.
            place = replace(error.place, file=source.name)
            raise SourceRefused(error.problem, place=place, remedy=error.remedy) from error


def transform_of(errand: Errand) -> Transform | None:
    step = errand.transform
    if step is None:
        return None
    siblings = {raw.path: raw for raw in members_of(errand.sources)}
    return TRANSFORMS[step.name](TransformContext(siblings, step.options))


def changed(documents: Iterator[ParsedDocument], change: Transform | None) -> Iterator[ParsedDocument]:
    for parsed in documents:
        kept = parsed if change is None else change(parsed)
        if kept is not None:
            yield kept


def nameplate(raw: RawFile) -> RawFile:
    """The file without its bytes, to be sent."""
    return replace(raw, open=io.BytesIO)
