#!/usr/bin/env bash
# Calls the order-sign service as a record system does when an order is about to be signed, prints the cards, and tells
# what was done with the first.   usage: cds_hooks.sh [URL]   a key, where one is needed: MEDRAG_KEY
set -euo pipefail
url=${1:-http://127.0.0.1:8000}
key=(${MEDRAG_KEY:+-H "Authorization: Bearer $MEDRAG_KEY"})
service=$url/cds-services/medrag-order-sign

call=$(cat <<'JSON'
{"hook": "order-sign",
 "hookInstance": "0f6f7bd5-6c5e-4b25-9ae3-5b40ef6d2c55",
 "context": {"userId": "Practitioner/example", "patientId": "example",
   "draftOrders": {"resourceType": "Bundle", "type": "collection", "entry": [{"resource":
     {"resourceType": "MedicationRequest", "id": "new", "status": "draft", "intent": "order",
      "subject": {"reference": "Patient/example"}, "medicationCodeableConcept": {"text": "ibuprofen"}}}]}},
 "prefetch": {
   "patient": {"resourceType": "Patient", "id": "example", "gender": "female", "birthDate": "1947-03-02"},
   "medications": {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource":
     {"resourceType": "MedicationRequest", "id": "held", "status": "active", "intent": "order",
      "subject": {"reference": "Patient/example"}, "medicationCodeableConcept": {"text": "warfarin"}}}]},
   "conditions": null, "allergies": null, "statements": null, "observations": null}}
JSON
)

curl -sS --fail-with-body "${key[@]}" "$url/cds-services" |
  python3 -c 'import json, sys
for s in json.load(sys.stdin)["services"]: print("service", s["id"], "answers", s["hook"])'

answer=$(curl -sS --fail-with-body "${key[@]}" -H 'Content-Type: application/json' -d "$call" "$service")
python3 - "$answer" <<'PYTHON'
import json, sys
for card in json.loads(sys.argv[1])["cards"]:
    print(f"\n[{card['indicator']}] {card['summary']}\n  {card['source']['label']}")
    for line in card["detail"].splitlines():
        if line.startswith(">"):
            print(f"  {line}")
    for link in card.get("links", ()):
        print(f"  {link['url']}")
PYTHON

card=$(python3 -c 'import json, sys; print(json.loads(sys.argv[1])["cards"][0]["uuid"])' "$answer")
curl -sS --fail-with-body "${key[@]}" -H 'Content-Type: application/json' -o /dev/null \
  -w '\nfeedback: HTTP %{http_code}\n' "$service/feedback" -d "{\"feedback\": [{\"card\": \"$card\",
  \"outcome\": \"overridden\", \"outcomeTimestamp\": \"2026-01-01T08:00:00Z\", \"overrideReason\": {\"reason\":
  {\"code\": \"will-monitor\", \"system\": \"urn:medrag:override-reason\"}}}]}"
