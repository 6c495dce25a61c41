"""Asks a kept question again on the snapshot it was answered from, and tells whether the same bytes come back."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from medrag.answer.service import ask
from medrag.catalogue.answers import KeptAnswer
from medrag.editions import editions_in_force
from medrag.errors import IntegrityError, Unavailable
from medrag.records import Snapshot
from medrag.settings import Settings
from medrag.shelf import OpenShelf
from medrag_api.affected import opened
from medrag_api.kept_answers import WORDLESS, answers_of, body_of, request_of, written
from medrag_api.reviewing import DeskReviewer
from medrag_api.schemas import answer_json
from medrag_api.wiring import Bench

__all__ = ["Replayed", "replay"]


@dataclass(frozen=True, slots=True)
class Replayed:
    """A kept answer, and whether it was asked again."""

    kept: KeptAnswer
    #: Bytes that came back the same, timings aside; 0 when it could not be asked again.
    same: int
    #: Why it could not be asked again.
    why: str = ""


def replay(settings: Settings, identifier: str) -> Replayed:
    """Raises NotFound, Withdrawn, Unavailable, and IntegrityError when the answer that comes back is another."""
    bench = Bench(settings)
    try:
        kept = written(bench.catalogue, answers_of(settings, bench.catalogue).get(identifier))
        snapshot = next((item for item in bench.catalogue.snapshots() if item.id == kept.snapshot), None)
        why = obstacle(settings, kept, snapshot)
        if why or snapshot is None:
            return Replayed(kept, 0, why)
        return asked_again(bench, kept, snapshot)
    finally:
        bench.close()


def obstacle(settings: Settings, kept: KeptAnswer, snapshot: Snapshot | None) -> str:
    """What speaks against asking again, or nothing."""
    if kept.question is None:
        return "its question was not kept"
    if kept.answerer not in WORDLESS:
        return f"{kept.answerer} wrote it, and a model does not say the same twice"
    if kept.settings != settings.fingerprint():
        return "the settings that search depends on have changed since"
    if snapshot is None:
        return "its snapshot is no longer kept"
    return ""


def asked_again(bench: Bench, kept: KeptAnswer, snapshot: Snapshot) -> Replayed:
    asked = request_of(kept)
    try:
        with opened(bench, snapshot) as desk:
            if asked.as_of is None and in_force_then(desk.shelf, kept) != in_force_then(desk.shelf, None):
                return Replayed(kept, 0, "other editions of its snapshot are in force by now")
            # Who answered was no model, so that none need be asked who would.
            question = dataclasses.replace(asked.record(), answerer="extractive")
            answer = answer_json(ask(desk.shelf, question, bench.settings, DeskReviewer(desk)))
    except Unavailable as error:
        return Replayed(kept, 0, error.problem)
    before, now = lasting(json.loads(kept.body)), lasting(answer)
    if before != now:
        fields = [name for name in before | now if before.get(name) != now.get(name)]
        raise IntegrityError(
            f"asked again on {snapshot.id}, the answer differs in {', '.join(sorted(fields))}",
            remedy="Another version of medrag gave it, or what is kept was changed: run medrag doctor",
        )
    return Replayed(kept, len(body_of(before).encode("utf-8")))


def in_force_then(shelf: OpenShelf, kept: KeptAnswer | None) -> set[str]:
    """The editions in force on the day an answer was given, or today."""
    day = date.fromisoformat(kept.asked[:10]) if kept is not None else datetime.now(UTC).date()
    return {edition.id for edition in editions_in_force(tuple(shelf.editions.values()), day)}


def lasting(document: dict[str, Any]) -> dict[str, Any]:
    """The answer without what differs from one asking to the next."""
    return {name: value for name, value in document.items() if name != "timings_ms"}
