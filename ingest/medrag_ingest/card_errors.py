"""Says what is wrong with a card so that a librarian can mend it: file, line, field, value, what is allowed."""

from __future__ import annotations

import difflib
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from medrag.errors import ManifestRefused, Place

__all__ = ["refusal_of"]


def refusal_of(
    error: ValidationError, model: type[BaseModel], file: str, lines: dict[str, int]
) -> ManifestRefused:
    """The first problem in the order of the card, told whole; the fields of the others by name."""
    problems = sorted(own_problems(error), key=lambda item: line_of(field_of(item), lines) or 0)
    first = problems[0]
    field = field_of(first)
    told = problem_of(first, model)
    others = list(dict.fromkeys(field_of(item) or "the whole card" for item in problems[1:]))
    if others:
        told += f" (and {len(problems) - 1} more: {', '.join(others[:5])})"
    place = Place(file, line_of(field, lines), field or None)
    return ManifestRefused(told, place=place, remedy=remedy_of(first, model))


def own_problems(error: ValidationError) -> list[Any]:
    """Without those that only follow: a list whose one item is wrong is also told to be too short."""
    told: list[Any] = list(error.errors(include_url=False))
    paths = [item["loc"] for item in told]
    return [
        item
        for item in told
        if not any(len(p) > len(item["loc"]) and p[: len(item["loc"])] == item["loc"] for p in paths)
    ]


def field_of(item: Any) -> str:
    """``sources.0.sha256``; names pydantic adds for its own branches are not fields."""
    return ".".join(str(part) for part in item["loc"])


def line_of(field: str, lines: dict[str, int]) -> int | None:
    """The field's line, else that of the nearest field around it."""
    while field not in lines and field:
        field = field.rpartition(".")[0]
    return lines.get(field)


def problem_of(item: Any, model: type[BaseModel]) -> str:
    """The value and what is allowed in its place."""
    if item["type"] == "missing":
        return "this field is missing"
    if item["type"] == "extra_forbidden":
        return "there is no such field"
    message = str(item["msg"]).removeprefix("Value error, ")
    value = item["input"]
    if isinstance(value, dict | list | tuple | BaseModel):
        return message
    return f"{shorten(repr(value))} is not allowed: {message}"


def remedy_of(item: Any, model: type[BaseModel]) -> str:
    """For an unknown field: the nearest that is known, else all."""
    if item["type"] != "extra_forbidden":
        return ""
    known = sorted(fields_at(model, item["loc"][:-1]))
    near = difflib.get_close_matches(str(item["loc"][-1]), known, n=1, cutoff=0.6)
    return f"Did you mean {near[0]}?" if near else f"Known fields: {', '.join(known)}"


def fields_at(model: type[BaseModel], path: tuple[Any, ...]) -> set[str]:
    """The field names of the model reached by ``path``."""
    for part in path:
        if isinstance(part, str) and part in model.model_fields:
            model = model_in(model.model_fields[part].annotation) or model
    return set(model.model_fields)


def model_in(annotation: Any) -> type[BaseModel] | None:
    """The first pydantic model inside a type such as ``tuple[Source, ...] | None``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in get_args(annotation):
        if found := model_in(inner):
            return found
    return None


def shorten(told: str, longest: int = 120) -> str:
    """``told`` cut for a message."""
    return told if len(told) <= longest else told[: longest - 3] + "..."
