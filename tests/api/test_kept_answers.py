"""Answers fetched again: the same bytes at every door, the question only with consent, of a patient nothing at all."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result
from sample_shelf import KIDNEY, NOTES
from sqlalchemy import select, text
from test_http import QUESTION, send, talk

from medrag.catalogue import Catalogue
from medrag.catalogue.schema import answers
from medrag.errors import IntegrityError
from medrag.settings import Settings
from medrag_api.cli import main
from medrag_api.replay import replay
from medrag_api.wiring import open_workshop
from medrag_ingest.keeping import remove, withdraw


def command(settings: Settings, *words: str) -> Result:
    return CliRunner().invoke(main, [*words, "--home", str(settings.home)], standalone_mode=False)


def kept_rows(settings: Settings) -> list[tuple[Any, ...]]:
    query = text("SELECT id, question, request, body FROM answers ORDER BY id")
    with closing(Catalogue(settings.catalogue)) as catalogue, catalogue.writing() as connection:
        return [tuple(row) for row in connection.execute(query)]


def wait_until_written(settings: Settings) -> None:
    """Answers are written from a thread of the server's own."""
    until = time.monotonic() + 60
    while not kept_rows(settings) and time.monotonic() < until:
        time.sleep(0.02)


def test_an_answer_is_fetched_again_as_it_was_given(stocked: Settings) -> None:
    async def ask_and_fetch(client: httpx.AsyncClient) -> tuple[bytes, bytes]:
        given = await client.post("/ask", json={"question": QUESTION})
        again = await client.get(f"/answers/{given.json()['id']}")
        assert again.headers["content-type"] == "application/json"
        return given.content, again.content

    given, again = talk(stocked, ask_and_fetch)
    assert given == again
    identifier = json.loads(given)["id"]
    wait_until_written(stocked)
    assert send(stocked, "GET", f"/answers/{identifier}").content == given
    with closing(Catalogue(stocked.catalogue)) as catalogue:
        (kept,) = catalogue.all(select(answers))
    assert kept["id"] == identifier and QUESTION not in str(dict(kept))


def test_a_kept_question_is_asked_again_and_gives_the_same_bytes(stocked: Settings) -> None:
    given = json.loads(command(stocked, "ask", QUESTION, "--keep", "--json").stdout)
    told = command(stocked, "replay", given["id"], "--json")
    assert json.loads(told.stdout) == given
    assert told.stdout.encode() == send(stocked, "GET", f"/answers/{given['id']}").content + b"\n"
    assert "Asked again of that snapshot: the same" in told.stderr


def test_without_consent_what_was_kept_is_shown_and_said_to_be_that(stocked: Settings) -> None:
    given = json.loads(command(stocked, "ask", QUESTION, "--json").stdout)
    told = command(stocked, "replay", given["id"])
    assert "SGLT2" in told.stdout
    assert "Not asked again: its question was not kept" in told.stderr
    assert [row[1] for row in kept_rows(stocked)] == [None]


@pytest.mark.parametrize(
    "asked",
    [
        {"question": QUESTION, "patient": {"age_years": 78}},
        {"question": "At what eGFR does my patient start an SGLT2 inhibitor in chronic kidney disease?"},
    ],
)
def test_an_answer_about_a_patient_is_never_kept(stocked: Settings, asked: dict[str, Any]) -> None:
    async def ask_and_fetch(client: httpx.AsyncClient) -> None:
        given = await client.post("/ask", json=asked)
        assert given.status_code == 200
        gone = await client.get(f"/answers/{given.json()['id']}")
        assert gone.status_code == 404 and "never one about a patient" in gone.json()["detail"]
        refused = await client.post("/ask", json={**asked, "keep_question": True})
        assert refused.status_code == 422
        assert refused.json()["errors"] == [
            {"field": "keep_question", "problem": "a question that tells of a patient is never kept"}
        ]

    talk(stocked, ask_and_fetch)
    assert kept_rows(stocked) == []


def test_the_operator_may_keep_none(stocked: Settings) -> None:
    none = stocked.model_copy(update={"keep_answers": 0})
    given = send(none, "POST", "/ask", json={"question": QUESTION}).json()
    assert send(none, "GET", f"/answers/{given['id']}").status_code == 404
    assert kept_rows(stocked) == []


def test_an_answer_that_rests_on_what_was_withdrawn_is_not_given_again(stocked: Settings) -> None:
    given = json.loads(command(stocked, "ask", QUESTION, "--keep", "--json").stdout)
    workshop = open_workshop(stocked)
    with closing(workshop.catalogue):
        withdraw(workshop, "kidney-notes", reason="a wrong threshold", progress=lambda *_: None)
    gone = send(stocked, "GET", f"/answers/{given['id']}")
    assert gone.status_code == 410
    assert "withdrawn: a wrong threshold" in gone.json()["detail"]
    assert command(stocked, "replay", given["id"]).exception is not None


def test_what_is_removed_leaves_no_answer_that_names_it(stocked: Settings) -> None:
    given = json.loads(command(stocked, "ask", QUESTION, "--keep", "--json").stdout)
    assert given["citations"]
    workshop = open_workshop(stocked)
    with closing(workshop.catalogue):
        remove(workshop, "kidney-notes", progress=lambda *_: None)
    assert kept_rows(stocked) == []
    assert send(stocked, "GET", f"/answers/{given['id']}").status_code == 404


def test_an_answer_of_an_older_snapshot_is_asked_there(
    stocked: Settings, put_edition: Callable[..., Any]
) -> None:
    given = json.loads(command(stocked, "ask", QUESTION, "--keep", "--json").stdout)
    put_edition(NOTES, "2", "2020-02-01", (KIDNEY[0].replace("20", "25"), *KIDNEY[1:]))
    now = json.loads(command(stocked, "ask", QUESTION, "--json").stdout)
    assert "25 mL" in now["answer"] and "20 mL" in given["answer"]
    assert replay(stocked, given["id"]).same > 1000


def test_bytes_that_were_changed_do_not_pass_for_what_was_given(stocked: Settings) -> None:
    given = json.loads(command(stocked, "ask", QUESTION, "--keep", "--json").stdout)
    with closing(Catalogue(stocked.catalogue)) as catalogue, catalogue.writing() as connection:
        connection.execute(text("UPDATE answers SET body = replace(body, '20 mL', '60 mL')"))
    with pytest.raises(IntegrityError, match="differs in answer, citations, statements"):
        replay(stocked, given["id"])


def test_a_change_of_the_shelf_lists_the_kept_answers_it_changes(
    stocked: Settings, put_edition: Callable[..., Any]
) -> None:
    changed = json.loads(command(stocked, "ask", QUESTION, "--keep", "--json").stdout)
    command(stocked, "ask", "华法林治疗期间须监测什么？", "--keep", "--json")
    command(stocked, "ask", "Metformin below which eGFR?", "--json")
    put_edition(NOTES, "2", "2020-02-01", (KIDNEY[0].replace("20", "25"), *KIDNEY[1:]))
    told = json.loads(command(stocked, "shelf", "affected", "--json").stdout)
    assert (told["asked"], told["kept_answers"]) == (2, 2)
    (item,) = told["affected"]
    assert (item["answer"], item["question"]) == (changed["id"], QUESTION)
    assert ["20 mL" in line for line in item["says"]["gone"]] == [True]
    assert ["25 mL" in line for line in item["says"]["come"]] == [True]
    shown = command(stocked, "shelf", "affected").stdout
    assert f"medrag replay {changed['id']}" in shown and "1 of 2 questions" in shown
