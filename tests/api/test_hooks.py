"""CDS Hooks 2.0: discovery, the shapes of cards, 412, what is hidden is said, and feedback that keeps counts alone."""

from __future__ import annotations

import json
import re
import uuid
from contextlib import closing
from typing import Any

import pytest
from clinical_records import PATIENT, bundle, call, medicine, observation
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import inspect, select
from test_http import SECRET, send, talk

from medrag.catalogue import Catalogue
from medrag.catalogue.alerts import AlertCard, AlertCounts, Alerts
from medrag.catalogue.engine import open_engine
from medrag.catalogue.schema import metadata
from medrag.errors import CatalogueUnavailable, NotFound, Unavailable
from medrag.settings import Settings
from medrag_api.hooks.cards import INDICATORS, LONGEST_SUMMARY, escape, shorten
from medrag_api.hooks.counting import AlertCounter, alert_burden
from medrag_api.hooks.reasons import REASONS, known_reason
from medrag_api.hooks.services import SERVICES
from medrag_api.hooks.shapes import Cards, Discovery

Json = dict[str, Any]
SIGN = "/cds-services/medrag-order-sign"


def cards(settings: Settings, body: Json, path: str = SIGN, **headers: str) -> list[Json]:
    """The cards of a call, each held against the specification."""
    response = send(settings, "POST", path, json=body, headers=headers)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/json"
    assert not [name for name in response.headers if name.startswith("access-control-")]
    Cards.model_validate(response.json())
    found: list[Json] = response.json()["cards"]
    for card in found:
        uuid.UUID(card["uuid"])
        assert 0 < len(card["summary"]) < 140
        assert card["indicator"] in ("info", "warning", "critical")
        assert card["source"]["label"]
        assert "suggestions" not in card and "selectionBehavior" not in card
        for reason in card.get("overrideReasons", ()):
            assert reason["code"] and reason["system"] and reason["display"]
        for link in card.get("links", ()):
            assert link["type"] == "absolute" and link["url"].startswith("http")
    assert len({card["uuid"] for card in found}) == len(found)
    return found


def stated(found: list[Json]) -> list[Json]:
    return [card for card in found if card["source"].get("url") == "https://example.org/p"]


def test_discovery_names_three_services_with_their_prefetch(standing_copy: Settings) -> None:
    response = send(standing_copy, "GET", "/cds-services")
    Discovery.model_validate(response.json())
    told = response.json()["services"]
    assert {item["hook"] for item in told} == {"order-select", "order-sign", "patient-view"}
    assert len({item["id"] for item in told}) == 3
    for item in told:
        assert item["description"] and {"patient", "medications"} <= set(item["prefetch"])
        for query in item["prefetch"].values():
            assert set(re.findall(r"{{(.*?)}}", query)) == {"context.patientId"}
        assert "http://loinc.org|98979-8" in item["prefetch"]["observations"]


@pytest.mark.parametrize(
    ("one", "other", "indicator"),
    [
        ("simvastatin", "clarithromycin", "critical"),
        ("warfarin", "ibuprofen", "warning"),
        ("lisinopril", "spironolactone", "warning"),
    ],
)
def test_a_card_has_its_primary_evidence_and_a_link_to_the_quote(
    standing_copy: Settings, one: str, other: str, indicator: str
) -> None:
    (card,) = stated(cards(standing_copy, call([medicine("d1", one, "draft")], [medicine("m1", other)])))
    assert card["indicator"] == indicator
    assert one in card["summary"] and other in card["summary"]
    assert card["source"]["label"] == "A regulator: List of pairs, 1"
    assert card["source"]["topic"]["code"] == "drug_drug"
    assert any(line.startswith("> ") and one in line for line in card["detail"].splitlines())
    assert [reason["code"] for reason in card["overrideReasons"]] == list(REASONS)
    (link,) = card["links"]
    page = send(standing_copy, "GET", link["url"].removeprefix("http://medrag").partition("#")[0])
    assert page.status_code == 200 and other in page.text


def test_indicators_follow_the_table() -> None:
    assert INDICATORS == {
        "contraindicated": "critical",
        "major": "warning",
        "moderate": "warning",
        "unknown": "warning",
        "minor": "info",
    }


