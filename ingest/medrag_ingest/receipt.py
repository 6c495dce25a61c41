"""What a run did: counts, hashes, rejected items, seconds and rates, kept for ever and printed at the end."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from medrag.catalogue import Catalogue
from medrag_ingest.raw import Rejected
from medrag_ingest.report import ParseReport

__all__ = ["Outcome", "Receipt", "SourceReceipt", "parse_reports"]

Outcome = Literal["running", "staged", "unchanged", "refused", "unavailable"]

#: Rejected items written out in full; beyond it they are counted.
REJECTED_SHOWN = 200


@dataclass(frozen=True, slots=True)
class SourceReceipt:
    """One source as it arrived."""

    name: str
    sha256: str
    origin: str
    bytes: int


@dataclass(slots=True)
class Receipt:
    """The account of one card's run; filled in as the run goes on."""

    run: str
    card: str
    edition: str
    outcome: Outcome = "running"
    reason: str = ""
    remedy: str = ""
    sources: list[SourceReceipt] = field(default_factory=list)
    documents: int = 0
    passages: int = 0
    assertions: int = 0
    names: int = 0
    characters: int = 0
    lost_characters: int = 0
    resumed_members: int = 0
    notes: Counter[str] = field(default_factory=Counter)
    rejected: list[Rejected] = field(default_factory=list)
    #: Of the documents whose reader gives one, in the order they were read.
    reports: list[ParseReport] = field(default_factory=list)
    content_sha256: str = ""
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Adds the seconds of a stage; a stage timed twice is summed."""
        began = time.monotonic()
        try:
            yield
        finally:
            self.seconds[stage] = self.seconds.get(stage, 0.0) + time.monotonic() - began

    def as_json(self) -> dict[str, Any]:
        """The receipt as printed and kept. Rates are per second of staging."""
        staging = self.seconds.get("stage", 0.0)
        return {
            "run": self.run,
            "card": self.card,
            "edition": self.edition,
            "outcome": self.outcome,
            "reason": self.reason,
            "remedy": self.remedy,
            "sources": [
                {"name": s.name, "sha256": s.sha256, "origin": s.origin, "bytes": s.bytes}
                for s in self.sources
            ],
            "documents": self.documents,
            "passages": self.passages,
            "assertions": self.assertions,
            "names": self.names,
            "characters": self.characters,
            "lost_characters": self.lost_characters,
            "resumed_members": self.resumed_members,
            "notes": dict(sorted(self.notes.items())),
            "rejected": [
                {"file": item.file, "line": item.line, "reason": item.reason}
                for item in self.rejected[:REJECTED_SHOWN]
            ],
            "rejected_count": len(self.rejected),
            "reports": [report.as_json() for report in self.reports],
            "content_sha256": self.content_sha256,
            "seconds": {stage: round(spent, 3) for stage, spent in self.seconds.items()},
            "passages_per_second": round(self.passages / staging, 1) if staging and self.passages else None,
        }

    def as_text(self) -> str:
        return json.dumps(self.as_json(), ensure_ascii=False)


def parse_reports(catalogue: Catalogue, edition: str) -> list[ParseReport]:
    """The reports of an edition's documents, from the receipts of the runs that read them; one a document."""
    found: dict[str, ParseReport] = {}
    for receipt in catalogue.receipts():
        if receipt.get("edition") == edition:
            for told in receipt.get("reports", ()):
                report = ParseReport.from_json(told)
                found[report.key] = report
    return list(found.values())
