"""Asks a served shelf as an agent does, through the tools of the Model Context Protocol.

    medrag serve &
    python docs/examples/mcp_client.py http://127.0.0.1:8000 "Can warfarin be taken with ibuprofen?"

An agent that starts its servers itself runs `medrag mcp` instead: {"command": "medrag", "args": ["mcp"]}.
"""

from __future__ import annotations

import asyncio
import sys

from mcp import Client


async def ask(url: str, question: str) -> None:
    async with Client(f"{url}/mcp") as client:
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
            print("    stands in the passage:", citation["quote"]["exact"] in held.structured_content["text"])


def main(url: str = "http://127.0.0.1:8000", question: str = "Can warfarin be taken with ibuprofen?") -> None:
    asyncio.run(ask(url, question))


if __name__ == "__main__":
    main(*sys.argv[1:3])
