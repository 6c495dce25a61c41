"""Golden questions and pairs: what a work must go on answering, written by a librarian on its card or for the site."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from medrag.errors import ManifestRefused, Place
from medrag.packs import load_packs
from medrag.settings import Settings
from medrag_ingest.strict_yaml import StrictYamlError, read_strict_yaml

__all__ = [
    "SITE_FILE",
    "Golden",
    "GoldenPair",
    "GoldenQuestion",
    "golden_of",
    "pack_golden",
    "read_site_golden",
]

STRICT: Final = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)
#: In the home: the site's own golden questions, over any work.
SITE_FILE: Final = "golden.yaml"

Said = Annotated[str, Field(min_length=1, max_length=2000)]


class GoldenQuestion(BaseModel):
    """A question, and the document whose passage must be among the first found."""

    model_config = STRICT

    ask: Said
    #: Key of the document inside the work; empty: any document of it.
    document: Annotated[str, Field(max_length=500)] = ""
    #: Words the passage must hold, compared without case; empty: any passage of the document.
    says: Annotated[str, Field(max_length=500)] = ""
    within: Annotated[int, Field(ge=1, le=50)] = 5
    #: For the site's file, which stands beside no card.
    work: str = ""


class GoldenPair(BaseModel):
    """Two drugs, and the least severity a review must give them."""

    model_config = STRICT

    check: Annotated[tuple[Said, Said], Field()]
    at_least: Literal["minor", "moderate", "major", "contraindicated"]


Golden = GoldenQuestion | GoldenPair
ONE: Final[TypeAdapter[Golden]] = TypeAdapter(Golden)
MANY: Final[TypeAdapter[tuple[Golden, ...]]] = TypeAdapter(tuple[Golden, ...])


def golden_of(body: str) -> Golden:
    """One golden question or pair as the catalogue keeps it."""
    return ONE.validate_json(body)


def read_site_golden(home: Path) -> tuple[Golden, ...]:
    """The site's own; none when there is no file. Raises ManifestRefused naming file, line and field."""
    file = home / SITE_FILE
    try:
        told, lines = read_strict_yaml(file.read_text("utf-8"))
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise ManifestRefused(f"cannot be read: {error}", place=Place(str(file))) from error
    except StrictYamlError as error:
        raise ManifestRefused(error.problem, place=Place(str(file), error.line)) from error
    return validated(told, file, lines)


def pack_golden(settings: Settings) -> tuple[GoldenQuestion, ...]:
    """Those of the packs in force, each over one work. Raises ManifestRefused for a malformed pack."""
    asked = [item for pack in load_packs(settings) for item in pack.golden]
    return tuple(GoldenQuestion(ask=question, work=work) for question, work in asked)


def validated(told: Any, file: Path, lines: dict[str, int]) -> tuple[Golden, ...]:
    held = told.get("golden") if isinstance(told, dict) else None
    if not isinstance(held, list):
        raise ManifestRefused(
            "a mapping with the one field golden, a list, is wanted", place=Place(str(file), 1)
        )
    try:
        return MANY.validate_json(json.dumps(held))
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        field = "golden." + ".".join(str(part) for part in problem["loc"])
        near = next((lines[key] for key in (field, f"golden.{problem['loc'][0]}") if key in lines), None)
        raise ManifestRefused(str(problem["msg"]), place=Place(str(file), near, field)) from error
