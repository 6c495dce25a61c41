"""The doors of other clients where keys are needed: the key each of them can send opens, no key or a wrong one does not."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import openai
import pytest
from guarded import bearing, give_key
from mcp import Client as McpClient
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client
from served_shelf import serving_shelf

from medrag.errors import MedragError
from medrag.settings import Settings
from medrag_api.client import Client

QUESTION = "At what eGFR is metformin stopped?"
LISTING = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
PLAIN = {"accept": "application/json, text/event-stream", "content-type": "application/json"}


@pytest.fixture
def keyed(stocked: Settings) -> Iterator[tuple[str, str, str]]:
    """An address, a key for asking and checking, and one for ingesting alone."""
    able, _ = give_key(stocked, "ask", "check")
    other, _ = give_key(stocked, "ingest")
    with serving_shelf(stocked) as url:
        yield url, able, other


def test_each_client_gets_in_with_a_key_and_not_without(keyed: tuple[str, str, str]) -> None:
    url, able, other = keyed
    messages: Any = [{"role": "user", "content": QUESTION}]
    with openai.OpenAI(base_url=f"{url}/v1", api_key=able, max_retries=0) as one:
        told = one.chat.completions.create(model="medrag-extractive", messages=messages)
        assert told.choices[0].message.content
    nobody = openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0)
    with nobody, pytest.raises(openai.AuthenticationError) as unknown:
        nobody.chat.completions.create(model="medrag", messages=messages)
    assert unknown.value.code == "invalid_api_key"
    librarian = openai.OpenAI(base_url=f"{url}/v1", api_key=other, max_retries=0)
    with librarian, pytest.raises(openai.PermissionDeniedError):
        librarian.models.list()
    with Client(url, key=able) as client:
        answer = client.ask(QUESTION, answerer="extractive")
        assert answer.citations and client.answer(answer.id).id == answer.id
    with Client(url, key="none") as client, pytest.raises(MedragError, match="key"):
        client.ask(QUESTION)


def test_agents_bring_a_key_too(keyed: tuple[str, str, str]) -> None:
    url, able, other = keyed
    assert httpx.post(f"{url}/mcp", json=LISTING, headers=PLAIN).status_code == 401
    assert httpx.post(f"{url}/mcp", json=LISTING, headers=PLAIN | bearing(other)).status_code == 403
    named = PLAIN | bearing(able) | {"host": "medrag.hospital.example"}
    assert httpx.post(f"{url}/mcp", json=LISTING, headers=named).status_code == 200

    async def use() -> Any:
        async with (
            create_mcp_http_client(headers=bearing(able)) as http,
            McpClient(streamable_http_client(f"{url}/mcp", http_client=http)) as client,
        ):
            return await client.call_tool("ask", {"question": QUESTION, "answerer": "extractive"})

    assert asyncio.run(use()).structured_content["citations"]


def test_where_nobody_has_keys_one_that_is_sent_all_the_same_does_no_harm(standing: Settings) -> None:
    """OpenAI's clients do not start without one."""
    with serving_shelf(standing) as url, Client(url, key="anything") as client:
        assert client.live().status == "live" and client.shelf().works
