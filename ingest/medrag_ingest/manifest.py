"""The card of a corpus: what it is, who wrote it, under which rights, where its bytes come from and what must arrive."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    model_validator,
)

from medrag.errors import ManifestRefused, Place
from medrag.identifiers import SLUG, edition_id, sha256_text
from medrag.records import Edition, Rights, Work
from medrag.vocabulary import Authority, Kind, Language
from medrag_ingest.card_errors import refusal_of
from medrag_ingest.golden import Golden
from medrag_ingest.members import chosen
from medrag_ingest.sources import Globs, Source
from medrag_ingest.strict_yaml import StrictYamlError, read_strict_yaml

__all__ = [
    "MAX_CARD_BYTES",
    "EarlierEdition",
    "Expectation",
    "Manifest",
    "PassageRules",
    "ReaderStep",
    "RightsRules",
    "Step",
    "first_day",
]

#: The longest card held lists 270 files with their hashes in 90 KB.
MAX_CARD_BYTES: Final = 256 * 1024

#: Fields that say nothing of what an edition is made from.
BESIDE: Final = frozenset({"earlier", "golden", "notes", "starter"})

#: ISO 8601 calendar dates of full or reduced precision.
DATE: Final = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
STRICT: Final = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def first_day(told: str) -> date:
    """``2020`` and ``2020-10`` mean the first day of theirs. Raises ValueError."""
    match = DATE.fullmatch(told)
    if match is None:
        raise ValueError("a date is written 2020, 2020-10 or 2020-10-01")
    year, month, day = (int(part or 1) for part in match.groups())
    return date(year, month, day)


def past_date(told: str) -> str:
    """``told`` when it is a date that has begun. Raises ValueError."""
    if first_day(told) > date.today():
        raise ValueError("the date lies in the future")
    return told


def slug(told: str) -> str:
    """``told`` when it may stand in a URL and a file name. Raises ValueError."""
    if not SLUG.fullmatch(told):
        raise ValueError(
            "lower-case letters, digits, dots, dashes and underscores, 80 at most, starting with no dot"
        )
    return told


def as_words(told: Any) -> Any:
    """``published: 2020`` is read as a number; the words are meant."""
    return str(told) if isinstance(told, int) and not isinstance(told, bool) else told


def home_page(told: str) -> str:
    """``told`` when it is an http or https address. Raises ValueError."""
    if not re.fullmatch(r"https?://[^\s/@]+(/\S*)?", told):
        raise ValueError("an http or https address without user name is wanted")
    return told


Slug = Annotated[str, BeforeValidator(as_words), AfterValidator(slug)]
PastDate = Annotated[str, BeforeValidator(as_words), AfterValidator(past_date)]
HomePage = Annotated[str, AfterValidator(home_page)]
Words = Annotated[str, Field(min_length=1, max_length=500)]
Jurisdiction = Annotated[str, Field(pattern=r"^([A-Z]{2}|INT)$")]


class RightsRules(BaseModel):
    """What may be done with the source's words."""

    model_config = STRICT

    licence: Words
    url: HomePage | None = None
    redistributable: bool
    #: Characters one citation may show; None: the licence sets no limit.
    max_quote_chars: Annotated[int, Field(ge=1, le=1_000_000)] | None = None

    def record(self) -> Rights:
        """The rights as the catalogue keeps them."""
        return Rights(self.licence, self.url, self.redistributable, self.max_quote_chars)


class Step(BaseModel):
    """A reader or a transform by name, with its options."""

    model_config = STRICT

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    options: dict[str, Any] = Field(default_factory=dict)


class ReaderStep(Step):
    """The reader, and which of the raw files are its own."""

    #: Patterns of the files the reader reads, by member or file name; empty: all. The others are there for the transform.
    files: Globs = ()

    def reads(self, member: str) -> bool:
        """Whether the reader is handed this file."""
        return chosen(member, self.files)


class PassageRules(BaseModel):
    """How documents are cut."""

    model_config = STRICT

    #: Tokens of the encoder. 220 keeps a passage to a few sentences; above 480 the encoder's 512 would cut it.
    max_tokens: Annotated[int, Field(ge=40, le=480)] = 220


class Expectation(BaseModel):
    """The least that must arrive; a run that brings less is refused."""

    model_config = STRICT

    documents: Annotated[int, Field(ge=0)] = 0
    passages: Annotated[int, Field(ge=0)] = 0
    assertions: Annotated[int, Field(ge=0)] = 0
    names: Annotated[int, Field(ge=0)] = 0


class EarlierEdition(BaseModel):
    """What is different for an edition that came before the card's own; all else is as the card says."""

    model_config = STRICT

    edition: Slug
    published: PastDate
    valid_from: date | None = None
    sources: Annotated[tuple[Source, ...], Field(min_length=1, max_length=2000)]
    expect: Expectation

    @property
    def begins(self) -> date:
        """The first day it was in force."""
        return self.valid_from or first_day(self.published)


