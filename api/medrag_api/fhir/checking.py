"""Checks a record: read, reviewed, and given back as a Bundle."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from medrag.vocabulary import Language
from medrag_api.desk import Desk
from medrag_api.fhir.issues import issue_of, unchecked_issues
from medrag_api.fhir.outcome import summary_of
from medrag_api.fhir.reading import read_record, regimen_of
from medrag_api.fhir.records import Json, Placed, Record
from medrag_graph.interactions import InteractionReport

__all__ = ["bundle_of", "check_record"]


def check_record(
    desk: Desk, placed: tuple[Placed, ...], language: Language
) -> tuple[Record, InteractionReport | None]:
    """The record as it was read, and the review of its medicines; None when there is none to review.

    Raises InputRefused.
    """
    record = read_record(placed, desk.graph_if_any(), language)
    regimen = regimen_of(record, language)
    return record, None if regimen is None else desk.review(regimen)


def bundle_of(record: Record, report: InteractionReport | None, language: Language) -> Json:
    """A collection: the summary, what was not checked, then the findings, gravest first."""
    found = [] if report is None else [issue_of(item, record, report, language) for item in report.findings]
    issues = [*unchecked_issues(record, report, language), *found]
    entries = [entry(summary_of(record, report, language), str(uuid.uuid4()))]
    entries += [entry(item, item["id"]) for item in issues]
    bundle: Json = {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": datetime.now(UTC).isoformat(timespec="seconds"),
        "entry": entries,
    }
    if report is not None:
        bundle["identifier"] = {"system": "urn:medrag:snapshot", "value": report.basis.snapshot}
    return bundle


def entry(resource: Json, identifier: str) -> Json:
    return {"fullUrl": f"urn:uuid:{identifier}", "resource": resource}
