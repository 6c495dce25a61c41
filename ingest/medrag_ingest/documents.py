"""A single document as a librarian hands it in: its card is made from what the person says of it."""

from __future__ import annotations

import re
import stat
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from medrag.catalogue import Catalogue, EditionState
from medrag.errors import DocumentRefused, ManifestRefused, NotFound, Place, ShelfRefused
from medrag.identifiers import split_edition_id
from medrag.vocabulary import Authority, Kind, Language
from medrag_ingest.card_errors import refusal_of
from medrag_ingest.manifest import Manifest, first_day
from medrag_ingest.raw import RawFile
from medrag_ingest.rawstore import hash_file
from medrag_ingest.readers.guard import MAX_DOCUMENT_BYTES
from medrag_ingest.readers.sniff import reader_of

__all__ = ["Description", "document_card", "held_already"]

#: What is said of the rights when the person says nothing: quoting inside the house, no passing on.
NO_LICENCE: Final = "not stated; for use inside this organisation"
#: Who speaks in a document of this kind, unless the person says otherwise.
AUTHORITY_OF: Final[dict[str, Authority]] = {
    "label": "label",
    "guideline": "guideline_body",
    "monograph": "reference",
    "interaction_list": "reference",
    "qa": "reference",
    "terminology": "reference",
}


#: Unicode categories of signs nobody sees: controls, formats such as a change of direction, half characters.
UNSEEN: Final = frozenset({"Cc", "Cf", "Cs"})
#: Characters of a path in an error.
MOST_SHOWN: Final = 300
NO_FILES: Final = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


@dataclass(frozen=True, slots=True)
class Description:
    """What a person says of a document."""

    title: str
    publisher: str
    published: str
    jurisdiction: str
    kind: Kind = "guideline"
    authority: Authority | None = None
    language: Language = "en"
    licence: str = ""
    redistributable: bool = False
    url: str | None = None
    #: The work the document is an edition of; by default one of its own, named by its title.
    work: str = ""
    #: The edition's label; by default the day it was published.
    edition: str = ""
    valid_from: date | None = None
    #: The bytes correct an edition that is held, rather than being a new one.
    correction: bool = False
    #: Whose private shelf it goes on; "" is everyone's.
    tenant: str = ""

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Description:
        """From fields as :meth:`as_json` writes them."""
        begins = told.get("valid_from")
        return cls(**{**told, "valid_from": date.fromisoformat(begins) if begins else None})

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "valid_from": self.valid_from.isoformat() if self.valid_from else None}


def document_card(path: Path, told: Description, catalogue: Catalogue) -> Manifest:
    """The card of one document. Raises ManifestRefused naming the field, ShelfRefused where the person must say whether
    the bytes are a new edition or a correction, NotFound for a work that is not held, DocumentRefused."""
    check_file(path)
    work = told.work or own_id(told)
    if told.work and not (catalogue.editions(told.work) and catalogue.work(told.work).tenant == told.tenant):
        raise NotFound(
            f"no work {told.work!r} is held, so this cannot be an edition of it",
            place=Place(str(path), field="work"),
            remedy="See: medrag shelf list; without --work the document is a work of its own",
        )
    label = told.edition or told.published
    sha256 = hash_file(path)
    check_edition(path, work, label, told, catalogue)
    body = {
        "id": work,
        "title": told.title,
        "publisher": told.publisher,
        "kind": told.kind,
        "authority": told.authority or AUTHORITY_OF.get(told.kind, "reference"),
        "jurisdiction": told.jurisdiction,
        "language": told.language,
        "edition": label,
        "tenant": told.tenant,
        "published": told.published,
        "valid_from": told.valid_from,
        "url": told.url,
        "rights": {"licence": told.licence or NO_LICENCE, "redistributable": told.redistributable},
        "sources": [{"file": str(path.absolute()), "filename": path.name, "sha256": sha256}],
        "reader": {"name": reader_of(RawFile.from_path(path, sha256))},
        "expect": {"documents": 1, "passages": 1},
    }
    try:
        return Manifest.model_validate(body)
    except ValidationError as error:
        raise refusal_of(error, Manifest, str(path), {}) from error