@pytest.mark.parametrize("service", list(SERVICES.values()), ids=lambda item: item.hook)
def test_every_service_answers_its_hook_and_no_other(standing_copy: Settings, service: Any) -> None:
    both = [medicine("m1", "warfarin"), medicine("m2", "ibuprofen")]
    path = f"/cds-services/{service.id}"
    assert stated(
        cards(standing_copy, call([medicine("d1", "metformin", "draft")], both, service.hook), path)
    )
    other = next(item.hook for item in SERVICES.values() if item.hook != service.hook)
    wrong = send(standing_copy, "POST", path, json=call([], both, other))
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "hook")


def test_a_card_keeps_its_uuid_whoever_it_is_about(standing_copy: Settings) -> None:
    first = cards(standing_copy, call([medicine("d1", "warfarin", "draft")], [medicine("m1", "ibuprofen")]))
    body = call([medicine("x", "ibuprofen", "draft")], [medicine("y", "warfarin")])
    body["context"]["patientId"] = "p9"
    told = json.loads(json.dumps(body).replace("Patient/p1", "Patient/p9"))
    told["prefetch"]["patient"] = {**PATIENT, "id": "p9", "gender": "male"}
    second = cards(standing_copy, told)
    assert stated(first)[0]["uuid"] == stated(second)[0]["uuid"]


@pytest.mark.parametrize("missing", ["patient", "medications", "all", "outcome", "no patient"])
def test_without_the_data_it_needs_a_call_is_412(standing_copy: Settings, missing: str) -> None:
    body = call([medicine("d1", "warfarin", "draft")], [])
    if missing == "all":
        del body["prefetch"]
    elif missing == "outcome":
        body["prefetch"]["medications"] = {
            "resourceType": "OperationOutcome",
            "issue": [{"severity": "error", "code": "security"}],
        }
    elif missing == "no patient":
        body["prefetch"]["patient"] = None
    else:
        del body["prefetch"][missing]
    response = send(standing_copy, "POST", SIGN, json=body)
    assert (response.status_code, response.headers["content-type"]) == (412, "application/problem+json")
    assert response.json()["errors"][0]["field"].startswith("prefetch.")
    assert "never called" in response.json()["detail"]


def test_a_patient_without_medication_gets_no_card(standing_copy: Settings) -> None:
    body = call([], [], "patient-view")
    body["prefetch"]["medications"] = None
    assert cards(standing_copy, body, "/cds-services/medrag-patient-view") == []


def test_an_order_that_is_in_the_record_too_counts_once(standing_copy: Settings) -> None:
    twice = cards(
        standing_copy, call([medicine("d1", "warfarin", "draft")], [medicine("d1", "warfarin", "draft")])
    )
    assert not [card for card in twice if card["source"].get("topic", {}).get("code") == "duplicate_therapy"]


def test_values_of_the_record_bear_on_the_cards(standing_copy: Settings) -> None:
    weak = observation("o1", "33914-3", 20, "mL/min/{1.73_m2}", "2026-05-01")
    order = call([medicine("d1", "metformin", "draft")], [], observations=bundle(weak, kind="searchset"))
    assert any("eGFR 20" in card["summary"] for card in cards(standing_copy, order))


def test_what_is_not_checked_is_a_warning(standing_copy: Settings) -> None:
    found = cards(standing_copy, call([medicine("d1", "zzzumab", "draft")], [medicine("m1", "warfarin")]))
    unchecked = next(card for card in found if "zzzumab" in card["summary"])
    assert unchecked["indicator"] == "warning"


def test_the_kinds_of_no_are_an_info_card_that_never_says_safe(standing_copy: Settings) -> None:
    found = cards(
        standing_copy, call([medicine("d1", "metformin", "draft")], [medicine("m1", "simvastatin")])
    )
    card = next(item for item in found if item["summary"].startswith("No finding"))
    assert card["indicator"] == "info" and "overrideReasons" not in card
    assert "not covered" in card["detail"]
    assert " safe" not in json.dumps(found).lower()


