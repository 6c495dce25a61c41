"""MCP through the package's own client, over a socket and over pipes: schemas hold, and what is told is what HTTP tells."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import httpx
import pytest
from mcp import Client, MCPError, StdioServerParameters
from review_shelf import ROWS
from served_shelf import serving_shelf

from medrag.settings import Settings
from medrag_api.mcp.tools import TOOLS

PAIR = [ROWS[0][0], ROWS[0][1]]
QUESTION = f"Can {PAIR[0]} be taken with {PAIR[1]}?"
Door = str | StdioServerParameters


@pytest.fixture(scope="module")
def url(reviewing: Settings) -> Iterator[str]:
    with serving_shelf(reviewing) as address:
        yield address


@pytest.fixture(scope="module", params=["socket", "pipes"])
def door(request: pytest.FixtureRequest, url: str, reviewing: Settings) -> Door:
    if request.param == "socket":
        return f"{url}/mcp"
    env = {**os.environ, "MEDRAG_ENCODER": "hash"}
    command = ["-m", "medrag_api", "mcp", "--home", str(reviewing.home)]
    return StdioServerParameters(command=sys.executable, args=command, env=env)


def talk(door: Door, said: Callable[[Client], Coroutine[Any, Any, Any]], mode: str = "auto") -> Any:
    async def run() -> Any:
        async with Client(door, mode=mode) as client:  # type: ignore[arg-type]
            return await said(client)

    return asyncio.run(run())


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_every_tool_is_listed_as_reading_only_and_says_what_it_takes_and_gives(door: Door, mode: str) -> None:
    async def listed(client: Client) -> Any:
        return (await client.list_tools()).tools

    tools = talk(door, listed, mode)
    assert [tool.name for tool in tools] == list(TOOLS)
    for tool in tools:
        assert tool.annotations.read_only_hint and tool.annotations.open_world_hint is False
        assert tool.input_schema["type"] == tool.output_schema["type"] == "object"
    assert "stream" not in tools[0].input_schema["properties"]


def test_the_tools_tell_what_http_tells(door: Door, url: str) -> None:
    async def use(client: Client) -> list[Any]:
        called = [
            await client.call_tool("ask", {"question": QUESTION, "answerer": "extractive"}),
            await client.call_tool("check", {"drugs": PAIR, "patient": {"age_years": 80}}),
            await client.call_tool("search", {"query": "metformin eGFR", "top_k": 3}),
            await client.call_tool("drug", {"name": PAIR[0]}),
        ]
        passage = called[0].structured_content["citations"][0]["passage_id"]
        return [*called, await client.call_tool("passage", {"id": passage})]

    ask, check, search, drug, passage = talk(door, use)
    with httpx.Client(base_url=url, timeout=60) as http:
        plain = http.post("/ask", json={"question": QUESTION, "answerer": "extractive"}).json()
        assert without_times(ask.structured_content) == without_times(plain)
        assert plain["citations"] and json.loads(ask.content[0].text)["answer"] == plain["answer"]
        report = http.post("/interactions", json={"drugs": PAIR, "patient": {"age_years": 80}}).json()
        assert check.structured_content == report
        assert report["findings"][0]["severity"] == ROWS[0][2]
        found = http.post("/search", json={"query": "metformin eGFR", "top_k": 3}).json()
        assert without_times(search.structured_content) == without_times(found)
        card = drug.structured_content["card"]
        assert card == http.get(f"/drugs/{drug.structured_content['found']['drugs'][0]['id']}").json()
        held = http.get(f"/passages/{plain['citations'][0]['passage_id']}").json()
        assert passage.structured_content == held


def without_times(document: dict[str, Any]) -> dict[str, Any]:
    return {name: told for name, told in document.items() if name != "timings_ms"}


@pytest.mark.parametrize(
    ("tool", "told", "words"),
    [
        ("ask", {}, "question"),
        ("ask", {"question": ""}, "question"),
        ("ask", {"question": "x", "stream": True}, "stream"),
        ("check", {"drugs": []}, "drugs"),
        ("check", {"drugs": ["warfarin"], "patient": {"age_years": 700}}, "patient.age_years"),
        ("search", {"query": "x", "filters": {"corpora": ["nowhere"]}}, "filters.corpora"),
        ("passage", {"id": "p_nothing"}, "on the shelf"),
        ("drug", {"name": "warfarin", "cure": 1}, "cure"),
    ],
)
def test_what_cannot_be_taken_is_an_error_of_the_tool(url: str, tool: str, told: Any, words: str) -> None:
    async def use(client: Client) -> Any:
        return await client.call_tool(tool, told)

    result = talk(f"{url}/mcp", use)
    assert result.is_error
    problem = json.loads(result.content[0].text)
    assert problem["status"] in (404, 422) and words in json.dumps(problem)
    assert "700" not in result.content[0].text


def test_a_tool_that_is_not_there_is_an_error_of_the_protocol(door: Door) -> None:
    async def use(client: Client) -> None:
        with pytest.raises(MCPError, match="no such tool"):
            await client.call_tool("prescribe", {})

    talk(door, use)


LISTING = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
PLAIN = {"accept": "application/json, text/event-stream", "content-type": "application/json"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"host": "medrag.attacker.example"}, 421),
        ({"host": "127.0.0.1.attacker.example:80"}, 421),
        ({"origin": "https://attacker.example"}, 403),
        ({"origin": "http://localhost:3000"}, 200),
        ({"content-type": "text/plain"}, 400),
    ],
)
def test_pages_of_other_sites_are_kept_out(url: str, headers: dict[str, str], status: int) -> None:
    told = httpx.post(f"{url}/mcp", json=LISTING, headers=PLAIN | headers, timeout=60)
    assert told.status_code == status


def test_bad_bodies_are_refused(url: str) -> None:
    assert httpx.post(f"{url}/mcp", content=b"{", headers=PLAIN).status_code == 400
    assert httpx.post(f"{url}/mcp", content=b" " * 2_000_000, headers=PLAIN).status_code == 413
    assert httpx.get(f"{url}/mcp", headers=PLAIN).status_code == 405


def test_an_empty_home_is_told_by_the_tool(home: Any) -> None:
    async def use(client: Client) -> Any:
        return await client.call_tool("ask", {"question": "x"})

    with serving_shelf(Settings(home=home, encoder="hash")) as address:
        result = talk(f"{address}/mcp", use)
    assert result.is_error and json.loads(result.content[0].text)["status"] == 503
