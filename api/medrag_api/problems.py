"""Errors as problem documents (RFC 9457), the same for the command line and HTTP."""

from __future__ import annotations

import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from medrag.errors import MedragError

__all__ = ["MEDIA_TYPE", "problem_json", "problem_of_error", "problem_of_status"]

MEDIA_TYPE = "application/problem+json"
#: How the contract's fields are written; a caller's own key may be anything, a name or a number of a person too.
FIELD = re.compile(r"(?!.*[0-9]{5})[a-z$][A-Za-z0-9_\-\[\].$]{0,120}|")
UNKNOWN_FIELD = "a field that is not known"


def problem_json(
    kind: str,
    title: str,
    status: int,
    detail: str,
    instance: str,
    errors: Sequence[tuple[str, str]] = (),
) -> dict[str, Any]:
    """A problem document. ``errors`` are (field, problem); ``kind`` becomes the type's URN."""
    told: dict[str, Any] = {
        "type": f"urn:medrag:problem:{kind}",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": instance,
    }
    return told | {"errors": [{"field": shown(field), "problem": problem} for field, problem in errors]}


def shown(field: str) -> str:
    """The field's path, or fixed words for one that no field of the contract is written like."""
    return field if FIELD.fullmatch(field) else UNKNOWN_FIELD


def problem_of_error(error: MedragError, instance: str, *, places: bool) -> dict[str, Any]:
    """A MedragError as a document. ``places``: also name files and lines, which a caller over HTTP has no use for."""
    sentences = [error.problem, error.remedy] if error.remedy else [error.problem]
    detail = ". ".join(sentence.rstrip(".") for sentence in sentences) + "."
    told = problem_json(
        kind_of(type(error)),
        error.title,
        error.http_status,
        detail,
        instance,
        problems_of(error),
    )
    if places:
        told |= {"exit_code": error.exit_code, "file": error.place.file, "line": error.place.line}
    return told


def problems_of(error: MedragError) -> list[tuple[str, str]]:
    """(field, problem) of each thing that is wrong: most errors name one, a resource that does not fit names several."""
    several: Sequence[tuple[str, str]] = getattr(error, "problems", ())
    field = error.place.field
    return list(several) or ([(field, error.problem)] if field else [])


def kind_of(error: type[MedragError]) -> str:
    """``QuestionRefused`` is ``question-refused``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", error.__name__).lower()


def problem_of_status(status: int, detail: str, instance: str) -> dict[str, Any]:
    """A plain HTTP status."""
    title = HTTPStatus(status).phrase
    return problem_json(title.lower().replace(" ", "-"), title, status, detail, instance)
