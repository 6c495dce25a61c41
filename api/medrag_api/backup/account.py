"""What a backup says of itself, first in the archive: every file in it by size and hash, every table by its rows."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from medrag.catalogue.copying import TableDump
from medrag.errors import InputRefused, Place

__all__ = ["ACCOUNT", "FORMAT", "Account", "Entry", "Rows", "read_account"]

#: Raise it when what an archive holds changes shape.
FORMAT: Final = 1
#: The archive's first member.
ACCOUNT: Final = "backup.json"
#: What may lie in an archive, and nothing else: each part a plain name that does not begin with a dot.
PART: Final = r"[A-Za-z0-9_@-][A-Za-z0-9_.@-]{0,199}"
NAMES: Final = re.compile(
    rf"tables/[a-z_]{{1,40}}\.jsonl|raw/[0-9a-f]{{64}}|index/{PART}(?:/{PART}){{1,8}}"
    r"|incoming/job_[0-9a-f]{24}/[\w-][\w.\- ]{0,119}|removals/[0-9a-f]{32}\.json|vectors\.db|pins\.json|secret"
)
SHA256: Final = r"^[0-9a-f]{64}$"


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Entry(Strict):
    """A file of the archive."""

    name: str
    bytes: int = Field(ge=0)
    sha256: str = Field(pattern=SHA256)

    @field_validator("name")
    @classmethod
    def check_name(cls, name: str) -> str:
        """A path under a home, and for a source file the hash it is named by."""
        if not NAMES.fullmatch(name):
            raise ValueError("no file of a home is named so")
        return name

    @property
    def room(self) -> str:
        """The folder it lies in at the top, or its own name."""
        return PurePosixPath(self.name).parts[0]


class Rows(Strict):
    """A table's rows."""

    name: str = Field(pattern=r"^[a-z_]{1,40}$")
    columns: tuple[str, ...]
    rows: int = Field(ge=0)

    def dump(self) -> TableDump:
        return TableDump(self.name, self.columns, self.rows)


class Account(Strict):
    """The whole archive."""

    format: int
    medrag: str
    #: ISO 8601, UTC.
    made: str
    #: Of the catalogue's tables.
    revision: str
    #: The snapshot readers saw, "" when nothing was published.
    snapshot: str
    #: Where the secret is: in the archive, in the operator's settings, or nowhere, for no key was ever made.
    secret: Literal["here", "settings", "none"]
    #: Where the index is: in the archive, or on a Qdrant server, which has snapshots of its own.
    index: Literal["here", "server"]
    tables: tuple[Rows, ...]
    files: tuple[Entry, ...]

    @property
    def bytes(self) -> int:
        return sum(entry.bytes for entry in self.files)

    def of(self, room: str) -> list[Entry]:
        return [entry for entry in self.files if entry.room == room]


def read_account(told: bytes, file: str) -> Account:
    """Raises InputRefused for an account that cannot be read, contradicts itself, or is of newer code."""
    try:
        account = Account.model_validate_json(told)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise refused(f"its account of itself cannot be read: {first['msg']}", file, field) from error
    if account.format != FORMAT:
        remedy = "Install the medrag that made it, or a newer one"
        raise InputRefused(f"a backup of format {account.format}", place=Place(file=file), remedy=remedy)
    names = [entry.name for entry in account.files]
    if len(set(names)) < len(names):
        raise refused("two of its files have one name", file, "files")
    if any(entry.name != f"raw/{entry.sha256}" for entry in account.of("raw")):
        raise refused("a source file is not named by its hash", file, "files")
    wanted = {f"tables/{table.name}.jsonl" for table in account.tables}
    if wanted != {entry.name for entry in account.of("tables")}:
        raise refused("its tables and its files differ", file, "tables")
    return account


def refused(problem: str, file: str, field: str = "") -> InputRefused:
    return InputRefused(
        problem,
        place=Place(file=file, field=field or None),
        remedy="Nothing was changed; take another copy of the backup",
    )