def test_a_graph_that_is_down_is_a_warning(standing_copy: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> Any:
        raise Unavailable("the graph is down")

    monkeypatch.setattr("medrag_api.holder.open_graph", refuse)
    found = cards(standing_copy, call([medicine("d1", "warfarin", "draft")], [medicine("m1", "ibuprofen")]))
    assert found[0]["indicator"] == "warning"
    assert "Nothing was checked" in found[0]["summary"]


STANDING = [medicine(f"m{n}", drug) for n, drug in enumerate(("warfarin", "ibuprofen", "simvastatin"))]


def test_standing_findings_are_shown_by_default(standing_copy: Settings) -> None:
    assert stated(cards(standing_copy, call([medicine("d1", "metformin", "draft")], STANDING)))


def test_hidden_findings_are_counted_on_a_card_and_the_gravest_never_hidden(standing_copy: Settings) -> None:
    quiet = standing_copy.model_copy(update={"hooks_standing": "hide"})
    body = call([medicine("d1", "metformin", "draft")], [*STANDING, medicine("m9", "clarithromycin")])
    shown, kept = cards(standing_copy, body), cards(quiet, body)
    note = next(card for card in kept if "not shown" in card["summary"])
    hidden = int(note["summary"].split()[0])
    assert note["indicator"] == "info"
    assert len(shown) == len(kept) - 1 + hidden
    assert [card["indicator"] for card in stated(kept)] == ["critical"]
    view = cards(quiet, call([], STANDING, "patient-view"), "/cds-services/medrag-patient-view")
    assert stated(view)


def test_links_follow_the_address_others_use(standing_copy: Settings) -> None:
    public = standing_copy.model_copy(update={"public_url": "https://rx.example.org/medrag/"})
    (card,) = stated(
        cards(public, call([medicine("d1", "warfarin", "draft")], [medicine("m1", "ibuprofen")]))
    )
    assert card["links"][0]["url"].startswith("https://rx.example.org/medrag/console/passages/")


def test_cards_speak_the_askers_language(standing_copy: Settings) -> None:
    body = call([medicine("d1", "warfarin", "draft")], [medicine("m1", "ibuprofen")])
    (card,) = stated(cards(standing_copy, body, **{"accept-language": "zh-CN"}))
    assert re.search(r"[\u4e00-\u9fff]", card["summary"])


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"hookInstance": "no uuid"}, "hookInstance"),
        ({"unheard": 1}, "unheard"),
        ({"context": {"patientId": "p1"}}, "context.userId"),
        ({"context": {"userId": "a", "patientId": "p1"}}, "context.draftOrders"),
        ({"context": {"userId": "a", "patientId": "p2", "draftOrders": bundle()}}, "prefetch.patient"),
        ({"prefetch": {"patient": {"resourceType": "Nothing"}, "medications": None}}, "prefetch.patient"),
        ({"prefetch": {"patient": {**PATIENT, "birthDate": "x"}, "medications": None}}, "prefetch.patient"),
    ],
)
def test_calls_that_do_not_fit_are_told_by_field(standing_copy: Settings, change: Json, field: str) -> None:
    body = {**call([medicine("d1", "warfarin", "draft")], []), **change}
    response = send(standing_copy, "POST", SIGN, json=body)
    assert response.status_code == 422, response.text
    assert response.json()["errors"][0]["field"].startswith(field)


def test_an_unknown_service_is_404(standing_copy: Settings) -> None:
    assert send(standing_copy, "POST", "/cds-services/nothing", json=call([], [])).status_code == 404


@given(st.text(max_size=400))
def test_summaries_are_short_whatever_they_say(said: str) -> None:
    short = shorten(said)
    assert len(short) <= LONGEST_SUMMARY < 140
    assert short == said or short.endswith("…")


@given(st.text(alphabet="ab<>&*_[]()#`\\|", max_size=60))
def test_nothing_in_a_quote_is_markup(said: str) -> None:
    shown = escape(said)
    assert "<" not in shown
    assert re.sub(r"\\(.)", r"\1", shown).replace("&lt;", "<").replace("&amp;", "&") == said


# --- feedback ------------------------------------------------------------------------------------


def answered(card: str, outcome: str = "overridden", **more: Any) -> Json:
    return {"card": card, "outcome": outcome, "outcomeTimestamp": "2026-06-01T10:00:00Z", **more}


