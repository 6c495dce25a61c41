"""Says which reader a file wants by what it holds; its name decides only between formats that are all plain text."""

from __future__ import annotations

import re
import zipfile
from pathlib import PurePosixPath
from typing import Final

from medrag_ingest.raw import RawFile
from medrag_ingest.readers import READER_OF_SUFFIX, reader_for
from medrag_ingest.readers.guard import refuse
from medrag_ingest.readers.pdf.reader import is_pdf

__all__ = ["reader_of"]

_HEAD: Final = 4096
_HTML: Final = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL)
_XML: Final = re.compile(rb"\s*<\?xml\b|\s*<document\s[^>]*urn:hl7-org:v3")
#: First bytes of formats that no reader reads, and what a person calls them.
_FOREIGN: Final[tuple[tuple[bytes, str], ...]] = (
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\xd0\xcf\x11\xe0", "an old Office document (.doc, .xls)"),
    (b"{\\rtf", "a rich text document"),
    (b"\x1f\x8b", "a compressed file"),
    (b"7z\xbc\xaf", "an archive"),
    (b"Rar!", "an archive"),
)

_PACKAGES: Final = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx"}


def reader_of(raw: RawFile) -> str:
    """The reader's name. Raises DocumentRefused on what none reads, and where name and content disagree; UsageError on an
    ending that says nothing of a text."""
    with raw.open() as stream:
        head = stream.read(_HEAD)
    if not head.strip():
        raise refuse(raw, "the file is empty")
    if is_pdf(head):
        return "pdf"
    if head.startswith(b"PK\x03\x04"):
        return _office(raw)
    for mark, told in _FOREIGN:
        if head.startswith(mark):
            raise refuse(raw, f"it is {told}, which no reader reads", remedy="Save it as PDF, DOCX or text")
    suffix = PurePosixPath(raw.path).suffix.lower()
    called = READER_OF_SUFFIX.get(suffix)
    if called in ("pdf", "docx", "xlsx"):
        raise refuse(
            raw,
            f"it is called {suffix} and does not begin as one",
            remedy="Get it again from its publisher",
        )
    bare = head.removeprefix(b"\xef\xbb\xbf")
    if _HTML.match(bare):
        return "html"
    if _XML.match(bare) and suffix not in (".htm", ".html"):
        return "spl"
    return reader_for(raw.path)


def _office(raw: RawFile) -> str:
    """The reader of a zip package by its main part; its directory was found sound, or it is refused by the reader."""
    try:
        with raw.open() as stream, zipfile.ZipFile(stream) as archive:
            names = archive.NameToInfo
            found = next((reader for part, reader in _PACKAGES.items() if part in names), None)
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise refuse(raw, "it is a damaged zip file", remedy="Get it again from its publisher") from error
    if found is None:
        raise refuse(
            raw, "it is an archive", remedy="Unpack it and ingest the documents in it, or write a card"
        )
    return found
