"""Asks the same of every door and takes out of each answer what must not differ: its id, its claims and its citations."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from click.testing import CliRunner
from mcp import Client as McpClient
from openai import OpenAI

from medrag.settings import Settings
from medrag_api.cli import main
from medrag_api.client import Client
from medrag_api.llamaindex import MedragQueryEngine

__all__ = ["ASKING", "CHECKING", "Door", "Evidence", "evidence_of_answer", "evidence_of_report", "table"]

Json = dict[str, Any]
#: What an answer rests on, in an order that counts.
Evidence = tuple[Any, ...]
#: Takes the address, the settings and the requests (question or regimen, as HTTP takes them); gives the documents.
Door = Callable[[str, Settings, Sequence[Json]], list[Json]]


def evidence_of_answer(document: Json) -> Evidence:
    """The answer's id, its status and statements with their citations, and the claims of its review."""
    cited = [
        (item["n"], item["passage_id"], item["position"]["start"], item["position"]["end"])
        for item in document["citations"]
    ]
    said = [(item["text"], tuple(item["citations"]), item["support"]) for item in document["statements"]]
    report = document["interactions"]
    claims = evidence_of_report(report) if report is not None else ()
    return document["id"], document["status"], tuple(said), tuple(cited), claims


def evidence_of_report(report: Json) -> Evidence:
    """Every finding with its members and severity, the ids of its claims and where each is quoted; every pair's outcome."""
    found = [
        (
            finding["kind"],
            tuple(finding["members"]),
            finding["severity"],
            tuple((claim["id"], place_of(claim["citation"])) for claim in finding["assertions"]),
        )
        for finding in report["findings"]
    ]
    pairs = [(pair["a"], pair["b"], pair["outcome"]) for pair in report["pairs"]]
    return tuple(found), tuple(pairs)


def place_of(citation: Json | None) -> Any:
    if citation is None or "position" not in citation:
        return None
    return citation["passage_id"], citation["position"]["start"], citation["position"]["end"]


def by_command(command: str, words: Callable[[Json], Sequence[str]]) -> Door:
    """A command of the command line, in this process. The patient goes by a file."""

    def ask(_: str, settings: Settings, requests: Sequence[Json]) -> list[Json]:
        with TemporaryDirectory() as folder:
            file = Path(folder) / "patient.json"
            return [run(settings, request, file) for request in requests]

    def run(settings: Settings, request: Json, file: Path) -> Json:
        args = [command, "--json", "--home", str(settings.home)]
        if request.get("patient"):
            file.write_text(json.dumps(request["patient"]), encoding="utf-8")
            args += ["--patient", str(file)]
        document: Json = json.loads(CliRunner().invoke(main, [*args, *words(request)]).stdout_bytes)
        return document

    return ask


def question_words(request: Json) -> list[str]:
    return ["--answerer", request["answerer"], "--", request["question"]]


def regimen_words(request: Json) -> list[str]:
    conditions = [word for name in request.get("conditions", ()) for word in ("--condition", name)]
    return [*conditions, "--", *request["drugs"]]


def by_http(path: str) -> Door:
    def ask(url: str, _: Settings, requests: Sequence[Json]) -> list[Json]:
        with httpx.Client(base_url=url, timeout=300) as client:
            return [client.post(path, json=request).raise_for_status().json() for request in requests]

    return ask


def by_openai(url: str, _: Settings, requests: Sequence[Json]) -> list[Json]:
    documents = []
    with OpenAI(base_url=f"{url}/v1", api_key="none", timeout=300) as client:
        for request in requests:
            beside = {"medrag": {"patient": request["patient"]}} if request.get("patient") else {}
            told = client.chat.completions.create(
                model="medrag-extractive",
                messages=[{"role": "user", "content": request["question"]}],
                extra_body=beside,
            )
            documents.append(told.choices[0].message.medrag)  # type: ignore[attr-defined]
    return documents


def by_mcp(tool: str) -> Door:
    def ask(url: str, _: Settings, requests: Sequence[Json]) -> list[Json]:
        async def run() -> list[Json]:
            async with McpClient(f"{url}/mcp") as client:
                return [(await client.call_tool(tool, request)).structured_content for request in requests]

        return asyncio.run(run())

    return ask


def by_client(operation: str) -> Door:
    def ask(url: str, _: Settings, requests: Sequence[Json]) -> list[Json]:
        with Client(url, timeout_s=300) as client:
            call = getattr(client, operation)
            return [call(**request).model_dump(mode="json", by_alias=True) for request in requests]

    return ask


def by_llamaindex(_: str, settings: Settings, requests: Sequence[Json]) -> list[Json]:
    """An engine for each patient, over one open shelf."""
    documents = []
    with MedragQueryEngine(settings, answerer="extractive") as first:
        for request in requests:
            engine = MedragQueryEngine(
                holder=first.home.holder, answerer="extractive", patient=request.get("patient")
            )
            told = engine.query(request["question"])
            cited = [node.metadata["passage_id"] for node in told.source_nodes]
            assert cited == [citation["passage_id"] for citation in told.metadata["citations"]]
            documents.append(told.metadata)
    return documents


ASKING: Mapping[str, Door] = {
    "command line": by_command("ask", question_words),
    "HTTP": by_http("/ask"),
    "OpenAI": by_openai,
    "MCP": by_mcp("ask"),
    "Python client": by_client("ask"),
    "LlamaIndex": by_llamaindex,
}
CHECKING: Mapping[str, Door] = {
    "command line": by_command("check", regimen_words),
    "HTTP": by_http("/interactions"),
    "MCP": by_mcp("check"),
    "Python client": by_client("check"),
}


def table(title: str, told: Mapping[str, Sequence[Any]], first: str = "HTTP") -> str:
    """A line a door: how many of its answers rest on the same evidence as those of ``first``."""
    lines = [f"{title:<16} {'same':>5} {'of':>5}"]
    for name, evidence in told.items():
        same = sum(one == other for one, other in zip(evidence, told[first], strict=True))
        lines.append(f"{name:<16} {same:>5} {len(evidence):>5}")
    return "\n".join(lines)
