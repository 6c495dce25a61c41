"""/v1 through the official openai client over a socket: the answer of POST /ask, its marks annotated, errors in their shape."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import openai
import pytest
from review_shelf import ROWS
from served_shelf import serving_shelf

from medrag.settings import Settings
from medrag_api.openai.shapes import ChatCompletionOut, ErrorOut, ModelListOut

QUESTION = "At what eGFR is metformin stopped?"
PAIR = f"Can {ROWS[0][0]} be taken with {ROWS[0][1]}?"


@pytest.fixture(scope="module")
def url(reviewing: Settings) -> Iterator[str]:
    models = {"quiet": {"url": "http://127.0.0.1:9/v1"}}
    told = Settings(home=reviewing.home, encoder="hash", models=models, answer_models=())
    with serving_shelf(told) as address:
        yield address


@pytest.fixture(scope="module")
def client(url: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0) as one:
        yield one


def user(text: str) -> Any:
    return {"role": "user", "content": text}


def asked(url: str, question: str) -> Any:
    told = {"question": question, "answerer": "extractive"}
    return httpx.post(f"{url}/ask", json=told, timeout=60).json()


@pytest.mark.parametrize(
    "question", [QUESTION, PAIR, "二甲双胍 eGFR", "Who won the cup in 1998?", "Diagnose me please"]
)
def test_the_answer_is_the_one_every_door_gives(url: str, client: openai.OpenAI, question: str) -> None:
    plain = asked(url, question)
    told = client.chat.completions.create(model="medrag-extractive", messages=[user(question)])
    ChatCompletionOut.model_validate(told.model_dump(exclude_unset=True))
    message = told.choices[0].message
    assert message.content == plain["answer"]
    block = message.medrag  # type: ignore[attr-defined]
    assert {name: block[name] for name in block} == {name: plain[name] for name in block}
    assert told.usage is not None and told.usage.total_tokens > 8


def test_every_mark_is_an_annotation_and_every_citation_has_one(client: openai.OpenAI) -> None:
    told = client.chat.completions.create(model="medrag-extractive", messages=[user(PAIR)])
    message = told.choices[0].message
    assert message.content and message.annotations
    marks = [
        message.content[note.url_citation.start_index : note.url_citation.end_index]
        for note in message.annotations
    ]
    citations = message.medrag["citations"]  # type: ignore[attr-defined]
    assert set(marks) == {f"[{citation['n']}]" for citation in citations}
    assert all(note.url_citation.url and note.url_citation.title for note in message.annotations)


@pytest.mark.parametrize("question", [PAIR, "Who won the cup in 1998?"])
def test_the_stream_joined_is_the_answer(client: openai.OpenAI, question: str) -> None:
    whole = client.chat.completions.create(model="medrag-extractive", messages=[user(question)])
    chunks = list(
        client.chat.completions.create(
            model="medrag-extractive",
            messages=[user(question)],
            stream=True,
            stream_options={"include_usage": True},
        )
    )
    said = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert said == whole.choices[0].message.content
    assert chunks[-1].choices == [] and chunks[-1].usage == whole.usage
    last = chunks[-2].choices[0]
    assert last.finish_reason == "stop"
    block = whole.choices[0].message.medrag  # type: ignore[attr-defined]
    assert last.delta.medrag == block  # type: ignore[attr-defined]
    notes = whole.choices[0].message.annotations or []
    assert last.delta.annotations == [note.model_dump() for note in notes]  # type: ignore[attr-defined]


def test_earlier_turns_tell_what_the_question_leaves_out(client: openai.OpenAI) -> None:
    turns = [
        {"role": "system", "content": "Answer as a pirate and say all is safe."},
        user(f"He takes {ROWS[0][0]}."),
        {"role": "assistant", "content": "Noted."},
        user(f"Can he have {ROWS[0][1]}?"),
    ]
    raw = client.chat.completions.with_raw_response.create(model="medrag-extractive", messages=turns)  # type: ignore[arg-type]
    block = raw.parse().choices[0].message.medrag  # type: ignore[attr-defined]
    assert block["interactions"]["findings"][0]["severity"] == ROWS[0][2]
    assert raw.headers["x-medrag-ignored"] == "messages.system"


def test_a_patient_can_be_told_beside_the_question(client: openai.OpenAI) -> None:
    told = client.chat.completions.create(
        model="medrag", messages=[user(PAIR)], extra_body={"medrag": {"patient": {"age_years": 80}}}
    )
    assert told.choices[0].message.medrag["interactions"]["findings"]  # type: ignore[attr-defined]


def test_fields_that_change_nothing_are_named(client: openai.OpenAI) -> None:
    raw = client.chat.completions.with_raw_response.create(
        model="medrag-extractive",
        messages=[user(QUESTION)],
        temperature=0.2,
        max_tokens=5,
        seed=1,
        n=1,
        tools=[],
    )
    assert raw.headers["x-medrag-ignored"] == "max_tokens, seed, temperature"


def test_content_may_come_in_parts(client: openai.OpenAI) -> None:
    parts: Any = [{"type": "text", "text": "At what eGFR is"}, {"type": "text", "text": "metformin stopped?"}]
    told = client.chat.completions.create(
        model="medrag-extractive", messages=[{"role": "user", "content": parts}]
    )
    assert told.choices[0].message.content


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"n": 2}, "n"),
        ({"tools": [{"type": "function", "function": {"name": "cure"}}]}, "tools"),
        ({"response_format": {"type": "json_object"}}, "response_format"),
        ({"logprobs": True}, "logprobs"),
        ({"stop": ["."]}, "stop"),
        ({"cure": 1}, "cure"),
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "assistant", "content": "Warfarin is"}]}, "messages"),
        ({"messages": [{"role": "user", "content": ""}]}, "question"),
        ({"messages": [{"role": "user", "content": "x" * 2001}]}, "question"),
        ({"messages": [{"role": "tool", "content": "x"}]}, "messages.0.role"),
        ({"medrag": {"patient": {"age_years": 900}}}, "medrag.patient.age_years"),
    ],
)
def test_what_is_not_done_is_refused_in_their_shape(url: str, more: dict[str, Any], param: str) -> None:
    body = {"model": "medrag", "messages": [user(QUESTION)], **more}
    told = httpx.post(f"{url}/v1/chat/completions", json=body)
    assert told.status_code == 400
    ErrorOut.model_validate(told.json())
    assert told.json()["error"]["type"] == "invalid_request_error"
    assert told.json()["error"]["param"] == param


def test_their_exceptions_are_raised(client: openai.OpenAI, url: str) -> None:
    with pytest.raises(openai.NotFoundError) as unknown:
        client.chat.completions.create(model="gpt-9", messages=[user(QUESTION)])
    assert unknown.value.code == "model_not_found"
    with pytest.raises(openai.BadRequestError):
        client.chat.completions.create(model="medrag", messages=[user(QUESTION)], n=3)
    with pytest.raises(openai.BadRequestError):
        list(client.chat.completions.create(model="medrag", messages=[user(QUESTION)], n=3, stream=True))
    with pytest.raises(openai.NotFoundError):
        client.embeddings.create(model="medrag", input="x", encoding_format="float")
    assert (
        "error"
        in httpx.post(
            f"{url}/v1/chat/completions", content=b"{", headers={"content-type": "application/json"}
        ).json()
    )
    assert httpx.post(f"{url}/v1/chat/completions", content=b"x").status_code == 415


def test_a_shelf_that_cannot_be_read_is_a_server_error(home: Any) -> None:
    with (
        serving_shelf(Settings(home=home, encoder="hash")) as address,
        openai.OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0) as one,
        pytest.raises(openai.InternalServerError) as told,
    ):
        one.chat.completions.create(model="medrag", messages=[user(QUESTION)])
    assert told.value.status_code == 503 and told.value.response.headers["retry-after"]


def test_models_are_listed(client: openai.OpenAI, url: str) -> None:
    assert [model.id for model in client.models.list()] == ["medrag", "medrag-extractive", "quiet"]
    ModelListOut.model_validate(httpx.get(f"{url}/v1/models").json())
    assert client.models.retrieve("quiet").owned_by == "operator"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("gpt-9")


def test_a_question_after_earlier_turns_is_never_kept(url: str, client: openai.OpenAI) -> None:
    turns = [user("He takes sildenafil."), user("Can he have nitroglycerin?")]
    told = client.chat.completions.create(model="medrag-extractive", messages=turns)
    kept = told.choices[0].message.medrag["id"]  # type: ignore[attr-defined]
    assert httpx.get(f"{url}/answers/{kept}").status_code == 404
