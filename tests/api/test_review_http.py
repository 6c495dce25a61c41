"""POST /interactions and GET /drugs: the contract's shapes, the four kinds of no, hostile input, and a graph that is down."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs
from test_http import SECRET, send, talk

from medrag.errors import Unavailable
from medrag.settings import Settings
from medrag.shelf import OpenShelf
from medrag_api.desk import Desk
from medrag_api.holder import ShelfHolder
from medrag_api.interaction_models import DrugCardOut, DrugListOut, InteractionReportOut
from medrag_api.models import AnswerOut
from medrag_graph.stores import GraphHome


def check(settings: Settings, *drugs: Any, **told: Any) -> dict[str, Any]:
    response = send(settings, "POST", "/interactions", json={"drugs": list(drugs), **told})
    assert response.status_code == 200, response.text
    report: dict[str, Any] = response.json()
    InteractionReportOut.model_validate(report)
    return report


def outcome(report: dict[str, Any]) -> list[str]:
    return [pair["outcome"] for pair in report["pairs"]]


def test_a_stated_pair_is_found_with_its_quote(reviewing: Settings) -> None:
    async def prove(client: httpx.AsyncClient) -> None:
        body = {"drugs": ["simvastatin", "clarithromycin"]}
        report = (await client.post("/interactions", json=body)).json()
        finding = report["findings"][0]
        assert (finding["kind"], finding["severity"]) == ("drug_drug", "contraindicated")
        told = finding["assertions"][0]
        assert (told["source"], told["native_severity"], told["derivation"]) == (
            "pair-list",
            "Never",
            "stated",
        )
        citation = told["citation"]
        text = (await client.get(f"/documents/{citation['document']['id']}/text")).text
        place = citation["position"]
        assert text[place["start"] : place["end"]] == citation["quote"]["exact"]
        assert "simvastatin" in citation["quote"]["exact"]
        passage = (await client.get(f"/passages/{citation['passage_id']}")).json()
        assert citation["quote"]["exact"] in passage["text"]

    talk(reviewing, prove)


def test_every_pair_says_which_kind_of_no_it_is(reviewing: Settings) -> None:
    assert outcome(check(reviewing, "warfarin", "ibuprofen")) == ["found"]
    none_found = check(reviewing, "lisinopril", "simvastatin")
    assert outcome(none_found) == ["none_found"]
    assert none_found["pairs"][0]["searched"] == ["pair-list"]
    assert outcome(check(reviewing, "metformin", "simvastatin")) == ["not_covered"]
    assert outcome(check(reviewing, "zzzumab", "simvastatin")) == ["unresolved_drug"]


def test_no_kind_of_no_is_worded_as_safe(reviewing: Settings) -> None:
    from medrag_api.review_words import OUTCOMES

    told = json.dumps(check(reviewing, "lisinopril", "simvastatin", "metformin", "zzzumab")["findings"])
    words = told + " ".join(text for held in OUTCOMES.values() for text in held.values())
    for forbidden in (" safe", "安全", "sans danger", "no interaction exists"):
        assert forbidden not in words.lower()


def test_chinese_brand_and_english_names_give_the_same_findings(reviewing: Settings) -> None:
    one, two = check(reviewing, "warfarin", "ibuprofen"), check(reviewing, "布洛芬", "华法林")
    assert [drug["status"] for drug in two["drugs"]] == ["resolved", "resolved"]
    for field in ("findings", "pairs", "missing_context", "basis"):
        assert one[field] == two[field]
    assert {drug["concept"]["id"] for drug in one["drugs"]} == {d["concept"]["id"] for d in two["drugs"]}


def test_headlines_are_said_in_the_language_asked_for(reviewing: Settings) -> None:
    told = check(reviewing, "warfarin", "ibuprofen", language="zh")["findings"][0]
    assert "华法林" in told["headline"]
    assert told["severity"] == "major"


def test_a_typo_is_offered_and_never_used(reviewing: Settings) -> None:
    report = check(reviewing, "warfrin", "ibuprofen")
    first = report["drugs"][0]
    assert (first["status"], first["concept"]) == ("unresolved", None)
    assert "warfarin" in [item["name"] for item in first["candidates"]]
    assert outcome(report) == ["unresolved_drug"]
    assert not [item for item in report["findings"] if item["kind"] == "drug_drug"]


def test_one_drug_is_still_checked_against_the_patient(reviewing: Settings) -> None:
    report = check(
        reviewing, "spironolactone", patient={"potassium": {"value": 5.8, "unit": "mmol/L"}, "age_years": 70}
    )
    assert report["pairs"] == []
    assert "patient_factor" in {item["kind"] for item in report["findings"]}
    same = check(reviewing, "spironolactone", patient={"potassium": {"value": 22.7, "unit": "mg/dL"}})
    assert [f["severity"] for f in same["findings"] if "potassium" in f["headline"]] == [
        f["severity"] for f in report["findings"] if "potassium" in f["headline"]
    ]


def test_the_same_drug_twice_is_a_duplicate(reviewing: Settings) -> None:
    assert "duplicate_therapy" in {
        item["kind"] for item in check(reviewing, "warfarin", "华法林")["findings"]
    }


def test_what_is_ungraded_or_severe_stays_whatever_is_asked_for(reviewing: Settings) -> None:
    every = check(reviewing, "lisinopril", "spironolactone")
    least = check(reviewing, "lisinopril", "spironolactone", minimum_severity="contraindicated")
    assert len(least["findings"]) + sum(least["hidden"].values()) == len(every["findings"])
    assert outcome(least) == ["found"]


def test_a_day_before_the_edition_knows_nothing(reviewing: Settings) -> None:
    assert outcome(check(reviewing, "warfarin", "ibuprofen", as_of="2021-06-01")) == ["not_covered"]


BAD: list[tuple[str, Any, int, str]] = [
    ("no drugs", {"drugs": []}, 422, "drugs"),
    ("drugs missing", {}, 422, "drugs"),
    ("51 drugs", {"drugs": ["a"] * 51}, 422, "drugs"),
    ("empty name", {"drugs": ["warfarin", ""]}, 422, "drugs.1"),
    ("blank name", {"drugs": ["  "]}, 422, "drugs.0"),
    ("10 kB name", {"drugs": [SECRET * 500]}, 422, "drugs.0"),
    ("a number", {"drugs": [5]}, 422, "drugs.0"),
    ("code alone", {"drugs": [{"code": "11289"}]}, 422, "drugs.0.system"),
    ("unknown field", {"drugs": ["warfarin"], "dose": SECRET}, 422, "dose"),
    ("unknown key in a code", {"drugs": [{"code": "1", "system": "rxnorm", "x": 1}]}, 422, "drugs.0.x"),
    ("severity", {"drugs": ["warfarin"], "minimum_severity": "unknownish"}, 422, "minimum_severity"),
    ("language", {"drugs": ["warfarin"], "language": "tlh"}, 422, "language"),
    ("day", {"drugs": ["warfarin"], "as_of": "2024-13-45"}, 422, "as_of"),
    ("eGFR -5", {"drugs": ["a"], "patient": {"egfr_ml_min_1_73m2": -5}}, 422, "patient.egfr_ml_min_1_73m2"),
    (
        "potassium unit",
        {"drugs": ["a"], "patient": {"potassium": {"value": 5.8, "unit": "mg"}}},
        422,
        "patient.potassium.unit",
    ),
    (
        "potassium of another unit",
        {"drugs": ["a"], "patient": {"potassium": {"value": 22.7, "unit": "mmol/L"}}},
        422,
        "patient.potassium.value",
    ),
    (
        "creatinine unit",
        {"drugs": ["a"], "patient": {"creatinine": {"value": 1, "unit": "mmol/L"}}},
        422,
        "patient.creatinine.unit",
    ),
    ("QTc of minutes", {"drugs": ["a"], "patient": {"qtc_ms": 0.4}}, 422, "patient.qtc_ms"),
    (
        "pregnant man",
        {"drugs": ["a"], "patient": {"sex": "male", "pregnant": True}},
        422,
        "patient.pregnant",
    ),
    ("conditions a text", {"drugs": ["a"], "conditions": SECRET}, 422, "conditions"),
    ("a list", [SECRET], 422, "body"),
]


@pytest.mark.parametrize(("body", "status", "field"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_bad_input_is_told_by_field_and_never_told_back(
    reviewing: Settings, body: Any, status: int, field: str
) -> None:
    with capture_logs() as logs:
        response = send(reviewing, "POST", "/interactions", json=body)
    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")
    assert field in [item["field"] for item in response.json()["errors"]]
    assert SECRET not in response.text + json.dumps(logs, default=str)


@pytest.mark.parametrize(
    "name", ["\u202ewarfarin", "😀", "💊 10 mg", "'; DROP TABLE names; --", "a" * 200, "-" * 200, "mg", "5"]
)
def test_odd_names_are_unresolved_or_resolved_but_never_an_error(reviewing: Settings, name: str) -> None:
    report = check(reviewing, name, "ibuprofen")
    assert report["drugs"][0]["status"] in ("resolved", "ambiguous", "unresolved")
    assert len(report["pairs"]) == 1


def test_a_disease_is_no_drug(reviewing: Settings) -> None:
    report = check(reviewing, "hypertension", "ibuprofen")
    assert report["drugs"][0]["status"] == "unresolved"
    assert outcome(report) == ["unresolved_drug"]


def test_nothing_of_the_patient_is_logged(reviewing: Settings) -> None:
    with capture_logs() as logs:
        check(reviewing, SECRET, "ibuprofen", conditions=[SECRET], patient={"allergies": [SECRET]})
    assert SECRET not in json.dumps(logs, default=str)


# --- a graph that is down -----------------------------------------------------------------------------


class Graphless(ShelfHolder):
    """A holder whose desks cannot open their graph."""

    def lend(self, desk: Desk) -> Desk:
        def refuse(_: Settings, shelf: OpenShelf, _day: date | None) -> GraphHome:
            raise Unavailable(f"the graph of {shelf.snapshot.id} cannot be read")

        return Desk(self.settings, desk.shelf, refuse)

    def _borrow(self) -> Any:
        lease = super()._borrow()
        lease.desk = self.lend(lease.desk)
        return lease


def test_without_a_graph_every_pair_says_so_and_the_server_is_not_ready(reviewing: Settings) -> None:
    async def look(client: httpx.AsyncClient) -> tuple[httpx.Response, httpx.Response, httpx.Response]:
        body = {"drugs": ["warfarin", "ibuprofen", "metformin"]}
        question = {"question": "Can warfarin be taken with ibuprofen?"}
        return (
            await client.post("/interactions", json=body),
            await client.get("/health/ready"),
            await client.post("/ask", json=question),
        )

    checked, ready, asked = talk(reviewing, look, Graphless(reviewing))
    report = checked.json()
    InteractionReportOut.model_validate(report)
    assert (checked.status_code, report["complete"], report["findings"]) == (200, False, [])
    assert outcome(report) == ["source_unavailable"] * 3
    assert ready.status_code == 503
    assert ready.headers["content-type"] == "application/problem+json"
    answer = asked.json()
    AnswerOut.model_validate(answer)
    assert outcome(answer["interactions"]) == ["source_unavailable"]
    assert any("could not be reviewed" in limit for limit in answer["basis"]["limits"])


def test_with_its_graph_the_server_is_ready(reviewing: Settings) -> None:
    assert send(reviewing, "GET", "/health/ready").status_code == 200


# --- drugs --------------------------------------------------------------------------------------------


def test_a_drug_is_found_by_name_and_shown_by_id(reviewing: Settings) -> None:
    async def look(client: httpx.AsyncClient) -> tuple[dict[str, Any], dict[str, Any]]:
        found = (await client.get("/drugs", params={"q": "华法林"})).json()
        card = (await client.get(f"/drugs/{found['drugs'][0]['id']}", params={"language": "zh"})).json()
        return found, card

    found, card = talk(reviewing, look)
    DrugListOut.model_validate(found)
    DrugCardOut.model_validate(card)
    assert (found["status"], len(found["drugs"])) == ("resolved", 1)
    assert card["concept"]["names"]["zh"][0] == "华法林"
    assert [item["other"]["name"] for item in card["interactions"]["major"]] == ["布洛芬"]
    assert "出血" in json.dumps([risk["label"] for risk in card["risks"]], ensure_ascii=False)


@pytest.mark.parametrize("path", ["/drugs/rxnorm:0", "/drugs/" + "x" * 3000, "/drugs/%00", "/drugs/..%2f"])
def test_what_is_no_drug_is_404(reviewing: Settings, path: str) -> None:
    response = send(reviewing, "GET", path)
    assert (response.status_code, response.headers["content-type"]) == (404, "application/problem+json")


@pytest.mark.parametrize("query", ["", "?q=", "?q=" + "x" * 201, "?q=a&language=xx"])
def test_a_query_that_does_not_fit_is_told_by_field(reviewing: Settings, query: str) -> None:
    response = send(reviewing, "GET", f"/drugs{query}")
    if query.startswith("?q=a"):
        assert response.status_code == 200
    else:
        assert response.status_code == 422
        assert response.json()["errors"][0]["field"] == "q"


# --- ask ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Can clarithromycin be taken with simvastatin?", "contraindicated together"),
        ("克拉霉素和辛伐他汀能一起用吗？", "禁止合用"),
        (
            "Quelle est l'interaction entre la clarithromycine et la simvastatine ?",
            "association contre-indiquée",
        ),
    ],
)
def test_a_question_of_two_drugs_says_the_graded_fact_on_its_quote(
    reviewing: Settings, question: str, words: str
) -> None:
    answer = send(reviewing, "POST", "/ask", json={"question": question}).json()
    AnswerOut.model_validate(answer)
    facts = [item for item in answer["statements"] if item["support"] == "fact"]
    assert facts and words in facts[0]["text"]
    assert answer["answer"][facts[0]["start"] : facts[0]["end"]] == facts[0]["text"]
    cited = {c["n"]: c for c in answer["citations"]}
    assert "simvastatin: Never." in cited[facts[0]["citations"][0]]["quote"]["exact"]
    assert answer["interactions"]["findings"][0]["severity"] == "contraindicated"
    assert not any("not reviewed" in limit for limit in answer["basis"]["limits"])


def test_a_question_of_one_drug_has_no_review(reviewing: Settings) -> None:
    answer = send(reviewing, "POST", "/ask", json={"question": "When is metformin stopped?"}).json()
    assert answer["interactions"] is None
    assert all(item["support"] == "verbatim" for item in answer["statements"])


def test_a_drug_the_patient_takes_is_reviewed_with_the_one_asked_about(reviewing: Settings) -> None:
    body = {"question": "May she take ibuprofen?", "patient": {"drugs": ["warfarin"]}}
    answer = send(reviewing, "POST", "/ask", json=body).json()
    assert outcome(answer["interactions"]) == ["found"]


def test_facts_keep_to_the_filters(reviewing: Settings) -> None:
    body = {
        "question": "Can clarithromycin be taken with simvastatin?",
        "filters": {"corpora": ["kidney-notes"]},
    }
    answer = send(reviewing, "POST", "/ask", json=body).json()
    assert all(item["support"] != "fact" for item in answer["statements"])
    assert answer["interactions"]["findings"]


def test_the_framework_s_way_and_the_straight_one_give_the_same_bytes(reviewing: Settings) -> None:
    told = {"drugs": ["simvastatin", " clarithromycin "], "patient": {"age_years": 80}, "as_of": "2026-01-01"}
    straight = send(reviewing, "POST", "/interactions", json=told)
    kind = {"content-type": "application/json; charset=utf-8"}
    other = send(reviewing, "POST", "/interactions", content=json.dumps(told).encode(), headers=kind)
    assert straight.status_code == other.status_code == 200
    assert straight.content == other.content
