"""Asks a home from a LlamaIndex program: a retriever and a query engine whose nodes are the evidence.

python docs/examples/llamaindex.py ~/.local/share/medrag "Can warfarin be taken with ibuprofen?"

With a key of the home in MEDRAG_KEY its tenant's private works are searched too.
"""

from __future__ import annotations

import os
import sys

from medrag import load_settings
from medrag_api.llamaindex import MedragQueryEngine, MedragRetriever


def main(home: str = "", question: str = "Can warfarin be taken with ibuprofen?") -> None:
    settings = load_settings(home=home or None)
    key = os.environ.get("MEDRAG_KEY", "")
    with MedragRetriever(settings, key=key, top_k=3) as retriever:
        for found in retriever.retrieve(question):
            print(f"{found.score:.3f} {found.metadata['title']}: {found.text[:80]}")
    with MedragQueryEngine(settings, key=key) as engine:
        told = engine.query(question)
        print(told)
        for source in told.source_nodes:
            about = source.metadata
            print(f"[{about['n']}] “{source.text}”: {about['title']}, {about['edition']}")


if __name__ == "__main__":
    main(*sys.argv[1:3])
