"""POST /fhir/$check-interactions: records read as they stand, nothing dropped in silence, resources that are valid."""

from __future__ import annotations

import copy
import json
from datetime import date
from typing import Any

import pytest
from clinical_records import PATIENT, RXNORM, SUBJECT, bundle, medicine, observation, statement
from test_http import SECRET, send

from medrag.errors import Unavailable
from medrag.settings import Settings
from medrag_api.fhir.bundle import place_bundle
from medrag_api.fhir.capability import capability
from medrag_api.fhir.reading import read_record
from medrag_api.fhir.records import Record
from medrag_api.fhir.validate import FhirRefused, check_resource
from medrag_api.fhir.values import loinc_fields
from medrag_graph.interactions.patient import read_patient

Json = dict[str, Any]
FHIR = {"content-type": "application/fhir+json"}
TODAY = date(2026, 6, 1)


def check(settings: Settings, *resources: Json, **headers: str) -> Json:
    told = json.dumps(bundle(PATIENT, *resources))
    response = send(settings, "POST", "/fhir/$check-interactions", content=told, headers={**FHIR, **headers})
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/fhir+json"
    answer: Json = response.json()
    check_resource(answer, "Bundle")
    assert answer["type"] == "collection"
    return answer


def issues(answer: Json) -> list[Json]:
    held = [entry["resource"] for entry in answer["entry"]]
    assert held[0]["resourceType"] == "OperationOutcome"
    return [item for item in held if item["resourceType"] == "DetectedIssue"]


def summary(answer: Json) -> dict[str, list[Json]]:
    found: dict[str, list[Json]] = {}
    for item in answer["entry"][0]["resource"]["issue"]:
        found.setdefault(item["details"]["coding"][0]["code"], []).append(item)
    return found


def read(*resources: Json) -> Record:
    """The record without a graph: names as they are written."""
    placed = place_bundle(bundle(PATIENT, *resources))
    return read_record(placed, Unavailable("no graph here"), "en", TODAY)


def test_a_stated_pair_is_a_detected_issue_with_its_evidence(reviewing: Settings) -> None:
    answer = check(reviewing, medicine("m1", "warfarin"), medicine("m2", "ibuprofen", "draft"))
    pair = next(item for item in issues(answer) if item["code"]["coding"][0]["code"] == "DRG")
    http = send(reviewing, "POST", "/interactions", json={"drugs": ["warfarin", "ibuprofen"]}).json()
    stated = next(f for f in http["findings"] if f["kind"] == "drug_drug")["assertions"]
    assert [item["value"] for item in pair["identifier"]] == [item["id"] for item in stated]
    assert {item["system"] for item in pair["identifier"]} == {"urn:medrag:assertion"}
    assert (pair["status"], pair["severity"]) == ("final", "high")
    assert pair["implicated"] == [
        {"reference": "MedicationRequest/m1"},
        {"reference": "MedicationRequest/m2"},
    ]
    assert "warfarin with ibuprofen: Avoid." in pair["evidence"][0]["code"][0]["text"]
    assert "(Avoid)" in pair["evidence"][0]["code"][0]["text"]
    assert pair["reference"] == "https://example.org/p"
    assert pair["patient"] == SUBJECT


@pytest.mark.parametrize(
    ("one", "other", "severity"),
    [
        ("simvastatin", "clarithromycin", "high"),
        ("warfarin", "ibuprofen", "high"),
        ("lisinopril", "spironolactone", "moderate"),
    ],
)
def test_severities_follow_the_table(reviewing: Settings, one: str, other: str, severity: str) -> None:
    found = issues(check(reviewing, medicine("m1", one), medicine("m2", other)))
    pair = next(item for item in found if any(i["value"].startswith("a_") for i in item["identifier"]))
    assert pair["severity"] == severity


def test_every_kind_of_no_is_said(reviewing: Settings) -> None:
    drugs = ("lisinopril", "simvastatin", "metformin", "zzzumab")
    told = summary(check(reviewing, *(medicine(f"m{n}", drug) for n, drug in enumerate(drugs))))
    assert told["none_found"][0]["diagnostics"] == "lisinopril and simvastatin"
    assert "pair-list" in told["none_found"][0]["details"]["text"]
    assert "metformin" in told["not_covered"][0]["diagnostics"]
    assert "zzzumab" in told["unresolved_drug"][0]["diagnostics"]
    words = " ".join(item["details"]["text"] for held in told.values() for item in held).lower()
    assert " safe" not in words


