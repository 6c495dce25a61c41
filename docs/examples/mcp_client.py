"""Asks a served shelf as an agent does, through the tools of the Model Context Protocol.

    medrag serve &
    python docs/examples/mcp_client.py http://127.0.0.1:8000 "Can warfarin be taken with ibuprofen?"

A key, where one is needed: MEDRAG_KEY.
An agent that starts its servers itself runs `medrag mcp` instead: {"command": "medrag", "args": ["mcp"]}.
"""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any

from mcp import Client
from mcp.client.streamable_http import create_mcp_http_client, streamable_http_client


def proof(citation: dict[str, Any], passage: dict[str, Any]) -> str:
    """Whether the quote stands in the passage at its place. Places count in the document, so a heading may stand above."""
    start, end = (citation["position"][edge] - passage["start"] for edge in ("start", "end"))
    if start < 0 or end > len(passage["text"]):
        return f"stands elsewhere in its document, at {citation['position']}"
    return f"stands there, byte for byte: {passage['text'][start:end] == citation['quote']['exact']}"


async def ask(url: str, question: str) -> None:
    key = os.environ.get("MEDRAG_KEY")
    headers = {"Authorization": f"Bearer {key}"} if key else None
    async with (
        create_mcp_http_client(headers=headers) as http,
        Client(streamable_http_client(f"{url}/mcp", http_client=http)) as client,
    ):
        tools = (await client.list_tools()).tools
        print("Tools:", ", ".join(tool.name for tool in tools))
        told = await client.call_tool("ask", {"question": question})
        answer = told.structured_content
        print(answer["answer"])
        for citation in answer["citations"]:
            document = citation["document"]
            print(
                f"[{citation['n']}] “{citation['quote']['exact']}”: {document['title']}, {document['edition']}"
            )
            held = await client.call_tool("passage", {"id": citation["passage_id"]})
            print("    " + proof(citation, held.structured_content))


def main(url: str = "http://127.0.0.1:8000", question: str = "Can warfarin be taken with ibuprofen?") -> None:
    asyncio.run(ask(url, question))


if __name__ == "__main__":
    main(*sys.argv[1:3])
