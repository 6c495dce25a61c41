"""Gives each OpenMedicine digest the guideline it digests: title, year and DOI, from the package's registry.json."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Final

from pydantic import BaseModel, TypeAdapter, ValidationError

from medrag.errors import DocumentRefused, Place
from medrag_ingest.parsed import ParsedDocument
from medrag_ingest.raw import RawFile
from medrag_ingest.readers.guard import Options, decode_bytes, parse_options, read_bytes, refuse
from medrag_ingest.transforms import Transform, TransformContext

__all__ = ["DIGEST_NOTE", "OpenMedicineOptions", "make_openmedicine"]

#: Stands in every title: the words are a third party's, not the guideline body's.
DIGEST_NOTE: Final = "OpenMedicine digest"
_DOI = re.compile(r"10\.\d{4,9}/\S+")


class OpenMedicineOptions(Options):
    """``registry`` is the member path of registry.json; found by its name where it is not given."""

    registry: str | None = None


class Guideline(BaseModel):
    """What the registry says of one guideline; it says more (topics, calculators), which is not needed here."""

    id: str
    title: str
    doi: str | None = None
    year: int
    organization: str


def make_openmedicine(context: TransformContext) -> Transform:
    """The transform over one package. Raises DocumentRefused when the registry is missing or unreadable."""
    options = parse_options(OpenMedicineOptions, context.options, "openmedicine")
    registry = read_registry(_find_registry(context.siblings, options.registry))

    def transform(document: ParsedDocument) -> ParsedDocument:
        return _describe(document, registry)

    return transform


def _find_registry(siblings: Mapping[str, RawFile], named: str | None) -> RawFile:
    found = [
        path
        for path in siblings
        if path == named or (not named and PurePosixPath(path).name == "registry.json")
    ]
    if len(found) != 1:
        problem = f"{len(found)} files named {named or 'registry.json'!r} among the card's sources, where one is needed"
        raise DocumentRefused(
            problem, place=Place(file=named or "registry.json"), remedy="Name it: options.registry."
        )
    return siblings[found[0]]


def read_registry(raw: RawFile) -> dict[str, Guideline]:
    """Guidelines by id. Raises DocumentRefused naming the entry and field."""
    text = decode_bytes(raw, read_bytes(raw))
    try:
        guidelines = TypeAdapter(list[Guideline]).validate_python(json.loads(text))
    except json.JSONDecodeError as error:
        raise refuse(raw, f"not JSON: {error.msg}", line=error.lineno) from error
    except (ValidationError, RecursionError) as error:
        where = (
            error.errors()[0] if isinstance(error, ValidationError) else {"loc": (), "msg": "nested too deep"}
        )
        raise refuse(raw, str(where["msg"]), field="/" + "/".join(map(str, where["loc"]))) from error
    return {guideline.id: guideline for guideline in guidelines}


def _describe(document: ParsedDocument, registry: Mapping[str, Guideline]) -> ParsedDocument:
    path = PurePosixPath(document.raw_member or document.key)
    guideline = registry.get(path.parent.name)
    if guideline is None:
        raise DocumentRefused(
            f"registry.json knows no guideline {path.parent.name!r}",
            place=Place(file=str(path)),
            remedy="Keep the member pattern to <guideline>/<section>.md.",
        )
    return replace(
        document,
        key=f"{guideline.id}/{path.name}",
        title=f"{guideline.title} — {document.title} ({DIGEST_NOTE})",
        published=str(guideline.year),
        url=_doi_url(guideline, path),
        notes={**document.notes, "third_party_digest": 1},
    )


def _doi_url(guideline: Guideline, path: PurePosixPath) -> str | None:
    if guideline.doi is None:
        return None
    if not _DOI.fullmatch(guideline.doi):
        raise DocumentRefused(
            f"{guideline.doi!r} is not a DOI", place=Place(file=str(path), field=guideline.id)
        )
    return f"https://doi.org/{guideline.doi}"