class Manifest(BaseModel):
    """One edition of one work, and where a card lists them the editions before it. Unknown fields are refused; see docs
    for the librarian's words on each."""

    model_config = STRICT

    id: Slug
    title: Words
    publisher: Words
    kind: Kind
    authority: Authority
    #: ISO 3166-1 alpha-2, or INT for none.
    jurisdiction: Jurisdiction
    language: Language
    edition: Slug
    published: PastDate
    valid_from: date | None = None
    url: HomePage | None = None
    rights: RightsRules
    sources: Annotated[tuple[Source, ...], Field(min_length=1, max_length=2000)]
    reader: ReaderStep
    transform: Step | None = None
    passages: PassageRules = PassageRules()
    expect: Expectation = Expectation()
    on_error: Literal["refuse", "skip"] = "refuse"
    #: With ``skip``: more rejected items than this refuse the corpus after all.
    max_rejected: Annotated[int, Field(ge=0)] = 0
    #: What the work must go on answering; the gate asks before every publication.
    golden: Annotated[tuple[Golden, ...], Field(max_length=500)] = ()
    notes: Annotated[str, Field(max_length=5000)] = ""
    #: Whose private shelf it stands on; "" is everyone's. Its id then begins with that name and a hyphen.
    tenant: Annotated[str, Field(pattern=r"^([a-z0-9]{1,31})?$")] = ""
    #: Belongs to the shelf that needs nothing but a package index.
    starter: bool = False
    #: When a new edition comes, what the card said of the old one moves here.
    earlier: Annotated[tuple[EarlierEdition, ...], Field(max_length=500)] = ()

    _path: Path | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def agree(self) -> Manifest:
        """Rules that join several fields."""
        if self.tenant and not self.id.startswith(f"{self.tenant}-"):
            raise ValueError(f"the id of a work of tenant {self.tenant} begins with {self.tenant}-")
        if self.on_error == "refuse" and self.max_rejected:
            raise ValueError("max_rejected is for on_error: skip")
        every: tuple[Manifest | EarlierEdition, ...] = (self, *self.earlier)
        for item in every:
            if not any(item.expect.model_dump().values()):
                raise ValueError("expect must promise at least one count above 0")
            if twice := repeated([source.name for source in item.sources]):
                raise ValueError(f"two sources are named {twice}; give them a filename")
        self.refuse_muddled()
        return self

    def refuse_muddled(self) -> None:
        """Editions are told apart by label and day, and the card's own is the newest. Raises ValueError."""
        every: tuple[Manifest | EarlierEdition, ...] = (self, *self.earlier)
        if twice := repeated([item.edition for item in every]):
            raise ValueError(f"two editions are labelled {twice}")
        if twice := repeated([item.begins.isoformat() for item in every]):
            raise ValueError(f"two editions are in force from {twice}; say valid_from")
        if late := [item.edition for item in self.earlier if item.begins > self.begins]:
            raise ValueError(f"{late[0]} is newer than {self.edition}, which the card is about")

    @classmethod
    def from_yaml(cls, path: Path | str) -> Manifest:
        """Reads a card. Raises ManifestRefused naming file, line, field, value and what is allowed."""
        file = Path(path)
        data = card_bytes(file)
        try:
            told, lines = read_strict_yaml(data.decode("utf-8"))
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise ManifestRefused("the card is not UTF-8", place=Place(str(file), line)) from error
        except StrictYamlError as error:
            raise ManifestRefused(error.problem, place=Place(str(file), error.line)) from error
        if not isinstance(told, dict):
            raise ManifestRefused("a card is a mapping of fields", place=Place(str(file), 1))
        try:
            made = cls.model_validate(told)
        except ValidationError as error:
            raise refusal_of(error, cls, str(file), lines) from error
        made._path = file
        return made

    @property
    def sha256(self) -> str:
        """Of what the card says of this edition: neither a comment nor another edition's lines change it."""
        told = self.model_dump(mode="json", exclude_defaults=True, exclude=set(BESIDE))
        return sha256_text(json.dumps(told, sort_keys=True, ensure_ascii=False))

    @property
    def begins(self) -> date:
        """The first day the edition is in force."""
        return self.valid_from or first_day(self.published)

    def every_edition(self) -> tuple[Manifest, ...]:
        """A card for each edition listed, oldest first; this one comes last."""
        fields = ("edition", "published", "valid_from", "sources", "expect")
        made = [
            self.model_copy(update={"earlier": (), **{name: getattr(item, name) for name in fields}})
            for item in sorted(self.earlier, key=lambda item: item.begins)
        ]
        return (*made, self)

    @property
    def folder(self) -> Path:
        """Where relative ``file`` sources are looked for: beside the card."""
        return self._path.parent if self._path is not None else Path.cwd()

    @property
    def card(self) -> str:
        """What errors call the card: its path, or its id."""
        return str(self._path) if self._path is not None else self.id

    @property
    def edition_id(self) -> str:
        """``ansm@2020-10``."""
        return edition_id(self.id, self.edition)

    def work(self) -> Work:
        """The work as the catalogue keeps it."""
        return Work(
            self.id,
            self.title,
            self.publisher,
            self.kind,
            self.authority,
            self.jurisdiction,
            self.language,
            self.url,
            self.rights.record(),
            self.tenant,
        )

    def edition_record(self, retrieved: date) -> Edition:
        """The edition as the catalogue keeps it before it is sealed."""
        return Edition(
            self.edition_id, self.id, self.edition, self.published, self.begins, retrieved, self.sha256
        )


def repeated(told: Sequence[str]) -> str:
    """The first by name of what is there twice; "" when nothing is."""
    return min((item for item in told if told.count(item) > 1), default="")


def card_bytes(file: Path) -> bytes:
    """The card's bytes. Raises ManifestRefused when there is no such file or it is too long."""
    try:
        with file.open("rb") as stream:
            data = stream.read(MAX_CARD_BYTES + 1)
    except OSError as error:
        raise ManifestRefused(f"cannot be read: {error.strerror}", place=Place(str(file))) from error
    if len(data) > MAX_CARD_BYTES:
        raise ManifestRefused(f"a card holds {MAX_CARD_BYTES} bytes at most", place=Place(str(file)))
    return data
