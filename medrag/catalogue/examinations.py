"""Keeps what was found of a snapshot as a whole: how golden questions went, how far its sources agree."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import delete, insert, select

from medrag.catalogue.schema import examinations
from medrag.catalogue.store import Catalogue

__all__ = ["Examination", "ExaminationKind", "Examinations"]

ExaminationKind = Literal["golden", "compared"]


@dataclass(frozen=True, slots=True)
class Examination:
    """What was found of a snapshot, and when (ISO 8601, UTC)."""

    snapshot: str
    at: str
    results: Mapping[str, Any]


class Examinations:
    """Those of one catalogue; the last of a kind counts. Removing an edition removes them all: each tells of the whole."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def put(self, kind: ExaminationKind, snapshot: str, results: Mapping[str, Any]) -> None:
        """Keeps what was found, in place of what was found before."""
        row = {"kind": kind, "snapshot": snapshot, "at": datetime.now(UTC).isoformat(timespec="seconds")}
        mine = (examinations.c.kind == kind) & (examinations.c.snapshot == snapshot)
        with self._catalogue.writing() as connection:
            connection.execute(delete(examinations).where(mine))
            told = json.dumps(results, ensure_ascii=False)
            connection.execute(insert(examinations), {**row, "results": told})

    def of(self, kind: ExaminationKind) -> dict[str, Examination]:
        """By snapshot."""
        rows = self._catalogue.all(select(examinations).where(examinations.c.kind == kind))
        return {
            row["snapshot"]: Examination(row["snapshot"], row["at"], json.loads(row["results"]))
            for row in rows
        }
