"""What the FHIR door can do, as a CapabilityStatement, and the operation it has."""

from __future__ import annotations

from typing import Final

import medrag
from medrag_api.fhir.records import Json

__all__ = ["FHIR_JSON", "FHIR_VERSION", "capability"]

FHIR_JSON: Final = "application/fhir+json"
FHIR_VERSION: Final = "4.0.1"
#: The day the statement last changed.
DATED: Final = "2026-11-22"


def capability() -> Json:
    """The statement that ``GET /fhir/metadata`` gives."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": DATED,
        "kind": "instance",
        "software": {"name": "medrag", "version": medrag.__version__},
        "implementation": {"description": "Checks the medication of a record against sources it can quote."},
        "fhirVersion": FHIR_VERSION,
        "format": ["json", FHIR_JSON],
        "rest": [
            {
                "mode": "server",
                "documentation": "Nothing that is sent is stored. A Bundle of one patient goes in, a Bundle of "
                "DetectedIssue with an OperationOutcome comes back.",
                "operation": [
                    {
                        "name": "check-interactions",
                        "definition": "urn:medrag:operation:check-interactions",
                        "documentation": "POST /fhir/$check-interactions",
                    }
                ],
            }
        ],
    }