def test_feedback_is_counted_by_rule_and_reason_without_words(stocked_pairs: Settings) -> None:
    settings = stocked_pairs
    comment = {
        "reason": {"code": "will-monitor", "system": "urn:medrag:override-reason"},
        "userComment": SECRET,
    }
    foreign = {"reason": {"code": SECRET, "system": "https://hospital.example.org/reasons"}}

    async def tell(client: Any) -> tuple[str, list[int]]:
        body = call([medicine("d1", "warfarin", "draft")], [medicine("m1", "ibuprofen")])
        given_ = [(await client.post(SIGN, json=body)).json()["cards"] for _ in range(4)]
        card = stated(given_[0])[0]["uuid"]
        statuses = []
        for item in (
            answered(card, overrideReason=comment),
            answered(card.upper(), overrideReason=foreign),
            answered(card),
            answered(card, "accepted"),
            answered(str(uuid.uuid4())),
        ):
            told = await client.post(SIGN + "/feedback", json={"feedback": [item]})
            statuses.append(told.status_code)
        return card, statuses

    _, statuses = talk(settings, tell)
    assert statuses == [200, 200, 200, 200, 404]
    burden = alert_burden(settings)
    assert burden.checks == 4 and burden.per_thousand is not None and burden.per_thousand >= 1000
    rule = next(item for item in burden.rules if item.rule.startswith("a_"))
    assert (rule.shown, rule.accepted, rule.overridden) == (4, 1, 3)
    assert rule.reasons == {"will-monitor": 1, "other": 1, "": 1}
    assert rule.override_rate == 0.75
    engine = open_engine(settings.catalogue, create=False)
    with engine.connect() as connection:
        whole = "\n".join(
            str(row) for table in metadata.sorted_tables for row in connection.execute(select(table))
        )
        columns = {column["name"] for column in inspect(connection).get_columns("alert_outcomes")}
    engine.dispose()
    assert SECRET not in whole and "Patient/p1" not in whole and "1947" not in whole
    assert columns == {"card", "outcome", "reason", "day", "times"}


@pytest.mark.parametrize(
    "feedback",
    [
        [],
        [{"card": "x", "outcome": "overridden", "outcomeTimestamp": "2026-06-01T10:00:00Z"}],
        [answered(str(uuid.uuid4()), "ignored")],
        [{"card": str(uuid.uuid4()), "outcome": "overridden"}],
        [answered(str(uuid.uuid4()), "accepted", overrideReason={"userComment": "no"})],
    ],
)
def test_feedback_that_does_not_fit_is_refused(standing_copy: Settings, feedback: list[Json]) -> None:
    assert send(standing_copy, "POST", SIGN + "/feedback", json={"feedback": feedback}).status_code == 422


def test_a_batch_with_an_unknown_card_counts_nothing(settings: Settings) -> None:
    with closing(Catalogue(settings.catalogue, create=True)) as catalogue:
        alerts = Alerts(catalogue)
        card = AlertCard(str(uuid.uuid4()), "drug_drug", "major", "warning", ("a_1", "a_2"))
        alerts.count({("2026-06-01", "s"): AlertCounts(1, 1)}, {card: 1})
        with pytest.raises(NotFound):
            alerts.answer([(card.id, "overridden", ""), (str(uuid.uuid4()), "overridden", "")], "2026-06-01")
        assert [rule.overridden for rule in alerts.burden().rules] == [0, 0]
        assert alerts.burden().rules[0].override_rate is None


def test_counts_add_up_over_processes_and_wait_for_a_catalogue(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    Catalogue(settings.catalogue, create=True).close()
    one, other = AlertCounter(settings), AlertCounter(settings)
    for counter in (one, other, one):
        counter.given("s", [])

    def refuse(*_: Any) -> None:
        raise CatalogueUnavailable("locked")

    with monkeypatch.context() as patched:
        patched.setattr(Alerts, "count", refuse)
        with pytest.raises(CatalogueUnavailable):
            one.flush()
    one.close()
    other.close()
    assert alert_burden(settings).checks == 3
    assert alert_burden(settings).per_thousand == 0


def test_before_the_first_check_there_is_no_rate(settings: Settings) -> None:
    Catalogue(settings.catalogue, create=True).close()
    burden = alert_burden(settings)
    assert (burden.checks, burden.per_thousand, burden.rules) == (0, None, ())


def test_a_clients_own_reasons_are_counted_together() -> None:
    assert known_reason("inaccurate", "urn:medrag:override-reason") == "inaccurate"
    assert known_reason("inaccurate", "https://example.org") == "other"
    assert known_reason("mine", None) == "other"