def test_a_graph_that_is_down_is_said_and_nothing_is_found(
    reviewing: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> Any:
        raise Unavailable("the graph is down")

    monkeypatch.setattr("medrag_api.holder.open_graph", refuse)
    answer = check(reviewing, medicine("m1", "warfarin"), medicine("m2", "ibuprofen"))
    assert issues(answer) == []
    told = summary(answer)
    assert told["incomplete"][0]["severity"] == "error"
    (pair,) = told["source_unavailable"]
    assert (pair["severity"], "warfarin" in pair["diagnostics"]) == ("error", True)


def test_a_medication_that_is_not_known_has_an_issue_of_its_own(reviewing: Settings) -> None:
    found = issues(check(reviewing, medicine("m1", "warfarin"), statement("s1", "zzzumab")))
    unchecked = [item for item in found if item["code"]["coding"][0]["code"] == "not-checked"]
    assert [item["implicated"] for item in unchecked] == [[{"reference": "MedicationStatement/s1"}]]
    assert "severity" not in unchecked[0]
    assert "not checked" in unchecked[0]["detail"]


def test_a_reference_that_leads_nowhere_is_not_checked_and_said(reviewing: Settings) -> None:
    lost = medicine("m1", "x")
    del lost["medicationCodeableConcept"]
    lost["medicationReference"] = {"reference": "Medication/elsewhere"}
    (issue,) = issues(check(reviewing, lost))
    assert issue["code"]["coding"][0]["code"] == "not-checked"
    assert issue["implicated"] == [{"reference": "MedicationRequest/m1"}]


def test_medications_beside_and_inside_a_request_are_found(reviewing: Settings) -> None:
    beside = {"resourceType": "Medication", "id": "med1", "code": {"text": "warfarin"}}
    one = medicine("m1", "x", medicationReference={"reference": "Medication/med1"})
    inside = {"resourceType": "Medication", "id": "in", "code": {"text": "ibuprofen"}}
    other = medicine("m2", "x", medicationReference={"reference": "#in"}, contained=[inside])
    for item in (one, other):
        del item["medicationCodeableConcept"]
    found = issues(check(reviewing, one, other, beside))
    assert any("ibuprofen and warfarin" in item["code"]["text"] for item in found)


def test_a_medication_by_full_url_is_found() -> None:
    sent = bundle(PATIENT, medicine("m1", "x", medicationReference={"reference": "urn:uuid:7"}))
    del sent["entry"][1]["resource"]["medicationCodeableConcept"]
    drug = {"resourceType": "Medication", "code": {"text": "warfarin"}}
    sent["entry"].append({"fullUrl": "urn:uuid:7", "resource": drug})
    record = read_record(place_bundle(sent), Unavailable("none"), "en", TODAY)
    assert [item.text for item in record.medicines] == ["warfarin"]


def test_a_medication_without_a_code_is_read_by_its_ingredients() -> None:
    parts = [{"itemCodeableConcept": {"text": name}} for name in ("amlodipine", "valsartan")]
    mixed = {"resourceType": "Medication", "id": "mix", "ingredient": parts}
    item = medicine("m1", "x", medicationReference={"reference": "Medication/mix"})
    del item["medicationCodeableConcept"]
    assert [m.text for m in read(item, mixed).medicines] == ["amlodipine / valsartan"]


@pytest.mark.parametrize("status", ["cancelled", "completed", "entered-in-error", "stopped"])
def test_what_is_not_taken_is_left_out_and_said(status: str) -> None:
    record = read(medicine("m1", "warfarin"), medicine("m2", "ibuprofen", status))
    assert [item.text for item in record.medicines] == ["warfarin"]
    assert any(status in note.text for note in record.notes)


def test_an_order_not_to_give_a_drug_is_left_out_and_said() -> None:
    record = read(medicine("m1", "warfarin", doNotPerform=True))
    assert record.medicines == ()
    assert any("not to give" in note.text for note in record.notes)


def test_kinds_that_are_not_read_are_counted() -> None:
    encounter = {"resourceType": "Encounter", "id": "e1", "status": "finished", "class": {"code": "AMB"}}
    assert any("Encounter" in note.text for note in read(encounter).notes)


def test_the_newest_value_counts() -> None:
    old = observation("o1", "33914-3", 80, "mL/min/{1.73_m2}", "2025-01-01")
    new = observation("o2", "98979-8", 28, "mL/min/{1.73_m2}", "2026-05-01T08:00:00+02:00")
    undated = observation("o3", "62238-1", 55, "mL/min/{1.73_m2}", "2024-01-01")
    del undated["effectiveDateTime"]
    for order in ((old, new, undated), (undated, new, old)):
        assert read(*order).patient["egfr_ml_min_1_73m2"] == 28


@pytest.mark.parametrize(
    "newest",
    [
        observation("o2", "33914-3", 28, "furlong", "2026-05-01"),
        observation("o2", "33914-3", 2800, "mL/min/{1.73_m2}", "2026-05-01"),
        observation("o2", "33914-3", 60, "mL/min", "2026-05-01"),
        {
            **observation("o2", "33914-3", 60, "mL/min/{1.73_m2}", "2026-05-01"),
            "valueQuantity": {"value": 60, "comparator": ">", "unit": "mL/min/{1.73_m2}"},
        },
    ],
)
def test_a_newest_value_that_cannot_be_used_is_not_replaced_by_an_older_one(newest: Json) -> None:
    record = read(observation("o1", "33914-3", 80, "mL/min/{1.73_m2}", "2025-01-01"), newest)
    assert "egfr_ml_min_1_73m2" not in record.patient
    assert [note.reference for note in record.notes if note.code == "value"] == ["Observation/o2"]


def test_values_of_one_moment_that_disagree_are_not_told() -> None:
    day = "2026-05-01"
    record = read(
        observation("a", "2823-3", 4.0, "mmol/L", day), observation("b", "6298-4", 6.0, "mmol/L", day)
    )
    assert "potassium" not in record.patient
    same = read(observation("a", "2160-0", 1.0, "mg/dL", day), observation("b", "14682-9", 88, "umol/L", day))
    assert read_patient({"creatinine": same.patient["creatinine"]}).creatinine_mg_dl == pytest.approx(
        1.0, 0.02
    )


@pytest.mark.parametrize(
    ("loinc", "value", "unit", "field", "read_as"),
    [
        ("14682-9", 0.088, "mmol/L", "creatinine", {"value": 88.0, "unit": "umol/L"}),
        ("2823-3", 5.9, "meq/L", "potassium", {"value": 5.9, "unit": "mEq/L"}),
        ("8636-3", 0.51, "s", "qtc_ms", 510.0),
        ("6301-6", 3.4, "{INR}", "inr", 3.4),
        ("29463-7", 154, "[lb_av]", "weight_kg", 69.8532),
        ("8302-2", 1.7, "m", "height_cm", 170.0),
    ],
)
def test_units_are_converted(loinc: str, value: float, unit: str, field: str, read_as: Any) -> None:
    assert read(observation("o", loinc, value, unit, "2026-05-01")).patient[field] == read_as


def test_a_qt_interval_that_is_not_corrected_is_no_qtc() -> None:
    assert "8634-8" not in loinc_fields()
    record = read(observation("o", "8634-8", 520, "ms", "2026-05-01"))
    assert "qtc_ms" not in record.patient
    assert any("not looked at" in note.text for note in record.notes)


def test_a_component_of_an_observation_is_read() -> None:
    code = {"coding": [{"system": "http://loinc.org", "code": "8636-3"}]}
    ecg = observation("ecg", "11524-6", 1, "1", "2026-05-01")
    del ecg["valueQuantity"]
    ecg["component"] = [{"code": code, "valueQuantity": {"value": 505, "unit": "ms"}}]
    assert read(ecg).patient["qtc_ms"] == 505


@pytest.mark.parametrize(("code", "pregnant"), [("LA15173-0", True), ("60001007", False), ("LA4489-6", None)])
def test_pregnancy_status_is_read(code: str, pregnant: bool | None) -> None:
    item = observation("o", "82810-3", 1, "1", "2026-05-01")
    del item["valueQuantity"]
    item["valueCodeableConcept"] = {"coding": [{"code": code}]}
    young = {**PATIENT, "birthDate": "1996-01-01"}
    record = read_record(place_bundle(bundle(young, item)), Unavailable("none"), "en", TODAY)
    assert record.patient.get("pregnant") is pregnant


def test_age_is_in_whole_years_and_of_small_children_finer() -> None:
    assert read().patient["age_years"] == 79
    for born, years in (("2006-06-02", 19), ("2006-06-01", 20), ("2026-03-01", 0.25)):
        record = read_record(
            place_bundle(bundle({**PATIENT, "birthDate": born})), Unavailable("none"), "en", TODAY
        )
        assert record.patient["age_years"] == years
    year = read_record(
        place_bundle(bundle({**PATIENT, "birthDate": "1950"})), Unavailable("none"), "en", TODAY
    )
    assert any("a year off" in note.text for note in year.notes)


def test_a_statement_of_a_drug_that_is_ordered_is_one_therapy() -> None:
    record = read(medicine("m1", "warfarin"), statement("s1", "warfarin"), statement("s2", "ibuprofen"))
    assert [item.references for item in record.medicines] == [
        ("MedicationRequest/m1", "MedicationStatement/s1"),
        ("MedicationStatement/s2",),
    ]
    assert any("same therapy" in note.text for note in record.notes)


def test_a_statement_in_other_words_is_the_same_therapy_unless_it_acts_elsewhere(reviewing: Settings) -> None:
    gel = statement("s2", "ibuprofen")
    gel["dosage"] = [{"route": {"text": "Topical route"}}]
    answer = check(reviewing, medicine("m1", "ibuprofen 400 mg"), statement("s1", "布洛芬"), gel)
    assert "2 medications" in summary(answer)["checked"][0]["details"]["text"]


def test_unnamed_medications_have_an_issue_each(reviewing: Settings) -> None:
    lost = medicine("m1", "x", medicationCodeableConcept={})
    del lost["id"]
    answer = check(reviewing, lost, copy.deepcopy(lost))
    assert len({entry["fullUrl"] for entry in answer["entry"]}) == len(answer["entry"]) == 3


def test_two_orders_of_one_drug_stay_two(reviewing: Settings) -> None:
    found = issues(check(reviewing, medicine("m1", "warfarin"), medicine("m2", "warfarin")))
    twice = next(item for item in found if item["code"]["coding"][0]["code"] == "DUPTHPY")
    assert len(twice["implicated"]) == 2


def test_codes_and_words_that_name_different_drugs_are_not_checked(reviewing: Settings) -> None:
    concept = {
        "text": "warfarin",
        "coding": [{"system": "http://example.org/local", "code": "9", "display": "ibuprofen"}],
    }
    (issue,) = issues(check(reviewing, medicine("m1", "x", medicationCodeableConcept=concept)))
    assert "different drugs" in issue["detail"]


def test_a_code_that_is_not_held_falls_back_on_the_words(reviewing: Settings) -> None:
    concept = {"coding": [{"system": RXNORM, "code": "99999999", "display": "warfarin"}]}
    found = issues(
        check(reviewing, medicine("m1", "x", medicationCodeableConcept=concept), medicine("m2", "ibuprofen"))
    )
    assert any(item["code"]["coding"][0]["code"] == "DRG" for item in found)


def test_conditions_and_allergies_that_are_not_known_are_said(reviewing: Settings) -> None:
    condition = {
        "resourceType": "Condition",
        "id": "c1",
        "subject": SUBJECT,
        "code": {
            "coding": [{"system": "http://snomed.info/sct", "code": "1", "display": "Zzzitis (disorder)"}]
        },
    }
    allergy = {
        "resourceType": "AllergyIntolerance",
        "id": "a1",
        "patient": SUBJECT,
        "code": {"text": "Allergy to penicillin"},
    }
    none = {
        "resourceType": "AllergyIntolerance",
        "id": "a2",
        "patient": SUBJECT,
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "716186003"}]},
    }
    answer = check(reviewing, medicine("m1", "amoxicillin"), condition, allergy, none)
    told = [item["details"]["text"] for item in summary(answer)["record"]]
    assert any("Zzzitis" in text for text in told)
    assert not any("penicillin" in text for text in told)
    codes = [item["code"]["coding"][0]["code"] for item in issues(answer)]
    assert "ALGY" in codes


