"""Pages of lists: how many at once, and a mark that says where the next page begins."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar

from fastapi import Query

from medrag.errors import InputRefused, Place

__all__ = ["MOST", "Cursor", "Limit", "mark_of", "page_of", "place_of"]

#: Most items a page may have.
MOST = 200

Item = TypeVar("Item")
Limit = Annotated[int | None, Query(ge=1, le=MOST, description="Items of a page.")]
Cursor = Annotated[
    str | None,
    Query(max_length=400, pattern=r"^[A-Za-z0-9_-]+$", description="`next` of the page before."),
]


def mark_of(*keys: str) -> str:
    """The mark of the item with these keys, which order the list."""
    return urlsafe_b64encode(json.dumps(keys).encode()).decode().rstrip("=")


def place_of(cursor: str | None, keys: int) -> tuple[str, ...] | None:
    """The keys a mark was made of; None without one. Raises InputRefused for a mark that no page gave."""
    if cursor is None:
        return None
    try:
        told = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        told = None
    if not isinstance(told, list) or len(told) != keys or not all(isinstance(key, str) for key in told):
        raise InputRefused(
            "this is no mark that a page gave", place=Place(field="cursor"), remedy="Begin without a cursor"
        )
    return tuple(told)


def page_of(
    items: Sequence[Item], limit: int | None, cursor: str | None, key: Callable[[Item], str]
) -> tuple[list[Item], str | None]:
    """A page of a list that is ordered by itself, and the mark of the next; without a limit all that is left.

    Raises InputRefused, also for a mark whose item is no longer listed.
    """
    place, begin = place_of(cursor, 1), 0
    if place is not None:
        keys = [key(item) for item in items]
        if place[0] not in keys:
            raise InputRefused(
                "the list has changed since", place=Place(field="cursor"), remedy="Begin without a cursor"
            )
        begin = keys.index(place[0]) + 1
    end = len(items) if limit is None else begin + limit
    page = list(items[begin:end])
    return page, mark_of(key(page[-1])) if page and end < len(items) else None
