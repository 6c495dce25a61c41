"""Consultations over HTTP and at the terminal: remembered, corrected, planned, exported, deleted; never logged or written."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from structlog.testing import capture_logs
from test_http import send, talk

from medrag.errors import UsageError
from medrag.settings import Settings
from medrag_api.app import create_app
from medrag_api.cli import main
from medrag_api.consultation_models import ConsultationOut, PlanOut
from medrag_api.models import AnswerOut
from medrag_api.serve import check_conversations

FIRST = "78 year old man on warfarin. Can he take ibuprofen?"
KEY = base64.b64encode(bytes(range(32))).decode()


async def say(client: httpx.AsyncClient, words: str, conversation: str = "new") -> dict[str, Any]:
    answer = await client.post("/ask", json={"question": words, "conversation_id": conversation})
    assert answer.status_code == 200, answer.text
    AnswerOut.model_validate(answer.json())
    told: dict[str, Any] = answer.json()
    return told


def slots(told: dict[str, Any]) -> dict[str, Any]:
    held: dict[str, Any] = {}
    for slot in told["slots"]:
        if slot["field"] in ("drugs", "conditions"):
            held.setdefault(slot["field"], []).append(slot["value"])
        else:
            held[slot["field"]] = slot["value"]
    return held


def test_a_conversation_remembers_and_is_corrected(reviewing: Settings) -> None:
    async def consult(client: httpx.AsyncClient) -> None:
        first = await say(client, FIRST)
        talk_id = first["conversation"]["id"]
        assert first["interactions"]["findings"][0]["severity"] == "major"
        second = await say(client, "Sorry, he is 68, not 78.", talk_id)
        assert second["conversation"]["turn"] == 2
        assert second["conversation"]["understood"] == [
            {"kind": "corrected", "field": "age_years", "value": 68.0, "before": 78.0}
        ]
        third = await say(client, "what about naproxen?", talk_id)
        assert slots(third["conversation"])["drugs"] == ["warfarin", "naproxen"]
        assert third["conversation"]["question"] == "Can he take naproxen? (warfarin)"
        asked = third["conversation"]["questions"]
        assert 1 <= len(asked) <= 2
        assert all(ask["rule"] and ask["citation"] for ask in asked)

    talk(reviewing, consult)


def test_each_drug_is_reviewed_once(reviewing: Settings) -> None:
    async def consult(client: httpx.AsyncClient) -> None:
        told = await say(client, FIRST)
        report = (await say(client, "He has gout.", told["conversation"]["id"]))["interactions"]
        assert [item["input"] for item in report["drugs"]] == ["warfarin", "ibuprofen"] or sorted(
            item["input"] for item in report["drugs"]
        ) == ["ibuprofen", "warfarin"]
        assert not [item for item in report["findings"] if item["kind"] == "duplicate_therapy"]

    talk(reviewing, consult)


def test_slots_are_patched_exported_and_deleted(reviewing: Settings) -> None:
    async def consult(client: httpx.AsyncClient) -> None:
        opened = await client.post("/consultations", json={})
        assert opened.status_code == 201
        ConsultationOut.model_validate(opened.json())
        path = f"/consultations/{opened.json()['id']}"
        await say(client, FIRST, opened.json()["id"])
        patched = await client.patch(
            f"{path}/slots", json={"age_years": 66, "drugs": ["lisinopril", "spironolactone"], "sex": None}
        )
        assert slots(patched.json()) == {"age_years": 66.0, "drugs": ["lisinopril", "spironolactone"]}
        exported = await client.get(path)
        ConsultationOut.model_validate(exported.json())
        assert exported.json()["kept"] == "memory"
        assert [item["turn"] for item in exported.json()["log"]] == [1, 0]
        assert FIRST not in exported.text
        assert (await client.delete(path)).status_code == 204
        for gone in (
            await client.get(path),
            await client.delete(path),
            await client.post(f"{path}/plan", json={}),
        ):
            assert gone.status_code == 404
            assert gone.headers["content-type"] == "application/problem+json"

    talk(reviewing, consult)


def test_every_item_of_a_plan_is_cited_byte_for_byte(reviewing: Settings) -> None:
    async def consult(client: httpx.AsyncClient) -> None:
        told = await say(client, "74 year old on lisinopril, spironolactone and warfarin with ibuprofen")
        answer = await client.post(f"/consultations/{told['conversation']['id']}/plan", json={})
        plan = answer.json()
        PlanOut.model_validate(plan)
        items = [*plan["checklist"], *plan["actions"], *plan["monitoring"]]
        assert plan["checklist"]
        for item in items:
            assert item["citation"].get("source") or item["citation"]["quote"]["exact"]
            if "document" in item["citation"]:
                text = (await client.get(f"/documents/{item['citation']['document']['id']}/text")).text
                place = item["citation"]["position"]
                assert text[place["start"] : place["end"]] == item["citation"]["quote"]["exact"]

    talk(reviewing, consult)


def test_an_empty_conversation_has_an_empty_plan(reviewing: Settings) -> None:
    async def consult(client: httpx.AsyncClient) -> None:
        opened = (await client.post("/consultations", json={})).json()
        plan = (await client.post(f"/consultations/{opened['id']}/plan", json={})).json()
        assert (plan["checklist"], plan["actions"], plan["monitoring"], plan["basis"]) == ([], [], [], None)

    talk(reviewing, consult)


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"question": "x", "conversation_id": "con_unknown"}, 404, None),
        ({"question": "x", "conversation_id": "../../etc"}, 422, "conversation_id"),
        ({"question": "warfarin " * 1000, "conversation_id": "new"}, 422, "question"),
        ({"question": "Is warfarin safe?", "conversation_id": "new", "patient": {"age_years": 999}}, 422, "patient.age_years"),
        ({"question": "Is warfarin safe?", "conversation_id": "new", "keep_question": True}, 422, "keep_question"),
    ],
)  # fmt: skip
def test_bad_turns_get_clear_problems(
    standing: Settings, body: dict[str, Any], status: int, field: str | None
) -> None:
    answer = send(standing, "POST", "/ask", json=body)
    assert answer.status_code == status, answer.text
    assert [item["field"] for item in answer.json()["errors"]] == ([field] if field else [])


def test_a_turn_of_a_megabyte_is_too_large(standing: Settings) -> None:
    answer = send(standing, "POST", "/ask", json={"question": "a" * (1 << 20), "conversation_id": "new"})
    assert answer.status_code == 413


def test_patches_are_read_strictly(standing: Settings) -> None:
    async def consult(client: httpx.AsyncClient) -> None:
        opened = (await client.post("/consultations", json={})).json()
        for patch in ({"age": 3}, {"inr": 300}, {"sex": "male", "pregnant": True}, {"drugs": ["x"] * 51}):
            answer = await client.patch(f"/consultations/{opened['id']}/slots", json=patch)
            assert answer.status_code == 422, patch

    talk(standing, consult)


def test_memory_of_one_worker_among_several_is_not_offered(standing: Settings) -> None:
    import asyncio

    async def open_one() -> httpx.Response:
        transport = httpx.ASGITransport(create_app(standing, several=True), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://medrag") as client:
            return await client.post("/consultations", json={})

    answer = asyncio.run(open_one())
    assert answer.status_code == 503
    assert "MEDRAG_CONVERSATIONS=disk" in answer.json()["detail"]


def test_switched_off_or_without_a_key_says_so(standing: Settings) -> None:
    off = standing.model_copy(update={"conversations": "off"})
    assert "switched off" in send(off, "POST", "/consultations", json={}).json()["detail"]
    disk = standing.model_copy(update={"conversations": "disk"})
    told = send(disk, "POST", "/consultations", json={})
    assert told.status_code == 503
    assert "only with a key" in told.json()["detail"]
    with pytest.raises(UsageError, match="only with a key"):
        check_conversations(disk)


def test_on_disk_it_outlives_the_server_and_cannot_be_read(stocked: Settings) -> None:
    from pydantic import SecretStr

    disk = stocked.model_copy(update={"conversations": "disk", "conversations_key": SecretStr(KEY)})

    async def begin(client: httpx.AsyncClient) -> dict[str, Any]:
        return await say(client, FIRST)

    identifier = talk(disk, begin)["conversation"]["id"]
    exported = send(disk, "GET", f"/consultations/{identifier}").json()
    assert exported["kept"] == "disk"
    assert slots(exported)["age_years"] == 78.0
    held = b"".join(path.read_bytes() for path in Path(disk.home).glob("catalogue.db*"))
    assert b"year old man" not in held
    assert b"Can he take" not in held


def test_logs_and_the_home_have_none_of_it(stocked: Settings) -> None:
    with capture_logs() as logs:
        answer = send(stocked, "POST", "/ask", json={"question": FIRST, "conversation_id": "new"})
        send(stocked, "GET", f"/consultations/{answer.json()['conversation']['id']}x")
    assert logs
    assert "ibuprofen" not in json.dumps(logs)
    assert "con_" not in json.dumps(logs)
    for path in Path(stocked.home).rglob("*"):
        if path.is_file():
            assert b"78 year old man" not in path.read_bytes()


def test_the_terminal_takes_a_script(reviewing: Settings) -> None:
    script = f"{FIRST}\nnot 78, 68\n/slots\n/plan\n/new\nIs metformin safe?\n/end\nnever read\n"
    command = ["consult", "--script", "-", "--json", "--home", str(reviewing.home)]
    told = CliRunner().invoke(main, command, input=script)
    assert told.exit_code == 0, told.output
    turns = json.loads(told.stdout)["turns"]
    assert [turn["conversation"]["turn"] for turn in turns if "conversation" in turn] == [1, 2, 1]
    assert slots(turns[2])["age_years"] == 68.0
    assert turns[3]["checklist"]


def test_the_terminal_shows_what_it_understood(reviewing: Settings) -> None:
    command = ["consult", "--script", "-", "--home", str(reviewing.home)]
    told = CliRunner().invoke(
        main, command, input="服用华法林，能吃布洛芬吗？\n另一个病人，吃二甲双胍\n/plan\n"
    )
    assert told.exit_code == 0, told.output
    assert "本轮理解" in told.stdout
    assert "换了病人" in told.stdout
