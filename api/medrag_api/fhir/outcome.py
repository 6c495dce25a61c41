"""OperationOutcome: what a check did not read or find, in the words of the four kinds of no; and errors of /fhir."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from medrag.vocabulary import Language
from medrag_api.fhir.findings import names_in
from medrag_api.fhir.records import Json, Note, Record
from medrag_api.fhir.words import told
from medrag_api.review_words import OUTCOMES
from medrag_graph.interactions import InteractionReport

__all__ = ["outcome_of_problem", "pairs_without", "summary_of"]

SYSTEM: Final = "urn:medrag:check"
#: By outcome of a pair: severity and issue-type of FHIR.
KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "none_found": ("information", "informational"),
    "not_covered": ("warning", "not-supported"),
    "unresolved_drug": ("warning", "not-found"),
    "source_unavailable": ("error", "transient"),
}
#: By status over HTTP: http://hl7.org/fhir/R4/valueset-issue-type.html
TYPES: Final[Mapping[int, str]] = {
    400: "structure",
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    409: "conflict",
    412: "required",
    413: "too-long",
    415: "not-supported",
    422: "invalid",
    429: "throttled",
    503: "transient",
}


def summary_of(record: Record, report: InteractionReport | None, language: Language) -> Json:
    """What was checked, what was not found in the four kinds of no, and every note on the record."""
    issues: list[Json] = []
    if report is None:
        issues.append(issue("warning", "incomplete", "no_drugs", told("no_drugs", language)))
    else:
        if not report.complete:
            issues.append(issue("error", "incomplete", "incomplete", told("incomplete", language)))
        issues.append(issue("information", "informational", "checked", checked(report, language)))
        issues += [
            issue(*KINDS[outcome], outcome, words, pairs)
            for outcome, words, pairs in pairs_without(report, language)
        ]
        issues += [
            issue(
                "warning", "required", "missing_context", told("missing", language, field=m.field, why=m.why)
            )
            for m in report.missing_context
        ]
        issues += [issue("information", "informational", "limit", text) for text in report.basis.limits]
    issues += [noted(note) for note in record.notes]
    return {"resourceType": "OperationOutcome", "id": "summary", "language": language, "issue": issues}


def checked(report: InteractionReport, language: Language) -> str:
    sources = ", ".join(f"{work} {edition}" for work, edition in report.basis.sources_searched)
    snapshot = report.basis.snapshot
    counts = {"drugs": len(report.drugs), "pairs": len(report.pairs)}
    return told("checked", language, snapshot=snapshot, sources=sources or "-", **counts)


def pairs_without(report: InteractionReport, language: Language) -> list[tuple[str, str, str]]:
    """(outcome, what it means, the pairs) of every kind of no there is, each set of sources by itself."""
    names = names_in(report)
    grouped: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for pair in report.pairs:
        if pair.outcome != "found":
            said = told("pair", language, a=names.get(pair.a, pair.a), b=names.get(pair.b, pair.b))
            grouped.setdefault((pair.outcome, pair.searched), []).append(said)
    return [
        (outcome, OUTCOMES[outcome][language].format(sources=", ".join(searched)), "; ".join(said))
        for (outcome, searched), said in sorted(grouped.items())
    ]


def issue(severity: str, kind: str, code: str, text: str, diagnostics: str = "", at: str = "") -> Json:
    made: Json = {
        "severity": severity,
        "code": kind,
        "details": {"coding": [{"system": SYSTEM, "code": code}], "text": text},
        "diagnostics": diagnostics,
        "expression": [at] if at else [],
    }
    return {key: value for key, value in made.items() if value}


def noted(note: Note) -> Json:
    """A note on the record; ``diagnostics`` names the resource, since ``expression`` is for paths."""
    return issue(note.severity, note.code, "record", note.text, note.reference)


def outcome_of_problem(problem: Mapping[str, Any]) -> Json:
    """A problem document as FHIR tells errors: one issue for each field, or one for all."""
    kind = TYPES.get(int(problem["status"]), "processing")
    found = [(item["field"], item["problem"]) for item in problem.get("errors", ())]
    code = str(problem["type"]).rsplit(":", 1)[-1]
    issues = [issue("error", kind, code, text, at=field) for field, text in found]
    return {
        "resourceType": "OperationOutcome",
        "issue": issues or [issue("error", kind, code, str(problem["detail"]), str(problem["instance"]))],
    }
