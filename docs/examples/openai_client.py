"""Asks a served shelf through the official openai client: the answer with its [n] marks, and what each mark points at.

medrag serve &
python docs/examples/openai_client.py http://127.0.0.1:8000 "Can warfarin be taken with ibuprofen?"

A key, where one is needed: MEDRAG_KEY.
"""

from __future__ import annotations

import os
import sys

from openai import OpenAI


def main(url: str = "http://127.0.0.1:8000", question: str = "Can warfarin be taken with ibuprofen?") -> None:
    client = OpenAI(base_url=f"{url}/v1", api_key=os.environ.get("MEDRAG_KEY", "none"))
    told = client.chat.completions.create(model="medrag", messages=[{"role": "user", "content": question}])
    message = told.choices[0].message
    print(message.content)
    for note in message.annotations or []:
        cited = note.url_citation
        mark = (message.content or "")[cited.start_index : cited.end_index]
        print(f"{mark} {cited.title} {cited.url}")
    for citation in message.medrag["citations"]:  # type: ignore[attr-defined]
        print(f"[{citation['n']}] “{citation['quote']['exact']}”")

    print("\nThe same, each statement once it is verified:")
    stream = client.chat.completions.create(
        model="medrag-extractive", messages=[{"role": "user", "content": question}], stream=True
    )
    for chunk in stream:
        print(chunk.choices[0].delta.content or "", end="", flush=True)
    print()


if __name__ == "__main__":
    main(*sys.argv[1:3])