def test_ended_conditions_are_left_out() -> None:
    ended = {
        "resourceType": "Condition",
        "id": "c1",
        "subject": SUBJECT,
        "clinicalStatus": {"coding": [{"code": "resolved"}]},
        "code": {"text": "asthma"},
    }
    record = read(ended)
    assert record.conditions == {}
    assert any("resolved" in note.text for note in record.notes)


def test_a_record_without_medication_says_so(reviewing: Settings) -> None:
    answer = check(reviewing)
    assert issues(answer) == []
    assert "no_drugs" in summary(answer)


def test_the_asker_chooses_the_language(reviewing: Settings) -> None:
    answer = check(reviewing, medicine("m1", "warfarin"), **{"accept-language": "zh-CN,zh;q=0.9"})
    assert answer["entry"][0]["resource"]["language"] == "zh"
    assert "快照" in summary(answer)["checked"][0]["details"]["text"]


@pytest.mark.parametrize(
    "broken",
    [
        {"resourceType": "Patient", "id": "p1"},
        {"resourceType": "Bundle"},
        {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [{"resource": {"resourceType": "Nothing"}}],
        },
        bundle({**PATIENT, "gender": 5}),
        bundle({**PATIENT, SECRET: 1}),
        bundle(PATIENT, {**PATIENT, "id": "p2"}),
        bundle(PATIENT, medicine("m1", "warfarin", subject={"reference": "Patient/p2"})),
        bundle(medicine("m1", "warfarin", subject={"reference": "Patient/p2"}), medicine("m2", "ibuprofen")),
        bundle(PATIENT, medicine("m1", "warfarin"), medicine("m1", "ibuprofen")),
        bundle(PATIENT, *(medicine(f"m{n}", f"drug {n}") for n in range(51))),
        [],
        7,
    ],
)
def test_what_is_no_record_of_one_patient_is_refused_as_fhir_refuses(
    reviewing: Settings, broken: Any
) -> None:
    told = json.dumps(broken)
    response = send(reviewing, "POST", "/fhir/$check-interactions", content=told, headers=FHIR)
    assert response.status_code == 422, response.text
    assert response.headers["content-type"] == "application/fhir+json"
    check_resource(response.json(), "OperationOutcome")
    assert SECRET not in response.text


