"""Says which reader a file wants by what it holds; its name decides only between formats that are all plain text."""

from __future__ import annotations

import re
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


def reader_of(raw: RawFile) -> str:
    """The reader's name. Raises DocumentRefused on what none reads, and where name and content disagree; UsageError on an
    ending that says nothing of a text."""
    with raw.open() as stream:
        head = stream.read(_HEAD)
    if not head.strip():
        raise refuse(raw, "the file is empty")
    if is_pdf(head):
        return "pdf"
    for mark, told in _FOREIGN:
        if head.startswith(mark):
            raise refuse(raw, f"it is {told}, which no reader reads", remedy="Save it as PDF, DOCX or text")
    suffix = PurePosixPath(raw.path).suffix.lower()
    if READER_OF_SUFFIX.get(suffix) == "pdf":
        raise refuse(
            raw, "it is called a PDF and does not begin as one", remedy="Get it again from its publisher"
        )
    bare = head.removeprefix(b"\xef\xbb\xbf")
    if _HTML.match(bare):
        return "html"
    if _XML.match(bare) and suffix not in (".htm", ".html"):
        return "spl"
    return reader_for(raw.path)
