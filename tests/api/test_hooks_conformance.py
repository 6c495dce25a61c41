"""CDS Hooks 2.0 as a full client speaks it: every element a call may have, and answers held to the specification's tables."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any, Final

import jsonschema
import pytest
from clinical_records import INSTANCE, PATIENT, SUBJECT, bundle, medicine, observation
from test_http import send

from medrag.settings import Settings

Json = dict[str, Any]
TEXT: Final = {"type": "string", "minLength": 1}
CODING: Final = {"type": "object", "required": ["code"], "properties": {"code": TEXT, "system": TEXT}}
#: https://cds-hooks.hl7.org/2.0/, "Discovery", "Response".
SERVICES: Final = {
    "type": "object",
    "required": ["services"],
    "properties": {
        "services": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["hook", "description", "id"],
                "properties": {
                    "hook": {"enum": ["order-select", "order-sign", "patient-view"]},
                    "title": TEXT,
                    "description": TEXT,
                    "id": TEXT,
                    "prefetch": {"type": "object", "additionalProperties": TEXT},
                    "usageRequirements": TEXT,
                },
            },
        }
    },
}
#: https://cds-hooks.hl7.org/2.0/, "CDS Service Response", "Card Attributes", "Source", "Link".
CARDS: Final = {
    "type": "object",
    "required": ["cards"],
    "properties": {
        "cards": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["summary", "indicator", "source"],
                "dependentRequired": {"suggestions": ["selectionBehavior"]},
                "properties": {
                    "uuid": TEXT,
                    "summary": {"type": "string", "minLength": 1, "maxLength": 139},
                    "detail": TEXT,
                    "indicator": {"enum": ["info", "warning", "critical"]},
                    "source": {
                        "type": "object",
                        "required": ["label"],
                        "properties": {"label": TEXT, "url": TEXT, "topic": CODING},
                    },
                    "overrideReasons": {
                        "type": "array",
                        "items": {**CODING, "required": ["code", "system", "display"]},
                    },
                    "links": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["label", "url", "type"],
                            "properties": {"type": {"enum": ["absolute", "smart"]}},
                        },
                    },
                },
            },
        },
        "systemActions": {"type": "array"},
    },
}


def full_call(hook: str) -> Json:
    """A call with every element the specification has, extensions and an authorization too."""
    draft = medicine("new", "ibuprofen", "draft", dosageInstruction=[{"text": "400 mg three times a day"}])
    context: Json = {"userId": "PractitionerRole/a7", "patientId": "p1", "encounterId": "e89"}
    if hook != "patient-view":
        context["draftOrders"] = bundle(draft)
    if hook == "order-select":
        context["selections"] = ["MedicationRequest/new"]
    taken = (
        [medicine("held", "warfarin")]
        if hook != "patient-view"
        else [medicine("held", "warfarin"), medicine("too", "ibuprofen")]
    )
    allergy = {
        "resourceType": "AllergyIntolerance",
        "id": "a1",
        "patient": SUBJECT,
        "code": {"text": "penicillin"},
    }
    problem = {"resourceType": "Condition", "id": "c1", "subject": SUBJECT, "code": {"text": "gout"}}
    return {
        "hook": hook,
        "hookInstance": INSTANCE,
        "fhirServer": "https://records.example.org/r4",
        "fhirAuthorization": {
            "access_token": "a-token-of-the-record-system",
            "token_type": "Bearer",
            "expires_in": 300,
            "scope": "user/Patient.read user/MedicationRequest.read",
            "subject": "medrag",
            "patient": "p1",
        },
        "context": context,
        "prefetch": {
            "patient": PATIENT,
            "medications": bundle(*taken, kind="searchset"),
            "statements": bundle(kind="searchset"),
            "conditions": bundle(problem, kind="searchset"),
            "allergies": bundle(allergy, kind="searchset"),
            "observations": bundle(
                observation("k", "2823-3", 4.1, "mmol/L", datetime.now(UTC).date().isoformat()),
                kind="searchset",
            ),
        },
        "extension": {"org.example.location": {"ward": "B2"}},
    }


def services(settings: Settings) -> dict[str, Json]:
    told = send(settings, "GET", "/cds-services").json()
    jsonschema.validate(told, SERVICES)
    return {item["hook"]: item for item in told["services"]}


@pytest.mark.parametrize("hook", ["order-select", "order-sign", "patient-view"])
def test_a_full_call_gets_conforming_cards(standing_copy: Settings, hook: str) -> None:
    service = services(standing_copy)[hook]
    called = full_call(hook)
    assert set(service["prefetch"]) <= set(called["prefetch"])
    reply = send(standing_copy, "POST", f"/cds-services/{service['id']}", json=called)
    assert reply.status_code == 200
    told = reply.json()
    jsonschema.validate(told, CARDS)
    assert {"critical", "warning"} & {card["indicator"] for card in told["cards"]}
    assert "a-token-of-the-record-system" not in reply.text and "B2" not in reply.text
    assert all(uuid.UUID(card["uuid"]) for card in told["cards"])


def test_cards_taken_and_overridden_are_reported_as_the_specification_has_it(stocked_pairs: Settings) -> None:
    service = services(stocked_pairs)["order-sign"]["id"]
    first, *others = send(
        stocked_pairs, "POST", f"/cds-services/{service}", json=full_call("order-sign")
    ).json()["cards"]
    reason = first["overrideReasons"][0]
    outcome = {"outcomeTimestamp": "2026-01-01T08:00:00Z"}
    overridden = {
        "card": first["uuid"],
        "outcome": "overridden",
        "overrideReason": {
            "reason": {"code": reason["code"], "system": reason["system"]},
            "userComment": "x",
        },
        **outcome,
    }
    accepted = [{"card": card["uuid"], "outcome": "accepted", **outcome} for card in others[:1]]
    reply = send(
        stocked_pairs, "POST", f"/cds-services/{service}/feedback", json={"feedback": [overridden, *accepted]}
    )
    assert reply.status_code == 200
