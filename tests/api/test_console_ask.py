"""The page of an answer: sent as it comes about; a question after it is a turn, and what is known can be corrected."""

from __future__ import annotations

import httpx
import pytest
from scripted_models import good, serving
from test_ask_stream import QUESTION, answering, true
from test_console import Elements
from test_http import send, talk

from medrag.settings import Settings
from medrag_api.web.words import WORDS

PAIR = "Can simvastatin be given with clarithromycin in a patient with eGFR 28?"


def fields_of(page: str) -> dict[str, str]:
    """What the form of the next question would send, as a browser fills it."""
    read = Elements(page)
    held = {str(a["name"]): a.get("value") or "" for a in read.all("input") if a.get("name")}
    return {name: told for name, told in held.items() if name not in ("pregnant", "breastfeeding")}


@pytest.mark.network
def test_the_page_begins_before_the_answer_is_there_and_ends_with_all_of_it(standing: Settings) -> None:
    with serving(good(true)) as model, answering(standing, model_url=model.url) as client:
        with client.stream("POST", "/console/ask", data={"question": QUESTION}) as stream:
            parts = list(stream.iter_raw())
        first, whole = parts[0].decode(), b"".join(parts).decode()
    assert WORDS["writing"][0] in first
    assert 'class="finished"' not in first
    assert whole.endswith("</html>")
    assert whole.index('class="statement') < whole.index('class="finished"') < whole.index('id="c1"')


@pytest.mark.network
def test_the_answerer_is_chosen_where_there_is_a_choice(standing: Settings) -> None:
    with serving(good(true)) as model, answering(standing, model_url=model.url) as client:
        offered = {o.get("value") for o in Elements(client.get("/console/ask").text).all("option")}
        shown = client.post("/console/ask", data={"question": QUESTION, "answerer": "extractive"})
    assert {"auto", "extractive"} <= offered
    assert model.asked == []
    assert "extractive" in Elements(shown.text).words


def test_what_was_understood_is_shown_and_corrected_by_hand(reviewing: Settings) -> None:
    async def consult(client: httpx.AsyncClient) -> None:
        first = (await client.post("/console/ask", data={"question": PAIR})).text
        form = fields_of(first)
        assert form["egfr_ml_min_1_73m2"] == "28"
        assert "simvastatin" in first.split('name="drugs"')[1].split("</textarea>")[0]
        corrected = {**form, "question": "", "egfr_ml_min_1_73m2": "31", "drugs": "simvastatin\nwarfarin"}
        second = (await client.post("/console/ask", data=corrected)).text
        kept = (await client.get(f"/consultations/{form['conversation_id']}")).json()
        told = {slot["field"]: slot["value"] for slot in kept["slots"] if slot["field"] != "drugs"}
        assert told["egfr_ml_min_1_73m2"] == 31
        assert fields_of(second)["egfr_ml_min_1_73m2"] == "31"
        plan = await client.post(
            "/console/consultations/plan", data={"conversation_id": form["conversation_id"]}
        )
        assert plan.status_code == 200
        assert WORDS["plan_checklist"][0] in plan.text
        await client.post("/console/consultations/end", data={"conversation_id": form["conversation_id"]})
        assert (await client.get(f"/consultations/{form['conversation_id']}")).status_code == 404

    talk(reviewing, consult)


def test_a_conversation_that_has_expired_leaves_the_question_in_the_box(reviewing: Settings) -> None:
    told = {"question": PAIR, "conversation_id": "con_none"}
    response = send(reviewing, "POST", "/console/ask", data=told)
    assert response.status_code == 404
    assert PAIR in response.text
    assert "con_none" not in response.text


def test_a_value_that_cannot_be_is_named_and_corrects_nothing(reviewing: Settings) -> None:
    async def consult(client: httpx.AsyncClient) -> None:
        form = fields_of((await client.post("/console/ask", data={"question": PAIR})).text)
        wrong = {**form, "question": "", "egfr_ml_min_1_73m2": "-4", "drugs": "simvastatin"}
        refused = await client.post("/console/ask", data=wrong)
        assert refused.status_code == 422
        assert "egfr_ml_min_1_73m2" in Elements(refused.text).words
        kept = (await client.get(f"/consultations/{form['conversation_id']}")).json()
        assert {"field": "egfr_ml_min_1_73m2", "value": 28} in [
            {"field": slot["field"], "value": slot["value"]} for slot in kept["slots"]
        ]

    talk(reviewing, consult)


def test_where_conversations_are_switched_off_each_question_stands_alone(reviewing: Settings) -> None:
    alone = reviewing.model_copy(update={"conversations": "off"})
    response = send(alone, "POST", "/console/ask", data={"question": PAIR})
    assert response.status_code == 200
    assert "conversation_id" not in response.text


def test_no_page_is_drawn_of_what_is_no_pdf(reviewing: Settings) -> None:
    async def look(client: httpx.AsyncClient) -> None:
        document = (await client.post("/ask", json={"question": PAIR})).json()
        place = f"/console/passages/{document['citations'][0]['passage_id']}"
        assert (await client.get(f"{place}/page.png")).status_code == 404
        assert "page.png" not in (await client.get(place)).text

    talk(reviewing, look)
