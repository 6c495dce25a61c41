"""The doors of other programs in a house of tenants: each shows what its key's tenant sees, and another's thing is not there."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from typing import Any

import openai
import pytest
from guarded import bearing, give_key
from mcp import Client as McpClient
from mcp import StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client
from served_shelf import serving_shelf
from tenants_house import MARKS, build_house, things

from medrag.catalogue import Catalogue
from medrag.catalogue.keys import Keys
from medrag.errors import UsageError
from medrag.settings import Settings
from medrag_api.holder import ShelfHolder
from medrag_api.llamaindex import MedragQueryEngine, MedragRetriever

QUESTION = "When is metformin stopped with zyxacmium or zyxboltane?"
OWN, OTHER = MARKS["acme"], MARKS["bolt"]


@dataclass(frozen=True)
class House:
    """A served house of tenants, a key of acme's, and a passage of each owner's."""

    settings: Settings
    url: str
    key: str
    passages: dict[str, str]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    settings = build_house(tmp_path_factory.mktemp("house"))
    key, _ = give_key(settings, "ask", "check", tenant="acme")
    with closing(Catalogue(settings.catalogue)) as catalogue:
        passages = {owner: things(catalogue, owner)["/passages/{id}"] for owner in ("", "acme", "bolt")}
    with serving_shelf(settings) as url:
        yield House(settings, url, key, passages)


def piped(house: House, key: str) -> StdioServerParameters:
    env = {**os.environ, "MEDRAG_ENCODER": "hash", "MEDRAG_KEY": key}
    command = ["-m", "medrag_api", "mcp", "--home", str(house.settings.home)]
    return StdioServerParameters(command=sys.executable, args=command, env=env)


@asynccontextmanager
async def talking(house: House, how: str) -> Any:
    """An MCP client with acme's key."""
    if how == "pipes":
        async with McpClient(piped(house, house.key)) as client:
            yield client
        return
    async with (
        create_mcp_http_client(headers=bearing(house.key)) as http,
        McpClient(streamable_http_client(f"{house.url}/mcp", http_client=http)) as client,
    ):
        yield client


@pytest.mark.parametrize("how", ["socket", "pipes"])
def test_the_tools_of_mcp_show_a_tenant_its_shelf_and_everyones(house: House, how: str) -> None:
    async def use() -> None:
        async with talking(house, how) as client:
            said = ""
            for tool, told in (
                ("ask", {"question": QUESTION, "answerer": "extractive"}),
                ("search", {"query": QUESTION, "top_k": 50}),
                ("check", {"drugs": ["warfarin", "ibuprofen"]}),
                ("drug", {"name": "warfarin"}),
            ):
                result = await client.call_tool(tool, told)
                assert not result.is_error, result.content[0].text
                said += json.dumps(result.structured_content).lower()
            assert OWN in said and OTHER not in said
            for owner, passage in house.passages.items():
                result = await client.call_tool("passage", {"id": passage})
                assert result.is_error == (owner == "bolt")
                if result.is_error:
                    assert json.loads(result.content[0].text)["status"] == 404
                    assert OTHER not in result.content[0].text

    asyncio.run(use())


def test_without_a_key_the_pipes_show_all_to_whoever_may_read_the_files(house: House) -> None:
    async def use() -> None:
        async with McpClient(piped(house, "")) as client:
            for passage in house.passages.values():
                assert not (await client.call_tool("passage", {"id": passage})).is_error

    asyncio.run(use())


def test_a_key_that_is_not_for_it_starts_no_pipes(house: House) -> None:
    from click.testing import CliRunner

    from medrag_api.cli import main

    asking, _ = give_key(house.settings, "ask", tenant="acme")
    for key, words in (("medrag_wrong", "not known"), (asking, "ask, check")):
        env = {"MEDRAG_KEY": key}
        done = CliRunner().invoke(main, ["mcp", "--home", str(house.settings.home)], env=env)
        assert done.exit_code == 2 and words in done.stderr
        assert key not in done.stderr


def test_openai_clients_see_what_their_key_sees(house: House) -> None:
    with openai.OpenAI(base_url=f"{house.url}/v1", api_key=house.key, max_retries=0) as client:

        def ask(mark: str) -> tuple[str, str]:
            """The citations, and all that was said, at once and as a stream."""
            messages: Any = [{"role": "user", "content": f"When is metformin stopped with {mark}?"}]
            told = client.chat.completions.create(model="medrag-extractive", messages=messages)
            stream = client.chat.completions.create(model="medrag-extractive", messages=messages, stream=True)
            said = told.model_dump_json() + "".join(chunk.model_dump_json() for chunk in stream)
            return json.dumps(told.choices[0].message.medrag["citations"]).lower(), said.lower()  # type: ignore[attr-defined]

        own, others = ask(OWN), ask(OTHER)
    assert OWN in own[0]
    assert OTHER not in own[1] + others[1]


@pytest.fixture
def holder(house: House) -> Iterator[ShelfHolder]:
    held = ShelfHolder(house.settings)
    yield held
    held.close()


def test_llamaindex_programs_see_what_their_key_sees(house: House, holder: ShelfHolder) -> None:
    nodes = MedragRetriever(holder=holder, key=house.key, top_k=50).retrieve(QUESTION)
    texts = json.dumps([node.to_dict() for node in nodes]).lower()
    assert OWN in texts and OTHER not in texts
    told = MedragQueryEngine(holder=holder, key=house.key, answerer="extractive").query(QUESTION)
    shown = json.dumps([node.to_dict() for node in told.source_nodes]).lower() + str(told).lower()
    assert OWN in shown and OTHER not in shown
    everyones = MedragRetriever(holder=holder, top_k=50).retrieve(QUESTION)
    plain = json.dumps([node.to_dict() for node in everyones]).lower()
    assert everyones and OWN not in plain and OTHER not in plain


def test_a_key_that_ends_shows_nothing_more(
    house: House, holder: ShelfHolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("medrag_api.security.callers.FRESH_S", 0.0)
    text, key = give_key(house.settings, "ask", tenant="acme")
    retriever = MedragRetriever(holder=holder, key=text)
    assert retriever.retrieve(QUESTION)
    with closing(Catalogue(house.settings.catalogue)) as catalogue:
        Keys(catalogue).revoke(key.id)
    with pytest.raises(UsageError, match="stands no more"):
        retriever.retrieve(QUESTION)
    checking, _ = give_key(house.settings, "check", tenant="acme")
    with pytest.raises(UsageError, match="it needs: ask"):
        MedragQueryEngine(holder=holder, key=checking).query(QUESTION)
