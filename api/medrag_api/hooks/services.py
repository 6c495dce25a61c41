"""The CDS services there are, and what of the record each asks to be sent with the call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from medrag_api.fhir.values import loinc_fields

__all__ = ["NEEDED", "SERVICES", "Service", "discovery"]

#: Prefetch keys without which a check would leave out drugs the patient takes, or whom they are for.
NEEDED: Final = ("patient", "medications")


@dataclass(frozen=True, slots=True)
class Service:
    """A service by its id; ``orders`` where the hook brings orders not yet signed."""

    id: str
    hook: str
    title: str
    description: str
    orders: bool


SERVICES: Final[Mapping[str, Service]] = {
    service.id: service
    for service in (
        Service(
            "medrag-order-select",
            "order-select",
            "Interactions of the orders selected",
            "Checks the orders at hand against each other, the medication of the patient and the patient, in sources "
            "that are quoted.",
            True,
        ),
        Service(
            "medrag-order-sign",
            "order-sign",
            "Interactions of the orders to be signed",
            "Checks the orders to be signed against each other, the medication of the patient and the patient, in "
            "sources that are quoted.",
            True,
        ),
        Service(
            "medrag-patient-view",
            "patient-view",
            "Interactions of the current medication",
            "Checks the medication of the patient, in sources that are quoted.",
            False,
        ),
    )
}


def prefetch() -> dict[str, str]:
    """The queries a client runs before it calls; only parameters of the specification's own small set are used."""
    of = "{{context.patientId}}"
    codes = ",".join(f"http://loinc.org|{code}" for code in loinc_fields())
    return {
        "patient": f"Patient/{of}",
        "medications": f"MedicationRequest?patient={of}&status=active,on-hold&_include=MedicationRequest:medication",
        "statements": f"MedicationStatement?patient={of}&status=active,intended,on-hold",
        "conditions": f"Condition?patient={of}&clinical-status=active,recurrence,relapse",
        "allergies": f"AllergyIntolerance?patient={of}",
        "observations": f"Observation?patient={of}&code={codes}",
    }


def discovery() -> dict[str, Any]:
    """What ``GET /cds-services`` gives."""
    return {
        "services": [
            {
                "hook": service.hook,
                "title": service.title,
                "description": service.description,
                "id": service.id,
                "prefetch": prefetch(),
                "usageRequirements": "Data are taken from prefetch and context alone: this service calls no FHIR server.",
            }
            for service in SERVICES.values()
        ]
    }
