"""Reads members into rows, here or in a worker process; small members travel in parcels."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from medrag.errors import DocumentRefused
from medrag_ingest.batch import Batch
from medrag_ingest.minting import Mint, count_damage
from medrag_ingest.raw import RawFile
from medrag_ingest.readers import READERS

__all__ = ["MemberRead", "Parcel", "pack", "read_parcel"]

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
