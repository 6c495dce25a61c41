"""Small FHIR records, written for these tests: one invented patient, orders, values."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]
PATIENT: Json = {"resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1947-03-02"}
SUBJECT: Json = {"reference": "Patient/p1"}
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
INSTANCE = "6f1f2f1e-9f5c-4c39-8a59-3a1f1d1b7c11"


def medicine(identifier: str, text: str, status: str = "active", **more: Any) -> Json:
    """A MedicationRequest."""
    return {
        "resourceType": "MedicationRequest",
        "id": identifier,
        "status": status,
        "intent": "order",
        "subject": SUBJECT,
        "medicationCodeableConcept": {"text": text},
        **more,
    }


def statement(identifier: str, text: str, status: str = "active") -> Json:
    """A MedicationStatement."""
    return {
        "resourceType": "MedicationStatement",
        "id": identifier,
        "status": status,
        "subject": SUBJECT,
        "medicationCodeableConcept": {"text": text},
    }


def observation(identifier: str, loinc: str, value: float, unit: str, day: str, **more: Any) -> Json:
    """An Observation of one value."""
    return {
        "resourceType": "Observation",
        "id": identifier,
        "status": "final",
        "subject": SUBJECT,
        "code": {"coding": [{"system": "http://loinc.org", "code": loinc}]},
        "effectiveDateTime": day,
        "valueQuantity": {
            "value": value,
            "unit": unit,
            "system": "http://unitsofmeasure.org",
            "code": unit,
        },
        **more,
    }


def bundle(*resources: Json, kind: str = "collection") -> Json:
    """A Bundle of them."""
    return {"resourceType": "Bundle", "type": kind, "entry": [{"resource": item} for item in resources]}


def call(drafts: list[Json], medications: list[Json], hook: str = "order-sign", **prefetch: Any) -> Json:
    """A call of a CDS service."""
    context: Json = {"userId": "Practitioner/a7", "patientId": "p1"}
    if hook != "patient-view":
        context["draftOrders"] = bundle(*drafts)
    if hook == "order-select":
        context["selections"] = [f"{item['resourceType']}/{item['id']}" for item in drafts]
    return {
        "hook": hook,
        "hookInstance": INSTANCE,
        "fhirServer": "https://records.example.org/r4",
        "context": context,
        "prefetch": {
            "patient": PATIENT,
            "medications": bundle(*medications, kind="searchset"),
            **prefetch,
        },
    }
