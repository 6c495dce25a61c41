"""Has sources read in a worker process, member by member; a worker that dies costs the member it died over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any

from medrag.crew import Bounds, Crew, WorkerLost, path_of
from medrag.errors import DocumentRefused, Place
from medrag_ingest.batch import Batch
from medrag_ingest.raw import RawFile
from medrag_ingest.reading import Errand, MemberEnd, MemberRead, MemberStart, Parcel, read_errand, read_parcel

if TYPE_CHECKING:
    from medrag_ingest.reading import DocumentRead

__all__ = ["Member", "read_apart", "read_singly"]


def read_apart(crew: Crew, errand: Errand, bounds: Bounds) -> Iterator[Member]:
    """Every member of the errand, to be taken in turn; what a taker leaves of one is passed over.

    Raises SourceRefused, ManifestRefused, and DocumentRefused when the worker died before it opened a member.
    """
    done = set(errand.done)
    while True:
        words = crew.stream(read_errand, replace(errand, done=frozenset(done)), bounds)
        try:
            for word in words:
                assert isinstance(word, MemberStart)  # noqa: S101  for the type checker; members follow one another
                member = Member(word.raw, words)
                done.add((word.raw.sha256, word.raw.member))
                yield member
                if member.pass_over():
                    break
            else:
                return
        except WorkerLost as lost:
            raise refusal_of(errand.sources[0][0].name, lost) from lost


@dataclass(slots=True)
class Member:
    """A member as the worker reads it."""

    raw: RawFile
    words: Iterator[Any]
    ended: bool = False
    lost: bool = False

    def documents(self) -> Iterator[DocumentRead]:
        """Its documents. Raises DocumentRefused: the reader's, or of a worker that died."""
        try:
            for word in self.words:
                if isinstance(word, MemberEnd):
                    self.ended = True
                    if word.refused is not None:
                        raise word.refused
                    return
                yield word
        except WorkerLost as lost:
            self.ended = self.lost = True
            raise refusal_of(self.raw.place, lost) from lost

    def pass_over(self) -> bool:
        """Takes what is left of it; whether the worker died over it."""
        while not self.ended:
            try:
                for _ in self.documents():
                    pass
            except DocumentRefused:
                pass
        return self.lost


def read_singly(crew: Crew, parcel: Parcel, lost: WorkerLost) -> list[MemberRead]:
    """Reads the members of a parcel one by one, since a worker died over one of them; that one is refused."""
    if len(parcel.members) == 1:
        name, sha256, member, _ = parcel.members[0]
        place = RawFile(name, sha256, member, BytesIO).place
        return [MemberRead(place, Batch(), refusal_of(place, lost))]
    path, alone = path_of(read_parcel), partial(read_singly, crew)
    singles = [replace(parcel, members=(member,)) for member in parcel.members]
    return [read for single in singles for read in crew.ask(path, single, alone)]


def refusal_of(place: str, lost: WorkerLost) -> DocumentRefused:
    """The refusal of what its reader died of."""
    return DocumentRefused(
        f"it cannot be read: {lost.reason}",
        place=Place(place),
        remedy="See whether the file opens elsewhere, and save it anew or in parts",
    )