def test_a_pregnant_man_is_refused_by_field(reviewing: Settings) -> None:
    item = observation("o", "82810-3", 1, "1", "2026-05-01")
    del item["valueQuantity"]
    item["valueCodeableConcept"] = {"coding": [{"code": "LA15173-0"}]}
    told = json.dumps(bundle({**PATIENT, "gender": "male"}, item, medicine("m1", "warfarin")))
    response = send(reviewing, "POST", "/fhir/$check-interactions", content=told, headers=FHIR)
    assert (response.status_code, response.json()["issue"][0]["expression"]) == (422, ["patient.pregnant"])


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/fhir+json", 400),
        (b"[" * 100_000, "application/fhir+json", 400),
        (b"{}", "text/plain", 415),
        (b"{}", "", 415),
        (b" " * ((1 << 20) + 1), "application/fhir+json", 413),
    ],
)
def test_bodies_that_cannot_be_read_are_told_as_an_outcome(
    reviewing: Settings, content: bytes, kind: str, status: int
) -> None:
    headers = {"content-type": kind} if kind else {}
    response = send(reviewing, "POST", "/fhir/$check-interactions", content=content, headers=headers)
    assert response.status_code == status
    check_resource(response.json(), "OperationOutcome")


def test_failures_under_fhir_are_outcomes(reviewing: Settings) -> None:
    for method, path, status in (("GET", "/fhir/Patient", 404), ("GET", "/fhir/$check-interactions", 405)):
        response = send(reviewing, method, path)
        assert response.status_code == status
        check_resource(response.json(), "OperationOutcome")
    settings = Settings(home=reviewing.home / "nowhere", encoder="hash")
    told = json.dumps(bundle(PATIENT))
    down = send(settings, "POST", "/fhir/$check-interactions", content=told, headers=FHIR)
    assert down.status_code == 503 and down.headers["retry-after"]
    check_resource(down.json(), "OperationOutcome")


def test_the_capability_statement_is_valid(reviewing: Settings) -> None:
    response = send(reviewing, "GET", "/fhir/metadata")
    assert response.headers["content-type"] == "application/fhir+json"
    check_resource(response.json(), "CapabilityStatement")
    assert response.json() == capability()


def test_the_resource_checker_refuses_what_fhir_does() -> None:
    check_resource(PATIENT)
    wrong = copy.deepcopy(PATIENT)
    wrong["birthDate"] = "yesterday"
    with pytest.raises(FhirRefused) as caught:
        check_resource(wrong)
    assert caught.value.problems[0][0] == "birthDate"


def test_plain_json_is_taken_too(reviewing: Settings) -> None:
    response = send(reviewing, "POST", "/fhir/$check-interactions", json=bundle(PATIENT))
    assert response.status_code == 200


def test_nothing_of_the_record_is_logged(reviewing: Settings) -> None:
    from structlog.testing import capture_logs

    with capture_logs() as lines:
        check(reviewing, medicine("m1", SECRET))
    assert SECRET not in json.dumps(lines, default=str)
