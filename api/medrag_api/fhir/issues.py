"""Gives a review as FHIR: a DetectedIssue for each finding and each medication not checked."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Final

from medrag.vocabulary import Language, Severity
from medrag_api.fhir.findings import (
    advice_of,
    primary,
    quote_of,
    references_of,
    source_of,
    url_of,
    why_unchecked,
)
from medrag_api.fhir.records import Json, Record
from medrag_api.fhir.words import told
from medrag_api.review_words import SEVERITIES
from medrag_graph.interactions import InteractionReport
from medrag_graph.interactions.report import Finding, ReportedAssertion

__all__ = ["ASSERTION", "SEVERITY", "finding_id", "issue_of", "unchecked_issues"]

#: Identifiers of assertions, as every door gives them.
ASSERTION: Final = "urn:medrag:assertion"
NAMESPACE: Final = uuid.uuid5(uuid.NAMESPACE_URL, "urn:medrag:finding")
#: FHIR has three; what no source grades has none, and its text says so.
SEVERITY: Final[dict[Severity, str]] = {
    "contraindicated": "high",
    "major": "high",
    "moderate": "moderate",
    "minor": "low",
}
ACT_CODE: Final = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
#: By kind of finding: code and display of http://hl7.org/fhir/R4/valueset-detectedissue-category.html
CODES: Final = {
    "drug_drug": ("DRG", "Drug Interaction Alert"),
    "cumulative_risk": ("DRG", "Drug Interaction Alert"),
    "food": ("FOOD", "Food Interaction Alert"),
    "duplicate_therapy": ("DUPTHPY", "Duplicate Therapy Alert"),
    "drug_condition": ("COND", "Condition Alert"),
    "patient_factor": ("OBSA", "Observation Alert"),
    "allergy": ("ALGY", "Allergy Alert"),
}


def finding_id(finding: Finding, snapshot: str) -> str:
    """The same for the same finding of the same snapshot, whoever it is about."""
    parts = [
        snapshot,
        finding.kind,
        finding.topic,
        *finding.members,
        "|",
        *(a.id for a in finding.assertions),
    ]
    return str(uuid.uuid5(NAMESPACE, "\n".join(parts)))


def issue_of(finding: Finding, record: Record, report: InteractionReport, language: Language) -> Json:
    """A finding as a DetectedIssue; its identifiers are those of the assertions, the gravest first."""
    first = primary(finding)
    code, display = CODES["allergy" if finding.topic == "allergy" else finding.kind]
    issue: Json = {
        "resourceType": "DetectedIssue",
        "id": finding_id(finding, report.basis.snapshot),
        "language": language,
        "identifier": [
            {"system": ASSERTION, "value": key} for key in dict.fromkeys(a.id for a in finding.assertions)
        ],
        "status": "final",
        "code": {
            "coding": [{"system": ACT_CODE, "code": code, "display": display}],
            "text": finding.headline,
        },
        "implicated": [{"reference": ref} for ref in references_of(finding.members, record, report)],
        "evidence": [evidence_of(item, language) for item in finding.assertions],
        "detail": detail_of(finding, language),
        "reference": url_of(first.citation),
        "mitigation": mitigations(finding),
        "severity": SEVERITY.get(finding.severity, ""),
    }
    return filled(issue, record)


def filled(issue: Json, record: Record) -> Json:
    """With its patient, and without what is empty: FHIR has no empty elements."""
    whole = {**issue, "patient": {"reference": record.subject} if record.subject else {}}
    return {key: value for key, value in whole.items() if value not in ("", [], {})}


def evidence_of(item: ReportedAssertion, language: Language) -> Json:
    """One source's word: which assertion, on what scale, in its own words where they are held."""
    grade = SEVERITIES[item.severity][language]
    native = f" ({item.native_severity})" if item.native_severity not in ("", item.severity) else ""
    quote = quote_of(item)
    text = f"{source_of(item)}: {grade}{native}" + (f". “{quote}”" if quote else "")
    if item.derivation == "inferred":
        text += f" [{told('inferred', language)}]"
    return {"code": [{"coding": [{"system": ASSERTION, "code": item.id}], "text": text}]}


def detail_of(finding: Finding, language: Language) -> str:
    """What is found, on what condition, and what this patient changes in it."""
    said = [finding.headline]
    if finding.severity == "unknown":
        said.append(told("ungraded", language))
    said += dict.fromkeys(item.condition for item in finding.assertions if item.condition)
    said += [f"{effect.factor}: {effect.change}" for effect in finding.patient_effect]
    if finding.sources_disagree:
        said.append(told("disagree", language))
    said += [f"{source_of(item)} {told('denies', language)}" for item in finding.denials]
    return ". ".join(part.strip().rstrip(".") for part in said) + "."


def mitigations(finding: Finding) -> list[Json]:
    """What sources say to do, each advice once."""
    return [{"action": {"text": text}} for text in dict.fromkeys(map(advice_of, finding.assertions)) if text]


def unchecked_issues(record: Record, report: InteractionReport | None, language: Language) -> list[Json]:
    """One issue for each medication that no source could be asked about: silence would read as a clean check."""
    told_of: list[tuple[str, str, Sequence[str]]] = [
        (item.text, item.why, item.references) for item in record.unchecked
    ]
    if report is not None and report.complete:
        for medicine, drug in zip(record.medicines, report.drugs, strict=False):
            if drug.status != "resolved":
                told_of.append((medicine.text, why_unchecked(drug, language), medicine.references))
    return [unchecked_issue(at, *item, record, language) for at, item in enumerate(told_of)]


def unchecked_issue(
    at: int, text: str, why: str, references: Sequence[str], record: Record, language: Language
) -> Json:
    issue: Json = {
        "resourceType": "DetectedIssue",
        "id": str(uuid.uuid5(NAMESPACE, "\n".join(("not checked", str(at), text, *references)))),
        "language": language,
        "status": "preliminary",
        "code": {
            "coding": [{"system": "urn:medrag:issue", "code": "not-checked"}],
            "text": told("not_checked", language, text=text),
        },
        "implicated": [{"reference": ref} for ref in references] or [{"display": text}],
        "detail": told("not_checked_why", language, why=why),
    }
    return filled(issue, record)
