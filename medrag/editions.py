"""Which edition of a work answers on a day, which came after which, and what a set of editions is called."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from medrag.identifiers import content_id
from medrag.records import Edition

__all__ = ["editions_in_force", "editions_serving", "set_key", "succeeded", "valid_until"]


def editions_in_force(editions: Sequence[Edition], day: date) -> tuple[Edition, ...]:
    """Of every work the newest edition valid on ``day`` and not withdrawn; by work."""
    newest: dict[str, Edition] = {}
    for edition in editions:
        if edition.withdrawn is not None or edition.valid_from > day:
            continue
        held = newest.get(edition.work)
        if held is None or order(edition) > order(held):
            newest[edition.work] = edition
    return tuple(newest[work] for work in sorted(newest))


def editions_serving(
    editions: Sequence[Edition], day: date, today: date, lists: Container[str]
) -> tuple[Edition, ...]:
    """The editions in force on ``day``, and today's of those works among ``lists`` that had none yet; by work.

    ``lists``: works that are lists of names. A question about a day long ago is written in today's names, and what a
    drug is called is no statement about it.
    """
    forced = {edition.work: edition for edition in editions_in_force(editions, day)}
    for edition in editions_in_force(editions, today) if forced else ():
        if edition.work in lists:
            forced.setdefault(edition.work, edition)
    return tuple(forced[work] for work in sorted(forced))


def order(edition: Edition) -> tuple[date, str, int, str]:
    """Later day first in force; of one day, the correction with the longer or later label."""
    return (edition.valid_from, edition.published, len(edition.label), edition.label)


def succeeded(editions: Iterable[Edition], day: date) -> Mapping[str, Edition]:
    """The editions by id, each told which standing edition of its work came next, where that had begun by ``day``."""
    held = list(editions)
    told: dict[str, Edition] = {}
    for edition in held:
        later = [item for item in standing(held, edition.work) if order(item) > order(edition)]
        follower = min((item for item in later if item.valid_from <= day), key=order, default=None)
        told[edition.id] = replace(edition, superseded_by=follower.id if follower else None)
    return told


def valid_until(edition: Edition, held: Iterable[Edition]) -> date | None:
    """The first later day another standing edition of the work is in force; None while there is none."""
    days = [item.valid_from for item in standing(held, edition.work) if item.valid_from > edition.valid_from]
    return min(days, default=None)


def standing(editions: Iterable[Edition], work: str) -> list[Edition]:
    """The editions of a work that were not withdrawn."""
    return [item for item in editions if item.work == work and item.withdrawn is None]


def set_key(editions: Iterable[Edition]) -> str:
    """Names a set of editions by what they hold, in whatever order they are given."""
    return content_id("e_", *sorted(f"{item.id} {item.content_sha256}" for item in editions))
