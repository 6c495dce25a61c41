#!/usr/bin/env bash
# Sends a record as a FHIR R4 Bundle, prints what was found, what was not checked, and what the check does not say.
# usage: fhir.sh [URL]   a key, where one is needed: MEDRAG_KEY
set -euo pipefail
url=${1:-http://127.0.0.1:8000}
key=(${MEDRAG_KEY:+-H "Authorization: Bearer $MEDRAG_KEY"})

record=$(cat <<'JSON'
{"resourceType": "Bundle", "type": "collection", "entry": [
  {"resource": {"resourceType": "Patient", "id": "example", "gender": "female", "birthDate": "1947-03-02"}},
  {"resource": {"resourceType": "MedicationRequest", "id": "one", "status": "active", "intent": "order",
    "subject": {"reference": "Patient/example"}, "medicationCodeableConcept": {"text": "warfarin"}}},
  {"resource": {"resourceType": "MedicationStatement", "id": "two", "status": "active",
    "subject": {"reference": "Patient/example"}, "medicationCodeableConcept": {"text": "ibuprofen"}}},
  {"resource": {"resourceType": "MedicationStatement", "id": "three", "status": "active",
    "subject": {"reference": "Patient/example"}, "medicationCodeableConcept": {"text": "a drug nobody knows"}}},
  {"resource": {"resourceType": "Observation", "id": "egfr", "status": "final",
    "subject": {"reference": "Patient/example"}, "effectiveDateTime": "2026-01-01",
    "code": {"coding": [{"system": "http://loinc.org", "code": "98979-8"}]},
    "valueQuantity": {"value": 28, "unit": "mL/min/{1.73_m2}", "system": "http://unitsofmeasure.org",
      "code": "mL/min/{1.73_m2}"}}}]}
JSON
)

answer=$(curl -sS --fail-with-body "${key[@]}" -H 'Content-Type: application/fhir+json' -d "$record" \
  "$url/fhir/\$check-interactions")
python3 - "$answer" <<'PYTHON'
import json, sys
for entry in json.loads(sys.argv[1])["entry"]:
    resource = entry["resource"]
    if resource["resourceType"] == "DetectedIssue":
        about = ", ".join(item.get("reference", item.get("display", "")) for item in resource["implicated"])
        print(f"\n[{resource.get('severity', 'no severity')}] {resource['code']['text']}  ({about})")
        for evidence in resource.get("evidence", ()):
            print(f"  {evidence['code'][0]['text']}")
    else:
        for issue in resource["issue"]:
            print(f"{issue['severity']}: {issue['details']['text']} {issue.get('diagnostics', '')}".rstrip())
PYTHON
