"""Finds an Office package sound before anything of it is unpacked."""

from __future__ import annotations

import io
import zipfile
from typing import Final

from medrag.errors import SourceRefused
from medrag_ingest.confine import Refusal
from medrag_ingest.members import Limits, Tally
from medrag_ingest.zip_checks import check_directory, sound_files

__all__ = ["check_package"]

#: A guideline with its pictures has some hundred parts and unpacks to tens of megabytes.
LIMITS: Final = Limits(members=5_000, member_bytes=128 << 20, total_bytes=256 << 20)


def check_package(data: bytes, needed: str) -> None:
    """Raises Refusal for a bomb, a damaged or locked file, or a package without the part ``needed``."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refusal(
            "it is locked with a password, or an Office file of before 2007", "Save it as .docx or .xlsx"
        )
    tally = Tally(LIMITS, "the document")
    stream = io.BytesIO(data)
    try:
        check_directory(stream, tally)
        with zipfile.ZipFile(stream) as archive:
            names = {name for _, name in sound_files(archive, tally)}
    except SourceRefused as error:
        raise Refusal(error.problem, "Get it again from its publisher") from error
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise Refusal("it is damaged or no Office document", "Get it again from its publisher") from error
    if needed not in names:
        raise Refusal("it is a zip file and not the Office document its kind says", "Ingest what it holds")
