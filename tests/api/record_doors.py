"""Asks the doors of record systems, CDS Hooks and FHIR, what another door is asked: a regimen written as a patient's record."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import httpx
from clinical_records import SUBJECT, bundle, call, medicine, observation

from medrag.settings import Settings

__all__ = ["RECORDING", "carried", "claims_of_report"]

Json = dict[str, Any]
#: Sorted: of each finding, the sorted ids of its claims. Those of two findings may be the same.
Claims = list[list[str]]
#: What a record has no place for: FHIR R4 has no LOINC of ours for them.
WITHOUT = frozenset({"breastfeeding", "child_pugh"})
#: The field of a patient, its LOINC code and the unit it is in where the field has none of its own.
VALUES = {
    "egfr_ml_min_1_73m2": ("98979-8", "mL/min/{1.73_m2}"),
    "inr": ("6301-6", "{INR}"),
    "qtc_ms": ("8636-3", "ms"),
    "weight_kg": ("29463-7", "kg"),
    "height_cm": ("8302-2", "cm"),
    "potassium": ("2823-3", ""),
    "creatinine": ("2160-0", ""),
}
#: LA15173-0 of LOINC: pregnant; LA26683-5: not pregnant.
PREGNANT = {True: "LA15173-0", False: "LA26683-5"}


def carried(request: Json) -> Json:
    """The request without what a record cannot say."""
    patient = {name: told for name, told in request.get("patient", {}).items() if name not in WITHOUT}
    return {**request, **({"patient": patient} if "patient" in request else {})}


def claims_of_report(report: Json) -> Claims:
    return sorted(sorted({item["id"] for item in found["assertions"]}) for found in report["findings"])


def person(patient: Json) -> Json:
    """Born on a first of January, so that the age of today is the one that was told."""
    born: Json = {}
    if "age_years" in patient:
        born = {"birthDate": f"{datetime.now(UTC).year - int(patient['age_years']):04d}-01-01"}
    sex = {"gender": patient["sex"]} if "sex" in patient else {}
    return {"resourceType": "Patient", "id": "p1", **born, **sex}


def values(patient: Json) -> list[Json]:
    """An Observation of each value."""
    told = []
    day = datetime.now(UTC).date().isoformat()
    for field, (loinc, unit) in VALUES.items():
        if field in patient:
            value = patient[field]
            number, unit = (value["value"], value["unit"]) if isinstance(value, dict) else (value, unit)
            told.append(observation(field.replace("_", "-"), loinc, number, unit, day))
    if "pregnant" in patient:
        coding = {"system": "http://loinc.org", "code": PREGNANT[patient["pregnant"]]}
        shown = observation("pregnant", "82810-3", 0, "1", day)
        del shown["valueQuantity"]
        told.append({**shown, "valueCodeableConcept": {"coding": [coding]}})
    return told


def conditions(request: Json) -> list[Json]:
    names = [*request.get("conditions", ()), *request.get("patient", {}).get("conditions", ())]
    return [
        {"resourceType": "Condition", "id": f"c{n}", "subject": SUBJECT, "code": {"text": name}}
        for n, name in enumerate(names)
    ]


def allergies(request: Json) -> list[Json]:
    names = request.get("patient", {}).get("allergies", ())
    return [
        {"resourceType": "AllergyIntolerance", "id": f"a{n}", "patient": SUBJECT, "code": {"text": name}}
        for n, name in enumerate(names)
    ]


def as_bundle(request: Json) -> Json:
    patient = request.get("patient", {})
    orders = [medicine(f"m{n}", drug) for n, drug in enumerate(request["drugs"])]
    return bundle(person(patient), *orders, *values(patient), *conditions(request), *allergies(request))


def as_call(request: Json) -> Json:
    """The first drug is about to be ordered; the others are taken already."""
    patient = request.get("patient", {})
    first, *others = request["drugs"]
    prefetch = {
        "patient": person(patient),
        "observations": bundle(*values(patient), kind="searchset"),
        "conditions": bundle(*conditions(request), kind="searchset"),
        "allergies": bundle(*allergies(request), kind="searchset"),
        "statements": None,
    }
    held = [medicine(f"m{n}", drug) for n, drug in enumerate(others)]
    return call([medicine("d0", first, "draft")], held, **prefetch)


def claims_of_bundle(answer: Json) -> Claims:
    issues = [entry["resource"] for entry in answer["entry"]]
    return sorted(sorted(i["value"] for i in item["identifier"]) for item in issues if "identifier" in item)


def claims_of_cards(answer: Json) -> Claims:
    held = [card["extension"]["org.medrag.finding"] for card in answer["cards"] if "extension" in card]
    return sorted(sorted(item["assertions"]) for item in held)


def asking(
    path: str, kind: str, write: Callable[[Json], Json], read: Callable[[Json], Claims]
) -> Callable[[str, Settings, Sequence[Json]], list[Claims]]:
    def ask(url: str, _: Settings, requests: Sequence[Json]) -> list[Claims]:
        headers = {"content-type": kind}
        with httpx.Client(base_url=url, timeout=300, headers=headers) as client:
            replies = [client.post(path, json=write(carried(request))) for request in requests]
        return [read(reply.raise_for_status().json()) for reply in replies]

    return ask


RECORDING: Mapping[str, Callable[[str, Settings, Sequence[Json]], list[Claims]]] = {
    "HTTP": asking("/interactions", "application/json", lambda request: request, claims_of_report),
    "FHIR": asking("/fhir/$check-interactions", "application/fhir+json", as_bundle, claims_of_bundle),
    "CDS Hooks": asking("/cds-services/medrag-order-sign", "application/json", as_call, claims_of_cards),
}