def check_file(path: Path) -> None:
    """Raises DocumentRefused for what is no plain file of a size a document may have, or cannot be read. Nothing is read
    of it before: a pipe would be waited for, a device never ends."""
    place = Place(shown(path))
    if any(unicodedata.category(sign) in UNSEEN for sign in path.name):
        raise DocumentRefused(
            "its name holds characters that cannot be seen", place=place, remedy="Give it a plain name"
        )
    try:
        kind = path.stat()
    except FileNotFoundError:
        raise DocumentRefused("there is no such file", place=place) from None
    except (OSError, ValueError) as error:
        told = getattr(error, "strerror", None) or str(error)
        raise DocumentRefused(f"it cannot be opened: {told}", place=place) from error
    if not stat.S_ISREG(kind.st_mode):
        what = next((words for is_so, words in NO_FILES if is_so(kind.st_mode)), "no plain file")
        raise DocumentRefused(f"it is {what}", place=place, remedy="Give one document, as a plain file")
    if kind.st_size > MAX_DOCUMENT_BYTES:
        raise DocumentRefused(
            f"{kind.st_size} bytes are more than the {MAX_DOCUMENT_BYTES} one document may have",
            place=place,
            remedy="Hand it in as several documents, or write a card for a collection",
        )
    try:
        with path.open("rb") as stream:
            empty = not stream.read(1)
    except OSError as error:
        raise DocumentRefused(f"it cannot be read: {error.strerror}", place=place) from error
    if empty:
        raise DocumentRefused("the file is empty", place=place)


def shown(path: Path) -> str:
    """The path with what cannot be seen written out, so that a name cannot paint over a terminal."""
    name = "".join(
        sign if unicodedata.category(sign) not in UNSEEN else f"\\u{ord(sign):04x}" for sign in str(path)
    )
    return name if len(name) <= MOST_SHOWN else f"{name[:MOST_SHOWN]}..."


def own_id(told: Description) -> str:
    """The id of a document that is a work of its own: a tenant's begin with its name, and nobody else's do."""
    slug = slug_of(told.title)
    return f"{told.tenant}-{slug}"[:80].rstrip("-") if told.tenant else slug


def slug_of(title: str) -> str:
    """A work's id from its title: ``Warfarin label`` -> ``warfarin-label``. Titles without Latin letters are called by
    their hash, which is stable and says nothing false."""
    from medrag.identifiers import sha256_text

    plain = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60].strip("-")
    return plain if len(plain) >= 3 else f"work-{sha256_text(title)[:12]}"


def check_edition(path: Path, work: str, label: str, told: Description, catalogue: Catalogue) -> None:
    """Raises ShelfRefused when the edition is held with other bytes and nobody said it is corrected, or when another
    edition of the work has the same first day."""
    states = [state for state in catalogue.editions(work) if state.state == "sealed"]
    same = [state for state in states if base_label(state) == label]
    if same and not told.correction:
        raise ShelfRefused(
            f"{work}@{label} is held with other bytes",
            place=Place(str(path), field="edition"),
            remedy="Say which it is: --edition LABEL --published DATE for a new edition, or --correction",
        )
    if told.correction and not same:
        raise ShelfRefused(
            f"{work}@{label} is not held, so it cannot be corrected",
            place=Place(str(path), field="correction"),
            remedy="Leave out --correction, or name the --work and --edition it corrects",
        )
    try:
        begins = told.valid_from or first_day(told.published)
    except ValueError as error:
        raise ManifestRefused(str(error), place=Place(str(path), field="published")) from error
    for state in states:
        if state.edition.valid_from == begins and base_label(state) != label:
            raise ShelfRefused(
                f"{state.edition.id} is in force from {begins} already; two editions cannot begin on one day",
                place=Place(str(path), field="published"),
                remedy="Correct --published, give --valid-from, or name that edition with --correction",
            )


def base_label(state: EditionState) -> str:
    """The label without the number of its correction."""
    return re.sub(r"\.r\d+$", "", state.edition.label)


def held_already(path: Path, catalogue: Catalogue, tenant: str = "") -> str | None:
    """The complete edition that a tenant sees and that was made from exactly these bytes; None when there is none. Raises
    DocumentRefused."""
    check_file(path)
    owner = {work.id: work.tenant for work in catalogue.works()}
    found = [
        edition
        for edition in catalogue.editions_of_raw(hash_file(path))
        if owner[split_edition_id(edition)[0]] in ("", tenant)
    ]
    return found[0] if found else None
